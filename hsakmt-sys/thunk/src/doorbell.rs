//! Doorbell pages: one a GPU, mapped with its first queue.
//!
//! Touches `driver` and `memory`. Answers to `map_doorbell` of upstream's `queues.c` and Linux `kfd_doorbell.c`.
#![forbid(unsafe_code)]

use crate::{
    driver::{Driver, failed},
    error::Result,
    kernel::{Backing, Place},
    memory::{Gpu, Memory},
    quirks,
    topology::model::GfxVersion,
};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};

/// Doorbells of a process's share (`KFD_MAX_NUM_OF_QUEUES_PER_PROCESS`).
const DOORBELLS: u64 = 1024;

/// The mapped doorbell pages, by GPU.
pub struct Doorbells {
    driver: Arc<Driver>,
    pages: Mutex<BTreeMap<u32, u64>>,
}

impl Doorbells {
    pub(crate) fn new(driver: Arc<Driver>) -> Self {
        Self { driver, pages: Mutex::default() }
    }

    /// Address of a queue's doorbell; `offset` is what CREATE_QUEUE returned.
    ///
    /// # Errors
    /// `Error` when the page cannot be mapped.
    pub(crate) fn address(&self, memory: &Memory, gpu: &Gpu, offset: u64, queue: u32) -> Result<u64> {
        let (page_offset, within) = split(gpu.gfx, offset, queue);
        let mut pages = self.pages.lock();
        let page = match pages.get(&gpu.id) {
            Some(page) => *page,
            None => {
                let page = self.map(memory, gpu, page_offset)?;
                pages.insert(gpu.id, page);
                page
            }
        };
        Ok(page + within)
    }

    /// In the GPU's address space too, so that GPUs can ring; where that fails, for the CPU alone.
    fn map(&self, memory: &Memory, gpu: &Gpu, offset: u64) -> Result<u64> {
        let kernel = self.driver.kernel();
        let size = (DOORBELLS * quirks::doorbell_bytes(gpu.gfx)).next_multiple_of(kernel.page_size());
        if memory.is_discrete() && quirks::has_gpu_doorbells(gpu.gfx) {
            if let Ok(page) = memory.allocate_doorbells(gpu, size, offset) {
                if memory.map_to_gpus(page, size).is_ok() {
                    return Ok(page);
                }
                // It was mapped nowhere; the next way needs no trace of it.
                let _ = memory.free(page);
            }
        }
        let backing = Backing::Device { fd: self.driver.fd(), offset };
        kernel.map(Place::Anywhere, size, backing).map_err(|errno| failed("mmap", errno))
    }
}

/// The mmap offset of the page and the doorbell's place in it. From gfx9 on the kernel tells both in one number;
/// before, the place is the queue's.
fn split(gfx: GfxVersion, offset: u64, queue: u32) -> (u64, u64) {
    let bytes = quirks::doorbell_bytes(gfx);
    if gfx.major < 9 {
        return (offset, u64::from(queue) * bytes);
    }
    let mask = DOORBELLS * bytes - 1;
    (offset & !mask, offset & mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_in_the_page_is_the_kernels_from_gfx9_on() {
        let gfx = |major| GfxVersion { major, minor: 0, stepping: 0 };
        assert_eq!(split(gfx(11), 0xc000_0000_0000_1010, 7), (0xc000_0000_0000_0000, 0x1010));
        assert_eq!(split(gfx(8), 0xc000_0000_0000_0000, 7), (0xc000_0000_0000_0000, 28));
    }
}
