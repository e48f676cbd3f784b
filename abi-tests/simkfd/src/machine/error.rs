//! What can go wrong with a machine description. Touches nothing.
#![forbid(unsafe_code)]

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why no tree was written. Prints as one line, or as toml's excerpt with line and column.
#[derive(Debug)]
pub struct Error {
    path: PathBuf,
    what: What,
}

#[derive(Debug)]
enum What {
    Io(io::Error),
    Parse(Box<toml::de::Error>),
    Invalid(String),
}

impl Error {
    /// `path` could not be read or written.
    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        Error { path: path.into(), what: What::Io(error) }
    }

    /// `path` is no description.
    pub(super) fn parse(path: &Path, error: toml::de::Error) -> Self {
        Error { path: path.into(), what: What::Parse(Box::new(error)) }
    }

    /// `path` describes no possible machine.
    pub(super) fn invalid(path: &Path, what: String) -> Self {
        Error { path: path.into(), what: What::Invalid(what) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.what {
            What::Io(error) => write!(out, "{path}: {error}"),
            What::Parse(error) => write!(out, "{path}: {error}"),
            What::Invalid(what) => write!(out, "{path}: {what}"),
        }
    }
}

impl std::error::Error for Error {}
