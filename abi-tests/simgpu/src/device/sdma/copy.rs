//! The SDMA packets that move data. Touches memory by its trait.
#![forbid(unsafe_code)]

use super::packet::Generation;
use crate::device::memory::Memory;
use crate::device::stream::{Error, field, long};
use crate::device::transfer::{self, copy};

/// COPY_LINEAR
pub(super) fn linear(packet: &[u32], generation: Generation, memory: &dyn Memory) -> Result<(), Error> {
    let bytes = byte_count(packet[1], generation);
    Ok(copy(memory, long(packet, 3), long(packet, 5), bytes)?)
}

/// COPY_LINEAR with the broadcast bit: to two places.
pub(super) fn broadcast(packet: &[u32], generation: Generation, memory: &dyn Memory) -> Result<(), Error> {
    let bytes = byte_count(packet[1], generation);
    copy(memory, long(packet, 3), long(packet, 5), bytes)?;
    Ok(copy(memory, long(packet, 3), long(packet, 7), bytes)?)
}

/// The count of a copy is one less than the bytes.
fn byte_count(word: u32, generation: Generation) -> u64 {
    u64::from(field(word, 0, generation.count_bits())) + 1
}

/// WRITE_UNTILED: the words behind the header.
pub(super) fn write(packet: &[u32], memory: &dyn Memory) -> Result<(), Error> {
    let bytes: Vec<u8> = packet[4..].iter().flat_map(|word| word.to_le_bytes()).collect();
    Ok(memory.write(long(packet, 1), &bytes)?)
}

/// CONST_FILL. The count is one element's size less than the bytes (`BuildFillCommand` of ROCr). Three-byte elements do
/// not exist.
pub(super) fn fill(packet: &[u32], generation: Generation, memory: &dyn Memory) -> Result<(), Error> {
    let size = match field(packet[0], 30, 2) {
        0 => 1,
        1 => 2,
        2 => 4,
        _ => return Err(Error::Packet(packet[0])),
    };
    let bytes = u64::from(field(packet[4], 0, generation.count_bits())) / size * size + size;
    let element = packet[3].to_le_bytes();
    Ok(transfer::fill(memory, long(packet, 1), &element[..size as usize], bytes)?)
}

/// One side of a rectangle's copy, in bytes.
struct Side {
    /// Where the rectangle's first element is.
    start: u64,
    pitch: u64,
    slice: u64,
}

impl Side {
    /// From the five words that describe it: address, offsets, pitch and slice in elements of `1 << shift` bytes.
    fn new(words: &[u32], shift: u32) -> Self {
        let pitch = (u64::from(field(words[3], 13, 19)) + 1) << shift;
        let slice = (u64::from(field(words[4], 0, 28)) + 1) << shift;
        let [x, y] = [0, 16].map(|low| u64::from(field(words[2], low, 14)));
        let z = u64::from(field(words[3], 0, 11));
        let offset = (x << shift) + y * pitch + z * slice;
        Self { start: long(words, 0).wrapping_add(offset), pitch, slice }
    }

    fn row(&self, y: u64, z: u64) -> u64 {
        self.start.wrapping_add(y * self.pitch + z * self.slice)
    }
}

/// COPY_LINEAR_SUB_WIND: a box out of one linear image into another. Counts, pitches and slices are one less than
/// they mean. Elements are of 1 to 16 bytes.
pub(super) fn sub_window(packet: &[u32], memory: &dyn Memory) -> Result<(), Error> {
    let shift = field(packet[0], 29, 3);
    if shift > 4 {
        return Err(Error::Packet(packet[0]));
    }
    let (source, target) = (Side::new(&packet[1..6], shift), Side::new(&packet[6..11], shift));
    let width = (u64::from(field(packet[11], 0, 14)) + 1) << shift;
    for z in 0..=u64::from(field(packet[12], 0, 11)) {
        for y in 0..=u64::from(field(packet[11], 16, 14)) {
            copy(memory, source.row(y, z), target.row(y, z), width)?;
        }
    }
    Ok(())
}
