//! Chunks of signals: one allocation each, and the table that leads from a handle to its signal.
//!
//! Handles are looked up by every call, so the table is static and read without a lock: one entry, and the comparison
//! that tells whether the address is in the chunk at all. Chunks are never given back, and no entry is ever cleared,
//! but in a child of fork, whose own signals begin anew.

use std::{
    ptr, slice,
    sync::{
        OnceLock,
        atomic::{AtomicPtr, AtomicU64, Ordering},
    },
};

use hsakmt_thunk::kernel::fork;

use super::{block::Block, pool::Signals, slot::Slot};

/// Signals of a chunk.
pub const SIGNALS: u32 = 2048;
/// Bytes of a chunk.
pub const BYTES: u64 = SIGNALS as u64 * size_of::<Block>() as u64;
/// Most chunks: two million signals, which take a quarter of a gigabyte.
const CHUNKS: usize = 1024;
/// Entries of the table: a chunk takes two, unless its address divides by its size.
const ENTRIES: usize = 4 * CHUNKS;

/// By address; a collision is resolved by the next entry.
static TABLE: [AtomicPtr<Chunk>; ENTRIES] = [const { AtomicPtr::new(ptr::null_mut()) }; ENTRIES];

/// Which process the table is of.
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
        let slots: Box<[Slot]> =
            (first..).zip(blocks).map(|(number, block)| Slot::new(number, block, signals)).collect();
        let slots = slots.try_into().unwrap_or_else(|_| unreachable!("as many as there are blocks"));
        Self { address, slots }
    }

    /// The signal at this address, live or not, if one can be there.
    #[inline(always)]
    fn at(&'static self, handle: u64) -> Option<&'static Slot> {
        let offset = handle.wrapping_sub(self.address);
        let is_one = offset < BYTES && offset % size_of::<Block>() as u64 == 0;
        is_one.then(|| &self.slots[(offset / size_of::<Block>() as u64) as usize])
    }
}

/// What is at the address of a handle.
#[inline(always)]
pub fn find(handle: u64) -> Option<&'static Slot> {
    find_near(handle).or_else(|| find_further(handle))
}

/// The same, if it is where nearly all are.
#[inline(always)]
pub fn find_near(handle: u64) -> Option<&'static Slot> {
    entry(entry_of(handle))?.at(handle)
}

/// In the entries behind, and among the signals that processes share, which are in no chunk.
#[cold]
fn find_further(handle: u64) -> Option<&'static Slot> {
    let entries = (0..ENTRIES).map(|step| entry(entry_of(handle) + step));
    let slot = entries.map_while(|chunk| chunk).find_map(|chunk| chunk.at(handle));
    slot.or_else(|| super::open()?.lines().find(handle))
}

#[inline(always)]
fn entry_of(address: u64) -> usize {
    (address / BYTES) as usize
}

#[inline(always)]
fn entry(index: usize) -> Option<&'static Chunk> {
    // SAFETY: null or a chunk that was leaked.
    unsafe { TABLE[index % ENTRIES].load(Ordering::Acquire).as_ref() }
}

/// The chunks of a process, by number.
pub struct Chunks(Box<[OnceLock<&'static Chunk>]>);

impl Default for Chunks {
    fn default() -> Self {
        if PROCESS.swap(fork::generation(), Ordering::Relaxed) != fork::generation() {
            TABLE.iter().for_each(|entry| entry.store(ptr::null_mut(), Ordering::Relaxed));
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
        enter(chunk, address);
        if address % BYTES != 0 {
            enter(chunk, address + BYTES);
        }
    }

    /// The signal with this number, which is below what was added.
    #[inline]
    pub fn get(&self, number: u32) -> &'static Slot {
        let chunk = self.0[(number / SIGNALS) as usize].get();
        &chunk.expect("numbers are given out with their chunk").slots[(number % SIGNALS) as usize]
    }
}

fn enter(chunk: &'static Chunk, address: u64) {
    let chunk = ptr::from_ref(chunk).cast_mut();
    for step in 0..ENTRIES {
        let entry = &TABLE[(entry_of(address) + step) % ENTRIES];
        // Its contents are published with it.
        if entry.compare_exchange(ptr::null_mut(), chunk, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{Driver as _, fake::FakeDriver};
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
            let found = find(slot.block().handle()).unwrap();
            assert!(ptr::eq(slot, found) && found.number == number);
        }
        for handle in [0, 1, 128, addresses[3] + 8, addresses[3] + 64, u64::MAX, 1 << 63] {
            assert!(find(handle).is_none(), "{handle:#x}");
        }
    }
}
