//! Chunks of signals: one allocation each, and the table that leads from a handle to its chunk.
//!
//! Handles are looked up by every call, so the table is read without a lock: one probe, and the comparison that tells
//! whether the address is in the chunk at all. Chunks are never given back.

use std::{
    ptr, slice,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{block::Block, slot::Slot};

/// Signals of a chunk.
pub const SIGNALS: u32 = 4096;
/// Bytes of a chunk.
pub const BYTES: u64 = SIGNALS as u64 * size_of::<Block>() as u64;
/// Most chunks: two million signals. Where it ends, upstream's signals take a gigabyte, too.
const CHUNKS: usize = 512;
/// Entries of the table: a chunk takes two, unless its address divides by its size.
const ENTRIES: usize = 4 * CHUNKS;

/// A chunk: memory that GPUs see, and what the host keeps of each signal.
pub struct Chunk {
    blocks: &'static [Block],
    slots: Box<[Slot]>,
}

impl Chunk {
    fn new(address: u64, first: u32) -> Self {
        let start: *const Block = ptr::with_exposed_provenance(address as usize);
        // SAFETY: the driver allocated BYTES there, zeroed, page-aligned and for as long as the process lives; all fields
        // are atomics, so that others may write to it.
        let blocks = unsafe { slice::from_raw_parts(start, SIGNALS as usize) };
        Self { blocks, slots: (first..first + SIGNALS).map(Slot::new).collect() }
    }
}

/// All chunks.
pub struct Chunks {
    list: Box<[OnceLock<Chunk>]>,
    /// By address: number of the chunk plus one, 0 for none. A collision is resolved by the next entry.
    table: Box<[AtomicU32]>,
}

impl Default for Chunks {
    fn default() -> Self {
        Self {
            list: (0..CHUNKS).map(|_| OnceLock::new()).collect(),
            table: (0..ENTRIES).map(|_| AtomicU32::new(0)).collect(),
        }
    }
}

impl Chunks {
    /// How many signals there may be.
    pub const MOST_SIGNALS: u32 = CHUNKS as u32 * SIGNALS;

    /// Adds the chunk that begins with signal `first`, in memory at `address`. Not for two threads at once.
    pub fn add(&self, first: u32, address: u64) {
        let number = first / SIGNALS;
        if self.list[number as usize].set(Chunk::new(address, first)).is_err() {
            return;
        }
        self.enter(address, number);
        if address % BYTES != 0 {
            self.enter(address + BYTES, number);
        }
    }

    fn enter(&self, address: u64, number: u32) {
        let free = probes(address).find(|&entry| self.table[entry].load(Ordering::Relaxed) == 0);
        if let Some(entry) = free {
            self.table[entry].store(number + 1, Ordering::Release);
        }
    }

    /// The signal with this number, which is below what was added.
    #[inline]
    pub fn get(&self, number: u32) -> (&Slot, &'static Block) {
        let chunk =
            self.list[(number / SIGNALS) as usize].get().expect("numbers are given out with their chunk");
        let index = (number % SIGNALS) as usize;
        (&chunk.slots[index], &chunk.blocks[index])
    }

    /// The signal at this address, live or not; `None` where none can be.
    #[inline]
    pub fn find(&self, handle: u64) -> Option<(&Slot, &'static Block)> {
        for entry in probes(handle) {
            let number = self.table[entry].load(Ordering::Acquire).checked_sub(1)?;
            let chunk = self.list[number as usize].get()?;
            let offset = handle.wrapping_sub(chunk.blocks.as_ptr().addr() as u64);
            if offset < BYTES {
                let index = (offset / size_of::<Block>() as u64) as usize;
                let block = &chunk.blocks[index];
                return (block.handle() == handle).then(|| (&chunk.slots[index], block));
            }
        }
        None
    }
}

/// Entries of the table in which the chunk of an address may stand, in order.
#[inline]
fn probes(address: u64) -> impl Iterator<Item = usize> {
    let first = (address / BYTES) as usize;
    (0..ENTRIES).map(move |step| first.wrapping_add(step) % ENTRIES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{Driver as _, fake::FakeDriver};

    #[test]
    fn a_handle_leads_to_its_signal_and_no_other_number_to_any() {
        let (chunks, driver) = (Chunks::default(), FakeDriver::default());
        let addresses: Vec<u64> = (0..20).map(|_| driver.allocate_shared(BYTES).unwrap()).collect();
        for (number, &address) in (0..).zip(&addresses) {
            chunks.add(number * SIGNALS, address);
        }
        for number in [0, 1, SIGNALS - 1, SIGNALS, 20 * SIGNALS - 1] {
            let (slot, block) = chunks.get(number);
            let (found, same) = chunks.find(block.handle()).unwrap();
            assert!(ptr::eq(slot, found) && ptr::eq(block, same) && slot.number == number);
        }
        let beyond = addresses.iter().max().unwrap() + 2 * BYTES;
        for handle in [0, 1, addresses[3] + 8, addresses[3] + 64, beyond, u64::MAX] {
            assert!(chunks.find(handle).is_none(), "{handle:#x}");
        }
    }
}
