//! Why there is no core dump, in a line: what, with which errno, and what to do. Pure.
#![forbid(unsafe_code)]

use std::{fmt, io, path::Path};

use nix::errno::Errno;

/// A line.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// What is wrong, and a remedy.
    pub fn new(what: &str, remedy: &str) -> Self {
        Self(format!("{what} -> {remedy}"))
    }

    /// A file cannot be made or written.
    pub fn of_file(path: &Path, error: &io::Error) -> Self {
        let remedy = match errno(error) {
            Errno::EEXIST => "remove it, or put %p or %t into HSA_COREDUMP_PATTERN",
            Errno::ENOSPC | Errno::EDQUOT => "make room, or set HSA_COREDUMP_PATTERN to a place that has it",
            Errno::EFBIG => "raise the limit on the size of files (ulimit -f)",
            _ => "set HSA_COREDUMP_PATTERN to a file in a folder that can be written",
        };
        Self::new(&format!("{}: {}", path.display(), Self::said(error)), remedy)
    }

    /// A command does not take it.
    pub fn of_command(name: &str, why: &str) -> Self {
        Self::new(&format!("|{name}: {why}"), "correct the command in HSA_COREDUMP_PATTERN")
    }

    /// An error's name and words.
    pub fn said(error: &io::Error) -> String {
        let errno = errno(error);
        format!("{errno:?} ({})", errno.desc())
    }
}

fn errno(error: &io::Error) -> Errno {
    let number = error.raw_os_error().map(Errno::from_raw);
    number.unwrap_or(if error.kind() == io::ErrorKind::AlreadyExists { Errno::EEXIST } else { Errno::EIO })
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
