//! Ranges of addresses that do not overlap, in order. Pure.
#![forbid(unsafe_code)]

use super::Permissions;
use crate::device::memory::{Access, Fault, Reason};

/// A mapped range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub start: u64,
    /// First address behind the range.
    pub end: u64,
    /// Where the range begins in the process.
    pub host: u64,
    pub permissions: Permissions,
}

impl Range {
    /// Whether an address is in the range.
    pub fn holds(&self, address: u64) -> bool {
        self.start <= address && address < self.end
    }

    /// Where an address of the range is in the process.
    pub fn host(&self, address: u64) -> u64 {
        self.host + (address - self.start)
    }

    /// Whether it may be accessed so.
    pub fn allows(&self, access: Access) -> bool {
        access == Access::Read || self.permissions.write
    }
}

/// All ranges of an address space.
#[derive(Default)]
pub(super) struct Ranges(Vec<Range>);

impl Ranges {
    /// Adds a range, over what was there.
    pub fn insert(&mut self, range: Range) {
        self.cut(range.start, range.end);
        if range.end > range.start {
            let at = self.0.partition_point(|before| before.start < range.start);
            self.0.insert(at, range);
        }
    }

    /// Takes `start .. end` out of the ranges; what sticks out at either side stays.
    pub fn cut(&mut self, start: u64, end: u64) {
        let first = self.0.partition_point(|range| range.end <= start);
        let behind = first + self.0[first..].partition_point(|range| range.start < end);
        let mut rest = Vec::new();
        for range in &self.0[first..behind] {
            if range.start < start {
                rest.push(Range { end: start, ..*range });
            }
            if range.end > end {
                rest.push(Range { start: end, host: range.host(end), ..*range });
            }
        }
        self.0.splice(first..behind, rest);
    }

    /// The number of the range that an address is in.
    pub fn find(&self, address: u64) -> Option<usize> {
        let number = self.0.partition_point(|range| range.end <= address);
        self.get(number).filter(|range| range.holds(address)).map(|_| number)
    }

    /// A range by its number.
    pub fn get(&self, number: usize) -> Option<&Range> {
        self.0.get(number)
    }
}

/// The fault of an access that met no range, or one that does not allow it.
pub(super) fn fault(address: u64, access: Access, range: Option<&Range>) -> Fault {
    let reason = if range.is_some() { Reason::Permission } else { Reason::NotPresent };
    Fault { address, access, reason }
}
