//! libhsa-runtime64.so.1: the HSA runtime. Each module says what it is and what it may touch; ARCHITECTURE.md has
//! the map.

mod abi;
mod agent;
mod api;
mod arch;
mod boundary;
mod cache;
mod config;
mod copy;
mod core_dump;
mod driver;
mod events;
mod extension;
#[cfg(fuzzing)]
pub mod fuzz {
    //! What the fuzz targets reach.
    pub use crate::{
        loader::fuzz::{code_object, sample},
        memory::ipc::fuzz::{exporter, importer, ticket},
        queue::fuzz::{Step, packets},
    };
}
mod handle;
mod image;
mod isa;
mod loader;
mod log;
mod memory;
mod pool;
mod queue;
mod runtime;
mod sampling;
mod signal;
mod status;
mod sync;
mod table;
mod tools;
