//! What the machine's processes share of a buffer object beside its bytes: who holds it, what it takes from the memory
//! of the machine while anybody does, and a note of the kernels' own. A table that all of them map. An object of more
//! than eight processes is forgotten a little early, and beyond 1024 objects each pays for its own.
//! Unsafe: atomic access to the mapping.

use crate::usage::{is_alive, map_shared};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use simkfd::contract::Place;

const ENTRIES: usize = 1024;
const HOLDERS: usize = 8;
/// Three words and 256 bytes of metadata.
const NOTE_WORDS: usize = 3 + 32;
/// How often a reader looks for a note that nobody writes at the time.
const PATIENCE: usize = 1000;

/// The table. All zeros, as a new file is, means: no object.
#[repr(C)]
struct Table {
    entries: [Entry; ENTRIES],
}

#[repr(C)]
struct Entry {
    /// Tells the object's place, or 0.
    key: AtomicU64,
    /// The processes that hold it, or 0.
    holders: [AtomicU32; HOLDERS],
    /// Index of the GPU node, and what it takes: system memory, TTM memory, VRAM and VRAM in whole units.
    node: AtomicU64,
    cost: [AtomicU64; 4],
    /// Odd while the note is written.
    version: AtomicU64,
    note: [AtomicU64; NOTE_WORDS],
}

/// This process's way to the table, found when the first object is shared.
#[derive(Default)]
pub struct Objects {
    table: OnceLock<Option<&'static Table>>,
}

impl Objects {
    /// This process holds an object, whatever it costs. Whether it is in the table.
    pub fn hold(&self, place: &Place, node: usize, cost: [u64; 4]) -> bool {
        let entry =
            self.table().and_then(|table| table.find(place).or_else(|| table.claim(place, node, cost)));
        let pid = std::process::id();
        entry.is_some_and(|entry| entry.add(pid))
    }

    /// This process holds it no longer.
    pub fn release(&self, place: &Place) {
        if let Some(entry) = self.table().and_then(|table| table.find(place)) {
            entry.leave(std::process::id());
        }
    }

    /// Adds what all objects take that a living process holds, as `Usage::exchange` tells it.
    pub fn add_costs(&self, sums: &mut [u64]) {
        let entries = self.table().map_or(&[][..], |table| &table.entries);
        for entry in entries.iter().filter(|entry| entry.is_held()) {
            let node = entry.node.load(Ordering::Relaxed) as usize;
            let [system, ttm, vram @ ..] = [0, 1, 2, 3].map(|i| entry.cost[i].load(Ordering::Relaxed));
            let places = [(0, system), (1, ttm), (2 + 2 * node, vram[0]), (3 + 2 * node, vram[1])];
            for (place, bytes) in places {
                if let Some(sum) = sums.get_mut(place) {
                    *sum += bytes;
                }
            }
        }
    }

    /// Leaves a note with an object.
    pub fn note(&self, place: &Place, words: &[u64]) {
        if let Some(entry) = self.table().and_then(|table| table.find(place)) {
            entry.version.fetch_add(1, Ordering::SeqCst);
            for (i, word) in entry.note.iter().enumerate() {
                word.store(words.get(i).copied().unwrap_or(0), Ordering::SeqCst);
            }
            entry.version.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// The note of an object; none where it is not in the table.
    pub fn noted(&self, place: &Place) -> Option<Vec<u64>> {
        self.table()?.find(place).map(Entry::read)
    }

    /// Lets go of everything, at the end of the process.
    pub fn leave(&self) {
        if let Some(Some(table)) = self.table.get() {
            table.forget(std::process::id());
        }
    }

    fn table(&self) -> Option<&'static Table> {
        *self.table.get_or_init(|| {
            // SAFETY: the table consists of atomics, for which every bit pattern is a value.
            let table = unsafe { map_shared::<Table>("objects") }?;
            // What a program of this pid left behind is not this one's.
            table.forget(std::process::id());
            Some(table)
        })
    }
}

impl Table {
    fn find(&self, place: &Place) -> Option<&Entry> {
        let key = key_of(place);
        self.entries.iter().find(|entry| entry.key.load(Ordering::SeqCst) == key)
    }

