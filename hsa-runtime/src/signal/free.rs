//! Numbers of signals that are free again: stacks without a lock, so that creating and destroying signals from many
//! threads needs none.
#![forbid(unsafe_code)]

use crate::{
    arch::Line,
    handle::lane,
    sync::{AtomicU32, AtomicU64, Ordering},
};

/// Stacks. A thread pushes to its own, and takes from the others only what it lacks.
const SHARDS: usize = 16;

/// A stack's top. The low half is the number on top plus one, 0 for none; the high half counts the changes, so that a
/// thread that read a number notices that it was taken and pushed again meanwhile.
#[derive(Default)]
struct Top(AtomicU64);

/// Free numbers. The links of the stacks stand with what is numbered, and are the caller's to find.
#[derive(Default)]
pub struct FreeList {
    tops: [Line<Top>; SHARDS],
}

impl FreeList {
    /// A number of this thread's stack.
    #[inline]
    pub fn pop<'a>(&self, link: impl Fn(u32) -> &'a AtomicU32) -> Option<u32> {
        self.tops[lane(SHARDS)].0.pop(link)
    }

    /// A number of any stack.
    pub fn pop_any<'a>(&self, link: impl Fn(u32) -> &'a AtomicU32) -> Option<u32> {
        self.tops.iter().find_map(|top| top.0.pop(&link))
    }

    /// Adds a number, whose link is given.
    #[inline]
    pub fn push(&self, number: u32, link: &AtomicU32) {
        self.tops[lane(SHARDS)].0.push(number, link);
    }
}

impl Top {
    fn pop<'a>(&self, link: impl Fn(u32) -> &'a AtomicU32) -> Option<u32> {
        let mut top = self.0.load(Ordering::Acquire);
        loop {
            let number = (top as u32).checked_sub(1)?;
            // Another thread may take it and write to the link now; then the count has changed, too.
            let next = link(number).load(Ordering::Relaxed);
            match self.0.compare_exchange_weak(top, after(top, next), Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(number),
                Err(now) => top = now,
            }
        }
    }

    fn push(&self, number: u32, link: &AtomicU32) {
        let mut top = self.0.load(Ordering::Relaxed);
        loop {
            link.store(top as u32, Ordering::Relaxed);
            let new = after(top, number + 1);
            match self.0.compare_exchange_weak(top, new, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => top = now,
            }
        }
    }
}

/// A top with another number, one change later.
fn after(top: u64, number: u32) -> u64 {
    ((top >> 32) + 1) << 32 | u64::from(number)
}

#[cfg(all(test, not(orderings)))]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, sync::Mutex, thread};

    #[test]
    fn no_number_is_lost_or_given_twice() {
        const NUMBERS: u32 = 64;
        let (list, links) = (FreeList::default(), [const { AtomicU32::new(0) }; NUMBERS as usize]);
        let link = |number: u32| &links[number as usize];
        for number in 0..NUMBERS {
            list.push(number, link(number));
        }
        let held = Mutex::new(BTreeSet::new());
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..if cfg!(miri) { 50 } else { 20_000 } {
                        let Some(number) = list.pop(link).or_else(|| list.pop_any(link)) else { continue };
                        assert!(held.lock().unwrap().insert(number), "{number} was given twice");
                        assert!(held.lock().unwrap().remove(&number));
                        list.push(number, link(number));
                    }
                });
            }
        });
        let left: BTreeSet<u32> = std::iter::from_fn(|| list.pop_any(link)).collect();
        assert_eq!(left, (0..NUMBERS).collect());
    }
}
