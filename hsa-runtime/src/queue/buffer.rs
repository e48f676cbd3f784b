//! Memory of queues: straight from the driver, given back when dropped.
#![forbid(unsafe_code)]

use std::sync::Arc;

use hsakmt_thunk::topology::model::NodeId;

use crate::{
    boundary::Error,
    driver::{Attributes, Driver},
};

/// Memory that GPUs and, as its attributes say, the host reach.
pub struct Buffer {
    driver: Arc<dyn Driver>,
    address: u64,
    bytes: u64,
}

impl Buffer {
    /// Memory of the node `at`, whole pages, for the GPUs of the nodes `to`.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn new(
        driver: &Arc<dyn Driver>,
        at: NodeId,
        to: &[NodeId],
        bytes: u64,
        attributes: Attributes,
    ) -> Result<Self, Error> {
        let bytes = bytes.checked_next_multiple_of(driver.page_size()).ok_or(Error::OutOfResources)?;
        let address = driver.allocate(at, bytes, attributes)?;
        // From here on, dropping it gives it back.
        let buffer = Self { driver: Arc::clone(driver), address, bytes };
        driver.map(address, bytes, to)?;
        Ok(buffer)
    }

    /// Where it is.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// How long it is.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // Refusals mean that the process's memory is gone already, or that it was never mapped.
        let _ = self.driver.unmap(self.address);
        let _ = self.driver.free(self.address);
    }
}
