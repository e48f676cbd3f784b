//! The runtime's memory, and copies of it.

use super::{Handle, Library, Result};
use std::{ffi::c_void, ptr, sync::atomic::AtomicU32};

impl Library {
    /// Memory of a pool that the given agent can use.
    ///
    /// # Errors
    /// Its status.
    pub fn allocate(&self, pool: Handle, words: usize, agent: Handle) -> Result<Buffer<'_>> {
        let mut address = ptr::null_mut();
        // SAFETY: the pool is the library's; it writes an address.
        let status =
            unsafe { (self.functions.hsa_amd_memory_pool_allocate)(pool, words * 4, 0, &raw mut address) };
        self.check("hsa_amd_memory_pool_allocate", status)?;
        let buffer = Buffer { library: self, address, words };
        // SAFETY: the agent is the library's, the address is its allocation's.
        let status = unsafe {
            (self.functions.hsa_amd_agents_allow_access)(1, &raw const agent, ptr::null(), address)
        };
        self.check("hsa_amd_agents_allow_access", status).map(|()| buffer)
    }

    /// Copies the whole of a buffer between two agents' memories.
    ///
    /// # Errors
    /// Its status.
    pub fn copy(
        &self,
        (target, target_agent): (&Buffer<'_>, Handle),
        (source, source_agent): (&Buffer<'_>, Handle),
        done: Handle,
    ) -> Result<()> {
        let bytes = 4 * target.words.min(source.words);
        // SAFETY: both ranges are allocations of so many bytes, and stay until the signal is waited for.
        let status = unsafe {
            (self.functions.hsa_amd_memory_async_copy)(
                target.address,
                target_agent,
                source.address,
                source_agent,
                bytes,
                0,
                ptr::null(),
                done,
            )
        };
        self.check("hsa_amd_memory_async_copy", status)
    }
}

/// Memory of the library's.
pub struct Buffer<'a> {
    library: &'a Library,
    address: *mut c_void,
    words: usize,
}

impl Buffer<'_> {
    /// Its address, the same for processors and GPUs.
    pub fn address(&self) -> u64 {
        self.address as u64
    }

    /// The words of a buffer that processors see: one of a processor's pool.
    ///
    /// A GPU may write them: hence atomics.
    pub fn words(&self) -> &[AtomicU32] {
        // SAFETY: the allocation has so many words, is aligned to pages, and lives as long as the buffer.
        unsafe { std::slice::from_raw_parts(self.address.cast::<AtomicU32>(), self.words) }
    }
}

impl Drop for Buffer<'_> {
    fn drop(&mut self) {
        // SAFETY: the allocation is this buffer's, and what used it has been waited for.
        unsafe { (self.library.functions.hsa_amd_memory_pool_free)(self.address) };
    }
}
