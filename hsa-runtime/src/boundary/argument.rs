//! Arguments as C passes them, and the safe forms in which the rooms take them.
//!
//! An entry's list line names the C type, its `api` function names the safe one, and [`FromC`] joins the two.
//! The safe forms can be made in no other way, so whoever holds one holds what the caller of the C function
//! promised: the pointer is NULL, or valid for its type until the call returns.

use core::{
    ffi::{CStr, c_char, c_int, c_void},
    marker::PhantomData,
    ptr,
};
use std::{
    fs::{self, File},
    os::fd::BorrowedFd,
    path::PathBuf,
};

use super::Error;
use crate::abi::hsa_amd_ais_file_handle_t;

/// The safe form of an argument that C passes as `C`.
pub trait FromC<C> {
    /// Takes the argument over.
    ///
    /// # Safety
    /// `raw` is what the C declaration asks of it: a pointer is NULL or valid for the accesses that the
    /// declaration names, for as long as the call runs.
    unsafe fn from_c(raw: C) -> Self;
}

/// Numbers, handles and addresses that are only compared or passed on stay as they are.
impl<T> FromC<T> for T {
    unsafe fn from_c(raw: T) -> T {
        raw
    }
}

/// Where the call writes a result of a known type.
#[derive(Clone, Copy)]
pub struct Out<'a, T>(*mut T, PhantomData<&'a mut T>);

impl<T> FromC<*mut T> for Out<'_, T> {
    unsafe fn from_c(raw: *mut T) -> Self {
        Out(raw, PhantomData)
    }
}

impl<T: Copy> Out<'_, T> {
    /// Fails with `InvalidArgument` if the caller passed NULL. For functions that check before they act.
    pub fn check(&self) -> Result<(), Error> {
        if self.0.is_null() { Err(Error::InvalidArgument) } else { Ok(()) }
    }

    /// What stands there, where the call also reads it; `InvalidArgument` if the caller passed NULL.
    pub fn read(&self) -> Result<T, Error> {
        self.check()?;
        // SAFETY: not NULL, and by FromC's contract valid for a read of T.
        Ok(unsafe { ptr::read_unaligned(self.0) })
    }

    /// Writes the result; `InvalidArgument` if the caller passed NULL.
    pub fn write(self, value: T) -> Result<(), Error> {
        self.check()?;
        // SAFETY: not NULL, and by FromC's contract valid for a write of T.
        unsafe { ptr::write_unaligned(self.0, value) };
        Ok(())
    }

    /// Writes the result, unless the caller passed NULL.
    pub fn write_if_wanted(self, value: T) {
        // Refused is only NULL.
        let _ = self.write(value);
    }

    /// Writes as much of the result as has room in the caller's structure, which begins with a `uint32_t` that tells how
    /// many bytes it has, and is told how many were written: it may be of an older version. `InvalidArgument` for none.
    pub fn write_versioned(self, value: T) -> Result<(), Error> {
        self.check()?;
        let place = self.0.cast::<u8>();
        // SAFETY: not NULL, and by the structure's definition its first member.
        let room = unsafe { ptr::read_unaligned(place.cast::<u32>()) };
        let bytes = size_of::<T>().min(room as usize);
        if bytes < size_of::<u32>() {
            return Err(Error::InvalidArgument);
        }
        // SAFETY: the caller's structure has room for so many bytes, and so many has `value`.
        unsafe {
            ptr::copy_nonoverlapping((&raw const value).cast::<u8>(), place, bytes);
            ptr::write_unaligned(place.cast::<u32>(), bytes as u32);
        }
        Ok(())
    }

    /// Writes `values` one after the other, where the caller said how many fit.
    pub fn write_all(self, values: &[T]) -> Result<(), Error> {
        Value(self.0.cast(), PhantomData).write_all(values)
    }
}

/// Where the call writes a result whose type depends on the attribute asked for.
#[derive(Clone, Copy)]
pub struct Value<'a>(*mut c_void, PhantomData<&'a mut c_void>);

