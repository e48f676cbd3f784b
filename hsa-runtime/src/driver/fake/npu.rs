//! A neural processor for tests: addresses that are given out and taken back.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use parking_lot::Mutex;

use crate::{
    boundary::Error,
    driver::npu::{HEAP_BYTES, Npu, Part},
};

/// One with a heap and as much other memory as is asked for.
#[derive(Debug, Default)]
pub struct FakeNpu {
    given: Mutex<BTreeSet<u64>>,
}

impl Npu for FakeNpu {
    fn architecture(&self) -> &str {
        "aie2"
    }

    fn product(&self) -> &str {
        "Test NPU"
    }

    fn allocate(&self, part: Part, bytes: u64) -> Result<u64, Error> {
        if part == Part::Heap && bytes > HEAP_BYTES {
            return Err(Error::OutOfResources);
        }
        let mut given = self.given.lock();
        let address = given.last().map_or(0x7000_0000_0000, |last| last + (1 << 32));
        given.insert(address);
        Ok(address)
    }

    fn has(&self, address: u64) -> bool {
        self.given.lock().contains(&address)
    }

    fn free(&self, address: u64) -> bool {
        self.given.lock().remove(&address)
    }
}
