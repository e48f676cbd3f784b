//! An ordered map that is looked up much more often than it changes.
//!
//! Touches nothing. Two levels of sorted arrays, both searched by halves: a lookup among a million entries takes twenty
//! comparisons in two runs of memory. Adding and removing move at most a chunk, and seldom the list of chunks.

/// Places for keys in a chunk. The last stays free: so many halves of a power of two find any place.
const CHUNK: usize = 256;
const FULL: usize = CHUNK - 1;

/// What a map can be ordered by.
pub(super) trait Key: Copy + Ord {
    /// Above every key in use: marks free places.
    const FREE: Self;
}

impl Key for u64 {
    const FREE: Self = u64::MAX;
}

impl Key for (u64, u64) {
    const FREE: Self = (u64::MAX, u64::MAX);
}

#[derive(Debug)]
struct Chunk<K, V> {
    /// Sorted, then free places.
    keys: Box<[K; CHUNK]>,
    values: Vec<V>,
}

impl<K: Key, V> Chunk<K, V> {
    fn new() -> Self {
        Self { keys: Box::new([K::FREE; CHUNK]), values: Vec::new() }
    }

    fn keys(&self) -> &[K] {
        &self.keys[..self.values.len()]
    }

    /// How many keys are not above `key`. Always the same few steps, none of them a branch.
    #[inline]
    fn up_to(&self, key: K) -> usize {
        let mut found = 0;
        for step in [128, 64, 32, 16, 8, 4, 2, 1] {
            found += step * usize::from(self.keys[(found + step - 1) % CHUNK] <= key);
        }
        found
    }

    /// Where a key is, or else where it would be.
    fn find(&self, key: K) -> Result<usize, usize> {
        let above = self.up_to(key);
        match above.checked_sub(1) {
            Some(at) if self.keys[at] == key => Ok(at),
            _ => Err(above),
        }
    }

    fn insert(&mut self, at: usize, key: K, value: V) {
        self.keys.copy_within(at..self.values.len(), at + 1);
        self.keys[at] = key;
        self.values.insert(at, value);
    }

    fn remove(&mut self, at: usize) -> V {
        let length = self.values.len();
        self.keys.copy_within(at + 1..length, at);
        self.keys[length - 1] = K::FREE;
        self.values.remove(at)
    }

    /// Takes the upper half off.
    fn split(&mut self) -> Self {
        let mut upper = Self::new();
        let half = self.values.len() / 2;
        upper.values = self.values.split_off(half);
        upper.keys[..upper.values.len()].copy_from_slice(&self.keys[half..half + upper.values.len()]);
        self.keys[half..].fill(K::FREE);
        upper
    }

    fn append(&mut self, upper: Self) {
        let length = self.values.len();
        self.keys[length..length + upper.values.len()].copy_from_slice(upper.keys());
        self.values.extend(upper.values);
    }
}

/// A map ordered by its keys.
#[derive(Debug)]
pub(super) struct Ordered<K, V> {
    /// The first key of each chunk. None is empty, unless all is.
    firsts: Vec<K>,
    chunks: Vec<Chunk<K, V>>,
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self { firsts: Vec::new(), chunks: Vec::new() }
    }
}

impl<K: Key, V> Ordered<K, V> {
    pub(super) fn is_empty(&self) -> bool {
        self.firsts.first().is_none_or(|first| *first == K::FREE)
    }

    /// Adds an entry, or replaces the one of the same key.
    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.chunks.is_empty() {
            self.firsts.push(key);
            self.chunks.push(Chunk::new());
        }
        let mut index = self.chunk_of(key).unwrap_or(0);
        if self.chunks[index].values.len() == FULL {
            let upper = self.chunks[index].split();
            let first = upper.keys[0];
            self.firsts.insert(index + 1, first);
            self.chunks.insert(index + 1, upper);
            index += usize::from(first <= key);
        }
        let chunk = &mut self.chunks[index];
        match chunk.find(key) {
            Ok(at) => chunk.values[at] = value,
            Err(at) => chunk.insert(at, key, value),
        }
        self.firsts[index] = chunk.keys[0];
    }

    pub(super) fn remove(&mut self, key: K) -> Option<V> {
        let index = self.chunk_of(key)?;
        let chunk = &mut self.chunks[index];
        let value = chunk.remove(chunk.find(key).ok()?);
        self.firsts[index] = chunk.keys[0];
        // The last one stays, for what comes next.
        if chunk.values.is_empty() && self.chunks.len() > 1 {
            self.firsts.remove(index);
            self.chunks.remove(index);
        } else {
            self.join_if_small(index);
        }
        Some(value)
    }

    pub(super) fn get(&self, key: K) -> Option<&V> {
        let (found, value) = self.floor(key)?;
        (found == key).then_some(value)
    }

    pub(super) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let index = self.chunk_of(key)?;
        let chunk = &mut self.chunks[index];
        chunk.find(key).ok().and_then(|at| chunk.values.get_mut(at))
    }

    /// The entry with the greatest key that is not above `key`.
    #[inline]
    pub(super) fn floor(&self, key: K) -> Option<(K, &V)> {
        let chunk = self.chunks.get(self.chunk_of(key)?)?;
        let at = chunk.up_to(key).checked_sub(1)?;
        Some((*chunk.keys.get(at)?, chunk.values.get(at)?))
    }

    /// Entries from `key` on, in order.
    pub(super) fn from(&self, key: K) -> impl Iterator<Item = (K, &V)> {
        let index = self.chunk_of(key).unwrap_or(0);
        let entries = self.chunks[index..].iter().flat_map(|chunk| chunk.keys().iter().zip(&chunk.values));
        entries.map(|(key, value)| (*key, value)).skip_while(move |(known, _)| *known < key)
    }

    /// The chunk that a key is or would be in; none below the first.
    #[inline]
    fn chunk_of(&self, key: K) -> Option<usize> {
        self.firsts.partition_point(|first| *first <= key).checked_sub(1)
    }

    /// Keeps the chunks few: one that fits into half a chunk together with the next takes it in.
    fn join_if_small(&mut self, index: usize) {
        let Some(next) = self.chunks.get(index + 1) else { return };
        if self.chunks[index].values.len() + next.values.len() <= CHUNK / 2 {
            self.firsts.remove(index + 1);
            let upper = self.chunks.remove(index + 1);
            self.chunks[index].append(upper);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Random, steps};
    use std::collections::BTreeMap;

    #[test]
    fn it_behaves_as_the_standard_library_s_map() {
        let (mut ordered, mut model, mut random) = (Ordered::default(), BTreeMap::new(), Random::new(11));
        for step in 0..steps(60_000) {
            let key = random.below(3000);
            // It grows for a while, then shrinks.
            if random.below(100) < if step % 20_000 < 10_000 { 70 } else { 20 } {
                ordered.insert(key, step);
                model.insert(key, step);
            } else {
                assert_eq!(ordered.remove(key), model.remove(&key), "{step}");
            }
            let probe = random.below(3001);
            assert_eq!(ordered.get(probe), model.get(&probe), "{step}");
            let floor = model.range(..=probe).next_back().map(|(key, value)| (*key, value));
            assert_eq!(ordered.floor(probe), floor, "{step}");
            if step % 100 == 0 {
                assert!(ordered.from(probe).eq(model.range(probe..).map(|(key, value)| (*key, value))));
                assert_eq!(ordered.get_mut(probe).copied(), model.get(&probe).copied());
            }
        }
        model.keys().for_each(|key| assert!(ordered.remove(*key).is_some()));
        assert!(ordered.is_empty() && ordered.chunks.len() == 1);
    }
}
