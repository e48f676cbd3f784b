//! The SVM ranges of a process: page ranges that do not overlap, each with its attributes (`struct svm_range_list`).
//! Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};

use super::attributes::Attributes;
use crate::contract::Errno;
use crate::uapi::kfd_flags::{KFD_IOCTL_SVM_FLAG_GPU_ALWAYS_MAPPED, KFD_IOCTL_SVM_LOCATION_SYSMEM};

/// `struct svm_range`, in pages of the host.
#[derive(Clone, Debug)]
pub(super) struct Range {
    pub last: u64,
    pub attributes: Attributes,
    /// The GPU in whose memory it is, or KFD_IOCTL_SVM_LOCATION_SYSMEM (`actual_loc`).
    pub location: u32,
    /// It is mapped on those who may access it (`mapped_to_gpu`).
    pub mapped: bool,
    /// How many queues have their save area in it.
    queues: u32,
}

/// `struct svm_range_list`
#[derive(Default)]
pub(crate) struct Ranges {
    ranges: BTreeMap<u64, Range>,
}

impl Ranges {
    /// Whether any range touches these pages, `last` included.
    pub fn any_in(&self, first: u64, last: u64) -> bool {
        self.ranges.range(..=last).next_back().is_some_and(|(_, range)| range.last >= first)
    }

    /// The attributes of the ranges that touch these pages.
    pub fn within(&self, first: u64, last: u64) -> impl Iterator<Item = &Attributes> {
        let touching = self.ranges.range(..=last).filter(move |(_, range)| range.last >= first);
        touching.map(|(_, range)| &range.attributes)
    }

    /// The ranges that a device of the process may access: first and last page of each, and its attributes.
    pub fn accessible(&self, device: usize) -> impl Iterator<Item = (u64, u64, &Attributes)> {
        let all = self.ranges.iter().map(|(first, range)| (*first, range.last, &range.attributes));
        all.filter(move |(.., attributes)| attributes.lets(device))
    }

    /// How many pages all ranges have.
    pub fn pages(&self) -> u64 {
        self.ranges.iter().map(|(first, range)| range.last - first + 1).sum()
    }

    /// How many of these pages are in no range yet.
    pub fn missing_pages(&self, first: u64, last: u64) -> u64 {
        let covered = self.ranges.range(..=last).filter(|(_, range)| range.last >= first);
        let covered: u64 = covered.map(|(start, range)| range.last.min(last) - start.max(&first) + 1).sum();
        last - first + 1 - covered
    }

    /// `svm_range_add`: covers the pages with ranges, and changes the attributes of exactly these pages; ranges that reach
    /// beyond are split. One that is on GPUs and stays as it was is left alone, unless what is asked is done `again`. The
    /// first page of each that is not left alone.
    pub fn change(
        &mut self,
        (first, last): (u64, u64),
        new: &Attributes,
        again: bool,
        change: impl Fn(&mut Attributes),
    ) -> Vec<u64> {
        let differs = |range: &Range| {
            let mut after = range.attributes.clone();
            change(&mut after);
            again || !range.mapped || after != range.attributes
        };
        for edge in [first, last + 1] {
            if self.ranges.range(..edge).next_back().is_some_and(|(_, range)| differs(range)) {
                self.split_at(edge);
            }
        }
        for (gap_first, gap_last) in self.gaps(first, last) {
            let location = KFD_IOCTL_SVM_LOCATION_SYSMEM;
            let range = Range { last: gap_last, attributes: new.clone(), location, mapped: false, queues: 0 };
            self.ranges.insert(gap_first, range);
        }
        let changed = self.ranges.range_mut(first..=last).filter(|(_, range)| differs(range));
        changed
            .map(|(start, range)| {
                change(&mut range.attributes);
                *start
            })
            .collect()
    }

    /// The range that begins at a page.
    pub(super) fn at(&self, first: u64) -> Option<&Range> {
        self.ranges.get(&first)
    }

    /// [`Ranges::at`], to change it.
    pub(super) fn at_mut(&mut self, first: u64) -> Option<&mut Range> {
        self.ranges.get_mut(&first)
    }

    /// The parts of ranges among these pages: first and last page of each, and the devices that it is mapped on.
    pub fn parts(&self, first: u64, last: u64) -> Vec<(u64, u64, BTreeSet<usize>)> {
        let touching = self.ranges.range(..=last).filter(|(_, range)| range.last >= first);
        let part = |(start, range): (&u64, &Range)| {
            let devices = if range.mapped { range.attributes.users() } else { BTreeSet::new() };
            ((*start).max(first), range.last.min(last), devices)
        };
        touching.map(part).collect()
    }

    /// `svm_range_unmap_from_cpu`: the caller unmapped these pages. How many were in ranges.
    pub fn remove(&mut self, first: u64, last: u64) -> u64 {
        let covered = last - first + 1 - self.missing_pages(first, last);
        self.split_at(first);
        self.split_at(last + 1);
        self.ranges.retain(|start, _| !(first..=last).contains(start));
        covered
    }

    /// `kfd_queue_buffer_svm_get`: a queue's save area must be covered by ranges which the device may access and
    /// which are always mapped. `EINVAL` when not.
    pub fn hold_for_queue(&mut self, first: u64, last: u64, device: usize) -> Result<(), Errno> {
        let usable = |attributes: &Attributes| {
            attributes.lets(device) && attributes.flags & KFD_IOCTL_SVM_FLAG_GPU_ALWAYS_MAPPED != 0
        };
        if self.missing_pages(first, last) > 0 || !self.within(first, last).all(usable) {
            return Err(Errno::EINVAL);
        }
        self.touching(first, last).for_each(|range| range.queues += 1);
        Ok(())
    }

    /// Whether a queue has its save area among these pages (`queue_refcount`).
    pub fn serve_queues(&mut self, first: u64, last: u64) -> bool {
        self.touching(first, last).any(|range| range.queues > 0)
    }

    /// `kfd_queue_buffer_svm_put`
    pub fn release_for_queue(&mut self, first: u64, last: u64) {
        self.touching(first, last).for_each(|range| range.queues = range.queues.saturating_sub(1));
    }

    fn touching(&mut self, first: u64, last: u64) -> impl Iterator<Item = &mut Range> {
        let touching = self.ranges.range_mut(..=last).filter(move |(_, range)| range.last >= first);
        touching.map(|(_, range)| range)
    }

    fn split_at(&mut self, page: u64) {
        let Some((_, range)) = self.ranges.range_mut(..page).next_back() else { return };
        if range.last >= page {
            let tail = range.clone();
            range.last = page - 1;
            self.ranges.insert(page, tail);
        }
    }

    fn gaps(&self, first: u64, last: u64) -> Vec<(u64, u64)> {
        let mut gaps = Vec::new();
        let before = self.ranges.range(..first).next_back();
        let mut next = before.map_or(first, |(_, range)| first.max(range.last + 1));
        for (start, range) in self.ranges.range(first..=last) {
            if *start > next {
                gaps.push((next, start - 1));
            }
            next = range.last + 1;
        }
        if next <= last {
            gaps.push((next, last));
        }
        gaps
    }
}
