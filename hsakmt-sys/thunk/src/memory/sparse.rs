//! Large ranges of the process's own memory, of which only what is touched costs anything.
//!
//! Touches `kernel`. Answers to VMemoryAddressReserve with HSA_AMD_VMEM_ADDRESS_NO_REGISTER of ROCr's `runtime.cpp`.

use super::{Memory, allocate::HUGE_PAGE};
use crate::{
    driver::failed,
    error::{Result, Status},
    kernel::{Advice, Backing, Place},
    va::Bounds,
};

impl Memory {
    /// Readable, writable, zeroed pages, aligned to a power of two, near `hint` if there is room. The driver does not
    /// know them.
    ///
    /// # Errors
    /// `InvalidParameter` for other alignments, `Error` when there is no room.
    pub fn map_sparse(&self, size: u64, hint: u64, alignment: u64) -> Result<u64> {
        let kernel = self.driver.kernel();
        if size == 0 || !alignment.is_power_of_two() {
            return Err(Status::InvalidParameter.into());
        }
        let told = |errno| failed("mmap", errno);
        let mut start = kernel.map(Place::Hint(hint), size, Backing::Sparse).map_err(told)?;
        if start % alignment != 0 {
            kernel.unmap(start, size).map_err(told)?;
            let anywhere = Bounds { base: 0, limit: u64::MAX };
            start = self.space.map_aligned(kernel, anywhere, size, alignment).map_err(told)?;
            kernel.map(Place::Fixed(start), size, Backing::Sparse).map_err(told)?;
        }
        if size >= HUGE_PAGE {
            // A hint; without it there are more page-table entries.
            let _ = kernel.advise(start, size, Advice::HugePages);
        }
        Ok(start)
    }

    /// Gives them back.
    ///
    /// # Errors
    /// `Error` when the kernel refuses.
    pub fn unmap_sparse(&self, start: u64, size: u64) -> Result<()> {
        self.driver.kernel().unmap(start, size).map_err(|errno| failed("munmap", errno))
    }
}
