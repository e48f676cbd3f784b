//! Waiting on RISC-V: WRS.STO of the extension Zawrs.
//!
//! It sleeps until the set that a load-reserved has marked is written, or for a short time that the processor sets; WRS.NTO
//! sets none, so it is not taken (RISC-V Unprivileged ISA, "Zawrs"). Where there is no Zawrs, the language's own hint is
//! PAUSE of Zihintpause, which older processors pass over. Touches `core::arch` and what the kernel tells of the processors
//! (Linux `Documentation/arch/riscv/hwprobe.rst`), which the C library of some does not ask for us.

use std::{arch::asm, ptr, sync::atomic::AtomicI64};

use super::Way;

const SYS_RISCV_HWPROBE: libc::c_long = 258;
/// RISCV_HWPROBE_KEY_IMA_EXT_0.
const EXTENSIONS: i64 = 4;
/// RISCV_HWPROBE_EXT_ZAWRS.
const ZAWRS: u64 = 1 << 48;

pub const WAYS: &[Way] = &[Way { wished: false, works: has_zawrs, wait: wrs }];

/// `struct riscv_hwprobe`.
#[repr(C)]
struct Probe {
    /// Negative after the call if the kernel does not know it.
    key: i64,
    value: u64,
}

/// What all processors have. Kernels before 6.4 cannot be asked.
fn has_zawrs() -> bool {
    let mut probe = Probe { key: EXTENSIONS, value: 0 };
    let all: *const libc::c_ulong = ptr::null();
    // SAFETY: one pair, which it writes to; no set of processors.
    let status = unsafe { libc::syscall(SYS_RISCV_HWPROBE, &raw mut probe, 1_usize, 0_usize, all, 0_u32) };
    status == 0 && probe.key == EXTENSIONS && probe.value & ZAWRS != 0
}

/// # Safety
/// The processors have Zawrs.
unsafe fn wrs(word: &AtomicI64, seen: i64) {
    let now: i64;
    // SAFETY: reads an aligned word that the caller borrows.
    unsafe {
        asm!("lr.d {now}, ({word})", now = out(reg) now, word = in(reg) word.as_ptr(), options(nostack))
    };
    if now == seen {
        // SAFETY: the caller's promise: "wrs.sto", which older assemblers do not know.
        unsafe { asm!(".4byte 0x01d00073", options(nostack, preserves_flags)) };
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::told, *};

    /// The emulator has more than it tells by this call.
    #[test]
    fn what_the_kernel_tells_of_waits_and_ends() {
        assert!(told("zawrs") || !has_zawrs());
        if told("zawrs") {
            let word = AtomicI64::new(3);
            // SAFETY: it is there.
            (3..5).for_each(|seen| unsafe { wrs(&word, seen) });
        }
    }
}
