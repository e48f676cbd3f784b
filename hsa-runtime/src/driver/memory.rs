//! What the runtime asks of a driver's memory. Answers to AllocateMemory and its neighbours in upstream's
//! `core/inc/driver.h`.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::NodeId;

use super::{Direction, FilePart, Transferred};
use crate::boundary::Error;

/// How memory is to be. Addresses are the same on the host and on GPUs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// It is a GPU's own, not the host's.
    pub local: bool,
    /// The host can reach it.
    pub host: bool,
    /// Writes become visible at kernel boundaries only.
    pub coarse: bool,
    /// Atomics of device scope act at system scope.
    pub extended: bool,
    /// GPUs do not cache it.
    pub uncached: bool,
    /// GPUs execute it.
    pub executable: bool,
    /// It is physically contiguous.
    pub contiguous: bool,
    /// It is the host's, but kept by a GPU's driver, for whom the GPU's scheduler reaches it. The node is the GPU's.
    pub scheduled: bool,
}

/// Memory of the process's own that GPUs can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// Where GPUs find it; where it is, if they use the process's addresses.
    pub address: u64,
    /// The node that keeps it.
    pub node: NodeId,
    /// The nodes whose GPUs reach it: those asked for, or more.
    pub nodes: Vec<NodeId>,
}

/// Memory of GPUs and of the host that GPUs can reach.
pub trait Memory {
    /// Memory of a node, a multiple of a page, that no GPU reaches yet.
    ///
    /// # Errors
    /// `OutOfResources`.
    fn allocate(&self, node: NodeId, bytes: u64, attributes: Attributes) -> Result<u64, Error>;

    /// Lets exactly these nodes' GPUs reach memory at `address`, which may be any that `allocate` returned.
    ///
    /// # Errors
    /// `OutOfResources`.
    fn map(&self, address: u64, bytes: u64, nodes: &[NodeId]) -> Result<(), Error>;

    /// Takes memory from all GPUs.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    fn unmap(&self, address: u64) -> Result<(), Error>;

    /// Gives back what `allocate` returned.
    ///
    /// # Errors
    /// `Generic` when the driver refuses: the memory is in use.
    fn free(&self, address: u64) -> Result<(), Error>;

    /// Lets these nodes' GPUs reach memory of the process's own, at least. What they reach by the process's addresses
    /// they go on to reach; of other ranges the driver counts how often they are locked.
    ///
    /// # Errors
    /// `Generic` for memory that is an allocation, or that the driver refuses; `OutOfResources`.
    fn lock(
        &self,
        address: u64,
        bytes: u64,
        attributes: Attributes,
        nodes: &[NodeId],
    ) -> Result<Pinned, Error>;

    /// Takes back what `lock` did, by the address that it answered.
    fn unlock(&self, address: u64);

    /// Copies between a file and an allocation, at most so many bytes.
    ///
    /// # Errors
    /// `Generic` for memory that is not all in one allocation, or when the driver refuses.
    fn transfer(
        &self,
        address: u64,
        bytes: u64,
        file: FilePart,
        direction: Direction,
    ) -> Result<Transferred, Error>;

    /// Writes into memory that the host can reach, in 64-bit stores: device memory takes no others everywhere.
    fn store(&self, address: u64, words: &[u64]);
}
