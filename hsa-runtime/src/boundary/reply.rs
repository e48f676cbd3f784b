//! From what a room answers to what C sees; and what C sees when there is no answer.

use std::{
    panic::{self, AssertUnwindSafe},
    process,
};

use super::Error;
use crate::abi::{HSA_STATUS_ERROR, HSA_STATUS_ERROR_NOT_INITIALIZED, HSA_STATUS_SUCCESS, hsa_status_t};

/// A type that C functions of this library return.
pub trait Reply: Sized {
    /// Answer of a function that is not there yet. `open`: between `hsa_init` and `hsa_shut_down`.
    fn missing(open: bool) -> Self;

    /// Answer when a defect of ours ended the call.
    fn panicked() -> Self;
}

impl Reply for hsa_status_t {
    fn missing(open: bool) -> Self {
        if open { HSA_STATUS_ERROR } else { HSA_STATUS_ERROR_NOT_INITIALIZED }
    }

    fn panicked() -> Self {
        HSA_STATUS_ERROR
    }
}

/// Functions that return a value have no way to report an error: upstream's CATCHRET ends the process too.
macro_rules! value_reply {
    ($($value:ty),*) => {$(
        impl Reply for $value {
            fn missing(_open: bool) -> Self {
                <$value>::default()
            }

            fn panicked() -> Self {
                process::abort()
            }
        }
    )*};
}

value_reply!((), u32, u64, i64);

/// What an `api` function may answer where C expects `C`.
pub trait Outcome<C> {
    /// The answer as C sees it. Runs outside the panic guard: this is where callbacks of the caller run.
    fn into_c(self) -> C;
}

impl<C: Reply> Outcome<C> for C {
    fn into_c(self) -> C {
        self
    }
}

impl Outcome<hsa_status_t> for Result<(), Error> {
    fn into_c(self) -> hsa_status_t {
        match self {
            Ok(()) => HSA_STATUS_SUCCESS,
            Err(error) => error.into(),
        }
    }
}

/// Success of more than one kind.
impl Outcome<hsa_status_t> for Result<hsa_status_t, Error> {
    fn into_c(self) -> hsa_status_t {
        self.unwrap_or_else(Into::into)
    }
}

/// The part of a call that runs functions of the caller's. It runs last, under no lock and no guard, because
/// such a function may call back into the library, or throw a C++ exception that must reach the caller.
pub struct Then<F>(pub F);

impl<F: FnOnce() -> hsa_status_t> Outcome<hsa_status_t> for Result<Then<F>, Error> {
    fn into_c(self) -> hsa_status_t {
        match self {
            Ok(Then(rest)) => rest(),
            Err(error) => error.into(),
        }
    }
}

/// Runs the body of a C function: no panic of ours leaves it.
pub fn call<C: Reply, O: Outcome<C>>(body: impl FnOnce() -> O) -> C {
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(outcome) => outcome.into_c(),
        Err(_) => C::panicked(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_becomes_its_status_and_a_panic_the_generic_one() {
        let status: hsa_status_t = call(|| Err::<(), Error>(Error::InvalidAgent));
        assert_eq!(status, hsa_status_t(0x1004));
        let status: hsa_status_t = call(|| -> Result<(), Error> { panic!("a defect of ours") });
        assert_eq!(status, HSA_STATUS_ERROR);
    }

    #[test]
    fn a_missing_function_fails_and_says_when_the_runtime_is_not_open() {
        assert_eq!(hsa_status_t::missing(true), HSA_STATUS_ERROR);
        assert_eq!(hsa_status_t::missing(false), HSA_STATUS_ERROR_NOT_INITIALIZED);
        assert_eq!(i64::missing(true), 0);
    }
}
