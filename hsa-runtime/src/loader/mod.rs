//! Code objects: from the bytes of an ELF file to kernels that queues can run.
//!
//! `elf` and `code_object` are pure and know nothing of devices: whatever the bytes say, they answer with facts that
//! are in bounds, or refuse. Answers to upstream's `loader/executable.cpp` and `libamdhsacode`.
#![forbid(unsafe_code)]
#![allow(dead_code, reason = "executables are written next")]

use std::borrow::Cow;

use crate::boundary::Error;

pub mod code_object;
pub mod elf;

/// Why a code object is not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status for the caller.
    pub error: Error,
    /// The reason, for one line to the user.
    pub reason: Cow<'static, str>,
}

impl Refusal {
    /// A refusal with its status.
    pub fn new(error: Error, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { error, reason: reason.into() }
    }
}

impl From<elf::Malformed> for Refusal {
    fn from(reason: elf::Malformed) -> Self {
        Self::new(Error::InvalidCodeObject, reason)
    }
}
