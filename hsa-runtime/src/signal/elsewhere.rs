//! Signals whose memory is in no chunk, since it comes and goes with them. The directory does not know them, for what it
//! leads to has to stay: they are found in a map without locks.
#![forbid(unsafe_code)]

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use crossbeam_skiplist::SkipMap;
use parking_lot::Mutex;

use super::{Signal, batch::Arena, block::Block, directory::Place, pool::Signals, slot::Slot};

/// All of them.
#[derive(Default)]
pub struct Elsewhere {
    by_handle: SkipMap<u64, &'static Slot>,
    /// Slots of signals that are gone.
    spare: Mutex<Vec<&'static Slot>>,
    /// Slots that were made.
    made: AtomicU32,
}

impl Elsewhere {
    /// A slot for a signal with this memory, which is found once it is listed.
    pub fn take(&self, signals: &'static Signals, block: &'static Block) -> &'static Slot {
        let spare = self.spare.lock().pop();
        let slot = spare.unwrap_or_else(|| {
            let number = self.made.fetch_add(1, Ordering::Relaxed);
            Box::leak(Box::new(Slot::new(number, block, signals, Place::elsewhere())))
        });
        slot.set_block(block);
        slot.is_remote.store(false, Ordering::Relaxed);
        slot
    }

    /// The signal with this handle, live or not.
    pub fn find(&self, handle: u64) -> Option<&'static Slot> {
        self.by_handle.get(&handle).map(|entry| *entry.value())
    }

    /// Makes a signal to be found.
    pub fn list(&self, slot: &'static Slot) {
        self.by_handle.insert(slot.block().handle(), slot);
    }

    /// It is found no more.
    pub fn forget(&self, slot: &Slot) {
        self.by_handle.remove(&slot.block().handle());
    }

    /// Its slot is free for another one.
    pub fn give_back(&self, slot: &'static Slot) {
        self.spare.lock().push(slot);
    }

    /// A signal of a batch has gone; the last one takes the memory with it.
    pub fn leave(&self, slot: &'static Slot, arena: Arc<Arena>) {
        self.forget(slot);
        self.give_back(slot);
        drop(arena);
    }

    /// Destroys what is left at the end of the runtime.
    pub fn destroy_all(&self) {
        for entry in &self.by_handle {
            // One that is not live is the error.
            let _ = Signal::of(entry.value()).destroy();
        }
    }
}