impl FromC<*mut c_void> for Value<'_> {
    unsafe fn from_c(raw: *mut c_void) -> Self {
        Value(raw, PhantomData)
    }
}

#[cfg(test)]
impl<'a> Value<'a> {
    /// Where a test wants an attribute. The largest attribute has 128 bytes, so none is written past the end.
    pub fn of_test(buffer: &'a mut [u64; 16]) -> Self {
        Value(buffer.as_mut_ptr().cast(), PhantomData)
    }
}

impl Value<'_> {
    /// Fails with `InvalidArgument` if the caller passed NULL.
    pub fn check(&self) -> Result<(), Error> {
        if self.0.is_null() { Err(Error::InvalidArgument) } else { Ok(()) }
    }

    /// Writes one attribute. The header names its type, and the caller's memory has room for it: write the
    /// type out (`write::<u32>`) so that the line can be compared with the header.
    pub fn write<T: Copy>(self, value: T) -> Result<(), Error> {
        self.check()?;
        // SAFETY: not NULL, and by the attribute's definition valid for a write of T.
        unsafe { ptr::write_unaligned(self.0.cast(), value) };
        Ok(())
    }

    /// Writes `values` one after the other, as arrays and lists without a length are answered.
    pub fn write_all<T: Copy>(self, values: &[T]) -> Result<(), Error> {
        self.check()?;
        // SAFETY: not NULL, and by the attribute's definition valid for a write of that many T. Bytes, because
        // the caller's memory need not be aligned for T.
        unsafe {
            ptr::copy_nonoverlapping(values.as_ptr().cast::<u8>(), self.0.cast(), size_of_val(values));
        }
        Ok(())
    }

    /// Writes text into a `char[N]`: cut at N - 1 bytes and filled up with zeros, as upstream answers names.
    pub fn write_text<const N: usize>(self, text: &str) -> Result<(), Error> {
        let mut buffer = [0_u8; N];
        let length = text.len().min(N.saturating_sub(1));
        buffer[..length].copy_from_slice(&text.as_bytes()[..length]);
        self.write(buffer)
    }
}

/// A C string.
#[derive(Clone, Copy)]
pub struct Text<'a>(*const c_char, PhantomData<&'a c_char>);

impl FromC<*const c_char> for Text<'_> {
    unsafe fn from_c(raw: *const c_char) -> Self {
        Text(raw, PhantomData)
    }
}

impl<'a> Text<'a> {
    /// The string; `InvalidArgument` if the caller passed NULL.
    pub fn get(self) -> Result<&'a CStr, Error> {
        self.optional().ok_or(Error::InvalidArgument)
    }

    /// The string, where NULL is allowed.
    pub fn optional(self) -> Option<&'a CStr> {
        // SAFETY: by FromC's contract NULL or a string that ends, valid until the call returns.
        (!self.0.is_null()).then(|| unsafe { CStr::from_ptr(self.0) })
    }
}

/// A structure that the caller passes by its address; NULL may be allowed.
#[derive(Clone, Copy)]
pub struct In<'a, T>(*const T, PhantomData<&'a T>);

impl<T> FromC<*const T> for In<'_, T> {
    unsafe fn from_c(raw: *const T) -> Self {
        In(raw, PhantomData)
    }
}

impl<T: Copy> In<'_, T> {
    /// The structure, where NULL is allowed.
    pub fn optional(self) -> Option<T> {
        // SAFETY: by FromC's contract NULL or valid for a read of T.
        (!self.0.is_null()).then(|| unsafe { ptr::read_unaligned(self.0) })
    }
}

impl<T> In<'_, T> {
    /// The beginning of the structure, for callers that were compiled when it had no more; none for NULL.
    pub fn beginning<U: Copy>(self) -> Option<U> {
        const { assert!(size_of::<U>() <= size_of::<T>()) };
        // SAFETY: by FromC's contract NULL or valid for a read of T, or of what T was then, which is at least U.
        (!self.0.is_null()).then(|| unsafe { ptr::read_unaligned(self.0.cast()) })
    }
}

