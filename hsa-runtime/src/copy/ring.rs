//! The ring of an SDMA queue: 32-bit words in memory that the engine reads, and two indices.
//!
//! The only file of the room that touches shared memory. Whoever holds the ring mutably writes: there is one writer. The
//! order of its steps is argued in [`protocol`]. Answers to AcquireWriteAddress and its neighbours of upstream's `amd_blit_sdma.cpp`.

use std::{
    ptr, slice,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use super::packet::{self, Packet};
use crate::{
    arch::device,
    boundary::Error,
    driver::{
        Driver,
        queue::{HardwareQueue, Wanted},
    },
    memory::Owned,
    queue::protocol,
};

/// Bytes of a ring: more than a thousand copies.
pub const BYTES: u64 = 256 << 10;
const WORDS: usize = BYTES as usize / 4;

/// A ring with its queue, which is destroyed with it.
pub struct Ring {
    driver: Arc<dyn Driver>,
    wanted: Wanted,
    queue: HardwareQueue,
    /// Freed after the queue is destroyed.
    memory: Owned,
    /// Words written since the beginning.
    written: u64,
    /// How many of them the engine was told of.
    told: u64,
    /// Fewest words to tell of at once.
    shortest: usize,
}

impl Ring {
    /// Creates a queue as `wanted`, whose ring is `memory`, [`BYTES`] that the GPU reaches.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn new(
        driver: Arc<dyn Driver>,
        memory: Owned,
        wanted: &Wanted,
        shortest: usize,
    ) -> Result<Self, Error> {
        let wanted = Wanted { ring: memory.address(), ring_bytes: BYTES, ..*wanted };
        let queue = driver.create_queue(&wanted)?;
        let mut ring = Self { driver, wanted, queue, memory, written: 0, told: 0, shortest };
        ring.begin();
        Ok(ring)
    }

    /// Where firmware keeps the indices of an earlier queue, they go on from there.
    fn begin(&mut self) {
        self.written = self.write_index().load(Ordering::Relaxed) / 4;
        self.told = self.written;
    }

    /// Makes another queue, and destroys this one with all that is in it.
    ///
    /// # Errors
    /// `OutOfResources`: the queue is still this one.
    pub fn restart(&mut self) -> Result<(), Error> {
        let queue = self.driver.create_queue(&self.wanted)?;
        let before = std::mem::replace(&mut self.queue, queue);
        // A refusal means that the driver has lost the GPU.
        let _ = self.driver.destroy_queue(before.id);
        self.begin();
        Ok(())
    }

    /// Has the driver take the queue off the hardware and put it back, as it is.
    pub fn remap(&self) {
        let Wanted { priority, ring, ring_bytes, .. } = self.wanted;
        // Of a GPU that hangs, faults tell.
        let _ = self.driver.update_queue(self.queue.id, 100, priority, ring, ring_bytes);
    }

    /// Words written since the beginning.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The words from a number on, to the end of the ring.
    fn words(&self, number: u64) -> &[AtomicU32] {
        let base: *const AtomicU32 = ptr::with_exposed_provenance(self.memory.address() as usize);
        // SAFETY: the memory that the ring owns, which is aligned to a page; only atomics are made of it.
        let all = unsafe { slice::from_raw_parts(base, WORDS) };
        &all[number as usize % WORDS..]
    }

    fn index(&self, address: u64) -> &AtomicU64 {
        // SAFETY: an index of the queue, which the driver keeps mapped, aligned, until the queue is destroyed.
        unsafe { AtomicU64::from_ptr(ptr::with_exposed_provenance_mut(address as usize)) }
    }

    fn write_index(&self) -> &AtomicU64 {
        self.index(self.queue.write_index)
    }

    /// Words that the engine has read since the beginning.
    pub fn read(&self) -> u64 {
        protocol::given_back(self.index(self.queue.read_index)) / 4
    }

    /// Whether the engine has read all that it was told of.
    pub fn is_idle(&self) -> bool {
        self.read() == self.told
    }

    /// Whether so many words are free, and what a short submission is filled up with.
    pub fn has_room(&self, words: usize) -> bool {
        let unread = self.written.wrapping_sub(self.read()) as usize;
        // One word stays free: a full ring would look empty.
        unread + words + self.shortest < WORDS
    }

    /// Puts a packet in, if so many words more than it takes are free; the engine is not told yet.
    ///
    /// No packet goes around the end of the ring; what is left there is passed over.
    pub fn put(&mut self, packet: &Packet, reserve: usize) -> bool {
        let words = packet.words();
        let left = WORDS - self.written as usize % WORDS;
        let skipped = if words.len() > left { left } else { 0 };
        if !self.has_room(skipped + words.len() + reserve) {
            return false;
        }
        self.skip(skipped);
        protocol::fill(self.words(self.written), words);
        self.written += words.len() as u64;
        true
    }

    /// Writes what the engine passes over.
    fn skip(&mut self, words: usize) {
        for word in 0..words {
            self.words(self.written + word as u64)[0].store(packet::nop(1), Ordering::Relaxed);
        }
        self.written += words as u64;
    }

    /// Tells the engine of what was put in.
    pub fn tell(&mut self) {
        if self.told == self.written {
            return;
        }
        let short = self.shortest.saturating_sub((self.written - self.told) as usize);
        self.skip(short);
        self.told = self.written;
        let end = 4 * self.written;
        // SAFETY: the doorbell of a queue that there is until this is dropped; it stays mapped even longer.
        let ring = || unsafe { device::ring(self.queue.doorbell.address(), end) };
        protocol::tell(self.write_index(), end, ring);
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // A refusal means that the driver has lost the GPU.
        let _ = self.driver.destroy_queue(self.queue.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        agent::{discovery, fixture, machine::Machine},
        config::Config,
        copy::packet::{add, fill},
        driver::{
            fake::FakeDriver,
            queue::{Priority, Reader},
        },
        handle::Epoch,
        memory::Wish,
    };
    use hsakmt_thunk::topology::model::{NodeId, Snapshot};

    fn ring(shortest: usize) -> (Arc<FakeDriver>, Ring) {
        let driver = Arc::new(FakeDriver::default());
        let snapshot = Snapshot { nodes: vec![fixture::cpu(0, 1 << 30)], ..Default::default() };
        let shared = Arc::clone(&driver) as Arc<dyn Driver>;
        let machine: Machine =
            discovery::discover(Config::new(|_| None), Arc::clone(&shared), &snapshot, false, Epoch::new(0));
        let memory = Owned::new(&machine, machine.allocate(0, BYTES, Wish::default()).unwrap());
        let (node, reader, priority) = (NodeId(0), Reader::Sdma, Priority::Highest);
        let wanted = Wanted { node, reader, priority, ring: 0, ring_bytes: 0 };
        (driver, Ring::new(shared, memory, &wanted, shortest).unwrap())
    }

    /// Words from a place on.
    fn words(ring: &Ring, from: u64, count: u64) -> Vec<u32> {
        (from..from + count).map(|number| ring.words(number)[0].load(Ordering::Relaxed)).collect()
    }

    #[test]
    fn packets_stand_one_after_the_other_and_the_doorbell_tells_bytes() {
        let (driver, mut ring) = ring(0);
        ring.tell();
        assert_eq!(driver.rung(&ring.queue), 0, "nothing to tell");
        let (first, second) = (fill(0x1000, 7, 64), add(0x2000, -1));
        assert!(ring.put(&first, 0) && ring.put(&second, 0) && ring.is_idle());
        ring.tell();
        assert_eq!((driver.rung(&ring.queue), ring.write_index().load(Ordering::Relaxed)), (52, 52));
        assert_eq!(words(&ring, 0, 13), [first.words(), second.words()].concat());
        assert!(!ring.is_idle());
        driver.set_read(0, 52);
        assert!(ring.is_idle());
    }

    #[test]
    fn a_full_ring_takes_no_more_until_it_is_read_and_no_packet_goes_around_its_end() {
        let (driver, mut ring) = ring(0);
        let packet = add(0x2000, -1);
        let count = (0..).take_while(|_| ring.put(&packet, 16)).count() as u64;
        // Eight words each, sixteen in reserve, and one that is always free.
        assert_eq!(count, (WORDS as u64 - 17) / 8);
        let puts = [(); 3].map(|()| ring.put(&packet, 0));
        assert_eq!(puts, [true, true, false], "two fit into the reserve");
        ring.tell();
        driver.set_read(0, 4 * 8 * 10);
        assert!(ring.put(&fill(0, 0, 4), 0));
        let (odd, end) = (ring.written, ring.written.next_multiple_of(WORDS as u64));
        assert_eq!(end - odd, 3);
        assert!(ring.put(&packet, 0));
        assert_eq!(words(&ring, odd, 3), [packet::nop(1); 3]);
        assert_eq!((words(&ring, 0, 8), ring.written), (packet.words().to_vec(), end + 8));
    }

    #[test]
    fn short_submissions_are_filled_up_for_engines_that_lose_them() {
        let (driver, mut ring) = ring(64);
        assert!(ring.put(&add(0x2000, -1), 0));
        ring.tell();
        assert_eq!(driver.rung(&ring.queue), 256);
        assert!(!ring.has_room(WORDS - 64 - 64) && ring.has_room(WORDS - 64 - 65));
    }

    #[test]
    fn a_ring_takes_its_queue_along() {
        let (driver, ring) = ring(0);
        assert_eq!(driver.queues.lock()[0].as_ref().map(|queue| queue.wanted.ring_bytes), Some(BYTES));
        drop(ring);
        assert!(driver.queues.lock()[0].is_none());
    }
}
