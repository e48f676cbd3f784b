//! A place for one thing that every call takes down for a moment, and that is taken away once in the life of many calls.
//!
//! Nothing but memory. Who reads what is there is counted meanwhile ([`super::readers`]); who takes it away waits for those
//! who may have seen it. In a child of fork the counts of the parent's threads stay as they were, so it begins with new
//! ones and a place of its own.

use std::{
    mem::ManuallyDrop,
    ptr,
    sync::{
        Arc,
        atomic::{AtomicPtr, AtomicU32, Ordering},
    },
};

use super::{Counter, readers::Readers};

/// The place and the counts of one process.
struct Board<T, C> {
    thing: AtomicPtr<T>,
    readers: Readers<C>,
}

/// A place for one thing.
pub struct Shelf<T, C = AtomicU32>(AtomicPtr<Board<T, C>>);

impl<T, C: Counter + Default> Shelf<T, C> {
    /// One that is to be renewed before anything is put there.
    pub const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// Forgets the place and what is there: it was another process's, or there is none yet. Its memory stays, for a call may
    /// still look there.
    pub fn renew(&self) {
        let board = Board { thing: AtomicPtr::default(), readers: Readers::default() };
        self.0.store(Box::leak(Box::new(board)), Ordering::Release);
    }

    #[inline]
    fn board(&self) -> Option<&Board<T, C>> {
        // SAFETY: null or a board that was leaked.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    /// Copies something of the thing, if there is one. Who takes the thing away waits until `copy` is done.
    #[inline]
    pub fn read<R>(&self, copy: impl FnOnce(&Arc<T>) -> Option<R>) -> Option<R> {
        let board = self.board()?;
        let _reader = board.readers.enter();
        let thing = ptr::NonNull::new(board.thing.load(Ordering::SeqCst))?;
        // SAFETY: from `into_raw`, and `put` gives it away only when this reader has counted itself out. It is not dropped
        // here.
        let thing = unsafe { ManuallyDrop::new(Arc::from_raw(thing.as_ptr())) };
        copy(&thing)
    }

    /// Puts a thing there, or none; the answer is what was there before.
    pub fn put(&self, thing: Option<Arc<T>>) -> Option<Arc<T>> {
        let board = self.board()?;
        let thing = thing.map_or(ptr::null(), Arc::into_raw);
        let before = board.thing.swap(thing.cast_mut(), Ordering::SeqCst);
        if before.is_null() {
            return None;
        }
        board.readers.wait();
        // SAFETY: from `into_raw`. Nobody else took it from its place, and no reader looks at it any more.
        Some(unsafe { Arc::from_raw(before) })
    }
}

impl<T, C> Drop for Shelf<T, C> {
    fn drop(&mut self) {
        if self.0.get_mut().is_null() {
            return;
        }
        // SAFETY: from `renew`, and nobody looks there any more: the shelf is ours alone.
        let mut board = unsafe { Box::from_raw(*self.0.get_mut()) };
        if let Some(thing) = ptr::NonNull::new(*board.thing.get_mut()) {
            // SAFETY: from `into_raw`, and still in its place.
            drop(unsafe { Arc::from_raw(thing.as_ptr()) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// Tells a reader that comes too late.
    #[cfg(not(target_arch = "powerpc64"))]
    #[derive(Default)]
    struct Thing(std::sync::atomic::AtomicBool);

    /// Takes the thing away and ends it, but stays for readers who come nevertheless.
    #[cfg(not(target_arch = "powerpc64"))]
    fn take<C: Counter + Default>(shelf: &Shelf<Thing, C>) {
        if let Some(thing) = shelf.put(None) {
            thing.0.store(true, Ordering::SeqCst);
            std::mem::forget(thing);
        }
    }

    #[test]
    #[cfg(not(target_arch = "powerpc64"))]
    #[cfg_attr(miri, ignore = "shuttle switches stacks")]
    fn what_is_taken_away_is_read_by_nobody() {
        // Too many orders to try all of them.
        let test = || {
            let shelf = Shelf::<Thing, shuttle::sync::atomic::AtomicU32>::new();
            shelf.renew();
            shelf.put(Some(Arc::new(Thing::default())));
            let shelf = Arc::new(shelf);
            let readers: Vec<_> = (0..2)
                .map(|_| {
                    let shelf = Arc::clone(&shelf);
                    shuttle::thread::spawn(move || {
                        shelf.read(|thing| {
                            shuttle::thread::yield_now();
                            assert!(!thing.0.load(Ordering::SeqCst), "it has ended");
                            Some(())
                        })
                    })
                })
                .collect();
            take(&shelf);
            readers.into_iter().for_each(|reader| _ = reader.join().unwrap());
        };
        shuttle::check_random(test, 2_000);
    }

    #[test]
    fn threads_read_what_is_there_or_nothing() {
        let shelf = Shelf::<u64>::new();
        assert_eq!(shelf.put(None), None);
        shelf.renew();
        let rounds = if cfg!(miri) { 20 } else { 1_000 };
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let read = || shelf.read(|thing| Some(**thing));
                    for _ in 0..rounds {
                        assert!(read().is_none_or(|thing| thing == 7));
                        thread::yield_now();
                    }
                });
            }
            for _ in 0..rounds / 10 {
                assert_eq!(shelf.put(Some(Arc::new(7))), None);
                assert_eq!(shelf.put(None), Some(Arc::new(7)));
            }
        });
    }
}
