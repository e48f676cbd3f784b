//! Memory of amdkfd, by way of the thunk. Answers to AllocateMemory, FreeMemory and the Make(Un)Resident functions of
//! upstream's `amd_kfd_driver.cpp`, and to the flags of `amd_memory_region.cpp`.
#![forbid(unsafe_code)]

use hsakmt_thunk::{abi::HsaMemFlags, memory::Request, topology::model::NodeId};

use super::{
    Direction, FilePart, Transferred,
    kfd::{Kfd, out_of_resources},
    memory::{Attributes, Memory, Pinned},
};
use crate::boundary::Error;

/// The thunk's flags for `attributes`.
pub(super) fn flags(attributes: Attributes) -> HsaMemFlags {
    let bits = [
        // A GPU's memory is never paged nor replaced by the host's.
        (attributes.local, HsaMemFlags::NON_PAGED | HsaMemFlags::NO_SUBSTITUTE),
        (attributes.host, HsaMemFlags::HOST_ACCESS),
        (attributes.coarse, HsaMemFlags::COARSE_GRAIN),
        (attributes.extended, HsaMemFlags::EXTENDED_COHERENT),
        (attributes.uncached, HsaMemFlags::UNCACHED),
        (attributes.executable, HsaMemFlags::EXECUTE_ACCESS),
        (attributes.contiguous, HsaMemFlags::CONTIGUOUS),
        (attributes.scheduled, HsaMemFlags::GTT_ACCESS | HsaMemFlags::NON_PAGED),
    ];
    HsaMemFlags(bits.iter().filter(|(wanted, _)| *wanted).map(|(_, bits)| bits).sum())
}

impl Memory for Kfd {
    fn allocate(&self, node: NodeId, bytes: u64, attributes: Attributes) -> Result<u64, Error> {
        let memory = &self.services()?.memory;
        let request = Request { node, size: bytes, alignment: 0, at: None, flags: flags(attributes) };
        memory.allocate(request).map_err(|error| out_of_resources(&error))
    }

    fn map(&self, address: u64, bytes: u64, nodes: &[NodeId]) -> Result<(), Error> {
        let memory = &self.services()?.memory;
        let nodes: Vec<u32> = nodes.iter().map(|node| node.0).collect();
        let gpus = memory.gpu_ids(&nodes).map_err(|error| out_of_resources(&error))?;
        memory.map_to_these(address, bytes, &gpus).map(drop).map_err(|error| out_of_resources(&error))
    }

    fn unmap(&self, address: u64) -> Result<(), Error> {
        self.services()?.memory.unmap_from_gpus(address).map_err(|_| Error::Generic)
    }

    fn transfer(
        &self,
        address: u64,
        bytes: u64,
        file: FilePart,
        direction: Direction,
    ) -> Result<Transferred, Error> {
        self.services()?.memory.transfer(address, bytes, file, direction).map_err(|_| Error::Generic)
    }

    fn free(&self, address: u64) -> Result<(), Error> {
        self.services()?.memory.free(address).map_err(|_| Error::Generic)
    }

    fn lock(
        &self,
        address: u64,
        bytes: u64,
        attributes: Attributes,
        nodes: &[NodeId],
    ) -> Result<Pinned, Error> {
        let memory = &self.services()?.memory;
        let (coarse, extended) = (attributes.coarse, attributes.extended);
        memory.register(address, bytes, &[], coarse, extended).map_err(|_| Error::Generic)?;
        let numbers: Vec<u32> = nodes.iter().map(|node| node.0).collect();
        let mapped = memory.gpu_ids(&numbers).and_then(|gpus| memory.map_to_these(address, bytes, &gpus));
        let place = mapped.map_err(|error| {
            // The mapping's failure is what the user hears of.
            let _ = memory.deregister(address);
            out_of_resources(&error)
        })?;
        Ok(match place {
            // Registered memory is every GPU's, and belongs to the first.
            Some(alias) if alias != address => {
                let nodes: Vec<NodeId> = memory.gpus().iter().map(|gpu| gpu.node).collect();
                Pinned { address: alias, node: nodes.first().copied().unwrap_or(NodeId(0)), nodes }
            }
            _ => Pinned { address, node: NodeId(0), nodes: nodes.to_vec() },
        })
    }

    fn unlock(&self, address: u64) {
        if let Ok(services) = self.services() {
            // What is refused is gone already.
            let _ = services.memory.unmap_from_gpus(address);
            let _ = services.memory.deregister(address);
        }
    }

    fn store(&self, address: u64, words: &[u64]) {
        self.thunk().driver().kernel().store(address, words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_those_of_upstreams_pools() {
        let kernarg = Attributes { host: true, uncached: true, ..Attributes::default() };
        assert_eq!(flags(kernarg).0, 1 << 6 | 1 << 17);
        let code = Attributes { local: true, coarse: true, executable: true, ..Attributes::default() };
        assert_eq!(flags(code).0, 1 | 1 << 7 | 1 << 12 | 1 << 13);
    }
}
