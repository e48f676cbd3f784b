//! What one process hands another, so that it can use a signal.

use std::os::fd::{BorrowedFd, OwnedFd, RawFd};

use crate::boundary::Error;

/// What another process needs to use a signal.
#[derive(Debug)]
pub struct Parts {
    /// The file of its page.
    pub file: OwnedFd,
    /// The kernel's bell.
    pub bell: OwnedFd,
}

impl Parts {
    /// Those that were sent, copied.
    ///
    /// # Errors
    /// `InvalidArgument` if there are not two, `OutOfResources`.
    pub fn copied(descriptors: &[RawFd]) -> Result<Self, Error> {
        let [file, bell] = descriptors else { return Err(Error::InvalidArgument) };
        let copy = |descriptor: &RawFd| {
            // SAFETY: the caller holds it open during the call.
            let descriptor = unsafe { BorrowedFd::borrow_raw(*descriptor) };
            descriptor.try_clone_to_owned().map_err(|_| Error::OutOfResources)
        };
        Ok(Self { file: copy(file)?, bell: copy(bell)? })
    }
}
