//! Packets of the SDMA engines, gfx9 to gfx12: words from values.
//!
//! Pure, and uses nothing else of the library, so that the simulated engine can be asked what it reads in them. Numbers
//! and fields are those of the kernel's `vega10_sdma_pkt_open.h`, `navi10_sdma_pkt_open.h`, `sdma_v6_0_0_pkt_open.h` and
//! `sdma_v7_0_0_pkt_open.h`. Answers to upstream's `sdma_registers.h` and the Build* functions of `amd_blit_sdma.cpp`.
#![forbid(unsafe_code)]

pub mod pm4;
pub mod rect;
#[cfg(test)]
mod tests;

/// Words of the longest packet, a rectangle's.
const LONGEST: usize = 13;

/// Operations, and the sub-operations that stand in bits 8 to 15.
mod op {
    pub const NOP: u32 = 0;
    pub const COPY_LINEAR: u32 = 1;
    pub const COPY_LINEAR_SUB_WINDOW: u32 = 1 | 4 << 8;
    pub const FENCE: u32 = 5;
    pub const TRAP: u32 = 6;
    pub const POLL_REGISTER_OR_MEMORY: u32 = 8;
    pub const ATOMIC: u32 = 10;
    pub const CONSTANT_FILL: u32 = 11;
    pub const TIMESTAMP_GET_GLOBAL: u32 = 13 | 2 << 8;
    pub const USER_GCR: u32 = 17 | 1 << 8;
}

/// A packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    words: [u32; LONGEST],
    length: u8,
}

impl Packet {
    fn new<const N: usize>(words: [u32; N]) -> Self {
        const { assert!(N <= LONGEST) };
        let mut all = [0; LONGEST];
        all[..N].copy_from_slice(&words);
        Self { words: all, length: N as u8 }
    }

    /// Its words.
    pub fn words(&self) -> &[u32] {
        &self.words[..usize::from(self.length)]
    }
}

/// What distinguishes the engines of GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Bits of the byte count of a linear copy.
    count_bits: u32,
    /// The engine is a client of the graphics caches, which it flushes by a packet: since gfx10.
    pub has_gcr: bool,
    /// It flushes the host data path by a packet: since gfx9, but gfx10.1's does not do so reliably.
    pub flushes_host_data: bool,
    /// A poll may return before the memory is as wished, as seen on gfx908: who asks twice waits.
    pub polls_twice: bool,
    /// Fewest words that the engine may be told of at once; it loses shorter submissions.
    pub shortest_submission: usize,
    /// How wide the fields of rectangles are.
    rect: rect::Fields,
}

impl Dialect {
    /// The engines of a GPU, by its gfx version; `None` before gfx9, whose engines are unstable under programs' queues.
    pub fn of(major: u32, minor: u32, stepping: u32) -> Option<Self> {
        let version = (major, minor, stepping);
        if major < 9 {
            return None;
        }
        let is_vega10 = ((9, 0, 0)..=(9, 0, 4)).contains(&version) || version == (9, 0, 12);
        let is_wide = version == (9, 0, 10) || (major, minor) >= (10, 3);
        Some(Self {
            count_bits: if is_wide { 30 } else { 22 },
            has_gcr: major >= 10,
            flushes_host_data: (major, minor) != (10, 1),
            polls_twice: (major, minor) == (9, 0) && stepping != 10,
            shortest_submission: if is_vega10 { 64 } else { 0 },
            rect: if major >= 12 { rect::Fields::GFX12 } else { rect::Fields::GFX9 },
        })
    }

    /// Most bytes that one packet copies: a page less than the field holds, so that the pieces of a long copy are
    /// aligned as the whole is.
    pub fn longest_copy(&self) -> u64 {
        (1 << self.count_bits) - 4096
    }

    /// Writes a word, in order with the packets before.
    pub fn fence(&self, address: u64, word: u32) -> Packet {
        // Since gfx10 the header says how to cache it: not at all (MTYPE_UC).
        const UNCACHED: u32 = 3 << 16;
        let header = op::FENCE | if self.has_gcr { UNCACHED } else { 0 };
        Packet::new([header, low(address), high(address), word])
    }
}

fn low(number: u64) -> u32 {
    number as u32
}

fn high(number: u64) -> u32 {
    (number >> 32) as u32
}

/// Does nothing for so many words, itself included, at most 0x4000.
pub fn nop(words: usize) -> u32 {
    op::NOP | (words as u32 - 1) << 16
}

/// Copies bytes, as many as [`Dialect::longest_copy`] at most.
pub fn copy(target: u64, source: u64, bytes: u64) -> Packet {
    let count = low(bytes - 1);
    Packet::new([op::COPY_LINEAR, count, 0, low(source), high(source), low(target), high(target)])
}

/// Most bytes that one packet fills: as many as the kernel fills at once on all engines.
pub const LONGEST_FILL: u64 = 1 << 22;

/// Fills bytes, a multiple of four, at a multiple of four, with a word.
pub fn fill(address: u64, word: u32, bytes: u64) -> Packet {
    /// Elements of four bytes.
    const WORDS: u32 = 2 << 30;
    // The count is of bytes, and one element less than there are.
    Packet::new([op::CONSTANT_FILL | WORDS, low(address), high(address), word, low(bytes - 4)])
}

/// Waits until a word is equal to another.
pub fn poll(address: u64, word: u32) -> Packet {
    const MEMORY: u32 = 1 << 31;
    const EQUAL: u32 = 3 << 28;
    /// Four cycles between two looks, and no limit to their number.
    const FOR_EVER: u32 = 4 | 0xfff << 16;
    let header = op::POLL_REGISTER_OR_MEMORY | MEMORY | EQUAL;
    Packet::new([header, low(address), high(address), word, u32::MAX, FOR_EVER])
}

/// Flushes the host data path: writes of the host to the GPU's memory are there. The engines know a poll of this
/// register, with a condition that always holds, as the flush's.
pub fn flush_host_data() -> Packet {
    Packet::new([op::POLL_REGISTER_OR_MEMORY, 0, 0x8000_0000, 0, 0, 0])
}

/// Adds to 64 bits.
pub fn add(address: u64, number: i64) -> Packet {
    /// TC_OP_ATOMIC_ADD_RTN_64
    const ADD_64: u32 = 47 << 25;
    let number = number as u64;
    Packet::new([op::ATOMIC | ADD_64, low(address), high(address), low(number), high(number), 0, 0, 0])
}

/// Writes the GPU's clock to an address that 32 divides, as the oldest engines want it.
pub fn timestamp(address: u64) -> Packet {
    Packet::new([op::TIMESTAMP_GET_GLOBAL, low(address), high(address)])
}

/// Interrupts the host with the number of an event.
pub fn trap(event: u32) -> Packet {
    Packet::new([op::TRAP, event & 0x0fff_ffff])
}

/// Writes caches back, all lines of them, and forgets what is in them if asked to.
pub fn write_caches_back(and_forget: bool) -> Packet {
    /// Bits of GCR_CONTROL in the third word.
    const WRITE_BACK: u32 = 1 << 22 | 1 << 31;
    const FORGET: u32 = 1 << 23 | 1 << 24 | 1 << 25 | 1 << 30;
    Packet::new([op::USER_GCR, 0, WRITE_BACK | if and_forget { FORGET } else { 0 }, 0, 0])
}
