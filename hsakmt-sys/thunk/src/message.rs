//! Lines on standard error.
//!
//! Touches standard error. Answers to `pr_err` and friends of upstream's `libhsakmt.h`: silent unless
//! HSAKMT_DEBUG_LEVEL asks, except for what a user must know to get a GPU at all.
#![forbid(unsafe_code)]

use std::{
    fmt,
    io::Write as _,
    sync::atomic::{AtomicI32, Ordering},
};

/// How much a line matters; the values are HSAKMT_DEBUG_LEVEL's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Printed whatever the level: why there is no GPU.
    Always = 0,
    /// A call failed.
    Error = 3,
    /// Something is odd.
    Warning = 4,
    /// Worth knowing.
    Info = 6,
    /// Every step.
    Debug = 7,
}

static LEVEL: AtomicI32 = AtomicI32::new(0);

/// Sets the level for the process; `None` is upstream's default.
pub fn set_level(level: Option<i32>) {
    LEVEL.store(level.unwrap_or(Level::Always as i32), Ordering::Relaxed);
}

/// Prints one line if the level asks for it. Failures of printing are nobody's concern.
pub fn print(level: Level, line: fmt::Arguments<'_>) {
    if level as i32 <= LEVEL.load(Ordering::Relaxed) {
        // One write a line, so that the lines of several threads do not mix.
        let _ = std::io::stderr().write_all(format!("libhsakmt: {line}\n").as_bytes());
    }
}
