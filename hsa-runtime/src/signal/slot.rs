//! What the host keeps of a signal, where no GPU writes.

use std::{
    ptr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;

use super::{
    batch::Arena,
    block::Block,
    directory::Place,
    doorbell::Door,
    pool::{Kind, Signals},
    shared::Line,
};

/// Set while the handle is valid; the other bits count references: the handle's own, one a wait and one a handler.
const LIVE: u32 = 1 << 31;

/// The host's side of a signal.
#[repr(align(64))]
pub struct Slot {
    /// Where it is looked up.
    pub place: Place,
    /// Address of the doorbell that it is; 0 for none, [`super::doorbell::HEARD`] for one without an address.
    doorbell: AtomicU64,
    /// Where the shared side is. Of a signal that processes share it is another place in the slot's next life.
    block: AtomicPtr<Block>,
    /// Whose signal it is.
    pub signals: &'static Signals,
    /// Which one it is, for ever.
    pub number: u32,
    references: AtomicU32,
    /// What other processes have of it, too; `None` if they have nothing.
    pub line: ArcSwapOption<Line>,
    /// Memory that it shares with the others of its batch; `None` for one that is in no batch.
    pub arena: Mutex<Option<Arc<Arena>>>,
    /// Atomic changes by the host do not reach its memory.
    pub is_remote: AtomicBool,
    /// Kind of signal, a number of [`super::Kind`].
    pub kind: AtomicU32,
    /// Who hears of stores to such a one.
    pub listener: OnceLock<Box<Door>>,
    /// Next one in the list of free ones.
    pub next: AtomicU32,
    /// Microseconds that waits for it take; 0 while unknown.
    pub typical_wait: AtomicU32,
    /// It was completed with an error.
    pub failed: AtomicBool,
    /// The agent whose copy it completed last, by its index and one more; 0 for none that was to be timed.
    pub copier: AtomicU32,
}

impl Slot {
    pub fn new(number: u32, block: &'static Block, signals: &'static Signals, place: Place) -> Self {
        Self {
            place,
            doorbell: AtomicU64::new(0),
            block: AtomicPtr::new(ptr::from_ref(block).cast_mut()),
            signals,
            number,
            references: AtomicU32::new(0),
            line: ArcSwapOption::const_empty(),
            arena: Mutex::default(),
            is_remote: AtomicBool::new(false),
            kind: AtomicU32::new(0),
            listener: OnceLock::new(),
            next: AtomicU32::new(0),
            typical_wait: AtomicU32::new(0),
            failed: AtomicBool::new(false),
            copier: AtomicU32::new(0),
        }
    }

    /// The shared side.
    #[inline(always)]
    pub fn block(&self) -> &'static Block {
        // SAFETY: `new` or `set_block` was given a reference. It is for ever, but for signals of `elsewhere`: their memory
        // stays until the last reference is released, and who uses a handle while it destroys it is wrong.
        unsafe { &*self.block.load(Ordering::Relaxed) }
    }

    /// Gives a slot that nobody uses the memory of its next life.
    pub fn set_block(&self, block: &Block) {
        self.block.store(ptr::from_ref(block).cast_mut(), Ordering::Relaxed);
    }

    /// Makes the handle valid, of a signal of this kind.
    pub fn begin(&self, kind: Kind) {
        self.kind.store(kind as u32, Ordering::Relaxed);
        self.typical_wait.store(0, Ordering::Relaxed);
        self.failed.store(false, Ordering::Relaxed);
        self.copier.store(0, Ordering::Relaxed);
        self.doorbell.store(0, Ordering::Relaxed);
        // Both publish what was written to the signal's memory before.
        self.references.store(LIVE + 1, Ordering::Release);
        self.place.begin(self.block().handle());
    }

    /// Makes it a doorbell.
    pub fn begin_doorbell(&self, doorbell: u64) {
        self.doorbell.store(doorbell, Ordering::Relaxed);
        self.place.begin_doorbell(self.block().handle());
    }

    /// Address of the doorbell that it is, or what stands for it.
    #[inline]
    pub fn doorbell(&self) -> u64 {
        self.doorbell.load(Ordering::Relaxed)
    }

    /// Whether the handle is valid.
    #[inline]
    pub fn is_live(&self) -> bool {
        self.references.load(Ordering::Acquire) & LIVE != 0
    }

    /// Adds a reference, unless the handle is invalid.
    pub fn retain(&self) -> bool {
        let add = |references| (references & LIVE != 0).then_some(references + 1);
        self.references.fetch_update(Ordering::Acquire, Ordering::Relaxed, add).is_ok()
    }

    /// Makes the handle invalid; false if it was. Its reference remains to be released.
    pub fn end(&self) -> bool {
        let is_first = self.references.fetch_and(!LIVE, Ordering::SeqCst) & LIVE != 0;
        if is_first {
            // Before its next life, which begins after the reference is released.
            self.place.end(self.block().handle());
        }
        is_first
    }

    /// Takes a reference away; true for the last one, after which nobody uses the signal.
    pub fn release(&self) -> bool {
        self.references.fetch_sub(1, Ordering::AcqRel) == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::fake::FakeDriver;
    use std::sync::Arc;

    #[test]
    fn the_last_of_several_users_is_told_so() {
        let signals = Signals::new(Arc::new(FakeDriver::default()));
        let slot = Slot::new(0, Box::leak(Box::default()), signals, Place::elsewhere());
        assert!(!slot.is_live() && !slot.retain());
        slot.begin(Kind::Silent);
        assert!(slot.is_live() && slot.retain());
        assert!(slot.end() && !slot.end(), "a handle ends once");
        assert!(!slot.is_live() && !slot.retain());
        assert!(!slot.release() && slot.release());
    }
}
