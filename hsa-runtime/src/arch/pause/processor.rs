//! Waiting on processors of which nothing more is known.
#![forbid(unsafe_code)]

use super::Way;

/// None.
pub const WAYS: &[Way] = &[];
