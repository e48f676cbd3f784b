//! Agents: the processors, GPUs and neural processors of the machine, and what HSA tells of them.
//!
//! Answers to upstream's `amd_cpu_agent.cpp`, `amd_gpu_agent.cpp` and `amd_aie_agent.cpp`. Agents are made once, by `hsa_init`, and never
//! change, but for a word that programs keep there; what else can change is asked of the driver.
#![forbid(unsafe_code)]

pub mod clock;
pub mod discovery;
pub mod filter;
#[cfg(any(test, fuzzing))]
#[cfg_attr(fuzzing, allow(dead_code, reason = "fuzz targets use a part of it"))]
pub mod fixture;
pub mod info;
pub mod link;
pub mod machine;

use std::{
    ops::Range,
    sync::{Arc, atomic::AtomicU32},
};

use hsakmt_thunk::topology::model::Node;

use self::clock::Clock;
use crate::{abi::HSA_AMD_COHERENCY_TYPE_NONCOHERENT, driver::npu::Npu, isa::Isa};

/// HSA_CAPABILITY bits of a node (hsakmttypes.h, the kernel's kfd_sysfs.h) that agents tell of.
#[derive(Clone, Copy, Debug)]
pub struct Capability(u64);

impl Capability {
    fn bit(self, bit: u32) -> bool {
        self.0 >> bit & 1 != 0
    }

    /// The GPU can use the process's page tables (IOMMU v2).
    pub fn shares_page_tables(self) -> bool {
        self.bit(1)
    }

    /// Address watch points.
    pub fn watch_points(self) -> u32 {
        1 << (self.0 >> 8 & 0xf)
    }

    /// Stepping of the chip.
    pub fn asic_revision(self) -> u32 {
        (self.0 >> 22 & 0xf) as u32
    }

    /// SRAM ECC is on.
    pub fn sramecc(self) -> bool {
        self.bit(26)
    }

    /// The kernel manages shared virtual memory on the node.
    pub fn svm(self) -> bool {
        self.bit(27)
    }

    /// The host can access local memory coherently.
    pub fn coherent_host_access(self) -> bool {
        self.bit(28)
    }
}

/// What only a GPU agent has.
#[derive(Debug)]
pub struct Gpu {
    /// The instruction set it runs.
    pub isa: Isa,
    /// Its clock beside the system's.
    pub clock: Clock,
    /// The compute units that the user lets queues use, one a bit; none if he does not say.
    pub units: Vec<u32>,
    /// An `hsa_amd_coherency_type_t`, which meant something for the first APUs alone.
    pub coherency: AtomicU32,
}

impl Gpu {
    /// One that runs `isa`.
    pub fn new(isa: Isa) -> Self {
        let coherency = AtomicU32::new(HSA_AMD_COHERENCY_TYPE_NONCOHERENT.0);
        Self { isa, clock: Clock::default(), units: Vec::new(), coherency }
    }
}

/// An agent.
#[derive(Debug)]
pub struct Agent {
    /// Position among the machine's agents.
    pub index: usize,
    /// The node it is part of.
    pub node: Node,
    /// What only a GPU has.
    pub gpu: Option<Gpu>,
    /// The driver of a neural processor.
    pub npu: Option<Arc<dyn Npu>>,
    /// Its pools among the machine's.
    pub pools: Range<usize>,
    /// Its caches among the machine's.
    pub caches: Range<usize>,
}

impl Agent {
    /// Whether it stands for the processors of its node.
    pub fn is_cpu(&self) -> bool {
        !self.is_gpu() && self.npu.is_none()
    }

    /// Whether it stands for the GPU of its node.
    pub fn is_gpu(&self) -> bool {
        self.gpu.is_some()
    }

    /// HSA's name: the processor's model, or the name of the instruction set or architecture.
    pub fn name(&self) -> &str {
        match (&self.gpu, &self.npu) {
            (Some(gpu), _) => gpu.isa.processor(),
            (None, Some(npu)) => npu.architecture(),
            (None, None) => &self.node.marketing_name,
        }
    }

    /// Its instruction sets, the most specific first.
    pub fn isas(&self) -> impl Iterator<Item = Isa> {
        self.gpu.iter().flat_map(|gpu| std::iter::once(gpu.isa).chain(gpu.isa.generic()))
    }

    /// Capabilities of its node.
    pub fn capability(&self) -> Capability {
        Capability(self.node.properties.capability)
    }

    /// Compute units; for a CPU, logical processors.
    pub fn compute_units(&self) -> u64 {
        let p = &self.node.properties;
        match self.gpu {
            None => p.cpu_cores_count,
            Some(_) => p.simd_count.checked_div(p.simd_per_cu).unwrap_or(0),
        }
    }

    /// Accelerated compute dies: kernels that tell none mean one.
    pub fn compute_dies(&self) -> u64 {
        self.node.properties.num_xcc.max(1)
    }
}
