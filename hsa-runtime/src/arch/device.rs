//! Stores to memory of devices, and their order behind stores to memory of any kind.
//!
//! Touches `core::arch`. Answers to the `_mm_sfence` in StoreRelaxed of upstream's `amd_aql_queue.cpp`, and to `writel` of
//! Linux: a language's fence orders memory that processors share, which is not enough where the reader is a device.
//!
//! Nothing is to be flushed behind a doorbell: the kernel maps it uncached (`kfd_doorbell_mmap`), so that no buffer of the
//! processor's gathers the store. Doorbells have 64 bits, as the only ones that runtimes take (DoorbellType 2). What GPUs
//! read before they are told, packets, is in atomic words, which no compiler splits; there, a release store is enough for
//! memory that processors share, and `ring` is for what comes last.

use std::{
    ptr,
    sync::atomic::{Ordering, compiler_fence},
};

/// Rings a doorbell: stores one word, which no compiler splits, merges or leaves out. The device that sees it sees
/// everything that this thread wrote before.
///
/// # Safety
/// `doorbell` is that of a queue: mapped, and divisible by 8.
#[inline(always)]
pub unsafe fn ring(doorbell: u64, value: u64) {
    compiler_fence(Ordering::Release);
    drain();
    let doorbell: *mut u64 = ptr::with_exposed_provenance_mut(doorbell as usize);
    // SAFETY: the caller's promise.
    unsafe { doorbell.write_volatile(value) };
}

/// Stores are not reordered but for those to write-combining memory, in which rings may be.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn drain() {
    #[allow(unused_unsafe, reason = "safe since Rust 1.92")]
    // SAFETY: every x86-64 processor has it.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}

/// The domain of devices is the outer one, which fences of the language leave out.
#[cfg(target_arch = "aarch64")]
#[inline(always)]
fn drain() {
    // SAFETY: orders, and does nothing else.
    unsafe { std::arch::asm!("dmb oshst", options(nostack, preserves_flags)) };
}

/// Stores to memory before stores to devices, which are of another kind here.
#[cfg(target_arch = "riscv64")]
#[inline(always)]
fn drain() {
    // SAFETY: orders, and does nothing else.
    unsafe { std::arch::asm!("fence ow, ow", options(nostack, preserves_flags)) };
}

/// The strongest fence of the language is `sync` on POWER and `dbar 0` on LoongArch, which order devices too.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
#[inline(always)]
fn drain() {
    std::sync::atomic::fence(Ordering::SeqCst);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_arrives() {
        let mut word = 7_u64;
        // SAFETY: a word of this function's.
        unsafe { ring((&raw mut word).expose_provenance() as u64, 9) };
        assert_eq!(word, 9);
    }
}
