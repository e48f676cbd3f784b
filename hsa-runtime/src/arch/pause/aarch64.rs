//! Waiting on Arm: WFE, and WFET, which has a limit of its own.
//!
//! Both sleep until an event, and it is one when the line that a load-exclusive has marked is written by anybody ("Arm
//! Architecture Reference Manual", wait for event). Touches `core::arch` and what the kernel tells of the processor
//! (Linux `Documentation/arch/arm64/elf_hwcaps.rst`).

use std::{arch::asm, sync::atomic::AtomicI64};

use super::Way;

/// HWCAP_EVTSTRM: the kernel makes an event every 100 microseconds.
const EVENT_STREAM: u64 = 1 << 2;
/// HWCAP2_WFXT.
const WFXT: u64 = 1 << 31;
/// Parts of a second that a wait with a limit takes at most: 20 microseconds.
const PARTS: u64 = 50_000;

pub const WAYS: &[Way] = &[
    Way { wished: false, works: has_wfxt, wait: wfet },
    // Without the stream nothing may ever end it.
    Way { wished: false, works: has_event_stream, wait: wfe },
];

fn has_wfxt() -> bool {
    // SAFETY: reads a table of the process's own.
    unsafe { libc::getauxval(libc::AT_HWCAP2) & WFXT != 0 }
}

fn has_event_stream() -> bool {
    // SAFETY: as above.
    unsafe { libc::getauxval(libc::AT_HWCAP) & EVENT_STREAM != 0 }
}

/// Marks the line and reads.
fn marked(word: &AtomicI64) -> i64 {
    let now;
    // SAFETY: reads an aligned word that the caller borrows.
    unsafe {
        asm!("ldxr {now}, [{word}]", now = out(reg) now, word = in(reg) word.as_ptr(), options(nostack))
    };
    now
}

/// # Safety
/// The processor has it.
unsafe fn wfet(word: &AtomicI64, seen: i64) {
    if marked(word) != seen {
        return;
    }
    // SAFETY: registers that programs may read, and the caller's promise: "wfet x0", which older assemblers do not know.
    unsafe {
        asm!(
            "mrs {frequency}, cntfrq_el0", "mrs x0, cntvct_el0",
            "udiv {frequency}, {frequency}, {parts}", "add x0, x0, {frequency}",
            ".inst 0xd5031000",
            frequency = out(reg) _, parts = in(reg) PARTS, out("x0") _,
            options(nostack, preserves_flags)
        );
    }
}

/// # Safety
/// Events come by themselves.
unsafe fn wfe(word: &AtomicI64, seen: i64) {
    if marked(word) == seen {
        // SAFETY: every Arm processor has it, and the caller's promise.
        unsafe { asm!("wfe", options(nostack, preserves_flags)) };
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::told, *};

    #[test]
    fn what_works_is_what_the_kernel_tells_of() {
        assert_eq!((has_wfxt(), has_event_stream()), (told("wfxt"), told("evtstrm")));
    }

    #[test]
    fn an_event_ends_a_wait() {
        let word = AtomicI64::new(3);
        // SAFETY: the event that is sent first ends it, where emulators have no stream of them.
        unsafe {
            asm!("sevl", options(nostack, preserves_flags));
            wfe(&word, 3);
        }
        assert_eq!(marked(&word), 3);
    }
}
