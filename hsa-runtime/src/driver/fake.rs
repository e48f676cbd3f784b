//! A driver for tests: answers what it is told to answer.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::Node;

use super::{ClockCounters, Driver};
use crate::boundary::Error;

/// A driver without a kernel.
#[derive(Debug)]
pub struct FakeDriver {
    /// Version of its interface.
    pub version: (u32, u32),
    /// Bytes it says are available.
    pub available: Result<u64, Error>,
}

impl Default for FakeDriver {
    fn default() -> Self {
        Self { version: (1, 18), available: Ok(0) }
    }
}

impl Driver for FakeDriver {
    fn version(&self) -> (u32, u32) {
        self.version
    }

    fn clock_counters(&self, node: &Node) -> Result<ClockCounters, Error> {
        Ok(ClockCounters { gpu: u64::from(node.gpu_id.0), ..Default::default() })
    }

    fn available_memory(&self, _: &Node) -> Result<u64, Error> {
        self.available
    }

    fn page_size(&self) -> u64 {
        4096
    }

    fn group_base(&self, _: &Node) -> u64 {
        0x1_0000_0000
    }

    fn flush_registers(&self, node: &Node) -> Option<u64> {
        Some(u64::from(node.gpu_id.0) << 16)
    }

    fn close(&self) {}
}
