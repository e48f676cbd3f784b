//! The kernel driver as the runtime needs it.
//!
//! A trait, because amdkfd is not the only way to a GPU (DXG, virtio, DRM user queues). Answers to upstream's
//! `core/inc/driver.h`.
#![forbid(unsafe_code)]

#[cfg(test)]
pub mod fake;
pub mod kfd;

pub use hsakmt_thunk::ClockCounters;
use hsakmt_thunk::topology::model::Node;

use crate::boundary::Error;

/// An open driver. Thread-safe.
pub trait Driver: Send + Sync {
    /// Version of the kernel's interface, major and minor.
    fn version(&self) -> (u32, u32);

    /// The clocks of a GPU's node and of the system, read together.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    fn clock_counters(&self, node: &Node) -> Result<ClockCounters, Error>;

    /// Bytes of local memory of a GPU's node that can still be allocated.
    ///
    /// # Errors
    /// `Generic` when the driver refuses or is too old to know.
    fn available_memory(&self, node: &Node) -> Result<u64, Error>;

    /// Bytes of a page.
    fn page_size(&self) -> u64;

    /// Address of a GPU's group segment in its address space; 0 if the driver does not tell.
    fn group_base(&self, node: &Node) -> u64;

    /// Address of the page of registers that flush the host data path of a GPU, mapped when first asked for; `None`
    /// where the driver has none.
    fn flush_registers(&self, node: &Node) -> Option<u64>;

    /// Ends what `hsa_init` began with the kernel. What still holds the driver afterwards gets errors.
    fn close(&self);
}
