//! What differs between CPU architectures, lines of their caches, and the clock.
//!
//! Touches `core::arch` and the system's clock.

pub mod device;
pub mod pause;
pub mod timer;

/// Something in a line of the cache of its own, so that threads do not fight for neighbours: 128 bytes, which is a line on
/// POWER and on Apple's processors, and a pair on x86, whose prefetcher takes two.
#[derive(Default)]
#[repr(align(128))]
pub struct Line<T>(pub T);

/// Whether the processor can sleep until a cache line is written (MONITORX and MWAITX of AMD's x86 processors).
///
/// CPUID Fn8000_0001 ECX bit 29, "AMD64 Architecture Programmer's Manual" volume 3.
#[cfg(target_arch = "x86_64")]
pub fn has_mwaitx() -> bool {
    use std::arch::x86_64::__cpuid;
    const EXTENDED: u32 = 0x8000_0000;
    const FEATURES: u32 = 0x8000_0001;
    // Other vendors use the bit for other things.
    const AUTHENTIC_AMD: [u32; 3] = [0x6874_7541, 0x6974_6e65, 0x444d_4163];
    #[allow(unused_unsafe, reason = "safe since Rust 1.92")]
    // SAFETY: every x86-64 processor has CPUID.
    let (vendor, most, features) = unsafe { (__cpuid(0), __cpuid(EXTENDED).eax, __cpuid(FEATURES).ecx) };
    [vendor.ebx, vendor.edx, vendor.ecx] == AUTHENTIC_AMD && most >= FEATURES && features >> 29 & 1 != 0
}

/// Whether the processor can sleep until a cache line is written.
#[cfg(not(target_arch = "x86_64"))]
pub fn has_mwaitx() -> bool {
    false
}
