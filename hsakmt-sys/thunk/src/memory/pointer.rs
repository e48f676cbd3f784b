//! What is known of an address.
//!
//! Touches nothing. Answers to `hsakmt_fmm_get_mem_info` of upstream's `fmm.c`.

use super::{
    Memory,
    object::{Object, Origin},
};
use crate::{
    abi::HsaMemFlags,
    error::{Result, Status},
};

/// Kinds of memory, in the order of `HSA_POINTER_TYPE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Allocated here.
    Allocated = 1,
    /// The process's own, registered.
    User = 2,
    /// An imported graphics buffer.
    Graphics = 3,
    /// Addresses without memory.
    Addresses = 5,
}

/// What is known of an address. The node lists live until the object changes; a C caller gets their addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointerInfo {
    /// Kind.
    pub kind: Kind,
    /// Visible node.
    pub node: u32,
    /// Flags of the allocation.
    pub flags: HsaMemFlags,
    /// Where the CPU finds it; 0 if it does not.
    pub cpu_address: u64,
    /// Where GPUs find it.
    pub gpu_address: u64,
    /// Bytes.
    pub size: u64,
    /// Visible nodes that it is registered for: address and length of a list.
    pub registered: (u64, u32),
    /// Visible nodes that it is mapped to: address and length of a list.
    pub mapped: (u64, u32),
    /// The user's word.
    pub user_data: u64,
}

impl Memory {
    /// What is known of the object that an address lies in.
    ///
    /// # Errors
    /// `Error` when nothing is.
    pub fn pointer_info(&self, address: u64) -> Result<PointerInfo> {
        let objects = self.objects.read();
        Ok(self.describe(objects.containing(address).ok_or(Status::Error)?))
    }

    /// Attaches a word to an object.
    ///
    /// # Errors
    /// `Error` when there is none.
    pub fn set_user_data(&self, address: u64, user_data: u64) -> Result<()> {
        let mut objects = self.objects.write();
        let start = objects.find(address, 0, self.page_size());
        let object = start.and_then(|start| objects.get_mut(start)).ok_or(Status::Error)?;
        object.user_data = user_data;
        Ok(())
    }

    /// The driver's handle of the object that begins at an address.
    pub(crate) fn handle_of(&self, address: u64) -> Option<u64> {
        self.objects.read().get(address).and_then(|object| object.handles.first().copied())
    }

    fn describe(&self, object: &Object) -> PointerInfo {
        let nodes = |gpus: &[u32]| self.nodes_of(gpus).collect();
        let mut info = PointerInfo {
            kind: Kind::Allocated,
            node: object.node,
            flags: object.flags,
            cpu_address: 0,
            gpu_address: object.start,
            size: object.size,
            registered: object.registered.told(nodes),
            mapped: object.mapped.told(nodes),
            user_data: object.user_data,
        };
        match object.origin {
            Origin::User { address, size } => {
                (info.kind, info.cpu_address, info.size) = (Kind::User, address, size);
                info.gpu_address += address % self.page_size();
            }
            Origin::Graphics => info.kind = Kind::Graphics,
            Origin::Allocated if object.is_addresses_only() && object.area != super::space::Area::Process => {
                info.kind = Kind::Addresses;
            }
            Origin::Allocated => info.cpu_address = object.start,
        }
        info
    }
}
