//! API tables in static storage. Tool libraries rewrite them in place, at any time and with plain stores, so
//! a slot is read once a call, atomically.

use core::{
    cell::UnsafeCell,
    mem,
    sync::atomic::{AtomicPtr, Ordering},
};

/// A table that C code may rewrite, and what stood in it first.
#[repr(C)]
pub struct Slots<T> {
    now: UnsafeCell<T>,
    first: T,
}

// SAFETY: we read slots with `load_slot` and write them with `restore` only, and make no references to `now`; what
// tools write is theirs to order. `first` never changes.
unsafe impl<T> Sync for Slots<T> {}

impl<T: Copy> Slots<T> {
    /// A table with its first contents.
    pub const fn new(table: T) -> Self {
        Slots { now: UnsafeCell::new(table), first: table }
    }

    /// Puts the first contents back: nothing of a tool library that goes away is called any more. Word by word, so
    /// that calls of other threads see whole pointers.
    pub fn restore(&self) {
        const { assert!(size_of::<T>() % size_of::<*mut ()>() == 0) };
        const { assert!(align_of::<T>() == align_of::<*mut ()>()) };
        let (now, first) = (self.now.get().cast::<*mut ()>(), (&raw const self.first).cast::<*mut ()>());
        for word in 0..size_of::<T>() / size_of::<*mut ()>() {
            // SAFETY: inside of both tables, which are whole aligned words without padding and live for ever.
            unsafe { AtomicPtr::from_ptr(now.add(word)).store(first.add(word).read(), Ordering::Relaxed) };
        }
    }
}

impl<T> Slots<T> {
    /// The table's address, for tools and for `load_slot`.
    pub const fn get(&self) -> *mut T {
        self.now.get()
    }
}

/// The function that stands in a slot now. Relaxed: like upstream, a tool that replaces slots while other
/// threads make calls gets no ordering, only whole pointers.
///
/// # Safety
/// `slot` points into a [`Slots`] table and `F` is that slot's function pointer type.
#[inline]
pub unsafe fn load_slot<F: Copy>(slot: *const F) -> F {
    const { assert!(size_of::<F>() == size_of::<*mut ()>()) };
    // SAFETY: a slot is one aligned pointer that lives for ever.
    let raw = unsafe { AtomicPtr::<()>::from_ptr(slot.cast_mut().cast()) }.load(Ordering::Relaxed);
    // SAFETY: the slot holds an F: the first contents do, and tools put functions of the same signature there.
    unsafe { mem::transmute_copy(&raw) }
}
