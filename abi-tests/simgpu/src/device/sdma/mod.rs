//! The packets of the SDMA engines: 5.x of gfx10 and 6.0 of gfx11. Answers to navi10_sdma_pkt_open.h and
//! sdma_v6_0_0_pkt_open.h. Touches memory by its trait.
#![forbid(unsafe_code)]

mod copy;
mod packet;
#[cfg(test)]
mod tests;

pub use packet::Generation;
use packet::{Op, op};

use super::compare::{Atomic, compare};
use super::memory::Fault;
use super::platform::{Platform, Progress};
use super::seen::Seen;
use super::stream::{Engine, Error, Flow, field, long};

/// One SDMA queue's engine. It has no state but its kind: every packet stands for itself.
#[derive(Clone, Copy, Debug)]
pub struct Sdma {
    /// Which packet layouts it speaks.
    pub generation: Generation,
}

impl Engine for Sdma {
    fn length(&self, word: &dyn Fn(u64) -> Result<u32, Fault>) -> Result<u64, Error> {
        packet::length(word)
    }

    fn execute(&mut self, packet: &[u32], platform: &dyn Platform) -> Result<Flow, Error> {
        let op = op(packet[0]).ok_or(Error::Packet(packet[0]))?;
        let flow = self.run(op, packet, platform)?;
        if flow != Flow::Blocked {
            let memory = platform.memory();
            let seen = Seen { processor: "SDMA", name: &op, words: packet, memory };
            platform.progressed(Progress::Packet(&seen))?;
        }
        Ok(flow)
    }
}

impl Sdma {
    fn run(self, op: Op, packet: &[u32], platform: &dyn Platform) -> Result<Flow, Error> {
        let memory = platform.memory();
        match op {
            // Caches that this simulation does not have are flushed and invalidated at once.
            Op::Nop | Op::Gcr => {}
            Op::CopyLinear => copy::linear(packet, self.generation, memory)?,
            Op::CopyBroadcast => copy::broadcast(packet, self.generation, memory)?,
            Op::CopySubWindow => copy::sub_window(packet, memory)?,
            Op::Write => copy::write(packet, memory)?,
            Op::Fill => copy::fill(packet, self.generation, memory)?,
            Op::Indirect => {
                let base = long(packet, 1);
                return Ok(Flow::Call { base, words: field(packet[3], 0, 20).into() });
            }
            Op::Fence => memory.store32(long(packet, 1), packet[3])?,
            Op::Trap => platform.interrupt(field(packet[1], 0, 28)),
            Op::Poll => return poll(packet, platform),
            Op::CondExe => {
                if memory.load32(long(packet, 1))? != packet[3] {
                    return Ok(Flow::Skip(field(packet[4], 0, 14).into()));
                }
            }
            Op::Atomic => return atomic(packet, platform),
            Op::Timestamp => memory.store64(long(packet, 1), platform.clock())?,
        }
        Ok(Flow::Next)
    }
}

/// POLL_REGMEM. The only register that user mode may poll is the HDP flush's, by a function that always holds
/// (`hdp_flush_cmd` of ROCr); every other one is refused.
fn poll(packet: &[u32], platform: &dyn Platform) -> Result<Flow, Error> {
    let (from_memory, function) = (packet[0] >> 31 == 1, field(packet[0], 28, 3));
    if !from_memory {
        return if function == 0 { Ok(Flow::Next) } else { Err(Error::Packet(packet[0])) };
    }
    let value = platform.memory().load32(long(packet, 1))? & packet[4];
    let holds = compare(function, value.into(), packet[3].into()).ok_or(Error::Packet(packet[0]))?;
    Ok(if holds { Flow::Next } else { Flow::Blocked })
}

/// ATOMIC; with the loop bit a compare-and-swap is tried until it stores.
fn atomic(packet: &[u32], platform: &dyn Platform) -> Result<Flow, Error> {
    let operation = Atomic::from_number(field(packet[0], 25, 7)).ok_or(Error::Packet(packet[0]))?;
    let expected = long(packet, 5);
    let old = operation.run(platform.memory(), long(packet, 1), long(packet, 3), expected)?;
    let again = field(packet[0], 16, 1) == 1 && operation.compares() && old != expected;
    Ok(if again { Flow::Blocked } else { Flow::Next })
}
