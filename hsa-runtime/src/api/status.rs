//! `hsa_status_string`.
#![forbid(unsafe_code)]

use std::ffi::c_char;

use crate::{
    abi::hsa_status_t,
    boundary::{Error, Out},
    status,
};

/// Works before `hsa_init` and after `hsa_shut_down`: it explains why they fail.
pub fn string(status: hsa_status_t, text: Out<*const c_char>) -> Result<(), Error> {
    text.check()?;
    text.write(status::describe(status.0).ok_or(Error::InvalidArgument)?.as_ptr())
}
