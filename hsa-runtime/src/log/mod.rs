//! Lines on standard error for what a user must know: why a device or the whole machine is not there.
//!
//! Touches standard error. [`packets`] is for users who want to know more.
#![forbid(unsafe_code)]

pub mod packets;

use std::io::Write as _;

/// Prints one line. That it cannot be printed is no reason to fail.
pub fn complain(line: &str) {
    // One write, so that lines of several threads do not mix.
    let _ = std::io::stderr().write_all(format!("libhsa-runtime64: {line}\n").as_bytes());
}
