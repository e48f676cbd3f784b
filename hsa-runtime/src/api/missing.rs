//! What an entry does that nobody has written yet. MATRIX.md lists them.
#![forbid(unsafe_code)]

use std::sync::Once;

use crate::{boundary::Reply, log::complain, runtime};

/// Says once that `name` is not there, and answers with a failure.
pub fn missing<C: Reply>(name: &str, first: &Once) -> C {
    first.call_once(|| complain(&format!("{name} is not implemented; the call fails")));
    C::missing(runtime::machine().is_ok())
}
