//! How packets get from who writes them to who reads them, and how places get back.
//!
//! **Who writes** a packet (1) has its number from the write index, (2) reads the read index until the place of that number
//! is free, (3) writes the packet's words, (4) then its header, and (5) rings. **Who reads**, rung or by itself, (a) reads
//! the header, and if that is valid (b) the words; (c) it makes the header invalid, (d) then moves the read index on.
//!
//! *Nobody reads half a packet*, whether or not it was rung for it: (4) is a release and (a) an acquire, so who sees the
//! header sees (3). *Nobody writes over what is read*: (d) is a release and (2) an acquire, so who sees that there is room
//! writes behind (b) and (c). *No packet is read twice*: what stands in a place one round later is (c)'s own, or the next
//! (4), which was behind it. *(1) orders nothing*: it gives each number once, for which a relaxed exchange is enough.
//!
//! An engine's ring has no headers: (4) is a release store of the write index, and what is behind the doorbell. There, and
//! for every device, (5) has a fence of its own ([`crate::arch::device::ring`]): devices do not take part in the order of
//! processors, and the doorbell is another kind of memory. What one GPU reads from memory of the host is in the order of
//! the bus.
//!
//! abi-tests/orderings tries all of it with every order that the language's memory model allows.
#![forbid(unsafe_code)]

use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// Writes a packet where nobody reads: steps (3) and (4).
pub fn write(place: &[AtomicU32], words: &[u32]) {
    fill(&place[1..], &words[1..]);
    place[0].store(words[0], Ordering::Release);
}

/// Writes words that something else makes valid: step (3).
pub fn fill(place: &[AtomicU32], words: &[u32]) {
    place.iter().zip(words).for_each(|(place, word)| place.store(*word, Ordering::Relaxed));
}

/// The header of a packet: step (a).
pub fn header(place: &[AtomicU32]) -> u32 {
    place[0].load(Ordering::Acquire)
}

/// A word of a packet whose header is valid: step (b).
pub fn word(place: &[AtomicU32], index: usize) -> u32 {
    place[index].load(Ordering::Relaxed)
}

/// Makes a packet invalid that has been read: step (c).
pub fn clear(place: &[AtomicU32], invalid: u32) {
    place[0].store(invalid, Ordering::Relaxed);
}

/// Gives places back up to a number: step (d).
pub fn give_back(read_index: &AtomicU64, end: u64) {
    read_index.store(end, Ordering::Release);
}

/// Up to which number places have been given back: step (2).
pub fn given_back(read_index: &AtomicU64) -> u64 {
    read_index.load(Ordering::Acquire)
}

/// Tells of all up to a number: the write index, and step (5).
pub fn tell(write_index: &AtomicU64, end: u64, ring: impl FnOnce()) {
    write_index.store(end, Ordering::Release);
    ring();
}
