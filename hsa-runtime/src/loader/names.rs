//! Names of an executable's symbols, found by one look into a table.
//!
//! Pure. HIP asks for a name a thousand times when a program starts, so names are hashed in a quick way: eight bytes a step.
//! The standard library's way withstands names that were chosen to collide; here such names slow down only the program that
//! loads them.
#![forbid(unsafe_code)]

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

/// The agent of a symbol, if it is not of the program, and its index.
type Found = (Option<usize>, u32);

/// The symbols of each name.
#[derive(Clone, Default)]
pub struct Names(HashMap<Box<[u8]>, Vec<Found>, BuildHasherDefault<Quick>>);

impl Names {
    /// Index of the symbol of a name that is of `agent`, or of the program.
    #[inline]
    pub fn get(&self, name: &[u8], agent: Option<usize>) -> Option<u32> {
        self.0.get(name)?.iter().find(|(of, _)| *of == agent).map(|&(_, index)| index)
    }

    /// Adds a symbol.
    pub fn add(&mut self, name: &[u8], agent: Option<usize>, index: u32) {
        self.0.entry(name.into()).or_default().push((agent, index));
    }
}

/// A hash of words, each of which is mixed in by a multiplication.
#[derive(Default)]
struct Quick(u64);

impl Quick {
    /// 2^64 divided by the golden ratio: its bits have no pattern.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(Self::FACTOR);
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let words = bytes.chunks_exact(8);
        // The last words overlap those before them: no byte is left out, and none is looked at alone.
        let rest = match (bytes.last_chunk::<8>(), bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(last), ..) => u64::from_le_bytes(*last),
            (_, Some(first), Some(last)) => {
                u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
            }
            _ => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        words.for_each(|word| self.mix(word.try_into().map_or(0, u64::from_le_bytes)));
        self.mix(rest);
    }

    /// A length, of which the words tell enough.
    fn write_usize(&mut self, _length: usize) {}

    /// The upper bits are mixed best, and tables look at the lower ones first.
    fn finish(&self) -> u64 {
        self.0.rotate_left(32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, hash::BuildHasher};

    #[test]
    fn a_name_leads_to_its_symbols_and_no_other_name_does() {
        let mut names = Names::default();
        names.add(b"sums.kd", Some(1), 0);
        names.add(b"sums.kd", None, 7);
        names.add(b"a name of more than eight bytes", None, 3);
        assert_eq!(
            [None, Some(1), Some(2)].map(|agent| names.get(b"sums.kd", agent)),
            [Some(7), Some(0), None]
        );
        assert_eq!(names.get(b"a name of more than eight bytes", None), Some(3));
        assert_eq!((names.get(b"sums.k", None), names.get(b"", None)), (None, None));
    }

    #[test]
    fn names_that_are_alike_are_spread_over_a_table() {
        let hash =
            |n: u32| BuildHasherDefault::<Quick>::default().hash_one(format!("kernel_{n}.kd").as_bytes());
        let places: BTreeSet<u64> = (0..1000).map(|n| hash(n) % 1024).collect();
        assert!(places.len() > 500, "{} places of 1024 for 1000 names", places.len());
    }
}