    /// An entry for an object that has none. Those that nobody living holds are free.
    fn claim(&self, place: &Place, node: usize, cost: [u64; 4]) -> Option<&Entry> {
        let entry = self.entries.iter().find(|entry| {
            let seen = entry.key.load(Ordering::SeqCst);
            (seen == 0 || !entry.is_held())
                && entry.key.compare_exchange(seen, key_of(place), Ordering::SeqCst, Ordering::SeqCst).is_ok()
        })?;
        entry.holders.iter().for_each(|holder| holder.store(0, Ordering::SeqCst));
        entry.node.store(node as u64, Ordering::SeqCst);
        for (word, bytes) in entry.cost.iter().zip(cost) {
            word.store(bytes, Ordering::SeqCst);
        }
        entry.note.iter().for_each(|word| word.store(0, Ordering::SeqCst));
        Some(entry)
    }

    fn forget(&self, pid: u32) {
        self.entries.iter().for_each(|entry| entry.leave(pid));
    }
}

impl Entry {
    fn add(&self, pid: u32) -> bool {
        self.holders.iter().any(|holder| {
            let seen = holder.load(Ordering::SeqCst);
            let free = seen == 0 || seen == pid || !is_alive(seen);
            free && holder.compare_exchange(seen, pid, Ordering::SeqCst, Ordering::SeqCst).is_ok()
        })
    }

    fn leave(&self, pid: u32) {
        for holder in &self.holders {
            let _ = holder.compare_exchange(pid, 0, Ordering::SeqCst, Ordering::SeqCst);
        }
    }

    fn is_held(&self) -> bool {
        let held = |holder: &AtomicU32| Some(holder.load(Ordering::SeqCst)).filter(|pid| *pid != 0);
        self.holders.iter().filter_map(held).any(is_alive)
    }

    fn read(&self) -> Vec<u64> {
        let words = || self.note.iter().map(|word| word.load(Ordering::SeqCst)).collect();
        for _ in 0..PATIENCE {
            let before = self.version.load(Ordering::SeqCst);
            let found = words();
            if before % 2 == 0 && self.version.load(Ordering::SeqCst) == before {
                return found;
            }
        }
        words()
    }
}

fn key_of(place: &Place) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&place.file, place.offset).hash(&mut hasher);
    hasher.finish().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::WORDS;

    fn place(offset: u64) -> Place {
        Place { file: "memory-7-0".into(), offset }
    }

    fn table() -> Objects {
        // SAFETY: all zeros is a valid table.
        let table: Box<Table> = unsafe { Box::new(std::mem::zeroed()) };
        let objects = Objects::default();
        assert!(objects.table.set(Some(Box::leak(table))).is_ok());
        objects
    }

    #[test]
    fn an_object_costs_while_a_living_process_holds_it() {
        let objects = table();
        let costs = || {
            let mut sums = vec![0; WORDS];
            objects.add_costs(&mut sums);
            sums[..6].to_vec()
        };
        assert!(objects.hold(&place(0), 1, [1, 2, 3, 4]));
        assert!(objects.hold(&place(0), 1, [1, 2, 3, 4]), "again, and counted once");
        assert_eq!(costs(), [1, 2, 0, 0, 3, 4]);
        let entry = objects.table().and_then(|table| table.find(&place(0))).expect("held");
        assert!(entry.add(1), "process 1 is always there");
        objects.release(&place(0));
        assert_eq!(costs(), [1, 2, 0, 0, 3, 4]);
        entry.leave(1);
        assert_eq!(costs(), [0; 6]);
        // No pid is this large.
        assert!(entry.add(u32::MAX >> 1));
        assert_eq!(costs(), [0; 6]);
    }

    #[test]
    fn a_note_stays_with_its_object() {
        let objects = table();
        assert_eq!(objects.noted(&place(0)), None);
        assert!(objects.hold(&place(0), 0, [0; 4]) && objects.hold(&place(1), 0, [0; 4]));
        objects.note(&place(1), &[7, 8]);
        assert_eq!(objects.noted(&place(1)).map(|words| words[..3].to_vec()), Some(vec![7, 8, 0]));
        assert_eq!(objects.noted(&place(0)).map(|words| words[0]), Some(0));
        objects.release(&place(1));
        assert!(objects.hold(&place(2), 0, [0; 4]));
        assert_eq!(objects.noted(&place(2)).map(|words| words[0]), Some(0), "another object in its place");
    }
}
