//! Waiting on POWER: a short pause of the newest, and low priority among the threads of a core on others.
//!
//! `wait 2,0` pauses for a time that the processor sets, whatever happens to the word (Power ISA 3.1B, "wait"; Linux uses
//! it as `cpu_relax`); `wait 1,0`, until a reservation is lost, has no limit, so it is not taken. Touches `core::arch` and
//! what the kernel tells of the processor (Linux `Documentation/arch/powerpc/elf_hwcaps.rst`).

use std::{arch::asm, sync::atomic::AtomicI64};

use super::{Way, look};

/// PPC_FEATURE2_ARCH_3_1.
const ARCH_3_1: u64 = 0x0004_0000;

pub const WAYS: &[Way] = &[
    Way { wished: false, works: has_pause, wait: short_pauses },
    Way { wished: false, works: || true, wait: low_priority },
];

fn has_pause() -> bool {
    // SAFETY: reads a table of the process's own.
    unsafe { libc::getauxval(libc::AT_HWCAP2) & ARCH_3_1 != 0 }
}

/// # Safety
/// The processor has version 3.1 of the architecture.
unsafe fn short_pauses(word: &AtomicI64, seen: i64) {
    // SAFETY: the caller's promise: "wait 2,0", which older assemblers do not know, and older processors take for a wait
    // without a limit.
    look(word, seen, || unsafe { asm!(".4byte 0x7c40003c", options(nostack, preserves_flags)) });
}

/// # Safety
/// None is needed: priorities are moves of a register to itself.
unsafe fn low_priority(word: &AtomicI64, seen: i64) {
    // SAFETY: as above.
    look(word, seen, || unsafe { asm!("or 1,1,1", "or 2,2,2", options(nostack, preserves_flags)) });
}
