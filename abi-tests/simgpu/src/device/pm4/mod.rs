//! The PM4 packets of compute queues, and of the indirect buffers that AQL's vendor packets call: the subset that
//! user-mode programs send. Answers to nvd.h and kfd_pm4_headers_ai.h. Touches memory by its trait.
#![forbid(unsafe_code)]

mod memory;
mod packet;
mod registers;
#[cfg(test)]
mod tests;

use packet::{Op, op};
use registers::Registers;

use super::gpu::Gpu;
use super::memory::Fault;
use super::platform::{Platform, Progress};
use super::seen::Seen;
use super::stream::{Engine, Error, Flow, field, long};

/// One compute queue's packet processor.
#[derive(Clone, Debug)]
pub struct Pm4 {
    gpu: Gpu,
    registers: Registers,
    /// What the last ATOMIC_MEM found, for COPY_DATA.
    atomic_result: u64,
}

impl Pm4 {
    /// A processor whose registers are zero.
    pub fn new(gpu: Gpu) -> Self {
        Self { gpu, registers: Registers::default(), atomic_result: 0 }
    }
}

impl Engine for Pm4 {
    fn length(&self, word: &dyn Fn(u64) -> Result<u32, Fault>) -> Result<u64, Error> {
        packet::length(word)
    }

    fn execute(&mut self, packet: &[u32], platform: &dyn Platform) -> Result<Flow, Error> {
        let op = op(packet[0]).ok_or(Error::Packet(packet[0]))?;
        let flow = self.run(op, packet, platform)?;
        if flow != Flow::Blocked {
            let memory = platform.memory();
            let seen = Seen { processor: "PM4", name: &op, words: packet, memory };
            platform.progressed(Progress::Packet(&seen))?;
        }
        Ok(flow)
    }
}

impl Pm4 {
    fn run(&mut self, op: Op, packet: &[u32], platform: &dyn Platform) -> Result<Flow, Error> {
        match op {
            // Packets are done in order and data has no caches: nothing is left to flush or wait for.
            Op::Nop | Op::EventWrite | Op::SetUconfigReg => {}
            Op::AcquireMem => platform.invalidate_code(),
            Op::SetShReg => self.registers.set(packet)?,
            Op::DispatchDirect => {
                let dispatch = self.registers.dispatch(packet, &self.gpu)?;
                platform.launch(&dispatch).map_err(Error::Wave)?;
            }
            // Compute queues have the sizes at an address of their own.
            Op::DispatchIndirect => {
                let at = |number: u64| platform.memory().load32(long(packet, 1).wrapping_add(4 * number));
                let direct = [packet[0], at(0)?, at(1)?, at(2)?, packet[3]];
                let dispatch = self.registers.dispatch(&direct, &self.gpu)?;
                platform.launch(&dispatch).map_err(Error::Wave)?;
            }
            Op::CondExec => {
                if platform.memory().load32(long(packet, 1) & !3)? == 0 {
                    return Ok(Flow::Skip(field(packet[4], 0, 14).into()));
                }
            }
            Op::IndirectBuffer => {
                let words = field(packet[3], 0, 20).into();
                return Ok(Flow::Call { base: long(packet, 1), words });
            }
            Op::WriteData => memory::write_data(packet, platform.memory())?,
            Op::CopyData => memory::copy_data(packet, self.atomic_result, platform)?,
            Op::DmaData => memory::dma_data(packet, platform.memory())?,
            Op::ReleaseMem => memory::release_mem(packet, platform)?,
            Op::WaitRegMem => return memory::wait_reg_mem(packet, platform.memory()),
            Op::WaitRegMem64 => return memory::wait_reg_mem64(packet, platform.memory()),
            Op::AtomicMem => {
                let (result, flow) = memory::atomic_mem(packet, platform.memory())?;
                self.atomic_result = result;
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }
}
