//! Where both ends of a copy or a fill are, and so who does it.
//!
//! Pure. Answers to the first halves of CopyMemory and FillMemory of upstream's `runtime.cpp`. What is the host's the
//! caller's thread copies itself; a GPU's own memory is its GPU's business.
#![forbid(unsafe_code)]

use super::Origin;
use crate::agent::machine::Machine;

/// Whose memory a range is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The host's, allocated or locked.
    Host,
    /// Of the GPU with this index among the agents, or known by an address of GPUs only.
    Gpu(usize),
    /// Nothing is known of it: the process's own.
    Process,
}

impl Machine {
    /// Whose memory a range of addresses is.
    pub fn side(&self, address: u64, bytes: u64) -> Side {
        let holds =
            |start: u64, size: u64| size.checked_sub(address - start).is_some_and(|rest| bytes <= rest);
        if self.heap.locks.range_of(address).is_some_and(|(start, size)| holds(start, size)) {
            return Side::Host;
        }
        let mapped =
            self.heap.vmem.mapped(address).filter(|(mapping, _)| holds(mapping.start(), mapping.bytes()));
        if let Some((_, physical)) = mapped {
            return self.owner_of(&physical).map_or(Side::Process, |gpu| Side::Gpu(gpu.index));
        }
        let record = self.heap.containing(address).filter(|record| holds(record.start, record.asked));
        let Some(record) = record else { return Side::Process };
        match record.origin {
            Origin::Pool(_) if !record.attributes.local => Side::Host,
            // Of a GPU that programs do not see any other can make the copy.
            _ => {
                let owner = self.gpus().find(|gpu| gpu.node.id == record.node).or_else(|| self.gpus().next());
                owner.map_or(Side::Process, |gpu| Side::Gpu(gpu.index))
            }
        }
    }
}
