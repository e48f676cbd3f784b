//! Work that one thread at a time does, for all who ask meanwhile: nobody waits.
//!
//! **Who asks** (1) adds to a count. Whoever adds to 0 has the turn: it (2) works, and (3) exchanges the count for 0, if it
//! is still what it knew; else it knows more now, and works again.
//!
//! *What was written before (1) is seen by some (2) behind it*, since all exchanges of one word are in one order. Either (1)
//! is a turn's beginning; or it comes before a (3), which fails, reads it, and so everything before it, and works again.
//! *Two are never at it at once*: a turn begins when the count is 0, which only the end of the one before makes it. That is
//! a release and the beginning an acquire, so each turn sees what the one before has done.
#![forbid(unsafe_code)]

use std::mem;

use crate::sync::{AtomicU64, Ordering};

/// How often it was asked for since nobody was at it.
#[derive(Default)]
pub struct Turns(AtomicU64);

impl Turns {
    /// Asks, and works if nobody is at it.
    pub fn ask(&self, mut work: impl FnMut()) {
        if self.0.fetch_add(1, Ordering::AcqRel) > 0 {
            return;
        }
        let turn = Turn(&self.0);
        let mut known = 1;
        loop {
            work();
            match self.0.compare_exchange(known, 0, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => break,
                Err(more) => known = more,
            }
        }
        mem::forget(turn);
    }
}

/// Work that ends by an exception ends its thread's turn; the next one that asks has it.
struct Turn<'a>(&'a AtomicU64);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Release);
    }
}
