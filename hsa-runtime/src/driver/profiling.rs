//! What the runtime asks of a driver for profilers: the streaming performance monitor, and sampling of program counters.
//! Answers to SPMAcquire and PcSamplingStop, and what is between them, of upstream's `amd_kfd_driver.cpp`.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::Node;
pub use hsakmt_thunk::{
    abi::HsaPcSamplingInfo,
    spm::{Destination, Filled},
};

use crate::boundary::Error;

/// For one GPU each.
pub trait Profiling {
    /// Takes the monitor for this process.
    ///
    /// # Errors
    /// `Generic` when another process has it, or the driver none.
    fn acquire_monitor(&self, node: &Node) -> Result<(), Error>;

    /// Gives it back.
    ///
    /// # Errors
    /// `Generic` when this process does not have it.
    fn release_monitor(&self, node: &Node) -> Result<(), Error>;

    /// Waits for the monitor's buffer to fill, and sets the next one.
    ///
    /// # Errors
    /// `Generic` when this process does not have the monitor.
    fn set_monitor_destination(&self, node: &Node, destination: Destination) -> Result<Filled, Error>;

    /// In which ways program counters can be sampled.
    ///
    /// # Errors
    /// `Generic` when the driver does not sample.
    fn sampling(&self, node: &Node) -> Result<Vec<HsaPcSamplingInfo>, Error>;

    /// Makes a session that samples in one of the ways, and returns its number.
    ///
    /// # Errors
    /// `Generic` when the driver does not sample so, or samples in another way already.
    fn create_sampling(&self, node: &Node, way: HsaPcSamplingInfo) -> Result<u32, Error>;

    /// Begins to have waves trap for a session.
    ///
    /// # Errors
    /// `Generic` when it is no session of this process's, or at it already.
    fn start_sampling(&self, node: &Node, session: u32) -> Result<(), Error>;

    /// Ends that. When this returns, all waves of the process have left the trap handler (`remap_queue` of
    /// kfd_pc_sample_stop).
    ///
    /// # Errors
    /// `Generic` likewise.
    fn stop_sampling(&self, node: &Node, session: u32) -> Result<(), Error>;

    /// Ends a session.
    ///
    /// # Errors
    /// `Generic` when it is none of this process's.
    fn destroy_sampling(&self, node: &Node, session: u32) -> Result<(), Error>;
}
