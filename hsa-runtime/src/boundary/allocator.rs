//! The caller's allocator, for results whose length the caller cannot know.

use core::{ffi::c_void, ptr};

use super::{FromC, Out};
use crate::abi::{HSA_STATUS_ERROR_OUT_OF_RESOURCES, HSA_STATUS_SUCCESS, hsa_status_t};

type RawAllocator = unsafe extern "C-unwind" fn(usize) -> *mut c_void;

/// A function of the caller's that allocates memory.
#[derive(Clone, Copy)]
pub struct Allocator(RawAllocator);

impl FromC<Option<RawAllocator>> for Option<Allocator> {
    unsafe fn from_c(raw: Option<RawAllocator>) -> Self {
        raw.map(Allocator)
    }
}

impl Allocator {
    /// Writes `values` into memory that it allocates, and where they are and how many: NULL for none. Under no lock and
    /// no guard, like any function of the caller's.
    pub fn give<T: Copy>(self, values: &[T], place: Out<'_, *mut T>, number: Out<'_, u32>) -> hsa_status_t {
        let mut memory: *mut T = ptr::null_mut();
        if !values.is_empty() {
            // SAFETY: FromC's contract: the caller's function takes a number of bytes.
            memory = unsafe { (self.0)(size_of_val(values)) }.cast();
            if memory.is_null() {
                return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
            }
            // SAFETY: the caller's function has allocated so many bytes, and promises alignment as malloc does.
            unsafe { ptr::copy_nonoverlapping(values.as_ptr(), memory, values.len()) };
        }
        match place.write(memory).and_then(|()| number.write(values.len() as u32)) {
            Ok(()) => HSA_STATUS_SUCCESS,
            Err(error) => error.into(),
        }
    }
}
