//! What a caller asks for, as the driver's flags and back.
//!
//! Touches nothing. Answers to `fmm_translate_hsa_to_ioc_flags` and its inverse in upstream's `fmm.c`.

use crate::{abi::HsaMemFlags, uapi::kfd::alloc};

/// Access bits that every kind of allocation has in common.
fn access(flags: HsaMemFlags) -> u32 {
    let mut driver = 0;
    if flags.has(HsaMemFlags::AQL_QUEUE_MEMORY) {
        driver |= alloc::AQL_QUEUE_MEM | alloc::UNCACHED;
    }
    if !flags.has(HsaMemFlags::READ_ONLY) {
        driver |= alloc::WRITABLE;
    }
    if flags.has(HsaMemFlags::EXECUTE_ACCESS) {
        driver |= alloc::EXECUTABLE;
    }
    driver
}

fn caching(flags: HsaMemFlags, disable_cache: bool) -> u32 {
    let mut driver = 0;
    if !flags.has(HsaMemFlags::COARSE_GRAIN) || disable_cache {
        driver |= alloc::COHERENT;
    }
    if flags.has(HsaMemFlags::UNCACHED) || disable_cache {
        driver |= alloc::UNCACHED;
    }
    driver
}

/// Flags of video memory.
pub(super) fn device(flags: HsaMemFlags, disable_cache: bool) -> u32 {
    let mut driver = alloc::VRAM | access(flags) | caching(flags, disable_cache);
    if flags.has(HsaMemFlags::HOST_ACCESS) {
        driver |= alloc::PUBLIC;
    }
    if flags.has(HsaMemFlags::EXTENDED_COHERENT) {
        driver |= alloc::EXT_COHERENT;
    }
    if flags.has(HsaMemFlags::CONTIGUOUS) {
        driver |= alloc::CONTIGUOUS;
    }
    driver
}

/// Flags of system memory, without its kind.
pub(super) fn host(flags: HsaMemFlags, disable_cache: bool) -> u32 {
    access(flags) | caching(flags, disable_cache)
}

/// Flags of the process's own pages.
pub(super) fn user(coarse_grain: bool, extended_coherent: bool) -> u32 {
    let mut driver = alloc::USERPTR | alloc::WRITABLE | alloc::EXECUTABLE;
    if !coarse_grain {
        driver |= alloc::COHERENT;
    }
    if extended_coherent {
        driver |= alloc::EXT_COHERENT;
    }
    driver
}

/// What an imported buffer's driver flags say to a caller.
pub(super) fn from_driver(driver: u32) -> HsaMemFlags {
    let mut flags = HsaMemFlags::default();
    if driver & alloc::WRITABLE == 0 {
        flags = flags.with(HsaMemFlags::READ_ONLY);
    }
    if driver & alloc::COHERENT == 0 {
        flags = flags.with(HsaMemFlags::COARSE_GRAIN);
    }
    if driver & alloc::EXT_COHERENT != 0 {
        flags = flags.with(HsaMemFlags::EXTENDED_COHERENT);
    }
    if driver & alloc::PUBLIC != 0 {
        flags = flags.with(HsaMemFlags::HOST_ACCESS);
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fine_grained_memory_is_coherent_and_coarse_is_not() {
        let coarse = HsaMemFlags(HsaMemFlags::COARSE_GRAIN | HsaMemFlags::HOST_ACCESS);
        assert_eq!(device(coarse, false), alloc::VRAM | alloc::PUBLIC | alloc::WRITABLE);
        assert_eq!(host(HsaMemFlags::default(), false), alloc::WRITABLE | alloc::COHERENT);
        assert_eq!(host(coarse, true), alloc::WRITABLE | alloc::COHERENT | alloc::UNCACHED);
    }

    #[test]
    fn a_ring_is_uncached_and_mapped_twice() {
        let ring = HsaMemFlags(HsaMemFlags::AQL_QUEUE_MEMORY | HsaMemFlags::READ_ONLY);
        assert_eq!(host(ring, false), alloc::AQL_QUEUE_MEM | alloc::UNCACHED | alloc::COHERENT);
    }
}
