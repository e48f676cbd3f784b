//! Queues of amdkfd, by way of the thunk. Answers to CreateQueue and its neighbours in upstream's `amd_kfd_driver.cpp`.
#![forbid(unsafe_code)]

use std::path::Path;

use hsakmt_thunk::{abi::queue_type, queue::Description, sysfs, topology::model::Node};

use super::{
    kfd::{Kfd, out_of_resources},
    queue::{Doorbell, HardwareQueue, Priority, Queues, Reader, Wanted},
};
use crate::boundary::Error;

/// HSA_QUEUE_PRIORITY of hsakmttypes.h.
fn priority(priority: Priority) -> i64 {
    match priority {
        Priority::Low => -3,
        Priority::Normal => 0,
        Priority::High => 2,
        Priority::Highest => 3,
    }
}

fn description(wanted: &Wanted) -> Description {
    let any = Description {
        node: wanted.node,
        percentage: 100,
        priority: priority(wanted.priority),
        ring: wanted.ring,
        ring_size: wanted.ring_bytes,
        ..Description::default()
    };
    match wanted.reader {
        Reader::Compute { read_index, write_index, errors: (reason, event) } => Description {
            kind: queue_type::COMPUTE_AQL,
            read_pointer: read_index,
            write_pointer: write_index,
            error_reason: reason,
            error_event: event,
            ..any
        },
        Reader::Sdma => Description { kind: queue_type::SDMA, ..any },
        Reader::SdmaXgmi => Description { kind: queue_type::SDMA_XGMI, ..any },
        Reader::SdmaEngine(engine) => Description { kind: queue_type::SDMA_BY_ENG_ID, engine, ..any },
    }
}

impl Queues for Kfd {
    fn segment_bases(&self, node: &Node) -> (u64, u64) {
        let gpu = self.services().ok().and_then(|services| services.memory.gpu(node.gpu_id.0));
        gpu.map_or((0, 0), |gpu| (gpu.lds.base, gpu.scratch.base))
    }

    fn reports_errors(&self) -> bool {
        self.tells_errors()
    }

    fn create_queue(&self, wanted: &Wanted) -> Result<HardwareQueue, Error> {
        let services = self.services()?;
        let created = services.queues.create(&services.memory, self.thunk().events(), &description(wanted));
        let created = created.map_err(|error| out_of_resources(&error))?;
        Ok(HardwareQueue {
            id: created.id,
            doorbell: Doorbell::new(created.doorbell),
            read_index: created.read_pointer,
            write_index: created.write_pointer,
        })
    }

    fn destroy_queue(&self, id: u64) -> Result<(), Error> {
        let services = self.services()?;
        services.queues.destroy(&services.memory, id).map_err(|_| Error::Generic)
    }

    fn update_queue(
        &self,
        id: u64,
        percentage: u32,
        wanted: Priority,
        ring: u64,
        bytes: u64,
    ) -> Result<(), Error> {
        let queues = &self.services()?.queues;
        queues.update(id, percentage, priority(wanted), ring, bytes).map_err(|_| Error::Generic)
    }

    fn saves_waves(&self, node: &Node) -> bool {
        // kfd_cwsr_init; who may not read the parameter sees from the node's properties whether the kernel knows CWSR.
        let parameter = Path::new("/sys/module/amdgpu/parameters/cwsr_enable");
        let enabled = match self.thunk().driver().kernel().read(parameter) {
            Ok(text) => sysfs::number(sysfs::text(text).trim()).is_some_and(|number| number != 0),
            Err(_) => node.properties.cwsr_size != 0,
        };
        enabled && node.kernel_gfx.is_some_and(|gfx| gfx.major >= 9)
    }

    fn mask_queue(&self, id: u64, mask: &[u32]) -> Result<(), Error> {
        self.services()?.queues.set_cu_mask(id, mask).map_err(|_| Error::Generic)
    }

    fn set_trap_handler(&self, node: &Node, code: u64, data: u64) -> Result<(), Error> {
        self.services()?.queues.set_trap_handler(node.gpu_id.0, code, data).map_err(|_| Error::Generic)
    }

    fn share_wave_sync(&self, id: u64, wanted: bool) -> Result<(), Error> {
        let shared = self.services()?.queues.allocate_gws(id, wanted.into());
        shared.map(drop).map_err(|_| Error::OutOfResources)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hsakmt_thunk::topology::model::NodeId;

    #[test]
    fn what_reads_a_queue_decides_how_the_thunk_makes_it() {
        let reader = Reader::Compute { read_index: 0x80, write_index: 0x38, errors: (0x1008, 9) };
        let wanted =
            Wanted { node: NodeId(1), reader, priority: Priority::High, ring: 0x4000, ring_bytes: 0x2000 };
        let aql = description(&wanted);
        assert_eq!((aql.kind, aql.read_pointer, aql.write_pointer), (21, 0x80, 0x38));
        assert_eq!((aql.error_reason, aql.error_event, aql.percentage, aql.priority), (0x1008, 9, 100, 2));
        let sdma = description(&Wanted { reader: Reader::SdmaEngine(3), ..wanted });
        assert_eq!((sdma.kind, sdma.engine, sdma.read_pointer, sdma.ring_size), (6, 3, 0, 0x2000));
    }
}
