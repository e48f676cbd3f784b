//! An ordered map that is looked up much more often than it changes.
//!
//! Touches nothing. Two levels of sorted arrays, both searched by halves: a lookup among a million entries takes twenty
//! comparisons in two runs of memory. Adding and removing move at most a chunk, and seldom the list of chunks.

/// Most entries of a chunk; it is split in halves beyond.
const CHUNK: usize = 256;

#[derive(Debug)]
struct Chunk<K, V> {
    keys: Vec<K>,
    values: Vec<V>,
}

/// A map ordered by its keys.
#[derive(Debug)]
pub(super) struct Ordered<K, V> {
    /// The first key of each chunk. No chunk is empty.
    firsts: Vec<K>,
    chunks: Vec<Chunk<K, V>>,
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self { firsts: Vec::new(), chunks: Vec::new() }
    }
}

impl<K: Copy + Ord, V> Ordered<K, V> {
    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Adds an entry, or replaces the one of the same key.
    pub(super) fn insert(&mut self, key: K, value: V) {
        let chunk = self.chunk_of(key).unwrap_or(0);
        if self.chunks.is_empty() {
            self.firsts.push(key);
            self.chunks.push(Chunk { keys: Vec::new(), values: Vec::new() });
        }
        let Chunk { keys, values } = &mut self.chunks[chunk];
        match keys.binary_search(&key) {
            Ok(at) => values[at] = value,
            Err(at) => {
                keys.insert(at, key);
                values.insert(at, value);
                self.firsts[chunk] = keys[0];
                self.split_if_full(chunk);
            }
        }
    }

    pub(super) fn remove(&mut self, key: K) -> Option<V> {
        let chunk = self.chunk_of(key)?;
        let Chunk { keys, values } = &mut self.chunks[chunk];
        let at = keys.binary_search(&key).ok()?;
        keys.remove(at);
        let value = values.remove(at);
        match keys.first() {
            Some(first) => {
                self.firsts[chunk] = *first;
                self.join_if_small(chunk);
            }
            None => {
                self.firsts.remove(chunk);
                self.chunks.remove(chunk);
            }
        }
        Some(value)
    }

    pub(super) fn get(&self, key: K) -> Option<&V> {
        let (found, value) = self.floor(key)?;
        (found == key).then_some(value)
    }

    pub(super) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let chunk = self.chunk_of(key)?;
        let Chunk { keys, values } = &mut self.chunks[chunk];
        let at = keys.binary_search(&key).ok()?;
        values.get_mut(at)
    }

    /// The entry with the greatest key that is not above `key`.
    #[inline]
    pub(super) fn floor(&self, key: K) -> Option<(K, &V)> {
        let Chunk { keys, values } = self.chunks.get(self.chunk_of(key)?)?;
        let at = keys.partition_point(|known| *known <= key).checked_sub(1)?;
        Some((*keys.get(at)?, values.get(at)?))
    }

    /// Entries from `key` on, in order.
    pub(super) fn from(&self, key: K) -> impl Iterator<Item = (K, &V)> {
        let chunk = self.chunk_of(key).unwrap_or(0);
        let entries = self.chunks[chunk..].iter().flat_map(|chunk| chunk.keys.iter().zip(&chunk.values));
        entries.map(|(key, value)| (*key, value)).skip_while(move |(known, _)| *known < key)
    }

    /// The chunk that a key is or would be in; none below the first.
    #[inline]
    fn chunk_of(&self, key: K) -> Option<usize> {
        self.firsts.partition_point(|first| *first <= key).checked_sub(1)
    }

    fn split_if_full(&mut self, chunk: usize) {
        let Chunk { keys, values } = &mut self.chunks[chunk];
        if keys.len() > CHUNK {
            let upper = Chunk { keys: keys.split_off(CHUNK / 2), values: values.split_off(CHUNK / 2) };
            self.firsts.insert(chunk + 1, upper.keys[0]);
            self.chunks.insert(chunk + 1, upper);
        }
    }

    /// Keeps the chunks few: one that fits into half a chunk together with the next joins it.
    fn join_if_small(&mut self, chunk: usize) {
        let together = self.chunks[chunk..].iter().take(2).map(|chunk| chunk.keys.len()).sum::<usize>();
        if chunk + 1 < self.chunks.len() && together <= CHUNK / 2 {
            self.firsts.remove(chunk + 1);
            let upper = self.chunks.remove(chunk + 1);
            self.chunks[chunk].keys.extend(upper.keys);
            self.chunks[chunk].values.extend(upper.values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;
    use std::collections::BTreeMap;

    #[test]
    fn it_behaves_as_the_standard_library_s_map() {
        let (mut ordered, mut model, mut random) = (Ordered::default(), BTreeMap::new(), Random::new(11));
        for step in 0..60_000u64 {
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
        assert!(ordered.is_empty() && ordered.firsts.is_empty());
    }
}
