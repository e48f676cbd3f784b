//! Shared virtual memory of amdkfd, by way of the thunk.
#![forbid(unsafe_code)]

use hsakmt_thunk::svm;

use super::{
    kfd::Kfd,
    svm::{Attribute, Svm},
};
use crate::boundary::Error;

impl Svm for Kfd {
    fn set_attributes(&self, start: u64, bytes: u64, attributes: &mut [Attribute]) -> Result<(), Error> {
        // The kernel shares nothing with GPUs whose address spaces are not bound.
        self.services()?;
        svm::set(self.thunk().driver(), start, bytes, attributes).map_err(|_| Error::Generic)
    }

    fn get_attributes(&self, start: u64, bytes: u64, attributes: &mut [Attribute]) -> Result<(), Error> {
        self.services()?;
        svm::get(self.thunk().driver(), start, bytes, attributes).map_err(|_| Error::Generic)
    }
}
