//! What a queue, its users and a GPU share: the descriptor and the packets; and what waves write for the host. The only
//! room above `driver` that makes references to such memory.

use std::{
    ops::Deref,
    ptr, slice,
    sync::atomic::{AtomicU64, Ordering},
};

use super::{
    buffer::Buffer,
    descriptor::{Descriptor, Packet},
};
use crate::{abi::HSA_PACKET_TYPE_INVALID, boundary::Packets};

/// The page of a descriptor.
pub struct Page(Buffer);

impl Page {
    /// Takes memory that the host reaches, zeroed, and at least as long as a descriptor.
    pub fn new(memory: Buffer) -> Option<Self> {
        (memory.bytes() >= size_of::<Descriptor>() as u64).then_some(Self(memory))
    }

    /// Where it is: the address that programs know the queue by.
    pub fn address(&self) -> u64 {
        self.0.address()
    }
}

impl Deref for Page {
    type Target = Descriptor;

    fn deref(&self) -> &Descriptor {
        let start: *const Descriptor = ptr::with_exposed_provenance(self.0.address() as usize);
        // SAFETY: page-aligned memory of that length which lives as long as `self`; all fields are atomics, so that
        // others may write to it.
        unsafe { &*start }
    }
}

/// A ring of packets.
pub struct Ring {
    memory: Buffer,
    packets: u32,
}

impl Ring {
    /// Takes memory that the host reaches for so many packets, and makes all of them invalid: a GPU waits at such.
    pub fn new(memory: Buffer, packets: u32) -> Option<Self> {
        let fits = memory.bytes() >= u64::from(packets) * Packet::BYTES;
        let ring = fits.then_some(Self { memory, packets })?;
        for packet in ring.packets() {
            packet.0[0].store(HSA_PACKET_TYPE_INVALID.0, Ordering::Relaxed);
        }
        Some(ring)
    }

    /// Where it is.
    pub fn address(&self) -> u64 {
        self.memory.address()
    }

    /// How long it is.
    pub fn bytes(&self) -> u64 {
        u64::from(self.packets) * Packet::BYTES
    }

    /// The packets.
    pub fn packets(&self) -> &[Packet] {
        let start: *const Packet = ptr::with_exposed_provenance(self.memory.address() as usize);
        // SAFETY: as for a page; `new` has compared the lengths.
        unsafe { slice::from_raw_parts(start, self.packets as usize) }
    }

    /// The valid packets from number `first` on, at most so many, until the ring's end or one that is not valid.
    pub fn valid(&self, first: u64, most: u64) -> &[Packet] {
        let packets = self.packets();
        let packets = &packets[first as usize % packets.len()..];
        let packets = &packets[..packets.len().min(most as usize)];
        let end = packets.iter().position(|packet| !packet.is_valid()).unwrap_or(packets.len());
        &packets[..end]
    }
}

/// 64 bytes that waves write.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Line(pub [AtomicU64; 8]);

impl Line {
    /// How long one is.
    pub const BYTES: u64 = 64;
}

/// Memory that waves write and the host reads, in lines.
pub struct Lines(Buffer);

impl Lines {
    /// Takes memory that the host reaches; what is no whole line at its end is left alone.
    pub fn new(memory: Buffer) -> Self {
        Self(memory)
    }

    /// Where it is.
    pub fn address(&self) -> u64 {
        self.0.address()
    }
}

impl Deref for Lines {
    type Target = [Line];

    fn deref(&self) -> &[Line] {
        let start: *const Line = ptr::with_exposed_provenance(self.0.address() as usize);
        // SAFETY: as for a page: page-aligned memory of that length, which lives as long as `self`.
        unsafe { slice::from_raw_parts(start, (self.0.bytes() / Line::BYTES) as usize) }
    }
}

/// Packets of a ring for handlers to see.
pub fn seen(packets: &[Packet]) -> Packets<'_> {
    let address = packets.as_ptr().expose_provenance() as u64;
    // SAFETY: they are there; valid ones belong to who reads the ring, until it makes them invalid.
    unsafe { Packets::new(address, packets.len()) }
}
