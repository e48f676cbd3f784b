//! Waiting for a word of memory to change without leaving the processor, at the least power that the architecture offers.
//!
//! Touches `core::arch`. Answers to DoMwaitx of upstream's `signal.h`.

use std::{
    hint,
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
};

/// Pauses in a row before the caller looks at the clock again.
#[cfg(not(target_arch = "aarch64"))]
const PAUSES: u32 = 32;
/// Ticks of the processor's clock after which a monitored wait ends anyway, some 20 microseconds.
#[cfg(target_arch = "x86_64")]
const MONITOR_TICKS: u32 = 60_000;

/// Whether to use MONITORX and MWAITX.
static MONITOR: AtomicBool = AtomicBool::new(false);

/// Lets [`pause`] use MONITORX and MWAITX if the processor has them.
pub fn allow_monitor(allowed: bool) {
    MONITOR.store(allowed && super::has_mwaitx(), Ordering::Relaxed);
}

/// Waits some microseconds at most; shorter when `word`, which held `seen`, is written.
pub fn pause(word: &AtomicI64, seen: i64) {
    if MONITOR.load(Ordering::Relaxed) {
        monitor(word, seen);
    } else {
        relax(word, seen);
    }
}

#[cfg(target_arch = "x86_64")]
fn monitor(word: &AtomicI64, seen: i64) {
    use std::arch::asm;
    // SAFETY: `allow_monitor` has found the instruction; it reads nothing and writes nothing.
    unsafe {
        asm!("monitorx", in("rax") word.as_ptr(), in("ecx") 0, in("edx") 0, options(nostack, preserves_flags));
    }
    // A write between the caller's look and the monitor's start would not end the wait.
    if word.load(Ordering::Relaxed) != seen {
        return;
    }
    // SAFETY: as above. rbx is not the compiler's to give, so it is put back.
    unsafe {
        asm!(
            "xchg {ticks:r}, rbx", "mwaitx", "xchg {ticks:r}, rbx",
            ticks = inout(reg) u64::from(MONITOR_TICKS) => _,
            // ECX bit 1: EBX limits the wait.
            in("eax") 0, in("ecx") 2,
            options(nostack, preserves_flags)
        );
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn monitor(word: &AtomicI64, seen: i64) {
    relax(word, seen);
}

/// WFE sleeps until the line that LDAXR has marked is written by anybody, or the kernel's event stream ticks, every
/// 100 microseconds ("Arm Architecture Reference Manual", wait for event).
#[cfg(target_arch = "aarch64")]
fn relax(word: &AtomicI64, seen: i64) {
    use std::arch::asm;
    let now: i64;
    // SAFETY: reads an aligned word that the caller borrows.
    unsafe {
        asm!("ldaxr {now}, [{word}]", now = out(reg) now, word = in(reg) word.as_ptr(), options(nostack))
    };
    if now == seen {
        // SAFETY: wakes by itself.
        unsafe { asm!("wfe", options(nostack, preserves_flags)) };
    } else {
        hint::spin_loop();
    }
}

#[cfg(not(target_arch = "aarch64"))]
fn relax(word: &AtomicI64, seen: i64) {
    for _ in 0..PAUSES {
        if word.load(Ordering::Relaxed) != seen {
            return;
        }
        hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_whether_or_not_the_word_changes() {
        let word = AtomicI64::new(1);
        for allowed in [false, true] {
            allow_monitor(allowed);
            pause(&word, 1);
            pause(&word, 2);
        }
        allow_monitor(false);
    }
}
