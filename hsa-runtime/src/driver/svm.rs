//! What the runtime asks of a driver about memory that the kernel moves between host and GPUs. Answers to upstream's use of
//! its thunk's `svm.c`.
#![forbid(unsafe_code)]

pub use hsakmt_thunk::svm::Attribute;

use crate::boundary::Error;

/// Attributes of ranges of whole pages, with the kernel's numbers of GPUs.
pub trait Svm {
    /// Sets attributes.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    fn set_attributes(&self, start: u64, bytes: u64, attributes: &mut [Attribute]) -> Result<(), Error>;

    /// Reads attributes.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    fn get_attributes(&self, start: u64, bytes: u64, attributes: &mut [Attribute]) -> Result<(), Error>;
}
