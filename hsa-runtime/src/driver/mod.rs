//! The kernel driver as the runtime needs it.
//!
//! A trait, because amdkfd is not the only way to a GPU (DXG, virtio, DRM user queues). Answers to upstream's
//! `core/inc/driver.h`.
#![forbid(unsafe_code)]

pub mod debugging;
#[cfg(any(test, fuzzing))]
#[cfg_attr(fuzzing, allow(dead_code, reason = "fuzz targets use a part of it"))]
pub mod fake;
pub mod fault;
pub mod kfd;
mod kfd_debugging;
mod kfd_fault;
mod kfd_memory;
mod kfd_profiling;
mod kfd_queue;
mod kfd_share;
mod kfd_svm;
mod kfd_virtual_memory;
pub mod memory;
pub mod npu;
pub mod profiling;
pub mod queue;
pub mod share;
pub mod svm;
pub mod virtual_memory;

use std::time::Duration;

use hsakmt_thunk::topology::model::Node;
pub use hsakmt_thunk::{
    ClockCounters,
    event::{Event, Wait},
    memory::{Direction, FilePart, Transferred},
};

use self::fault::{Fault, FaultWatch};
pub use self::{
    debugging::Debugging,
    memory::{Attributes, Memory},
    profiling::Profiling,
    queue::Queues,
    share::{Imported, Share},
    svm::Svm,
    virtual_memory::VirtualMemory,
};
use crate::boundary::Error;

/// An open driver. Thread-safe.
pub trait Driver:
    Debugging + Memory + Profiling + Queues + Share + Svm + VirtualMemory + Send + Sync
{
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

    /// System memory that every GPU reaches, coherent and zeroed, for as long as the process lives. A multiple of a page.
    ///
    /// # Errors
    /// `OutOfResources`.
    fn allocate_shared(&self, bytes: u64) -> Result<u64, Error>;

    /// A new event that GPUs and the host can set; `None` when the driver has no more.
    fn create_event(&self) -> Option<Event>;

    /// Sets an event: every thread that waits for it returns.
    fn set_event(&self, event: &Event);

    /// Sleeps until one of the events is set whose age is not the one told, at most so long. The new ages stand in
    /// `waits` then.
    ///
    /// # Errors
    /// `Generic` when the driver refuses: nothing was slept.
    fn wait_events(&self, waits: &mut [Wait], milliseconds: u32) -> Result<(), Error>;

    /// Whether events have ages, so that any number of threads may wait for one: since interface 1.14.
    fn has_event_ages(&self) -> bool {
        self.version() >= (1, 14)
    }

    /// Begins to listen for faults of GPUs; `None` if the driver refuses.
    fn watch_faults(&self) -> Option<FaultWatch>;

    /// Sleeps until there are faults, which are the answer, or the watch's call is set, at most so long. Damaged memory is
    /// two at once. `None` when the driver refuses: nothing will be heard of any more.
    fn next_faults(&self, watch: &FaultWatch, at_most: Duration) -> Option<Vec<Fault>>;

    /// Ends a watch to which nobody listens any more.
    fn unwatch_faults(&self, watch: &FaultWatch);

    /// Ends what `hsa_init` began with the kernel. What still holds the driver afterwards gets errors.
    fn close(&self);
}
