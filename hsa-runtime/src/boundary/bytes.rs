//! Bytes of the caller's, whose number stands in another argument.

use core::{ffi::c_void, marker::PhantomData, ptr, slice};

use super::{Error, FromC};

/// Bytes that the call reads.
#[derive(Clone, Copy)]
pub struct Bytes<'a>(*const c_void, PhantomData<&'a [u8]>);

impl FromC<*const c_void> for Bytes<'_> {
    unsafe fn from_c(raw: *const c_void) -> Self {
        Bytes(raw, PhantomData)
    }
}

impl FromC<*mut c_void> for Bytes<'_> {
    unsafe fn from_c(raw: *mut c_void) -> Self {
        Bytes(raw, PhantomData)
    }
}

impl<'a> Bytes<'a> {
    /// Where they are.
    pub fn address(self) -> u64 {
        self.0.addr() as u64
    }

    /// The first `size` of them: as many as the caller said. `InvalidArgument` if there are none, or more than memory.
    pub fn get(self, size: usize) -> Result<&'a [u8], Error> {
        if self.0.is_null() || size == 0 || isize::try_from(size).is_err() {
            return Err(Error::InvalidArgument);
        }
        // SAFETY: not NULL, and by FromC's contract readable for the size that the caller passed beside it.
        Ok(unsafe { slice::from_raw_parts(self.0.cast(), size) })
    }
}

/// Bytes that the call writes.
#[derive(Clone, Copy)]
pub struct BytesMut<'a>(*mut c_void, PhantomData<&'a mut [u8]>);

impl FromC<*mut c_void> for BytesMut<'_> {
    unsafe fn from_c(raw: *mut c_void) -> Self {
        BytesMut(raw, PhantomData)
    }
}

impl BytesMut<'_> {
    /// Where they are.
    pub fn address(self) -> u64 {
        self.0.addr() as u64
    }

    /// Copies so many bytes here, which may overlap; as many as the caller said.
    pub fn copy_from(self, source: Bytes<'_>, size: usize) {
        // SAFETY: by FromC's contract both are valid for the size that the caller passed beside them.
        unsafe { ptr::copy(source.0.cast::<u8>(), self.0.cast::<u8>(), size) };
    }

    /// Writes a word so many times: as many as the caller said.
    pub fn fill(self, word: u32, count: usize) {
        let words = self.0.cast::<u32>();
        for index in 0..count {
            // SAFETY: by FromC's contract valid for so many words.
            unsafe { words.add(index).write_unaligned(word) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_copied_over_themselves_and_filled_by_words() {
        let mut memory = *b"abcdefgh";
        let place = (&raw mut memory).cast::<c_void>();
        // SAFETY: a local that outlives the arguments; the two bytes in front are inside.
        let (from, to) = unsafe { (Bytes::from_c(place.cast_const()), BytesMut::from_c(place.byte_add(2))) };
        to.copy_from(from, 6);
        assert_eq!(&memory, b"ababcdef");
        to.fill(u32::from_ne_bytes(*b"wxyz"), 1);
        assert_eq!(&memory, b"abwxyzef");
    }
}
