//! Those who look at shared things for a moment, counted, so that whoever takes a thing away knows when nobody has it.
//!
//! **A reader** (1) counts itself, (2) reads where the thing is, (3) copies what it needs of it, (4) counts itself out.
//! **Who takes the thing away** (a) makes that place empty, (b) waits until it has seen each count at 0, and (c) owns the
//! thing.
//!
//! *No reader finds the thing gone.* Suppose that a reader copies in (3) from what (c) has ended. Then its (2) read the
//! place before (a), so its (1) was before (a), and before (b): there the reader's count was seen at 0 only when its (4)
//! was over, so after (3). From (1) to (2) and from (a) to (b) it is a write and then a read of another word, which
//! processors turn around, x86 as well, so all four take part in the one order of `SeqCst`.
//!
//! There are many counts, so that threads which make calls at once do not fight for one.
#![forbid(unsafe_code)]

use std::{thread, time::Duration};

use super::{Counter, lane};
use crate::{
    arch::Line,
    sync::{AtomicU32, yield_now},
};

/// How many counts.
const COUNTS: usize = 16;

/// How often who waits lets others go first before it sleeps, and how long then.
const YIELDS: u32 = 100;
const NAP: Duration = Duration::from_micros(50);

/// The counts.
#[derive(Default)]
pub struct Readers<C = AtomicU32>([Line<C>; COUNTS]);

/// A reader, until it is dropped.
pub struct Reader<'a, C: Counter>(&'a C);

impl<C: Counter> Drop for Reader<'_, C> {
    #[inline]
    fn drop(&mut self) {
        self.0.add(-1);
    }
}

impl<C: Counter> Readers<C> {
    /// Counts this thread: step (1).
    #[inline]
    pub fn enter(&self) -> Reader<'_, C> {
        let count = &self.0[lane(COUNTS)].0;
        count.add(1);
        Reader(count)
    }

    /// Waits until all have left who may have read what was there: step (b).
    pub fn wait(&self) {
        for count in &self.0 {
            let mut looks = 0;
            while count.0.get() != 0 {
                looks += 1;
                // A reader is there for some dozen instructions. If it is not running, and this thread goes before all others,
                // as threads of real time do, it runs only while this one sleeps.
                if looks < YIELDS { yield_now() } else { thread::sleep(NAP) }
            }
        }
    }
}
