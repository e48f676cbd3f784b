//! What is known of an address.
//!
//! Pure. Answers to PtrInfo and SetPtrInfoData of upstream's `runtime.cpp`, without its lock and without asking the
//! thunk. Types as in hsa_ext_amd.h.
#![forbid(unsafe_code)]

use core::{mem, ptr};
use std::sync::Arc;

use hsakmt_thunk::topology::model::NodeId;

use super::{
    Heap, Origin, Record, Wish,
    allocate::attributes,
    physical::Physical,
    vmem::{Mapping, Reservation},
};
use crate::{abi::*, agent::machine::Machine, boundary::Error, driver::Attributes};

impl Heap {
    /// The memory that an address lies in, as programs see it: what was asked for of allocations, and locked memory by
    /// the address that GPUs have for it.
    fn visible(&self, address: u64) -> Option<Arc<Record>> {
        self.containing(address).filter(|record| address - record.start < record.asked)
    }

    /// Gives memory a word of the user's, by the address where it begins.
    ///
    /// # Errors
    /// `InvalidArgument` if nothing begins there.
    pub fn set_word(&self, address: u64, word: u64) -> Result<(), Error> {
        let record =
            self.locks.record_at(address).or_else(|| self.at(address)).ok_or(Error::InvalidArgument)?;
        record.set_word(word);
        Ok(())
    }
}

impl Machine {
    /// What is known of an address, and if wanted the agents that reach it. What is asked for most is looked for first:
    /// no address is of two kinds.
    pub fn pointer_info(
        &self,
        address: u64,
        with_agents: bool,
    ) -> (hsa_amd_pointer_info_t, Vec<hsa_agent_t>) {
        if let Some(record) = self.heap.visible(address).or_else(|| self.heap.locks.containing(address)) {
            let agents = if with_agents { self.agents_of(&record.reachable()) } else { Vec::new() };
            return (self.describe(&record), agents);
        }
        if let Some((mapping, physical)) = self.heap.vmem.mapped(address) {
            let viewers = mapping.viewers().into_iter().filter_map(|index| self.agents.get(index));
            return (
                self.describe_mapping(&mapping, &physical),
                viewers.map(|agent| self.handle_of(agent)).collect(),
            );
        }
        let reservation = self.heap.vmem.reservation(address);
        (reservation.map_or_else(unknown, |(start, reservation)| reserved(start, reservation)), Vec::new())
    }

    fn describe_mapping(&self, mapping: &Mapping, physical: &Physical) -> hsa_amd_pointer_info_t {
        let attributes = attributes(&self.pools[physical.pool], Wish::default());
        let start = ptr::with_exposed_provenance_mut(mapping.start() as usize);
        let owner = self.owner_of(physical);
        hsa_amd_pointer_info_t {
            r#type: HSA_EXT_POINTER_TYPE_HSA_VMEM,
            agentBaseAddress: start,
            hostBaseAddress: start,
            sizeInBytes: mapping.bytes() as usize,
            agentOwner: owner.map_or(hsa_agent_t { handle: 0 }, |agent| self.handle_of(agent)),
            global_flags: global_flags(attributes),
            registered: true,
            alloc_flags: allocation_flags(attributes),
            ..unknown()
        }
    }

    fn describe(&self, record: &Record) -> hsa_amd_pointer_info_t {
        let (kind, host) = match record.origin {
            Origin::Pool(_) => (HSA_EXT_POINTER_TYPE_HSA, record.start),
            Origin::Locked(address) => (HSA_EXT_POINTER_TYPE_LOCKED, address),
            Origin::Imported => (HSA_EXT_POINTER_TYPE_GRAPHICS, record.start),
        };
        let owner = match record.origin {
            // A GPU keeps it, but it is the host's.
            Origin::Locked(_) => self.cpus().next(),
            Origin::Pool(_) | Origin::Imported => {
                self.agents.iter().find(|agent| agent.node.id == record.node)
            }
        };
        hsa_amd_pointer_info_t {
            r#type: kind,
            agentBaseAddress: ptr::with_exposed_provenance_mut(record.start as usize),
            hostBaseAddress: ptr::with_exposed_provenance_mut(host as usize),
            sizeInBytes: record.asked as usize,
            userData: ptr::with_exposed_provenance_mut(record.word() as usize),
            agentOwner: owner.map_or(hsa_agent_t { handle: 0 }, |agent| self.handle_of(agent)),
            global_flags: global_flags(record.attributes),
            registered: true,
            alloc_flags: allocation_flags(record.attributes),
            ..unknown()
        }
    }

    /// Handles of the agents of nodes, in the order of the nodes.
    pub fn agents_of(&self, nodes: &[NodeId]) -> Vec<hsa_agent_t> {
        let on = |node| self.agents.iter().filter(move |agent| agent.npu.is_none() && agent.node.id == node);
        nodes.iter().flat_map(|&node| on(node)).map(|agent| self.handle_of(agent)).collect()
    }
}

/// Of addresses at which nothing is mapped.
fn reserved(start: u64, reservation: Reservation) -> hsa_amd_pointer_info_t {
    hsa_amd_pointer_info_t {
        r#type: HSA_EXT_POINTER_TYPE_RESERVED_ADDR,
        hostBaseAddress: ptr::with_exposed_provenance_mut(start as usize),
        sizeInBytes: reservation.bytes as usize,
        registered: reservation.registered,
        ..unknown()
    }
}

/// Of an address of which nothing is known.
fn unknown() -> hsa_amd_pointer_info_t {
    hsa_amd_pointer_info_t {
        size: mem::size_of::<hsa_amd_pointer_info_t>() as u32,
        r#type: HSA_EXT_POINTER_TYPE_UNKNOWN,
        agentBaseAddress: ptr::null_mut(),
        hostBaseAddress: ptr::null_mut(),
        sizeInBytes: 0,
        userData: ptr::null_mut(),
        agentOwner: hsa_agent_t { handle: 0 },
        global_flags: 0,
        registered: false,
        alloc_flags: 0,
    }
}

/// Those of a pool. Extended-scope memory is fine-grained as well.
fn global_flags(attributes: Attributes) -> u32 {
    let grain = if attributes.coarse {
        HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED
    } else {
        HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED
    };
    let extended = HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_EXTENDED_SCOPE_FINE_GRAINED.0;
    let kernarg = HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT.0;
    let [extended, kernarg] = [(attributes.extended, extended), (attributes.uncached, kernarg)]
        .map(|(has, bit)| if has { bit } else { 0 });
    grain.0 | extended | kernarg
}

fn allocation_flags(attributes: Attributes) -> u32 {
    let bits = [
        (attributes.executable, HSA_AMD_POINTER_INFO_ALLOC_FLAG_EXECUTABLE),
        (attributes.contiguous, HSA_AMD_POINTER_INFO_ALLOC_FLAG_CONTIGUOUS),
        (attributes.local, HSA_AMD_POINTER_INFO_ALLOC_FLAG_NONPAGED),
        (attributes.host, HSA_AMD_POINTER_INFO_ALLOC_FLAG_HOST_ACCESS),
    ];
    bits.iter().filter(|(has, _)| *has).map(|(_, bit)| bit.0).sum()
}
