//! Callers' pointers.
//!
//! The one file of this library that follows them. A [`Pointer`] is made by the export macro alone, under the promise
//! of hsakmt.h, and lives no longer than the call.

use hsakmt_thunk::{
    Result, Status,
    abi::{HSA_EXTERNAL_SEMAPHORE_HANDLE, HsaMemFlags, HsaMemMapFlags},
    uapi::Record,
};
use std::ffi::c_void;
#[cfg(dtif)]
use std::sync::atomic::{AtomicU64, Ordering, fence};

/// A pointer that a caller passed; may be NULL.
pub struct Pointer<T>(*mut T);

impl<T> Clone for Pointer<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Pointer<T> {}

impl<T> Pointer<T> {
    /// A pointer from within a structure that a caller passed: the same promise covers it.
    pub fn adopted(pointer: *mut T) -> Self {
        Self(pointer)
    }

    /// Whether it is NULL.
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The address.
    pub fn address(self) -> u64 {
        self.0 as u64
    }

    fn valid(self) -> Result<*mut T> {
        if self.0.is_null() { Err(Status::InvalidParameter.into()) } else { Ok(self.0) }
    }

    /// Refuses NULL.
    pub fn check(self) -> Result<()> {
        self.valid().map(drop)
    }

    /// Writes a value.
    pub fn write(self, value: T) -> Result<()> {
        let pointer = self.valid()?;
        // SAFETY: not NULL, and the caller promised room for a value; the header packs to 4 bytes, hence unaligned.
        unsafe { pointer.write_unaligned(value) };
        Ok(())
    }

    /// Writes a value unless the pointer is NULL.
    pub fn write_if_wanted(self, value: T) {
        if !self.is_null() {
            // SAFETY: as in `write`.
            unsafe { self.0.write_unaligned(value) };
        }
    }

    /// Writes the first bytes of a value: the part that the caller's older structure has.
    pub fn write_prefix(self, value: &T, bytes: usize) -> Result<()> {
        let pointer = self.valid()?;
        let bytes = bytes.min(size_of::<T>());
        // SAFETY: not NULL, the caller's structure has at least `bytes`, and so has the value.
        unsafe {
            std::ptr::copy_nonoverlapping(std::ptr::from_ref(value).cast::<u8>(), pointer.cast(), bytes)
        };
        Ok(())
    }

    /// Reads a value.
    pub fn read(self) -> Result<T>
    where
        T: Copy,
    {
        let pointer = self.valid()?;
        // SAFETY: not NULL, and the caller promised a value.
        Ok(unsafe { pointer.read_unaligned() })
    }

    /// Writes an array, as far as the caller's goes.
    pub fn write_all(self, values: impl Iterator<Item = T>, room: usize) -> Result<()> {
        let pointer = self.valid()?;
        for (index, value) in values.take(room).enumerate() {
            // SAFETY: not NULL, and the caller promised room for `room` values.
            unsafe { pointer.add(index).write_unaligned(value) };
        }
        Ok(())
    }

    /// Reads an array.
    pub fn read_all(self, count: usize) -> Result<Vec<T>>
    where
        T: Copy,
    {
        if count == 0 {
            return Ok(Vec::new());
        }
        let pointer = self.valid()?;
        // SAFETY: not NULL, and the caller promised `count` values.
        Ok((0..count).map(|index| unsafe { pointer.add(index).read_unaligned() }).collect())
    }

    /// The same pointer to another type.
    pub fn cast<U>(self) -> Pointer<U> {
        Pointer(self.0.cast())
    }
}

/// Hands a value over to the caller, who gives it back by [`take_back`].
pub fn hand_over<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Takes back what [`hand_over`] gave.
pub fn take_back<T>(pointer: Pointer<T>) -> Result<T> {
    let pointer = pointer.valid()?;
    // SAFETY: the header demands that it came from the creating function and is given back once.
    Ok(*unsafe { Box::from_raw(pointer) })
}

/// Tells a GPU that its queue's packets before the write pointer are there.
///
/// Both addresses are those of a queue that the caller keeps for the length of the call, as hsakmt.h demands.
#[cfg(dtif)]
pub fn ring(doorbell: u64, write_pointer: u64) {
    // SAFETY: the queue's own, aligned and mapped while it lives.
    let (doorbell, written) = unsafe {
        (AtomicU64::from_ptr(doorbell as *mut u64), AtomicU64::from_ptr(write_pointer as *mut u64))
    };
    let last = written.load(Ordering::Acquire).wrapping_sub(1);
    // The doorbell is write-combined memory: packets must have left the CPU before it does.
    fence(Ordering::SeqCst);
    doorbell.store(last, Ordering::Release);
}

/// Copies records to memory that the caller gives back by `free`.
pub fn hand_over_records<T: Record>(records: &[T]) -> Result<*mut c_void> {
    // At least a byte, since NULL would look like a failure.
    // SAFETY: takes a number and returns memory of so many bytes, or NULL.
    let memory = unsafe { libc::malloc(size_of_val(records).max(1)) };
    if memory.is_null() {
        return Err(Status::NoMemory.into());
    }
    // SAFETY: new memory with room for the records.
    unsafe { std::ptr::copy_nonoverlapping(records.as_ptr().cast(), memory, size_of_val(records)) };
    Ok(memory)
}

/// Turns a C argument into what a body gets.
pub trait Adopt {
    /// What the body gets.
    type Adopted;
    /// Adopts an argument.
    ///
    /// # Safety
    /// A pointer keeps the promise of hsakmt.h for the length of the call.
    unsafe fn adopt(self) -> Self::Adopted;
}

impl<T> Adopt for *mut T {
    type Adopted = Pointer<T>;
    unsafe fn adopt(self) -> Pointer<T> {
        Pointer(self)
    }
}

impl<T> Adopt for *const T {
    type Adopted = Pointer<T>;
    unsafe fn adopt(self) -> Pointer<T> {
        Pointer(self.cast_mut())
    }
}

macro_rules! adopt_as_they_are {
    ($($type:ty),+) => {$(
        impl Adopt for $type {
            type Adopted = Self;
            unsafe fn adopt(self) -> Self {
                self
            }
        }
    )+};
}

adopt_as_they_are!(bool, i32, u32, i64, u64, HsaMemFlags, HsaMemMapFlags, HSA_EXTERNAL_SEMAPHORE_HANDLE);
