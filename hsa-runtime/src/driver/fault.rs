//! Faults of GPUs, as the driver tells of them.
#![forbid(unsafe_code)]

pub use hsakmt_thunk::event::{HardwareException, MemoryFault};

use super::Event;

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A GPU could not access an address, or memory was found damaged.
    Memory(MemoryFault),
    /// A GPU hung or was reset.
    Hardware(HardwareException),
}

/// What one thread waits for faults on.
#[derive(Clone, Copy, Debug)]
pub struct FaultWatch {
    /// Memory faults.
    pub memory: Event,
    /// Hardware exceptions.
    pub hardware: Event,
    /// Set to have that thread return.
    pub call: Event,
}
