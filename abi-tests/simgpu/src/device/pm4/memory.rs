//! The PM4 packets that read and write memory. Registers as source or target are refused: user mode's VMID may not
//! touch them. Touches memory by its trait.
#![forbid(unsafe_code)]

use crate::device::compare::{Atomic, compare};
use crate::device::memory::Memory;
use crate::device::platform::Platform;
use crate::device::stream::{Error, Flow, field, long};
use crate::device::transfer;

/// WRITE_DATA: `dst_sel` 1, 2 and 5 are memory by three ways.
pub(super) fn write_data(packet: &[u32], memory: &dyn Memory) -> Result<(), Error> {
    let (target, one_address) = (long(packet, 2), field(packet[1], 16, 1) == 1);
    if !matches!(field(packet[1], 8, 4), 1 | 2 | 5) {
        return Err(Error::Packet(packet[0]));
    }
    for (number, word) in packet[4..].iter().enumerate() {
        let offset = if one_address { 0 } else { 4 * number as u64 };
        memory.store32(target.wrapping_add(offset), *word)?;
    }
    Ok(())
}

/// COPY_DATA: one word, or two, from memory, the packet, the last atomic operation or the clock.
pub(super) fn copy_data(packet: &[u32], atomic_result: u64, platform: &dyn Platform) -> Result<(), Error> {
    let (memory, source, target) = (platform.memory(), long(packet, 2), long(packet, 4));
    let wide = field(packet[1], 16, 1) == 1;
    let value = match field(packet[1], 0, 4) {
        1 | 2 if wide => memory.load64(source)?,
        1 | 2 => memory.load32(source)?.into(),
        5 => source,
        6 => atomic_result,
        9 => platform.clock(),
        _ => return Err(Error::Packet(packet[0])),
    };
    if !matches!(field(packet[1], 8, 4), 1 | 2 | 5) {
        return Err(Error::Packet(packet[0]));
    }
    let stored = if wide { memory.store64(target, value) } else { memory.store32(target, value as u32) };
    Ok(stored?)
}

/// DMA_DATA between memory and memory, or of one word over memory.
pub(super) fn dma_data(packet: &[u32], memory: &dyn Memory) -> Result<(), Error> {
    let (target, bytes) = (long(packet, 4), u64::from(field(packet[6], 0, 26)));
    let (source_select, target_select) = (field(packet[1], 29, 2), field(packet[1], 20, 2));
    // Bits 26 to 29: registers instead of memory, and addresses that do not advance.
    if field(packet[6], 26, 4) != 0 || !matches!(target_select, 0 | 3) {
        return Err(Error::Packet(packet[0]));
    }
    match source_select {
        0 | 3 => transfer::copy(memory, long(packet, 2), target, bytes)?,
        2 => transfer::fill(memory, target, &packet[2].to_le_bytes(), bytes)?,
        _ => return Err(Error::Packet(packet[0])),
    }
    Ok(())
}

/// WAIT_REG_MEM
pub(super) fn wait_reg_mem(packet: &[u32], memory: &dyn Memory) -> Result<Flow, Error> {
    check_wait(packet)?;
    let value = memory.load32(long(packet, 2) & !3)? & packet[5];
    wait(packet, value.into(), packet[4].into())
}

/// WAIT_REG_MEM64
pub(super) fn wait_reg_mem64(packet: &[u32], memory: &dyn Memory) -> Result<Flow, Error> {
    check_wait(packet)?;
    let value = memory.load64(long(packet, 2) & !7)? & long(packet, 6);
    wait(packet, value, long(packet, 4))
}

/// It must wait for memory, and do no more than wait.
fn check_wait(packet: &[u32]) -> Result<(), Error> {
    let (space, operation) = (field(packet[1], 4, 2), field(packet[1], 6, 2));
    if space == 1 && operation == 0 { Ok(()) } else { Err(Error::Packet(packet[0])) }
}

fn wait(packet: &[u32], value: u64, reference: u64) -> Result<Flow, Error> {
    let holds = compare(field(packet[1], 0, 3), value, reference).ok_or(Error::Packet(packet[0]))?;
    Ok(if holds { Flow::Next } else { Flow::Blocked })
}

/// ATOMIC_MEM: what memory held before; with command 1 a compare-and-swap is tried until it stores.
pub(super) fn atomic_mem(packet: &[u32], memory: &dyn Memory) -> Result<(u64, Flow), Error> {
    let operation = Atomic::from_number(field(packet[1], 0, 7)).ok_or(Error::Packet(packet[0]))?;
    let expected = long(packet, 6);
    let old = operation.run(memory, long(packet, 2), long(packet, 4), expected)?;
    let again = field(packet[1], 8, 4) == 1 && operation.compares() && old != expected;
    Ok((old, if again { Flow::Blocked } else { Flow::Next }))
}

/// RELEASE_MEM: at the end of the pipe, a value and an interrupt. The interrupt's context is the eighth word, which
/// gfx8 did not have.
pub(super) fn release_mem(packet: &[u32], platform: &dyn Platform) -> Result<(), Error> {
    let (memory, target) = (platform.memory(), long(packet, 3));
    let refused = Err(Error::Packet(packet[0]));
    if field(packet[2], 16, 2) > 1 {
        return refused;
    }
    match field(packet[2], 29, 3) {
        0 => {}
        1 => memory.store32(target & !3, packet[5])?,
        2 => memory.store64(target & !7, long(packet, 5))?,
        3 | 4 => memory.store64(target & !7, platform.clock())?,
        _ => return refused,
    }
    match field(packet[2], 24, 3) {
        0 | 3 => {}
        1 | 2 | 4 => platform.interrupt(packet.get(7).copied().unwrap_or(0)),
        _ => return refused,
    }
    Ok(())
}
