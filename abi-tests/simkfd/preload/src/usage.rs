//! How much memory each process of the machine has in use, in a table that all of them map: a slot a process, read
//! without a system call. Unsafe: mmap, and atomic access to the mapping.

use crate::arena::run_folder;
use crate::entry;
use crate::next;
use std::fs::OpenOptions;
use std::os::fd::AsRawFd;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Processes that can be told apart. More than that have no slot, and only read.
const SLOTS: usize = 64;
/// System memory, TTM memory, and two words for each of 128 GPU nodes, which is twice what any machine has.
pub const WORDS: usize = 2 + 2 * 128;

/// The table. All zeros, as a new file is, means: nobody there.
#[repr(C)]
struct Table {
    slots: [Slot; SLOTS],
}

#[repr(C)]
struct Slot {
    /// The process, or 0.
    owner: AtomicU32,
    words: [AtomicU64; WORDS],
}

/// This process's way to the table, found when it first takes memory.
#[derive(Default)]
pub struct Usage {
    mapped: OnceLock<Option<Mapped>>,
}

#[derive(Clone, Copy)]
struct Mapped {
    table: &'static Table,
    own: Option<usize>,
}

impl Usage {
    /// Tells what this process has in use, and gives the sums of what the others have. Words beyond the table's are
    /// not told.
    pub fn exchange(&self, mine: &[u64]) -> Vec<u64> {
        let Some(Mapped { table, own }) = *self.mapped.get_or_init(map) else { return Vec::new() };
        if let Some(slot) = own {
            table.slots[slot].tell(mine);
        }
        table.others(own)
    }

    /// Gives the slot back, at the end of the process.
    pub fn leave(&self) {
        if let Some(Some(Mapped { table, own: Some(slot) })) = self.mapped.get() {
            table.slots[*slot].owner.store(0, Ordering::Release);
        }
    }
}

impl Table {
    fn others(&self, own: Option<usize>) -> Vec<u64> {
        let mut sums = vec![0; WORDS];
        let others = self.slots.iter().enumerate().filter(|(slot, _)| Some(*slot) != own);
        for slot in others.map(|(_, slot)| slot).filter(|slot| slot.is_taken()) {
            for (sum, word) in sums.iter_mut().zip(&slot.words) {
                *sum += word.load(Ordering::SeqCst);
            }
        }
        sums
    }

    /// Takes a free slot.
    fn claim(&self, pid: u32) -> Option<usize> {
        let found = self.slots.iter().position(|slot| {
            let seen = slot.owner.load(Ordering::Acquire);
            // What a program of this pid left behind is this one's now; so is what the dead left.
            let free = seen == 0 || seen == pid || !is_alive(seen);
            free && slot.owner.compare_exchange(seen, pid, Ordering::SeqCst, Ordering::SeqCst).is_ok()
        })?;
        self.slots[found].tell(&[]);
        Some(found)
    }
}

impl Slot {
    fn tell(&self, mine: &[u64]) {
        for (i, word) in self.words.iter().enumerate() {
            word.store(mine.get(i).copied().unwrap_or(0), Ordering::SeqCst);
        }
    }

    /// Whether a living process has it: one that was killed gave nothing back.
    fn is_taken(&self) -> bool {
        let owner = self.owner.load(Ordering::Acquire);
        owner != 0 && is_alive(owner)
    }
}

/// Whether there is a process of this number.
pub fn is_alive(pid: u32) -> bool {
    // SAFETY: signal 0 only asks.
    unsafe { libc::kill(pid as libc::pid_t, 0) == 0 || entry::errno() != libc::ESRCH }
}

/// Maps the machine's table. `None` when the tree cannot be written: the process is alone then.
fn map() -> Option<Mapped> {
    // SAFETY: the table consists of atomics, for which every bit pattern is a value.
    let table = unsafe { map_shared::<Table>("usage") }?;
    Some(Mapped { table, own: table.claim(std::process::id()) })
}

/// Maps a file of the machine's that all its processes share; it is made, all zeros, by the first. `None` when the tree
/// cannot be written.
///
/// # Safety
/// All bit patterns are values of `T`, which others change at any time.
pub unsafe fn map_shared<T>(name: &str) -> Option<&'static T> {
    let path = run_folder()?.join(name);
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).ok()?;
    file.set_len(size_of::<T>() as u64).ok()?;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new mapping of the whole file.
    let address =
        unsafe { next::mmap(ptr::null_mut(), size_of::<T>(), access, libc::MAP_SHARED, file.as_raw_fd(), 0) };
    if address == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: the mapping is as large as the table, page-aligned and never unmapped; the rest is the caller's to know.
    Some(unsafe { &*address.cast::<T>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_living_count_and_oneself_does_not() {
        // SAFETY: all zeros is a valid table.
        let table: Box<Table> = unsafe { Box::new(std::mem::zeroed()) };
        let me = std::process::id();
        let own = table.claim(me);
        table.slots[own.unwrap()].tell(&[5, 7]);
        // Process 1 is always there; no pid is this large.
        for (slot, owner, bytes) in [(3, 1, 100), (4, u32::MAX >> 1, 1000)] {
            table.slots[slot].owner.store(owner, Ordering::Relaxed);
            table.slots[slot].tell(&[bytes]);
        }
        assert_eq!(table.others(own)[..2], [100, 0]);
        assert_eq!(table.claim(me), own, "the slot of the pid that it had before");
    }
}
