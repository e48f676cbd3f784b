//! What went wrong: the status that upstream's library returns, and one line for people.
//!
//! Touches core only. Answers to `HSAKMT_STATUS` of hsakmttypes.h.
#![forbid(unsafe_code)]

use std::fmt;

/// `HSAKMT_STATUS`, without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// Something else.
    Error = 1,
    /// The driver speaks another interface version.
    DriverMismatch = 2,
    /// A parameter is not valid.
    InvalidParameter = 3,
    /// A handle is not valid.
    InvalidHandle = 4,
    /// There is no such node.
    InvalidNodeUnit = 5,
    /// No memory.
    NoMemory = 6,
    /// The caller's buffer is too small.
    BufferTooSmall = 7,
    /// Not implemented.
    NotImplemented = 10,
    /// This node, kernel or configuration cannot do it.
    NotSupported = 11,
    /// Not now.
    Unavailable = 12,
    /// A resource is used up.
    OutOfResources = 13,
    /// `/dev/kfd` is not open.
    KernelIoChannelNotOpened = 20,
    /// The driver could not be reached.
    KernelCommunicationError = 21,
    /// `/dev/kfd` is open already; the call counted all the same.
    KernelAlreadyOpened = 22,
    /// No IOMMU version 2.
    HsammuUnavailable = 23,
    /// Waiting failed.
    WaitFailure = 30,
    /// Time is up.
    WaitTimeout = 31,
    /// Registered already.
    MemoryAlreadyRegistered = 35,
    /// Not registered.
    MemoryNotRegistered = 36,
    /// Not aligned.
    MemoryAlignment = 37,
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What upstream's library returns.
    pub status: Status,
    /// One line: what was tried, the errno, the remedy where there is one.
    pub message: String,
}

impl Error {
    /// A failure with its line.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }
}

impl From<Status> for Error {
    /// For failures that are the caller's own and need no words.
    fn from(status: Status) -> Self {
        Self { status, message: String::new() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() { write!(f, "{:?}", self.status) } else { f.write_str(&self.message) }
    }
}

impl std::error::Error for Error {}

/// Result of everything that can fail here.
pub type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_without_words_is_told_by_its_status() {
        assert_eq!(Error::from(Status::NoMemory).to_string(), "NoMemory");
        assert_eq!(Error::new(Status::NoMemory, "no room").to_string(), "no room");
    }
}
