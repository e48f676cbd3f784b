//! Counters of threads, which tests replace by modelled ones, and which of several counters a thread takes.
#![forbid(unsafe_code)]

use std::ptr;

use crate::sync::{AtomicU32, Ordering};

/// Threads have stacks of at least so many bits of addresses.
const STACK: u32 = 16;

/// A number below `lanes`, which is mostly not that of other threads: by where the thread's stack is, as nothing is quicker.
/// It may be another one at the next call.
#[inline(always)]
pub fn lane(lanes: usize) -> usize {
    let here = 0_u8;
    (ptr::from_ref(&here).addr() >> STACK) % lanes
}

/// A counter; a trait so that models can supply their own.
pub trait Counter {
    /// Adds, and takes part in the one order of all such accesses.
    fn add(&self, number: i32);
    /// Reads, likewise.
    fn get(&self) -> u32;
}

impl Counter for AtomicU32 {
    #[inline]
    fn add(&self, number: i32) {
        self.fetch_add(number as u32, Ordering::SeqCst);
    }

    #[inline]
    fn get(&self) -> u32 {
        self.load(Ordering::SeqCst)
    }
}

#[cfg(all(test, not(any(orderings, target_arch = "powerpc64"))))]
impl Counter for shuttle::sync::atomic::AtomicU32 {
    fn add(&self, number: i32) {
        self.fetch_add(number as u32, Ordering::SeqCst);
    }

    fn get(&self) -> u32 {
        self.load(Ordering::SeqCst)
    }
}
