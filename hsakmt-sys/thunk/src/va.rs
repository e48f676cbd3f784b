//! Address ranges within an aperture.
//!
//! Touches nothing: limits, page size and guard pages are inputs. Answers to `reserved_aperture_allocate_aligned` of
//! upstream's `fmm.c`, which walks a list; here every operation is logarithmic in the number of free ranges.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};

/// Large buffers are aligned up to this, so that one page-table entry covers much of them.
const HUGE_PAGE: u64 = 2 << 20;

/// An aperture: inclusive bounds, as the kernel gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// First address.
    pub base: u64,
    /// Last address.
    pub limit: u64,
}

impl Bounds {
    /// Whether an address lies within.
    #[must_use]
    pub const fn contains(&self, address: u64) -> bool {
        self.base <= address && address <= self.limit
    }

    /// Whether two apertures share an address.
    #[must_use]
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.base <= other.limit && other.base <= self.limit
    }
}

/// Free and used ranges of an aperture.
#[derive(Debug)]
pub struct Ranges {
    bounds: Bounds,
    alignment: u64,
    guard: u64,
    /// Free ranges: start to length.
    free: BTreeMap<u64, u64>,
    /// The same by length and start.
    by_length: BTreeSet<(u64, u64)>,
    /// Used ranges: start to length, guard included.
    used: BTreeMap<u64, u64>,
}

impl Ranges {
    /// All free. `alignment` is a power of two; `guard` bytes stay unused after each range.
    #[must_use]
    pub fn new(bounds: Bounds, alignment: u64, guard: u64) -> Self {
        let mut ranges = Self {
            bounds,
            alignment: alignment.max(1),
            guard,
            free: BTreeMap::new(),
            by_length: BTreeSet::new(),
            used: BTreeMap::new(),
        };
        if bounds.base <= bounds.limit {
            let length = (bounds.limit - bounds.base).saturating_add(1);
            ranges.add_free(bounds.base, length);
        }
        ranges
    }

    /// The aperture.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Whether all is free again, in one piece.
    #[cfg(test)]
    pub(crate) fn is_unused(&self) -> bool {
        self.used.is_empty() && self.free.len() <= 1 && self.by_length.len() == self.free.len()
    }

    /// Takes `size` bytes, aligned to at least `alignment` (a power of two or 0).
    pub fn allocate(&mut self, size: u64, alignment: u64) -> Option<u64> {
        let alignment = large_alignment(size, alignment.max(self.alignment), HUGE_PAGE);
        let length = self.padded(size)?;
        // The shortest range that surely holds an aligned one; then any that happens to.
        let sure = length.checked_add(alignment - 1)?;
        let candidate = self.by_length.range((sure, 0)..).next().or_else(|| {
            self.by_length.range((length, 0)..(sure, 0)).find(|free| fits(**free, length, alignment))
        });
        let (_, free_start) = *candidate?;
        let start = free_start.checked_next_multiple_of(alignment)?;
        self.take(start, length).then_some(start)
    }

    /// Takes exactly these bytes, if they are free and aligned.
    pub fn allocate_at(&mut self, start: u64, size: u64) -> bool {
        match self.padded(size) {
            Some(length) if start % self.alignment == 0 => self.take(start, length),
            _ => false,
        }
    }

    /// Gives a range back; `false` if none begins there.
    pub fn release(&mut self, start: u64) -> bool {
        let Some(mut length) = self.used.remove(&start) else { return false };
        let mut start = start;
        if let Some((&before, &before_length)) = self.free.range(..start).next_back() {
            if before + before_length == start {
                self.remove_free(before, before_length);
                start = before;
                length += before_length;
            }
        }
        let end = start.saturating_add(length);
        if let Some(&after_length) = self.free.get(&end) {
            self.remove_free(end, after_length);
            length += after_length;
        }
        self.add_free(start, length);
        true
    }

    fn padded(&self, size: u64) -> Option<u64> {
        let length = size.checked_next_multiple_of(self.alignment)?;
        (size > 0).then(|| length.checked_add(self.guard))?
    }

    fn take(&mut self, start: u64, length: u64) -> bool {
        let Some((&free_start, &free_length)) = self.free.range(..=start).next_back() else { return false };
        let before = start - free_start;
        let Some(after) = free_length.checked_sub(before).and_then(|rest| rest.checked_sub(length)) else {
            return false;
        };
        self.remove_free(free_start, free_length);
        if before > 0 {
            self.add_free(free_start, before);
        }
        if after > 0 {
            self.add_free(start + length, after);
        }
        self.used.insert(start, length);
        true
    }

