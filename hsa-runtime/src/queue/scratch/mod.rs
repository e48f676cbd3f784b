//! Scratch memory: what work-items have for themselves beside their registers.
//!
//! A queue has none until a dispatch needs some: the packet processor then stops and asks (`queue_inactive_signal`).
//! Memory for every wave that the GPU can run at once stays with the queue, if that is not too much; otherwise the
//! dispatch gets as much as its own waves need, for itself alone, and the packet processor tells when it is free.
//! Answers to HandleInsufficientScratch of upstream's `amd_aql_queue.cpp` and AcquireQueueMainScratch of its
//! `amd_gpu_agent.cpp`.
//!
//! * [`need`] works out how much a dispatch needs (pure), [`registers`] how the hardware is told (pure), [`pool`] has the
//!   memory.
#![forbid(unsafe_code)]

pub mod need;
pub mod pool;
pub mod registers;

use crate::agent::Agent;

/// What scratch memory depends on in a GPU.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// First number of its instruction set's version.
    pub major: u32,
    /// Compute units.
    pub units: u64,
    /// Shader engines.
    pub engines: u64,
    /// Dies, on which the above are spread.
    pub dies: u64,
    /// Waves of a compute unit that can have scratch memory.
    pub slots_per_unit: u64,
}

impl Shape {
    /// That of an agent.
    pub fn new(agent: &Agent) -> Self {
        let p = &agent.node.properties;
        Self {
            major: agent.gpu.as_ref().map_or(0, |gpu| gpu.isa.major()),
            units: agent.compute_units().max(1),
            engines: p.array_count.checked_div(p.simd_arrays_per_engine).unwrap_or(0).max(1),
            dies: agent.compute_dies(),
            slots_per_unit: p.max_slots_scratch_cu,
        }
    }

    /// Bytes in which a wave's share is counted (COMPUTE_TMPRING_SIZE.WAVESIZE).
    pub fn granule(&self) -> u64 {
        if self.major >= 11 { 256 } else { 1024 }
    }

    /// Waves that can have scratch memory at once. Engines are filled alike, also where one has fewer compute units.
    pub fn slots(&self) -> u64 {
        self.units.next_multiple_of(self.engines) * self.slots_per_unit
    }
}
