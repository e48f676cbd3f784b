//! Arguments as C passes them, and the safe forms in which the rooms take them.
//!
//! An entry's list line names the C type, its `api` function names the safe one, and [`FromC`] joins the two.
//! The safe forms can be made in no other way, so whoever holds one holds what the caller of the C function
//! promised: the pointer is NULL, or valid for its type until the call returns.

use core::{
    ffi::{CStr, c_char, c_void},
    marker::PhantomData,
    ptr,
};

use super::{Error, Then};
use crate::abi::{HSA_STATUS_SUCCESS, hsa_status_t};

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

    /// Writes the result; `InvalidArgument` if the caller passed NULL.
    pub fn write(self, value: T) -> Result<(), Error> {
        self.check()?;
        // SAFETY: not NULL, and by FromC's contract valid for a write of T.
        unsafe { ptr::write_unaligned(self.0, value) };
        Ok(())
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

/// What the caller wants to get back in its callback. Never looked at.
pub type Data = *mut c_void;

/// A function of the caller's that is called once an item; any other status than success ends the iteration
/// and is the result of the call.
#[derive(Clone, Copy)]
pub struct Callback<T>(unsafe extern "C-unwind" fn(T, Data) -> hsa_status_t);

impl<T> FromC<Option<unsafe extern "C-unwind" fn(T, Data) -> hsa_status_t>> for Option<Callback<T>> {
    unsafe fn from_c(raw: Option<unsafe extern "C-unwind" fn(T, Data) -> hsa_status_t>) -> Self {
        raw.map(Callback)
    }
}

impl<T> Callback<T> {
    /// What is left to do once every lock is released: call the function with each of `items`. The items are
    /// a snapshot, so the callback may call any function of the library.
    pub fn for_each(self, items: Vec<T>, data: Data) -> Then<impl FnOnce() -> hsa_status_t> {
        Then(move || {
            items
                .into_iter()
                // SAFETY: FromC's contract: the caller's function takes what its declaration says.
                .map(|item| unsafe { (self.0)(item, data) })
                .find(|&status| status != HSA_STATUS_SUCCESS)
                .unwrap_or(HSA_STATUS_SUCCESS)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        abi::{HSA_STATUS_INFO_BREAK, hsa_agent_t},
        boundary::call,
    };

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
    fn text_is_cut_and_filled_up_with_zeros() {
        let mut name = [0xFF_u8; 6];
        assert_eq!(value(&raw mut name).write_text::<6>("gfx1100"), Ok(()));
        assert_eq!(&name, b"gfx11\0");
        assert_eq!(value(&raw mut name).write_text::<6>("gfx"), Ok(()));
        assert_eq!(&name, b"gfx\0\0\0");
    }

    /// Counts its calls in `data`; breaks at the second.
    unsafe extern "C-unwind" fn second(_: hsa_agent_t, data: Data) -> hsa_status_t {
        // SAFETY: the test passes a counter.
        let calls = unsafe { &mut *data.cast::<u32>() };
        *calls += 1;
        if *calls == 2 { HSA_STATUS_INFO_BREAK } else { HSA_STATUS_SUCCESS }
    }

    unsafe extern "C-unwind" fn throwing(_: hsa_agent_t, _: Data) -> hsa_status_t {
        panic!("thrown by the caller's function")
    }

    type Raw = unsafe extern "C-unwind" fn(hsa_agent_t, Data) -> hsa_status_t;

    fn iterate(function: Raw, data: Data) -> hsa_status_t {
        // SAFETY: `function` does what its type says.
        let callback: Option<Callback<hsa_agent_t>> = unsafe { FromC::from_c(Some(function)) };
        let agents = (1..=3).map(|handle| hsa_agent_t { handle }).collect();
        call(|| Ok(callback.ok_or(Error::InvalidArgument)?.for_each(agents, data)))
    }

    #[test]
    fn a_callback_that_does_not_succeed_ends_the_iteration_with_its_status() {
        let mut calls = 0_u32;
        assert_eq!(iterate(second, (&raw mut calls).cast()), HSA_STATUS_INFO_BREAK);
        assert_eq!(calls, 2);
    }

    #[test]
    fn what_a_callback_throws_reaches_the_caller() {
        let thrown = std::panic::catch_unwind(|| iterate(throwing, ptr::null_mut()));
        assert!(thrown.is_err(), "the guard swallowed it");
    }
}