/// An open file of the caller's.
#[derive(Clone, Copy)]
pub struct Descriptor(c_int);

impl FromC<c_int> for Descriptor {
    unsafe fn from_c(raw: c_int) -> Self {
        Descriptor(raw)
    }
}

impl FromC<hsa_amd_ais_file_handle_t> for Descriptor {
    unsafe fn from_c(raw: hsa_amd_ais_file_handle_t) -> Self {
        // SAFETY: on Linux the handle is a descriptor, and whatever bytes were passed are a number.
        Descriptor(unsafe { raw.anonymous0.fd })
    }
}

impl Descriptor {
    /// Its number, for the driver.
    pub fn number(self) -> c_int {
        self.0
    }

    /// The file, by a descriptor of our own; `InvalidArgument` for -1, `InvalidFile` if there is none.
    pub fn duplicate(self) -> Result<File, Error> {
        if self.0 == -1 {
            return Err(Error::InvalidArgument);
        }
        // SAFETY: not -1. The caller has it open until the call returns; a number that is not open is an error of the
        // duplication.
        let borrowed = unsafe { BorrowedFd::borrow_raw(self.0) };
        borrowed.try_clone_to_owned().map(File::from).map_err(|_| Error::InvalidFile)
    }

    /// Closes it: the caller gives it away. `ResourceFree` if it was not open.
    pub fn close(self) -> Result<(), Error> {
        // SAFETY: closing is memory-safe whatever the number; the caller says that it is its own.
        let closed = unsafe { libc::close(self.0) };
        if closed == 0 { Ok(()) } else { Err(Error::ResourceFree) }
    }

    /// Its name, as the kernel tells it.
    pub fn path(self) -> PathBuf {
        fs::read_link(format!("/proc/self/fd/{}", self.0)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out<'a, T>(raw: *mut T) -> Out<'a, T> {
        // SAFETY: the tests pass NULL or a local that outlives the argument.
        unsafe { Out::from_c(raw) }
    }

    fn value<'a, T>(raw: *mut T) -> Value<'a> {
        // SAFETY: as above.
        unsafe { Value::from_c(raw.cast()) }
    }

    #[test]
    fn a_null_output_is_an_invalid_argument() {
        assert_eq!(out::<u32>(ptr::null_mut()).write(1), Err(Error::InvalidArgument));
        assert_eq!(value::<u32>(ptr::null_mut()).write::<u32>(1), Err(Error::InvalidArgument));
    }

    #[test]
    fn a_result_is_written_with_its_own_width() {
        let mut memory = [0xFF_u8; 4];
        assert_eq!(value(&raw mut memory).write::<u16>(0), Ok(()));
        assert_eq!(memory, [0, 0, 0xFF, 0xFF]);
    }

    #[test]
    fn of_a_structure_only_what_has_room_is_written() {
        let mut memory = [8_u32, 1, 1];
        let place = out((&raw mut memory).cast::<[u32; 3]>());
        assert_eq!(place.write_versioned([12, 2, 2]), Ok(()));
        assert_eq!(memory, [8, 2, 1]);
        memory[0] = 0;
        assert_eq!(
            out((&raw mut memory).cast::<[u32; 3]>()).write_versioned([12, 3, 3]),
            Err(Error::InvalidArgument)
        );
    }

    #[test]
    fn text_is_cut_and_filled_up_with_zeros() {
        let mut name = [0xFF_u8; 6];
        assert_eq!(value(&raw mut name).write_text::<6>("gfx1100"), Ok(()));
        assert_eq!(&name, b"gfx11\0");
        assert_eq!(value(&raw mut name).write_text::<6>("gfx"), Ok(()));
        assert_eq!(&name, b"gfx\0\0\0");
    }
}
