//! Waiting for a word of memory to change without leaving the processor, at the least power that it offers.
//!
//! Each processor's own ways are in a file of its own; here is what any has, and which way is taken. *Every wait ends*,
//! whoever changes the word, and if nobody does: a way is taken only if the processor, or the kernel that configures it,
//! sets it a limit of microseconds. *No change is missed for longer*: the processor watches the word from before it is
//! compared with what the caller saw, so a change before that is seen by the comparison, and one after it ends the wait; one
//! that the hardware does not notice, as another word's, waits for the limit. No order is implied: callers look at the word
//! again, with the order that they need. Touches `core::arch`. Answers to DoMwaitx of upstream's `signal.h`.

use std::{
    hint,
    sync::atomic::{AtomicI64, AtomicUsize, Ordering},
};

#[cfg_attr(all(target_arch = "x86_64", not(miri)), path = "x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "aarch64.rs")]
#[cfg_attr(target_arch = "riscv64", path = "riscv64.rs")]
#[cfg_attr(all(target_arch = "powerpc64", power_asm), path = "powerpc64.rs")]
mod processor;

/// Looks in a row before the caller reads the clock again.
const LOOKS: u32 = 32;

/// A way to wait for a word.
struct Way {
    /// Whether it is taken only by users' wish.
    wished: bool,
    /// Whether this machine has it, with a limit.
    works: fn() -> bool,
    /// Waits until the word changes, unless it is no longer what was seen, for some microseconds at most.
    ///
    /// # Safety
    /// `works` has said so.
    wait: unsafe fn(&AtomicI64, i64),
}

/// Index of the way that is taken; beyond the last for none of them.
static TAKEN: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Takes the best way that works. `mwaitx` is whether users wish that one.
pub fn choose(mwaitx: bool) {
    let works = |way: &Way| (mwaitx || !way.wished) && (way.works)();
    TAKEN.store(processor::WAYS.iter().position(works).unwrap_or(usize::MAX), Ordering::Relaxed);
}

/// Waits some microseconds at most; shorter when `word`, which held `seen`, is written.
pub fn pause(word: &AtomicI64, seen: i64) {
    match processor::WAYS.get(TAKEN.load(Ordering::Relaxed)) {
        // SAFETY: `choose` has asked.
        Some(way) => unsafe { (way.wait)(word, seen) },
        None => look(word, seen, hint::spin_loop),
    }
}

/// Looks for a while, and between looks leaves the processor's units to its other threads.
fn look(word: &AtomicI64, seen: i64, rest: impl Fn()) {
    for _ in 0..LOOKS {
        if word.load(Ordering::Relaxed) != seen {
            return;
        }
        rest();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// Whether the kernel, or an emulator for it, says that the processors have it.
    /// POWER's emulator shows the host's.
    #[cfg(not(any(miri, target_arch = "powerpc64")))]
    pub fn told(name: &str) -> bool {
        let text = std::fs::read_to_string("/proc/cpuinfo").unwrap();
        text.split([' ', '\n', '_']).any(|word| word == name)
    }

    #[test]
    fn every_way_that_works_ends_whether_or_not_the_word_changes() {
        for wish in [false, true] {
            choose(wish);
            let word = AtomicI64::new(0);
            pause(&word, 0);
            pause(&word, 1);
            thread::scope(|scope| {
                scope.spawn(|| (1..=100).for_each(|value| word.store(value, Ordering::Relaxed)));
                while word.load(Ordering::Relaxed) < 100 {
                    pause(&word, word.load(Ordering::Relaxed));
                }
            });
        }
        choose(false);
    }
}
