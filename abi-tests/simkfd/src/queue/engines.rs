//! The queues that all processes share on one GPU node: its SDMA queues and the limit of the whole device. Mirrors
//! the counters of amdkfd/kfd_device_queue_manager.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use super::Kind;
use crate::contract::Errno;
use crate::topology::Gpu;

/// `max_num_of_queues_per_device`, the module parameter's default.
const MAX_QUEUES_PER_DEVICE: u32 = 4096;

/// `struct device_queue_manager`
#[derive(Default)]
pub(crate) struct DeviceQueues {
    total: u32,
    sdma: BTreeSet<u32>,
    xgmi: BTreeSet<u32>,
}

/// An SDMA queue that was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SdmaQueue {
    /// Number among the queues of its kind.
    pub id: u32,
    /// Engine of the node, PCIe-optimised ones first.
    pub engine: u32,
    /// Queue of the engine.
    pub queue: u32,
    /// KFD_QUEUE_TYPE_SDMA or KFD_QUEUE_TYPE_SDMA_XGMI, also for one asked for by engine.
    pub kind: Kind,
}

impl DeviceQueues {
    /// The first check of `create_queue_cpsch`: `EPERM` when the device has all the queues that it may.
    pub fn admit(&self) -> Result<(), Errno> {
        if self.total >= MAX_QUEUES_PER_DEVICE { Err(Errno::EPERM) } else { Ok(()) }
    }

    /// Counts a queue that was created.
    pub fn created(&mut self) {
        self.total += 1;
    }

    /// Counts a queue that was destroyed, and takes its SDMA queue back.
    pub fn destroyed(&mut self, kind: Kind, sdma: Option<u32>) {
        self.total = self.total.saturating_sub(1);
        if let Some(id) = sdma {
            self.free_sdma(kind, id);
        }
    }

    /// Takes an SDMA queue back.
    pub fn free_sdma(&mut self, kind: Kind, id: u32) {
        if kind == Kind::SdmaXgmi {
            self.xgmi.remove(&id)
        } else {
            self.sdma.remove(&id)
        };
    }

    /// `allocate_sdma_queue`: `ENOMEM` when there is none left of the kind, or on the engine. One that is asked for by
    /// its number must be one (`EINVAL`), and free (`EBUSY`).
    pub fn allocate_sdma(
        &mut self,
        gpu: &Gpu,
        kind: Kind,
        engine: u32,
        wanted: Option<u32>,
    ) -> Result<SdmaQueue, Errno> {
        let own = gpu.properties.get_u32("num_sdma_engines");
        let xgmi = gpu.properties.get_u32("num_sdma_xgmi_engines");
        let per_engine = gpu.properties.get_u32("num_sdma_queues_per_engine");
        let by_engine = kind == Kind::SdmaByEngine;
        let on_xgmi = kind == Kind::SdmaXgmi || (by_engine && engine >= own);
        let (engines, base, used) =
            if on_xgmi { (xgmi, own, &mut self.xgmi) } else { (own, 0, &mut self.sdma) };
        let total = engines * per_engine;
        let first = if by_engine { engine - base } else { 0 };
        let step = if by_engine { engines.max(1) } else { 1 };
        let free =
            (first..total).step_by(step as usize).find(|id| !used.contains(id)).ok_or(Errno::ENOMEM)?;
        let id = match wanted {
            Some(id) if id >= total => return Err(Errno::EINVAL),
            Some(id) if used.contains(&id) => return Err(Errno::EBUSY),
            wanted => wanted.unwrap_or(free),
        };
        used.insert(id);
        let kind = if on_xgmi { Kind::SdmaXgmi } else { Kind::Sdma };
        Ok(SdmaQueue { id, engine: base + id % engines, queue: id / engines, kind })
    }
}
