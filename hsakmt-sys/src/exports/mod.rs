//! The exported functions: C pointers in, status out, nothing else.
//!
//! Each file answers to one of upstream's: `openclose` and `topology`, `memory`, `event`, `queue`, `svm`, `debug`,
//! `perf`, `tools`. `pointer` alone follows a caller's pointer; `process` holds the state.
#![allow(non_snake_case, reason = "names are the header's")]

mod buffer;
mod debug;
#[cfg(dtif)]
mod dtif;
mod event;
mod layout;
mod memory;
mod newest;
mod node;
mod openclose;
mod perf;
mod pointer;
mod pointer_info;
mod process;
mod queue;
mod svm;
mod tools;
mod topology;

use hsakmt_thunk::{
    Error, Result, Status,
    abi::{HSAKMT_STATUS, HSAKMT_STATUS_SUCCESS},
    message::{self, Level},
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Defines exported functions. Pointers arrive as [`pointer::Pointer`], so the bodies are safe code.
macro_rules! exports {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block)+) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// Pointers are valid as hsakmt.h demands; NULL is refused.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> hsakmt_thunk::abi::HSAKMT_STATUS {
            // SAFETY: the caller keeps hsakmt.h's promise for every pointer, for the length of this call.
            $(let $argument = unsafe { $crate::exports::pointer::Adopt::adopt($argument) };)*
            $crate::exports::guard(|| $body)
        }
    )+};
}

use exports;

/// Runs a body; a panic, which would be a defect here, does not reach the caller's frames.
#[inline]
fn guard(body: impl FnOnce() -> Result<()>) -> HSAKMT_STATUS {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => HSAKMT_STATUS_SUCCESS,
        Ok(Err(error)) => tell(&error),
        Err(_) => Status::Error as HSAKMT_STATUS,
    }
}

/// The status of a failure, after its line for people.
#[cold]
fn tell(error: &Error) -> HSAKMT_STATUS {
    if !error.message.is_empty() {
        message::print(Level::Error, format_args!("{error}"));
    }
    error.status as HSAKMT_STATUS
}
