//! The GPU address space of one render file (`struct amdgpu_vm`): which object each page shows. Mirrors the checks
//! of amdgpu/amdgpu_vm.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use super::{GPU_PAGE, ObjectId};
use crate::contract::{Errno, ProcessId};

/// A mapped range (`struct amdgpu_bo_va_mapping`), in GPU pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// The last page of the range.
    pub last: u64,
    pub object: ObjectId,
    /// Byte offset in the object of the first page.
    pub offset: u64,
}

/// `struct amdgpu_vm`
pub(crate) struct Vm {
    /// End of the address space (`adev->vm_manager.max_pfn`), in bytes.
    end: u64,
    /// The process for which it is a compute VM (`vm->process_info`).
    pub process: Option<ProcessId>,
    mappings: BTreeMap<u64, Mapping>,
    /// How often each object was added (`bo_va->ref_count`).
    references: BTreeMap<ObjectId, u32>,
    /// How many queues use each object (`bo_va->queue_refcount`).
    queues: BTreeMap<ObjectId, u32>,
}

impl Vm {
    /// An empty address space of `end` bytes.
    pub fn new(end: u64) -> Self {
        Vm {
            end,
            process: None,
            mappings: BTreeMap::new(),
            references: BTreeMap::new(),
            queues: BTreeMap::new(),
        }
    }

    /// `amdgpu_vm_bo_add`, or one reference more: a GEM handle and each attachment of KFD's count.
    pub fn add(&mut self, object: ObjectId) {
        *self.references.entry(object).or_default() += 1;
    }

    /// Drops one reference; the last one takes the object's mappings away (`amdgpu_vm_bo_del`).
    pub fn remove(&mut self, object: ObjectId) {
        let Some(count) = self.references.get_mut(&object) else { return };
        *count -= 1;
        if *count == 0 {
            self.references.remove(&object);
            self.mappings.retain(|_, mapping| mapping.object != object);
        }
    }

    /// `amdgpu_vm_bo_map`: shows `bytes` bytes of an object at `va`. `EINVAL` for
    /// a range that is not whole pages, runs out of the object (of `object_bytes`) or of the address space, or
    /// overlaps another mapping.
    pub fn map(
        &mut self,
        va: u64,
        bytes: u64,
        object: ObjectId,
        offset: u64,
        object_bytes: u64,
    ) -> Result<(), Errno> {
        let (first, last) = self.check_object(va, bytes, offset, object_bytes)?;
        if self.overlapping(first, last).is_some() {
            return Err(Errno::EINVAL);
        }
        self.mappings.insert(first, Mapping { last, object, offset });
        Ok(())
    }

    /// `amdgpu_vm_bo_replace_map`: [`Vm::map`] in the place of whatever is there.
    pub fn replace(
        &mut self,
        va: u64,
        bytes: u64,
        object: ObjectId,
        offset: u64,
        object_bytes: u64,
    ) -> Result<(), Errno> {
        self.check_object(va, bytes, offset, object_bytes)?;
        self.clear(va, bytes)?;
        self.map(va, bytes, object, offset, object_bytes)
    }

    /// `amdgpu_vm_verify_parameters` of a part of an object.
    fn check_object(&self, va: u64, bytes: u64, offset: u64, object_bytes: u64) -> Result<(u64, u64), Errno> {
        let object_end = offset.checked_add(bytes).ok_or(Errno::EINVAL)?;
        if offset % GPU_PAGE != 0 || object_end > object_bytes {
            return Err(Errno::EINVAL);
        }
        self.check(va, bytes)
    }

    /// `amdgpu_vm_verify_parameters`: first and last page of a range.
    fn check(&self, va: u64, bytes: u64) -> Result<(u64, u64), Errno> {
        let end = va.checked_add(bytes).ok_or(Errno::EINVAL)?;
        if (va | bytes) % GPU_PAGE != 0 || bytes == 0 || end > self.end {
            return Err(Errno::EINVAL);
        }
        Ok((va / GPU_PAGE, end / GPU_PAGE - 1))
    }

    /// `amdgpu_vm_bo_clear_mappings`: takes away all that is mapped in a range, of whatever object; of mappings that
    /// reach beyond it the rest stays.
    pub fn clear(&mut self, va: u64, bytes: u64) -> Result<(), Errno> {
        let (first, last) = self.check(va, bytes)?;
        while let Some((start, mapping)) = self.overlapping(first, last) {
            self.mappings.remove(&start);
            if start < first {
                self.mappings.insert(start, Mapping { last: first - 1, ..mapping });
            }
            if mapping.last > last {
                let offset = mapping.offset + (last + 1 - start) * GPU_PAGE;
                self.mappings.insert(last + 1, Mapping { offset, ..mapping });
            }
        }
        Ok(())
    }

    /// `amdgpu_vm_bo_unmap`: takes the mapping that begins at `va` away. `EINVAL` when none of the object does.
    pub fn unmap(&mut self, va: u64, object: ObjectId) -> Result<(), Errno> {
        let first = va / GPU_PAGE;
        match self.mappings.get(&first) {
            Some(mapping) if mapping.object == object => {
                self.mappings.remove(&first);
                Ok(())
            }
            _ => Err(Errno::EINVAL),
        }
    }

    /// `amdgpu_vm_bo_lookup_mapping`: the mapping that holds a GPU page, and its first page.
    pub fn lookup(&self, page: u64) -> Option<(u64, Mapping)> {
        self.overlapping(page, page)
    }

    /// All that is mapped: address, bytes, what object, and the byte offset in it.
    pub fn ranges(&self) -> impl Iterator<Item = (u64, u64, ObjectId, u64)> {
        let range = |(first, mapping): (&u64, &Mapping)| {
            let bytes = (mapping.last + 1 - first) * GPU_PAGE;
            (first * GPU_PAGE, bytes, mapping.object, mapping.offset)
        };
        self.mappings.iter().map(range)
    }

    /// Whether anything is mapped in a range of GPU pages, `last` included.
    pub fn overlapping(&self, first: u64, last: u64) -> Option<(u64, Mapping)> {
        let (start, mapping) = self.mappings.range(..=last).next_back()?;
        (mapping.last >= first).then_some((*start, *mapping))
    }

    /// `kfd_queue_buffer_get`: notes that a queue uses the mapping that begins at `va` and is `bytes` long (0: of
    /// any length). `EINVAL` when there is none such.
    pub fn hold_for_queue(&mut self, va: u64, bytes: u64) -> Result<ObjectId, Errno> {
        let page = va / GPU_PAGE;
        let (first, mapping) = self.lookup(page).ok_or(Errno::EINVAL)?;
        let pages = bytes / GPU_PAGE;
        if first != page || (pages != 0 && page + pages - 1 != mapping.last) {
            return Err(Errno::EINVAL);
        }
        *self.queues.entry(mapping.object).or_default() += 1;
        Ok(mapping.object)
    }

    /// `kfd_queue_unref_bo_va`
    pub fn release_for_queue(&mut self, object: ObjectId) {
        if let Some(count) = self.queues.get_mut(&object) {
            *count = count.saturating_sub(1);
        }
    }

    /// Whether a queue uses an object, so that it must stay mapped.
    pub fn used_by_queue(&self, object: ObjectId) -> bool {
        self.queues.get(&object).is_some_and(|count| *count > 0)
    }
}
