//! A place for a pair of words, the second of which is read only as the first one's. Pure.
//!
//! *Nobody gets the value of another key.* Who changes a place takes the key away, writes the value and then the key. Who
//! reads it finds its key before and after it reads the value. If it got a value that was written later than that key, then
//! the key had been taken away before that, and the fences let it see so; and a key that has been taken away never comes
//! back.
#![forbid(unsafe_code)]

use crate::sync::{AtomicU64, Ordering, fence};

/// Stands for a key while its value is written. It is negative, as no key is.
pub const BUSY: u64 = u64::MAX;

/// A place; all 0 for an empty one.
pub struct Place {
    /// The key; 0 for none.
    pub key: AtomicU64,
    /// Its value.
    pub value: AtomicU64,
}

impl Place {
    /// The value of a key, if that is here.
    #[inline(always)]
    pub fn get(&self, key: u64) -> Option<u64> {
        if key as i64 <= 0 || self.key.load(Ordering::Acquire) != key {
            return None;
        }
        let value = self.value.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        (self.key.load(Ordering::Relaxed) == key).then_some(value)
    }

    /// Puts a key here, once in its life, in the place of another. Not while another thread does.
    pub fn put(&self, key: u64, value: u64) {
        if self.key.swap(BUSY, Ordering::Acquire) == BUSY {
            return;
        }
        fence(Ordering::Release);
        self.value.store(value, Ordering::Relaxed);
        self.key.store(key, Ordering::Release);
    }

    /// Takes a key away, if it is here.
    pub fn remove(&self, key: u64) {
        let _ = self.key.compare_exchange(key, 0, Ordering::Relaxed, Ordering::Relaxed);
    }
}