    fn add_free(&mut self, start: u64, length: u64) {
        self.free.insert(start, length);
        self.by_length.insert((length, start));
    }

    fn remove_free(&mut self, start: u64, length: u64) {
        self.free.remove(&start);
        self.by_length.remove(&(length, start));
    }
}

fn fits((free_length, free_start): (u64, u64), length: u64, alignment: u64) -> bool {
    free_start
        .checked_next_multiple_of(alignment)
        .is_some_and(|start| free_length.checked_sub(start - free_start).is_some_and(|rest| rest >= length))
}

/// The alignment of a buffer: the power of two at or below its size, but at least `smallest` and at most `largest`.
#[must_use]
pub fn large_alignment(size: u64, smallest: u64, largest: u64) -> u64 {
    let mut alignment = smallest;
    while alignment < largest && size >= alignment << 1 {
        alignment <<= 1;
    }
    alignment
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Random, steps};

    const PAGE: u64 = 4096;

    fn ranges() -> Ranges {
        Ranges::new(Bounds { base: 0x10_0000, limit: 0x10_0000 + (64 << 20) - 1 }, PAGE, PAGE)
    }

    #[test]
    fn ranges_never_overlap_and_everything_comes_back() {
        let mut ranges = ranges();
        let (mut random, mut live) = (Random::new(7), Vec::<(u64, u64)>::new());
        for _ in 0..steps(20_000) {
            if random.below(3) > 0 {
                let size = (random.below(200) + 1) * PAGE;
                let alignment = PAGE << random.below(6);
                if let Some(start) = ranges.allocate(size, alignment) {
                    assert_eq!(start % alignment, 0);
                    assert!(
                        ranges.bounds().contains(start) && ranges.bounds().contains(start + size + PAGE - 1)
                    );
                    assert!(live.iter().all(|(other, length)| {
                        start + size + PAGE <= *other || other + length + PAGE <= start
                    }));
                    live.push((start, size));
                }
            } else if !live.is_empty() {
                let victim = random.below(live.len() as u64) as usize;
                assert!(ranges.release(live.swap_remove(victim).0));
            }
        }
        for (start, _) in live {
            assert!(ranges.release(start));
        }
        assert!(ranges.is_unused());
        assert!(ranges.allocate((64 << 20) - PAGE, 0).is_none(), "huge alignment leaves no room");
        assert!(ranges.allocate(32 << 20, 0).is_some());
    }

    #[test]
    fn a_fixed_address_is_taken_once() {
        let mut ranges = ranges();
        assert!(ranges.allocate_at(0x20_0000, PAGE));
        assert!(!ranges.allocate_at(0x20_0000, PAGE));
        assert!(!ranges.allocate_at(0x20_1000, PAGE), "the guard page");
        assert!(ranges.allocate_at(0x20_2000, PAGE));
        assert!(!ranges.allocate_at(0x20_4001, PAGE), "not aligned");
        assert!(!ranges.allocate_at(0, PAGE), "outside");
        assert!(ranges.release(0x20_0000));
        assert!(!ranges.release(0x20_0000));
    }

    #[test]
    fn absurd_sizes_are_refused() {
        let mut ranges = ranges();
        for size in [0, u64::MAX, u64::MAX - PAGE, 1 << 63] {
            assert_eq!(ranges.allocate(size, 0), None);
        }
        assert_eq!(Ranges::new(Bounds { base: 9, limit: 8 }, PAGE, 0).allocate(PAGE, 0), None);
    }

    #[test]
    fn the_top_of_the_address_space_can_be_used() {
        let mut ranges = Ranges::new(Bounds { base: u64::MAX - 8 * PAGE + 1, limit: u64::MAX }, PAGE, 0);
        let starts: Vec<u64> = std::iter::from_fn(|| ranges.allocate(PAGE, 0)).collect();
        assert_eq!(starts.len(), 8);
        assert!(starts.iter().all(|start| ranges.release(*start)));
    }

    #[test]
    fn large_buffers_are_aligned_to_their_size_up_to_the_limit() {
        assert_eq!(large_alignment(PAGE, PAGE, HUGE_PAGE), PAGE);
        assert_eq!(large_alignment(9 * PAGE, PAGE, HUGE_PAGE), 8 * PAGE);
        assert_eq!(large_alignment(1 << 40, PAGE, HUGE_PAGE), HUGE_PAGE);
    }
}
