//! Chunks of signals: one allocation each. Nearly all signals are looked up in the `directory`, the others here, by going
//! through the chunks. Those are never given back.

use std::{
    ptr, slice,
    sync::{
        OnceLock,
        atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering},
    },
};

use hsakmt_thunk::kernel::fork;

use super::{
    block::Block,
    directory::{self, Place},
    pool::Signals,
    slot::Slot,
};

/// Signals of a chunk.
pub const SIGNALS: u32 = 2048;
/// Bytes of a chunk.
pub const BYTES: u64 = SIGNALS as u64 * size_of::<Block>() as u64;
/// Most chunks: two million signals, which take a quarter of a gigabyte.
const CHUNKS: usize = 1024;

/// All chunks of the process, in the order in which they came.
static LIST: [AtomicPtr<Chunk>; CHUNKS] = [const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS];

/// How many of them there are or will be in a moment.
static LISTED: AtomicUsize = AtomicUsize::new(0);

/// Which process they are of.
static PROCESS: AtomicU64 = AtomicU64::new(0);

/// A chunk: where its memory is, and what the host keeps of each signal.
pub struct Chunk {
    address: u64,
    slots: Box<[Slot; SIGNALS as usize]>,
}

impl Chunk {
    fn new(signals: &'static Signals, first: u32, address: u64) -> Self {
        let start: *const Block = ptr::with_exposed_provenance(address as usize);
        // SAFETY: the driver allocated BYTES there, zeroed, page-aligned and for as long as the process lives; all fields
        // are atomics, so that others may write to it.
        let blocks = unsafe { slice::from_raw_parts(start, SIGNALS as usize) };
        let slot = |(number, block): (u32, &'static Block)| {
            Slot::new(number, block, signals, Place::of(block.handle()))
        };
        let slots: Box<[Slot]> = (first..).zip(blocks).map(slot).collect();
        let slots = slots.try_into().unwrap_or_else(|_| unreachable!("as many as there are blocks"));
        Self { address, slots }
    }

    /// The signal at this address, live or not, if one can be there.
    fn at(&'static self, handle: u64) -> Option<&'static Slot> {
        let offset = handle.wrapping_sub(self.address);
        let is_one = offset < BYTES && offset % size_of::<Block>() as u64 == 0;
        is_one.then(|| &self.slots[(offset / size_of::<Block>() as u64) as usize])
    }
}

/// The live signal of a handle.
#[inline]
pub fn find(handle: u64) -> Option<&'static Slot> {
    directory::find(handle).or_else(|| find_further(handle))
}

/// One that has no place in the directory, or is in no chunk.
#[cold]
fn find_further(handle: u64) -> Option<&'static Slot> {
    let chunks = LIST.iter().take(LISTED.load(Ordering::Acquire));
    // SAFETY: null or a chunk that was leaked.
    let chunks = chunks.filter_map(|chunk| unsafe { chunk.load(Ordering::Acquire).as_ref() });
    let mut slots = chunks.filter_map(|chunk| chunk.at(handle));
    let slot = slots.next().or_else(|| super::open()?.elsewhere().find(handle));
    slot.filter(|slot| slot.is_live())
}

/// The chunks of a process, by number.
pub struct Chunks(Box<[OnceLock<&'static Chunk>]>);

impl Default for Chunks {
    fn default() -> Self {
        if PROCESS.swap(fork::generation(), Ordering::Relaxed) != fork::generation() {
            forget_all();
        }
        Self((0..CHUNKS).map(|_| OnceLock::new()).collect())
    }
}

impl Chunks {
    /// How many signals there may be.
    pub const MOST_SIGNALS: u32 = CHUNKS as u32 * SIGNALS;

    /// Adds the chunk that begins with signal `first`, in memory at `address`. Not for two threads at once.
    pub fn add(&self, signals: &'static Signals, first: u32, address: u64) {
        let chunk: &'static Chunk = Box::leak(Box::new(Chunk::new(signals, first, address)));
        self.0[(first / SIGNALS) as usize].get_or_init(|| chunk);
        list(chunk);
    }

    /// The signal with this number, which is below what was added.
    #[inline]
    pub fn get(&self, number: u32) -> &'static Slot {
        let chunk = self.0[(number / SIGNALS) as usize].get();
        &chunk.expect("numbers are given out with their chunk").slots[(number % SIGNALS) as usize]
    }
}

/// Makes a chunk's signals to be found.
fn list(chunk: &'static Chunk) {
    chunk.slots.iter().for_each(|slot| slot.place.set_slot(slot.block().handle(), slot));
    if let Some(entry) = LIST.get(LISTED.fetch_add(1, Ordering::AcqRel)) {
        entry.store(ptr::from_ref(chunk).cast_mut(), Ordering::Release);
    }
}

/// Nothing of the parent's is found in its child.
fn forget_all() {
    LISTED.store(0, Ordering::Relaxed);
    for chunk in &LIST {
        // SAFETY: null or a chunk that was leaked.
        let chunk = unsafe { chunk.swap(ptr::null_mut(), Ordering::Relaxed).as_ref() };
        chunk
            .into_iter()
            .flat_map(|chunk| chunk.slots.iter())
            .for_each(|slot| directory::forget(slot.block().handle()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        driver::{Driver as _, fake::FakeDriver},
        signal::Kind,
    };
    use std::sync::Arc;

    #[test]
    fn a_handle_leads_to_its_signal_and_no_other_number_to_any() {
        let driver = FakeDriver::default();
        let signals = Signals::new(Arc::new(FakeDriver::default()));
        let chunks = Chunks::default();
        let addresses: Vec<u64> = (0..20).map(|_| driver.allocate_shared(BYTES).unwrap()).collect();
        for (number, &address) in (0..).zip(&addresses) {
            chunks.add(signals, number * SIGNALS, address);
        }
        for number in [0, 1, SIGNALS - 1, SIGNALS, 20 * SIGNALS - 1] {
            let slot = chunks.get(number);
            let handle = slot.block().handle();
            assert!(directory::find_near(handle).is_none() && find(handle).is_none(), "it is not live");
            slot.begin(Kind::Silent);
            for found in [find(handle), find_further(handle)] {
                assert!(ptr::eq(slot, found.unwrap()));
            }
            // The place may be another test's.
            assert!(directory::find_near(handle).is_none_or(|(_, block)| ptr::eq(block, slot.block())));
            slot.end();
            assert!(directory::find_near(handle).is_none() && find(handle).is_none());
        }
        for handle in [0, 1, 128, addresses[3] + 8, addresses[3] + 64, u64::MAX, 1 << 63] {
            assert!(directory::find_near(handle).is_none() && find(handle).is_none(), "{handle:#x}");
        }
    }
}
