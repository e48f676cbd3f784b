//! The caller's allocators, for results whose length the caller cannot know.

use core::{ffi::c_void, ptr};

use super::{FromC, Out};
use crate::abi::{HSA_STATUS_ERROR_OUT_OF_RESOURCES, HSA_STATUS_SUCCESS, hsa_callback_data_t, hsa_status_t};

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

type RawSerializer =
    unsafe extern "C-unwind" fn(usize, hsa_callback_data_t, *mut *mut c_void) -> hsa_status_t;

/// A function of the caller's that finds memory for a code object.
#[derive(Clone, Copy)]
pub struct Serializer(RawSerializer);

impl FromC<Option<RawSerializer>> for Option<Serializer> {
    unsafe fn from_c(raw: Option<RawSerializer>) -> Self {
        raw.map(Serializer)
    }
}

impl Serializer {
    /// Writes `bytes` into memory that it finds, and where they are and how many. Under no lock and no guard, like any
    /// function of the caller's, whose failure is the answer.
    pub fn give(
        self,
        bytes: &[u8],
        data: hsa_callback_data_t,
        place: Out<'_, *mut c_void>,
        size: Out<'_, usize>,
    ) -> hsa_status_t {
        let mut memory = ptr::null_mut();
        // SAFETY: FromC's contract: the caller's function takes what its declaration says.
        let status = unsafe { (self.0)(bytes.len(), data, &raw mut memory) };
        if status != HSA_STATUS_SUCCESS {
            return status;
        }
        if memory.is_null() {
            return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
        }
        // SAFETY: the caller's function has found memory for so many bytes.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), memory.cast(), bytes.len()) };
        match place.write(memory).and_then(|()| size.write(bytes.len())) {
            Ok(()) => HSA_STATUS_SUCCESS,
            Err(error) => error.into(),
        }
    }
}
