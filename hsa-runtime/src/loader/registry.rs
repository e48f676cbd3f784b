//! What programs hold handles of: readers, code objects and executables by number.
//!
//! Pure. Numbers are given once in the life of the process, so that a handle of something that is gone is never taken for
//! another; a look-up takes no lock.
#![forbid(unsafe_code)]

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use arc_swap::ArcSwap;

/// Most numbers there are: handles of symbols have 24 bits for them.
const MOST: u32 = 1 << 24;

/// Things by number.
pub struct Registry<T> {
    things: ArcSwap<BTreeMap<u32, Arc<T>>>,
}

impl<T> Default for Registry<T> {
    fn default() -> Self {
        Self { things: ArcSwap::default() }
    }
}

impl<T> Registry<T> {
    /// Takes a thing in and gives its number; `None` when the numbers have run out.
    pub fn add(&self, thing: T) -> Option<u32> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number =
            NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| (next < MOST).then_some(next + 1));
        let number = number.ok()?;
        let thing = Arc::new(thing);
        self.things.rcu(|things| {
            let mut things = BTreeMap::clone(things);
            things.insert(number, Arc::clone(&thing));
            things
        });
        Some(number)
    }

    /// The thing of a number.
    pub fn get(&self, number: u32) -> Option<Arc<T>> {
        self.things.load().get(&number).cloned()
    }

    /// Forgets a thing; it ends when nobody uses it any more.
    pub fn remove(&self, number: u32) -> Option<Arc<T>> {
        let before = self.things.rcu(|things| {
            let mut things = BTreeMap::clone(things);
            things.remove(&number);
            things
        });
        before.get(&number).cloned()
    }

    /// All things, oldest first.
    pub fn all(&self) -> Arc<BTreeMap<u32, Arc<T>>> {
        self.things.load_full()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_given_once() {
        let (one, other) = (Registry::default(), Registry::default());
        let first = one.add("a").expect("a number");
        assert_eq!(one.get(first).as_deref(), Some(&"a"));
        assert_eq!(one.remove(first).as_deref(), Some(&"a"));
        assert_eq!((one.get(first), one.remove(first)), (None, None));
        let second = other.add("b").expect("a number");
        assert_ne!(first, second);
        assert_eq!(one.get(second), None);
    }
}
