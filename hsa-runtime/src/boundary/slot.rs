//! API tables in static storage. Tool libraries rewrite them in place, at any time and with plain stores, so
//! a slot is read once a call, atomically.

use core::{
    cell::UnsafeCell,
    mem,
    sync::atomic::{AtomicPtr, Ordering},
};

/// A table that C code may rewrite.
#[repr(transparent)]
pub struct Slots<T>(UnsafeCell<T>);

// SAFETY: we read slots with `load_slot` only, and make no references; what tools write is theirs to order.
unsafe impl<T> Sync for Slots<T> {}

impl<T> Slots<T> {
    /// A table with its first contents.
    pub const fn new(table: T) -> Self {
        Slots(UnsafeCell::new(table))
    }

    /// The table's address, for tools and for `load_slot`.
    pub const fn get(&self) -> *mut T {
        self.0.get()
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
