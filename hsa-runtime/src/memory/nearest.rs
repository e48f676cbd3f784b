//! What is near an address at which nothing may be: for records of faults.
//!
//! Pure. Answers to PrintMemoryMapNear of upstream's `runtime.cpp`.
#![forbid(unsafe_code)]

use std::ops::Bound;

use super::{Heap, lock::Locks, vmem::Vmem};

/// A piece of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    /// Where it begins.
    pub start: u64,
    /// Bytes of it.
    pub bytes: u64,
}

impl Near {
    /// How far an address is outside of it; 0 for inside.
    pub fn distance(self, address: u64) -> u64 {
        let end = self.start.saturating_add(self.bytes);
        match address {
            _ if address < self.start => self.start - address,
            _ if address >= end => address - end + 1,
            _ => 0,
        }
    }
}

impl Heap {
    /// The memory that is nearest to an address: allocated, locked or mapped.
    pub fn nearest(&self, address: u64) -> Option<Near> {
        let records = self.by_address.near(address);
        let allocated = records.map(|record| Near { start: record.start, bytes: record.asked });
        let all = allocated.chain(self.locks.near(address)).chain(self.vmem.near(address));
        all.min_by_key(|near| near.distance(address))
    }
}

impl Locks {
    /// The locked ranges on both sides of an address of the process.
    fn near(&self, address: u64) -> impl Iterator<Item = Near> {
        let key = (address, u64::MAX);
        let below = self.ranges.upper_bound(Bound::Included(&key));
        let above = self.ranges.lower_bound(Bound::Excluded(&key));
        below.into_iter().chain(above).map(|entry| {
            let (start, bytes) = *entry.key();
            Near { start, bytes }
        })
    }
}

impl Vmem {
    /// The mappings on both sides of an address.
    fn near(&self, address: u64) -> impl Iterator<Item = Near> {
        let below = self.mappings.upper_bound(Bound::Included(&address));
        let above = self.mappings.lower_bound(Bound::Excluded(&address));
        let mappings = below.into_iter().chain(above);
        mappings.map(|entry| Near { start: entry.value().start(), bytes: entry.value().bytes() })
    }
}
