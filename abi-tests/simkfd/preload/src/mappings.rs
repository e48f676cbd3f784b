//! Where a process has mapped device files, so that the trace can tell when they go. Pure.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

/// Ranges of addresses, by their first; the value is the first address behind the range.
#[derive(Default)]
pub struct Mappings {
    ranges: BTreeMap<u64, u64>,
}

impl Mappings {
    /// Notes a mapping of `bytes` bytes. It replaces what was there.
    pub fn insert(&mut self, addr: u64, bytes: u64) {
        self.remove(addr, bytes);
        self.ranges.insert(addr, addr.saturating_add(bytes));
    }

    /// Takes a range away, and tells whether anything of it was mapped. What sticks out on either side stays.
    pub fn remove(&mut self, addr: u64, bytes: u64) -> bool {
        let end = addr.saturating_add(bytes);
        let hit: Vec<(u64, u64)> = self
            .ranges
            .range(..end)
            .filter(|(_, last)| **last > addr)
            .map(|(first, last)| (*first, *last))
            .collect();
        for (first, last) in &hit {
            self.ranges.remove(first);
            if *first < addr {
                self.ranges.insert(*first, addr);
            }
            if *last > end {
                self.ranges.insert(end, *last);
            }
        }
        !hit.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::Mappings;

    #[test]
    fn parts_go_one_by_one() {
        let mut mappings = Mappings::default();
        mappings.insert(0x1000, 0x4000);
        assert!(mappings.remove(0x2000, 0x1000));
        assert!(!mappings.remove(0x2000, 0x1000), "gone");
        assert!(mappings.remove(0x4000, 0x9000) && mappings.remove(0x0, 0x2000));
        assert!(mappings.remove(0x3000, 0x1000) && mappings.ranges.is_empty());
    }
}
