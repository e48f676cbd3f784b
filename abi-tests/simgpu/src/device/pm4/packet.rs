//! Headers and lengths of PM4 packets. Pure.
#![forbid(unsafe_code)]

use crate::device::memory::Fault;
use crate::device::stream::{Error, field};

/// The packets that compute queues and their indirect buffers may hold here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Nop,
    DispatchDirect,
    DispatchIndirect,
    CondExec,
    AtomicMem,
    WriteData,
    WaitRegMem,
    WaitRegMem64,
    IndirectBuffer,
    CopyData,
    EventWrite,
    ReleaseMem,
    DmaData,
    AcquireMem,
    SetShReg,
    SetUconfigReg,
}

/// The packet of a header, with the length that its fields need at least; nothing for what the hardware does not have
/// or user mode may not use.
pub(super) fn op(header: u32) -> Option<Op> {
    if header >> 30 == 2 {
        return Some(Op::Nop);
    }
    let (op, least) = match (header >> 30, field(header, 8, 8)) {
        (3, 0x10) => (Op::Nop, 1),
        (3, 0x15) => (Op::DispatchDirect, 5),
        (3, 0x16) => (Op::DispatchIndirect, 4),
        (3, 0x1e) => (Op::AtomicMem, 9),
        (3, 0x22) => (Op::CondExec, 5),
        (3, 0x37) => (Op::WriteData, 5),
        (3, 0x3c) => (Op::WaitRegMem, 7),
        (3, 0x3f) => (Op::IndirectBuffer, 4),
        (3, 0x40) => (Op::CopyData, 6),
        (3, 0x46) => (Op::EventWrite, 2),
        (3, 0x49) => (Op::ReleaseMem, 7),
        (3, 0x50) => (Op::DmaData, 7),
        (3, 0x58) => (Op::AcquireMem, 7),
        (3, 0x76 | 0x9b) => (Op::SetShReg, 2),
        (3, 0x79) => (Op::SetUconfigReg, 2),
        (3, 0x93) => (Op::WaitRegMem64, 9),
        _ => return None,
    };
    (words(header) >= least).then_some(op)
}

/// Words of a packet. A type-2 header stands alone, and so does a NOP whose count has all bits set.
fn words(header: u32) -> u64 {
    match (header >> 30, field(header, 16, 14)) {
        (2, _) | (_, 0x3fff) => 1,
        (_, count) => u64::from(count) + 2,
    }
}

/// How many words the packet has whose header `word` gives.
pub(super) fn length(word: &dyn Fn(u64) -> Result<u32, Fault>) -> Result<u64, Error> {
    let header = word(0)?;
    op(header).map(|_| words(header)).ok_or(Error::Packet(header))
}
