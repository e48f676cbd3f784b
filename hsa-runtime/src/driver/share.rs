//! What the runtime asks of a driver to share memory with other libraries and processes. Answers to ExportDMABuf and
//! ImportDMABuf of upstream's `core/inc/driver.h`.
#![forbid(unsafe_code)]

use std::os::fd::OwnedFd;

use hsakmt_thunk::topology::model::NodeId;

use super::Attributes;
use crate::boundary::Error;

/// Memory that was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Where it is.
    pub address: u64,
    /// Bytes.
    pub bytes: u64,
    /// The node that it belongs to.
    pub node: NodeId,
    /// How it is.
    pub attributes: Attributes,
    /// What its exporter says of it: address, valid as long as the memory, and bytes.
    pub metadata: (u64, u32),
}

/// Memory shared by descriptors of dma-bufs.
pub trait Share {
    /// A descriptor, the caller's to close, of the allocation that a range lies in, and the range's offset in it.
    ///
    /// # Errors
    /// `InvalidArgument` for a range that is in no allocation, `OutOfResources`.
    fn export(&self, address: u64, bytes: u64) -> Result<(i32, u64), Error>;

    /// Takes a dma-buf in and lets these nodes' GPUs reach it; the descriptor stays the caller's.
    ///
    /// # Errors
    /// `Generic` when it is none that the driver takes, `OutOfResources` when it cannot be mapped.
    fn import(&self, dmabuf: i32, nodes: &[NodeId]) -> Result<Imported, Error>;

    /// Lets the host and every GPU reach the beginning of a file, whole pages, which other processes map, too.
    ///
    /// # Errors
    /// `OutOfResources`.
    fn map_file(&self, file: &OwnedFd, bytes: u64) -> Result<u64, Error>;

    /// Gives back what `map_file` answered, which nobody uses any more.
    fn unmap_file(&self, address: u64);

    /// Gives back what was taken in.
    ///
    /// # Errors
    /// `InvalidArgument` when the driver refuses.
    fn give_back(&self, address: u64) -> Result<(), Error>;
}
