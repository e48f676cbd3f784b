//! Plain structures seen as bytes.
//!
//! Touches core only. Sound because [`Argument`] and [`Record`] promise integers without padding: every byte is
//! initialised and every bit pattern is a value.

use crate::uapi::{Argument, Record};
use std::{ptr, slice};

/// The bytes of an ioctl's argument.
pub(super) fn argument_mut<T: Argument>(argument: &mut T) -> &mut [u8] {
    // SAFETY: `T` is plain integers without padding, so its bytes may be read and written freely; the borrow is kept.
    unsafe { slice::from_raw_parts_mut(ptr::from_mut(argument).cast(), size_of::<T>()) }
}

/// The bytes of an argument that others follow.
pub fn bytes_of_argument<T: Argument>(argument: &T) -> &[u8] {
    // SAFETY: as above.
    unsafe { slice::from_raw_parts(ptr::from_ref(argument).cast(), size_of::<T>()) }
}

/// The bytes of records, to be written by the kernel.
pub fn bytes_of_mut<T: Record>(records: &mut [T]) -> &mut [u8] {
    // SAFETY: as above; `size_of_val` is the length of the slice in bytes.
    unsafe { slice::from_raw_parts_mut(records.as_mut_ptr().cast(), size_of_val(records)) }
}

/// The bytes of records.
pub fn bytes_of<T: Record>(records: &[T]) -> &[u8] {
    // SAFETY: as above.
    unsafe { slice::from_raw_parts(records.as_ptr().cast(), size_of_val(records)) }
}

/// An argument back from its bytes: what a fake kernel looks at.
///
/// # Panics
/// When `bytes` is too short.
pub fn read_back<T: Argument>(bytes: &[u8]) -> T {
    assert!(bytes.len() >= size_of::<T>(), "argument too short");
    // SAFETY: the length is checked, the read is unaligned, and every bit pattern is a value of `T`.
    unsafe { bytes.as_ptr().cast::<T>().read_unaligned() }
}
