//! The attributes of one range, how an ioctl changes them, and how those of several ranges are summed up. Touches
//! nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use crate::contract::{Errno, Process};
use crate::uapi::kfd::kfd_ioctl_svm_attribute;
use crate::uapi::kfd_flags::*;

/// `amdgpu_svm_default_granularity`: 2^9 pages.
pub(super) const DEFAULT_GRANULARITY: u8 = 9;
/// The largest granularity that is kept.
const MAX_GRANULARITY: u32 = 0x3f;

/// The attributes of `struct svm_range`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attributes {
    pub preferred: u32,
    pub prefetch: u32,
    pub granularity: u8,
    pub flags: u32,
    /// Devices of the process that may access it.
    pub access: BTreeSet<usize>,
    /// Devices that access it where it is.
    pub in_place: BTreeSet<usize>,
}

impl Attributes {
    /// `svm_range_new`: with XNACK every device has access from the start.
    pub fn new(xnack: bool, supported: &BTreeSet<usize>) -> Self {
        Attributes {
            preferred: KFD_IOCTL_SVM_LOCATION_UNDEFINED,
            prefetch: KFD_IOCTL_SVM_LOCATION_UNDEFINED,
            granularity: DEFAULT_GRANULARITY,
            flags: KFD_IOCTL_SVM_FLAG_HOST_ACCESS | KFD_IOCTL_SVM_FLAG_COHERENT,
            access: if xnack { supported.clone() } else { BTreeSet::new() },
            in_place: BTreeSet::new(),
        }
    }

    /// Whether a device may access the range.
    pub fn lets(&self, device: usize) -> bool {
        self.access.contains(&device) || self.in_place.contains(&device)
    }

    /// The devices that may access the range, one way or the other.
    pub fn users(&self) -> BTreeSet<usize> {
        self.access.union(&self.in_place).copied().collect()
    }

    /// `svm_range_apply_attrs`, after [`check`].
    pub fn apply(&mut self, process: &Process, attributes: &[kfd_ioctl_svm_attribute]) {
        for attribute in attributes {
            let value = attribute.value;
            match attribute.kind {
                KFD_IOCTL_SVM_ATTR_PREFERRED_LOC => self.preferred = value,
                KFD_IOCTL_SVM_ATTR_PREFETCH_LOC => self.prefetch = value,
                KFD_IOCTL_SVM_ATTR_SET_FLAGS => self.flags |= value,
                KFD_IOCTL_SVM_ATTR_CLR_FLAGS => self.flags &= !value,
                KFD_IOCTL_SVM_ATTR_GRANULARITY => self.granularity = value.min(MAX_GRANULARITY) as u8,
                kind => self.apply_access(process, kind, value),
            }
        }
    }

    fn apply_access(&mut self, process: &Process, kind: u32, gpu_id: u32) {
        let Ok(device) = process.device(gpu_id) else { return };
        self.access.remove(&device);
        self.in_place.remove(&device);
        match kind {
            KFD_IOCTL_SVM_ATTR_ACCESS => drop(self.access.insert(device)),
            KFD_IOCTL_SVM_ATTR_ACCESS_IN_PLACE => drop(self.in_place.insert(device)),
            _ => {}
        }
    }
}

/// `svm_range_check_attr`: `EINVAL` for an unknown attribute, or one that names a GPU which the process does not
/// have or which does not serve SVM.
pub(crate) fn check(
    process: &Process,
    supported: &BTreeSet<usize>,
    attributes: &[kfd_ioctl_svm_attribute],
) -> Result<(), Errno> {
    for attribute in attributes {
        let value = attribute.value;
        let names_gpu = match attribute.kind {
            KFD_IOCTL_SVM_ATTR_PREFERRED_LOC => {
                value != KFD_IOCTL_SVM_LOCATION_SYSMEM && value != KFD_IOCTL_SVM_LOCATION_UNDEFINED
            }
            KFD_IOCTL_SVM_ATTR_PREFETCH_LOC => value != KFD_IOCTL_SVM_LOCATION_SYSMEM,
            KFD_IOCTL_SVM_ATTR_ACCESS..=KFD_IOCTL_SVM_ATTR_NO_ACCESS => true,
            KFD_IOCTL_SVM_ATTR_SET_FLAGS..=KFD_IOCTL_SVM_ATTR_GRANULARITY => false,
            _ => return Err(Errno::EINVAL),
        };
        if names_gpu && !supported.contains(&process.device(value)?) {
            return Err(Errno::EINVAL);
        }
    }
    Ok(())
}

