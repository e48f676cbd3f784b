//! Signals that are made together, side by side in memory of the caller's choice. Answers to SignalBatch of upstream's newest
//! `signal.h`; the function's arguments are those with which the newest HIP calls it.
//!
//! Each is a signal like any other. The memory goes when the batch and all of its signals are destroyed, in any order.
//!
//! A GPU's memory is reached through a bus that knows loads and stores, and no atomic change by the host: in such a batch the
//! host's changes are a load and a store. Then no GPU may change the value at the same time, which upstream asks for, too.

use std::{
    collections::HashMap,
    ptr, slice,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use parking_lot::Mutex;

use super::{
    block::Block,
    pool::{Kind, Signals},
};
use crate::{abi::hsa_signal_t, boundary::Error};

/// The memory of a batch, which is freed when this is dropped.
pub struct Arena {
    _owner: Box<dyn Send + Sync>,
}

/// Changes a value that is in a GPU's memory. The second load comes back when the store, and all before it, has arrived.
pub fn change_remote<T>(value: &AtomicI64, change: impl FnOnce(&AtomicI64) -> T) -> T {
    let shadow = AtomicI64::new(value.load(Ordering::SeqCst));
    let result = change(&shadow);
    value.store(shadow.into_inner(), Ordering::SeqCst);
    value.load(Ordering::SeqCst);
    result
}

/// The batches that are not destroyed, by number. Numbers are not reused.
#[derive(Default)]
pub struct Batches(Mutex<Table>);

#[derive(Default)]
struct Table {
    next: u32,
    live: HashMap<u32, Arc<Arena>>,
}

impl Batches {
    fn add(&self, arena: Arc<Arena>) -> u32 {
        let mut table = self.0.lock();
        let number = table.next;
        table.next = number.wrapping_add(1);
        table.live.insert(number, arena);
        number
    }

    /// Forgets all of them, at the end of the runtime.
    pub fn destroy_all(&self) {
        self.0.lock().live.clear();
    }
}

impl Signals {
    /// Makes a signal of each value, in memory at `address`, which is `owner`'s, page-aligned and of
    /// [`Signals::batch_bytes`]. Returns the number of the batch.
    pub fn create_batch(
        &'static self,
        values: &[i64],
        kind: Kind,
        (address, is_remote): (u64, bool),
        owner: impl Send + Sync + 'static,
    ) -> (u32, Vec<hsa_signal_t>) {
        let start: *const Block = ptr::with_exposed_provenance(address as usize);
        // SAFETY: the caller allocated as much there, and `owner` keeps it as long as a signal holds the arena. All fields
        // are atomics, so that others may write to it, and any bytes are a `Block`.
        let blocks: &'static [Block] = unsafe { slice::from_raw_parts(start, values.len()) };
        let arena = Arc::new(Arena { _owner: Box::new(owner) });
        let begin = |(block, &value): (&'static Block, &i64)| {
            let slot = self.elsewhere().take(self, block);
            *slot.arena.lock() = Some(Arc::clone(&arena));
            slot.is_remote.store(is_remote, Ordering::Relaxed);
            self.begin(slot, value, kind);
            self.elsewhere().list(slot);
            hsa_signal_t { handle: block.handle() }
        };
        let signals = blocks.iter().zip(values).map(begin).collect();
        (self.batches().add(arena), signals)
    }

    /// Bytes that a batch of so many signals takes.
    pub fn batch_bytes(count: u32) -> u64 {
        u64::from(count) * size_of::<Block>() as u64
    }

    /// Ends a batch. Its signals stay, each until it is destroyed.
    ///
    /// # Errors
    /// `InvalidArgument` if there is no such batch.
    pub fn destroy_batch(&self, number: u32) -> Result<(), Error> {
        // Freed memory calls the driver: not under the lock.
        let arena = self.batches().0.lock().live.remove(&number);
        arena.map(drop).ok_or(Error::InvalidArgument)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        driver::{Driver, fake::FakeDriver},
        signal::find,
    };
    use std::sync::atomic::AtomicBool;

    struct Owner(Arc<AtomicBool>);

    impl Drop for Owner {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    fn batch(is_remote: bool) -> (&'static Signals, u32, Vec<hsa_signal_t>, Arc<AtomicBool>) {
        let driver = Arc::new(FakeDriver::default());
        let address = driver.allocate_shared(Signals::batch_bytes(3)).unwrap();
        let (signals, freed) = (Signals::new(driver), Arc::new(AtomicBool::new(false)));
        let owner = Owner(Arc::clone(&freed));
        let (number, made) = signals.create_batch(&[4, 5, 6], Kind::Interrupt, (address, is_remote), owner);
        (signals, number, made, freed)
    }

    fn slot(signals: &Signals, handle: hsa_signal_t) -> super::super::Signal {
        super::super::Signal::of(signals.elsewhere().find(handle.handle).expect("it is listed"))
    }

    #[test]
    fn the_last_of_a_batch_and_its_signals_frees_the_memory() {
        for batch_is_last in [false, true] {
            let (signals, number, made, freed) = batch(false);
            assert_eq!(made[1].handle - made[0].handle, 128, "side by side");
            assert_eq!(made.iter().map(|&one| slot(signals, one).load()).collect::<Vec<_>>(), [4, 5, 6]);
            let end = || signals.destroy_batch(number);
            assert!(batch_is_last || end().is_ok());
            for &one in &made {
                assert!(!freed.load(Ordering::Relaxed));
                slot(signals, one).destroy().unwrap();
                assert!(signals.elsewhere().find(one.handle).is_none() && find(one).is_err());
            }
            assert!(!batch_is_last || end().is_ok());
            assert!(freed.load(Ordering::Relaxed));
            assert_eq!(end(), Err(Error::InvalidArgument));
        }
    }

    #[test]
    fn the_end_of_the_runtime_frees_the_memory() {
        let (signals, _, made, freed) = batch(true);
        signals.destroy_all();
        assert!(freed.load(Ordering::Relaxed) && signals.elsewhere().find(made[0].handle).is_none());
    }

    #[test]
    fn changes_in_a_gpus_memory_are_loads_and_stores() {
        let (signals, _, made, _) = batch(true);
        let signal = slot(signals, made[2]);
        assert_eq!(signal.change(|value| value.fetch_sub(4, Ordering::SeqCst)), 6);
        assert_eq!(
            signal.change(|value| value.compare_exchange(7, 1, Ordering::SeqCst, Ordering::SeqCst)),
            Err(2)
        );
        assert_eq!(signal.load(), 2);
    }
}
