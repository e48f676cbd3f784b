//! Waiting on x86-64: WAITPKG of Intel's processors, MONITORX and MWAITX of AMD's.
//!
//! Touches `core::arch`. "Intel 64 and IA-32 Architectures Software Developer's Manual" volume 2, UMONITOR and UMWAIT; "AMD64
//! Architecture Programmer's Manual" volume 3, MONITORX and MWAITX.

use std::{
    arch::{asm, x86_64::__cpuid, x86_64::__cpuid_count, x86_64::_rdtsc},
    sync::atomic::{AtomicI64, Ordering},
};

use super::Way;
use crate::arch::has_mwaitx;

/// Ticks of the processor's clock after which a wait ends, some 20 microseconds. The kernel may set UMWAIT a shorter limit.
const TICKS: u32 = 60_000;

/// MWAITX is by wish: upstream's variable for it is off by default.
pub const WAYS: &[Way] = &[
    Way { wished: true, works: has_mwaitx, wait: mwaitx },
    Way { wished: false, works: has_waitpkg, wait: umwait },
];

/// CPUID leaf 7, ECX bit 5.
fn has_waitpkg() -> bool {
    #[allow(unused_unsafe, reason = "safe since Rust 1.92")]
    // SAFETY: every x86-64 processor has CPUID, and leaf 7 is asked only where it is.
    unsafe {
        __cpuid(0).eax >= 7 && __cpuid_count(7, 0).ecx >> 5 & 1 != 0
    }
}

/// # Safety
/// The processor has WAITPKG.
unsafe fn umwait(word: &AtomicI64, seen: i64) {
    // SAFETY: the caller's promise; it reads nothing and writes nothing.
    unsafe { asm!("umonitor {}", in(reg) word.as_ptr(), options(nostack, preserves_flags)) };
    if word.load(Ordering::Relaxed) != seen {
        return;
    }
    // SAFETY: every x86-64 processor has it, and kernels let programs read it.
    let end = unsafe { _rdtsc() } + u64::from(TICKS);
    // SAFETY: as above. The 1 is C0.1, from which waking is quickest.
    unsafe {
        asm!("umwait {:e}", in(reg) 1, in("eax") end as u32, in("edx") (end >> 32) as u32, options(nostack));
    }
}

/// # Safety
/// The processor has MONITORX and MWAITX.
unsafe fn mwaitx(word: &AtomicI64, seen: i64) {
    // SAFETY: the caller's promise; it reads nothing and writes nothing.
    unsafe {
        asm!("monitorx", in("rax") word.as_ptr(), in("ecx") 0, in("edx") 0, options(nostack, preserves_flags));
    }
    if word.load(Ordering::Relaxed) != seen {
        return;
    }
    // SAFETY: as above. rbx is not the compiler's to give, so it is put back.
    unsafe {
        asm!(
            "xchg {ticks:r}, rbx", "mwaitx", "xchg {ticks:r}, rbx",
            ticks = inout(reg) u64::from(TICKS) => _,
            // ECX bit 1: EBX limits the wait.
            in("eax") 0, in("ecx") 2,
            options(nostack, preserves_flags)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::told, *};

    #[test]
    fn what_works_is_what_the_kernel_tells_of() {
        assert_eq!((has_waitpkg(), has_mwaitx()), (told("waitpkg"), told("mwaitx")));
    }
}
