//! Headers and lengths of SDMA packets. Pure.
#![forbid(unsafe_code)]

use crate::device::memory::Fault;
use crate::device::stream::{Error, field};

/// What distinguishes the engines whose packets are otherwise alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// SDMA 5.0, of gfx10.1: counts have 22 bits.
    V5_0,
    /// SDMA 5.2 (gfx10.3) and 6.0 (gfx11): counts have 30 bits.
    V5_2,
}

impl Generation {
    /// The engine of a GPU with a gfx version (its major and minor number).
    pub fn of_gfx(major: u32, minor: u32) -> Self {
        if (major, minor) < (10, 3) { Self::V5_0 } else { Self::V5_2 }
    }

    /// Bits of the byte counts in copies and fills.
    pub(super) fn count_bits(self) -> u32 {
        if self == Self::V5_0 { 22 } else { 30 }
    }
}

/// The packets that exist for user queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Nop,
    CopyLinear,
    CopyBroadcast,
    CopySubWindow,
    Write,
    Indirect,
    Fence,
    Trap,
    Poll,
    CondExe,
    Atomic,
    Fill,
    Timestamp,
    Gcr,
}

/// The packet of a header; nothing for those that the engine does not have, that only the kernel may use (page table
/// entries, registers, invalidations), and tiled ones, whose layouts are not modelled.
pub(super) fn op(header: u32) -> Option<Op> {
    Some(match (header & 0xff, field(header, 8, 8)) {
        (0, 0) => Op::Nop,
        (1, 0) if field(header, 27, 1) == 1 => Op::CopyBroadcast,
        (1, 0) => Op::CopyLinear,
        (1, 4) => Op::CopySubWindow,
        (2, 0) => Op::Write,
        (4, 0) => Op::Indirect,
        (5, 0) => Op::Fence,
        (6, 0) => Op::Trap,
        (8, 0) => Op::Poll,
        (9, 0) => Op::CondExe,
        (10, 0) => Op::Atomic,
        (11, 0) => Op::Fill,
        // Of the counter that the shaders see and of the global one: here they are one.
        (13, 1 | 2) => Op::Timestamp,
        (17, 1) => Op::Gcr,
        _ => return None,
    })
}

/// How many words the packet has whose words `word` gives.
pub(super) fn length(word: &dyn Fn(u64) -> Result<u32, Fault>) -> Result<u64, Error> {
    let header = word(0)?;
    Ok(match op(header).ok_or(Error::Packet(header))? {
        Op::Nop => 1 + u64::from(field(header, 16, 14)),
        Op::Trap => 2,
        Op::Timestamp => 3,
        Op::Fence => 4,
        Op::CondExe | Op::Fill | Op::Gcr => 5,
        Op::Poll | Op::Indirect => 6,
        Op::CopyLinear => 7,
        Op::Atomic => 8,
        Op::CopyBroadcast => 9,
        Op::CopySubWindow => 13,
        Op::Write => 5 + u64::from(field(word(3)?, 0, 20)),
    })
}
