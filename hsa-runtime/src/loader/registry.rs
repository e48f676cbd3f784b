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

use parking_lot::Mutex;

use crate::handle::Shelf;

/// Most numbers there are: handles of symbols have 24 bits for them.
const MOST: u32 = 1 << 24;

/// Things by number.
pub struct Registry<T> {
    things: Shelf<BTreeMap<u32, Arc<T>>>,
    changing: Mutex<()>,
}

impl<T> Default for Registry<T> {
    fn default() -> Self {
        let things = Shelf::new();
        things.renew();
        things.put(Some(Arc::default()));
        Self { things, changing: Mutex::default() }
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
        self.change(|things| things.insert(number, thing));
        Some(number)
    }

    /// The thing of a number.
    #[inline]
    pub fn get(&self, number: u32) -> Option<Arc<T>> {
        self.things.read(|things| things.get(&number).cloned())
    }

    /// Answers from a thing without keeping it.
    #[inline]
    pub fn glance<R>(&self, number: u32, answer: impl FnOnce(&T) -> R) -> Option<R> {
        self.things.read(|things| things.get(&number).map(|thing| answer(thing)))
    }

    /// Forgets a thing; it ends when nobody uses it any more.
    pub fn remove(&self, number: u32) -> Option<Arc<T>> {
        self.change(|things| things.remove(&number))
    }

    /// All things, oldest first.
    pub fn all(&self) -> Arc<BTreeMap<u32, Arc<T>>> {
        self.things.read(|things| Some(Arc::clone(things))).unwrap_or_default()
    }

    /// Readers see all of a change or nothing of it.
    fn change<R>(&self, act: impl FnOnce(&mut BTreeMap<u32, Arc<T>>) -> R) -> R {
        let _alone = self.changing.lock();
        let mut things = BTreeMap::clone(&self.all());
        let result = act(&mut things);
        self.things.put(Some(Arc::new(things)));
        result
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
