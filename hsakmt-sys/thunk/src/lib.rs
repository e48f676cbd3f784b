//! The thunk: what both libraries say to the kernel driver amdkfd.
//!
//! [`Thunk`] is the whole for its users; the modules are the rooms of ARCHITECTURE.md.

pub mod abi;
pub mod accel;
pub mod buffer;
pub mod config;
pub mod debug;
pub mod doorbell;
pub mod driver;
pub mod error;
pub mod event;
pub mod kernel;
pub mod memory;
pub mod message;
pub mod pcs;
pub mod perf;
pub mod queue;
pub mod quirks;
pub mod render;
pub mod save_area;
pub mod spm;
pub mod svm;
pub mod sysfs;
#[cfg(test)]
mod testing;
mod thunk;
pub mod topology;
pub mod uapi;
pub mod va;

pub use config::Config;
pub use driver::Version;
pub use error::{Error, Result, Status};
pub use kernel::{Kernel, Linux};
pub use thunk::{Apertures, ClockCounters, Services, Thunk, TileConfig};
