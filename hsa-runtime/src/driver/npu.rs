//! The driver of neural processors (NPUs) as the runtime needs it, and amdxdna, by way of the thunk. Answers to upstream's
//! `amd_xdna_driver.cpp`.
#![forbid(unsafe_code)]

use std::{fmt::Debug, sync::Arc};

pub use hsakmt_thunk::accel::{HEAP_BYTES, Part};
use hsakmt_thunk::{Kernel, Linux, accel};

use crate::boundary::Error;

/// An open processor. Thread-safe.
pub trait Npu: Debug + Send + Sync {
    /// Name of its architecture.
    fn architecture(&self) -> &str;

    /// Name of the product.
    fn product(&self) -> &str;

    /// Memory that it and the host reach, whole pages.
    ///
    /// # Errors
    /// `OutOfResources`.
    fn allocate(&self, part: Part, bytes: u64) -> Result<u64, Error>;

    /// Whether such memory begins at an address.
    fn has(&self, address: u64) -> bool;

    /// Gives it back; whether there was any.
    fn free(&self, address: u64) -> bool;
}

impl Npu for accel::Npu {
    fn architecture(&self) -> &str {
        self.facts().architecture
    }

    fn product(&self) -> &str {
        &self.facts().product
    }

    fn allocate(&self, part: Part, bytes: u64) -> Result<u64, Error> {
        self.allocate(part, bytes).map_err(|_| Error::OutOfResources)
    }

    fn has(&self, address: u64) -> bool {
        self.has(address)
    }

    fn free(&self, address: u64) -> bool {
        self.free(address)
    }
}

/// The machine's processor, if it has one and amdxdna drives it.
pub fn find() -> Option<Arc<dyn Npu>> {
    let kernel: Arc<dyn Kernel> = Arc::new(Linux);
    Some(Arc::new(accel::Npu::find(&kernel)?))
}