/// The attributes of all ranges of a question (`svm_range_get_attr`).
pub(crate) struct Summary {
    preferred: Location,
    prefetch: Location,
    granularity: u8,
    flags_and: u32,
    flags_or: u32,
    access: BTreeSet<usize>,
    in_place: BTreeSet<usize>,
}

/// A location that is one and the same for all ranges, or undefined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Location {
    NotAsked,
    Same(u32),
    Undefined,
}

impl Location {
    fn and(self, next: u32) -> Self {
        match self {
            Location::NotAsked if next != KFD_IOCTL_SVM_LOCATION_UNDEFINED => Location::Same(next),
            Location::Same(known) if known == next => self,
            _ => Location::Undefined,
        }
    }

    fn value(self) -> u32 {
        match self {
            Location::Same(known) => known,
            _ => KFD_IOCTL_SVM_LOCATION_UNDEFINED,
        }
    }
}

impl Summary {
    /// The sum over ranges; over none, what a new range would have.
    pub fn of<'r>(
        ranges: impl Iterator<Item = &'r Attributes>,
        xnack: bool,
        supported: &BTreeSet<usize>,
    ) -> Summary {
        let mut sum = Summary {
            preferred: Location::NotAsked,
            prefetch: Location::NotAsked,
            granularity: u8::MAX,
            flags_and: u32::MAX,
            flags_or: 0,
            access: supported.clone(),
            in_place: supported.clone(),
        };
        let mut any = false;
        for range in ranges {
            any = true;
            sum.add(range);
        }
        if !any {
            sum.add(&Attributes::new(xnack, supported));
        }
        sum
    }

    fn add(&mut self, range: &Attributes) {
        self.preferred = self.preferred.and(range.preferred);
        self.prefetch = self.prefetch.and(range.prefetch);
        self.granularity = self.granularity.min(range.granularity);
        self.flags_and &= range.flags;
        self.flags_or |= range.flags;
        self.access.retain(|device| range.access.contains(device));
        self.in_place.retain(|device| range.in_place.contains(device));
    }

    /// Fills one attribute of the caller's. Access is asked for with a GPU's id and answered in the type.
    pub fn fill(&self, process: &Process, attribute: &mut kfd_ioctl_svm_attribute) -> Result<(), Errno> {
        match attribute.kind {
            KFD_IOCTL_SVM_ATTR_PREFERRED_LOC => attribute.value = self.preferred.value(),
            KFD_IOCTL_SVM_ATTR_PREFETCH_LOC => attribute.value = self.prefetch.value(),
            KFD_IOCTL_SVM_ATTR_SET_FLAGS => attribute.value = self.flags_and,
            KFD_IOCTL_SVM_ATTR_CLR_FLAGS => attribute.value = !self.flags_or,
            KFD_IOCTL_SVM_ATTR_GRANULARITY => attribute.value = self.granularity.into(),
            KFD_IOCTL_SVM_ATTR_ACCESS => {
                let device = process.device(attribute.value)?;
                attribute.kind = if self.access.contains(&device) {
                    KFD_IOCTL_SVM_ATTR_ACCESS
                } else if self.in_place.contains(&device) {
                    KFD_IOCTL_SVM_ATTR_ACCESS_IN_PLACE
                } else {
                    KFD_IOCTL_SVM_ATTR_NO_ACCESS
                };
            }
            // The other two are refused before the ranges are looked at.
            _ => return Err(Errno::EINVAL),
        }
        Ok(())
    }
}
