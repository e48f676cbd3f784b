//! What the runtime asks of a driver for memory and addresses that are joined later. Answers to Map and Unmap and to
//! AllocateMemory without an address of upstream's `core/inc/driver.h`.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::{Node, NodeId};

use super::Attributes;
use crate::boundary::Error;

/// Memory without an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bare {
    /// The driver's number of it.
    pub number: u64,
    /// Bytes.
    pub bytes: u64,
    /// The node that it belongs to.
    pub node: NodeId,
}

/// Memory as a render node knows it, by the driver's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attached(pub u64);

/// A part of memory, and where it is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it begins in the memory, bytes.
    pub offset: u64,
    /// Bytes.
    pub bytes: u64,
    /// Where it is to be seen.
    pub address: u64,
}

/// Who sees memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// The process.
    Host,
    /// The GPU of the render node.
    Gpu,
}

/// What may be done with memory; nothing, by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// It may be read.
    pub read: bool,
    /// It may be written.
    pub write: bool,
}

/// Memory without addresses and addresses without memory.
pub trait VirtualMemory {
    /// Addresses that nothing else gets, aligned, at `hint` if they are free there.
    ///
    /// # Errors
    /// `OutOfResources`.
    fn reserve(&self, bytes: u64, hint: u64, alignment: u64) -> Result<u64, Error>;

    /// Gives addresses back.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    fn unreserve(&self, address: u64) -> Result<(), Error>;

    /// Memory of the process's own, of which only what is touched costs anything, aligned.
    ///
    /// # Errors
    /// `OutOfResources`.
    fn reserve_plain(&self, bytes: u64, hint: u64, alignment: u64) -> Result<u64, Error>;

    /// Gives it back.
    ///
    /// # Errors
    /// `Generic` when the kernel refuses.
    fn unreserve_plain(&self, address: u64, bytes: u64) -> Result<(), Error>;

    /// Memory of a node without an address; the driver's number of it.
    ///
    /// # Errors
    /// `OutOfResources`.
    fn create(&self, node: NodeId, bytes: u64, attributes: Attributes) -> Result<u64, Error>;

    /// Memory that another process exported.
    ///
    /// # Errors
    /// `Generic` when it is none that the driver takes.
    fn take_in(&self, dmabuf: i32) -> Result<Bare, Error>;

    /// Gives memory back that `create` or `take_in` made.
    fn destroy(&self, number: u64);

    /// Makes memory known on a GPU's render node.
    ///
    /// # Errors
    /// `InvalidArgument`, `OutOfResources`, `Generic` when the driver refuses.
    fn attach(&self, number: u64, bytes: u64, gpu: &Node) -> Result<Attached, Error>;

    /// Takes that back.
    fn detach(&self, attached: Attached);

    /// Lets a viewer see a part of memory at reserved addresses.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    fn show(&self, attached: Attached, part: Part, viewer: Viewer, access: Access) -> Result<(), Error>;

    /// Hides it again.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    fn hide(&self, attached: Attached, part: Part, viewer: Viewer) -> Result<(), Error>;
}
