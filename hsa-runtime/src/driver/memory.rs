//! What the runtime asks of a driver's memory. Answers to AllocateMemory and its neighbours in upstream's
//! `core/inc/driver.h`.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::NodeId;

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

    /// Writes into memory that the host can reach, in 64-bit stores: device memory takes no others everywhere.
    fn store(&self, address: u64, words: &[u64]);
}
