//! What a caller asks for, as the driver's flags and back.
//!
//! Touches nothing. Answers to `fmm_translate_hsa_to_ioc_flags` and its inverse in upstream's `fmm.c`.

use crate::{abi::HsaMemFlags, config::Config, uapi::kfd::alloc};

/// Access bits that every kind of allocation has in common.
fn access(flags: HsaMemFlags, config: &Config) -> u32 {
    let mut driver = 0;
    if flags.has(HsaMemFlags::AQL_QUEUE_MEMORY) {
        driver |= alloc::AQL_QUEUE_MEM | alloc::UNCACHED;
    }
    if !flags.has(HsaMemFlags::READ_ONLY) {
        driver |= alloc::WRITABLE;
    }
    if flags.has(HsaMemFlags::EXECUTE_ACCESS) || config.always_executable {
        driver |= alloc::EXECUTABLE;
    }
    driver
}

fn caching(flags: HsaMemFlags, config: &Config) -> u32 {
    let mut driver = 0;
    if !flags.has(HsaMemFlags::COARSE_GRAIN) || config.disable_cache {
        driver |= alloc::COHERENT;
    }
    if flags.has(HsaMemFlags::UNCACHED) || config.disable_cache {
        driver |= alloc::UNCACHED;
    }
    driver
}

/// Flags of video memory.
pub(super) fn device(flags: HsaMemFlags, config: &Config) -> u32 {
    let mut driver = alloc::VRAM | access(flags, config) | caching(flags, config);
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
pub(super) fn host(flags: HsaMemFlags, config: &Config) -> u32 {
    access(flags, config) | caching(flags, config)
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

/// What the driver flags of a buffer that is not ours say to a caller.
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
        assert_eq!(device(coarse, &Config::default()), alloc::VRAM | alloc::PUBLIC | alloc::WRITABLE);
        assert_eq!(host(HsaMemFlags::default(), &Config::default()), alloc::WRITABLE | alloc::COHERENT);
        let uncached = Config { disable_cache: true, ..Config::default() };
        assert_eq!(host(coarse, &uncached), alloc::WRITABLE | alloc::COHERENT | alloc::UNCACHED);
    }

    #[test]
    fn memory_is_code_when_asked_or_always_for_old_callers() {
        let old = Config { always_executable: true, ..Config::default() };
        let code = HsaMemFlags(HsaMemFlags::EXECUTE_ACCESS);
        assert_ne!(host(code, &Config::default()) & alloc::EXECUTABLE, 0);
        assert_eq!(host(HsaMemFlags::default(), &Config::default()) & alloc::EXECUTABLE, 0);
        assert_ne!(device(HsaMemFlags::default(), &old) & alloc::EXECUTABLE, 0);
    }

    #[test]
    fn video_memory_is_in_one_piece_or_coherent_everywhere_when_asked() {
        let asked = HsaMemFlags(HsaMemFlags::CONTIGUOUS | HsaMemFlags::EXTENDED_COHERENT);
        let told = device(asked, &Config::default());
        assert_eq!(told & (alloc::CONTIGUOUS | alloc::EXT_COHERENT), alloc::CONTIGUOUS | alloc::EXT_COHERENT);
        let plain = device(HsaMemFlags::default(), &Config::default());
        assert_eq!(plain & (alloc::CONTIGUOUS | alloc::EXT_COHERENT), 0);
        let pages = [false, true].map(|extended| user(true, extended) & alloc::EXT_COHERENT);
        assert_eq!(pages, [0, alloc::EXT_COHERENT]);
    }

    #[test]
    fn a_ring_is_uncached_and_mapped_twice() {
        let ring = HsaMemFlags(HsaMemFlags::AQL_QUEUE_MEMORY | HsaMemFlags::READ_ONLY);
        assert_eq!(host(ring, &Config::default()), alloc::AQL_QUEUE_MEM | alloc::UNCACHED | alloc::COHERENT);
    }
}
