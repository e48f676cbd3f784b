//! What an entry does that nobody has written yet. MATRIX.md lists them.

use std::sync::Once;

use crate::boundary::Reply;

/// Says once on the log that `name` is not there, and answers with a failure.
pub fn missing<C: Reply>(name: &str, first: &Once) -> C {
    first.call_once(|| log::warn!("{name} is not implemented yet"));
    C::missing(true)
}
