//! Shared virtual memory of the driver for tests: one range, which has what was set last.
#![forbid(unsafe_code)]

use super::FakeDriver;
use crate::{
    boundary::Error,
    driver::svm::{Attribute, Svm},
};

impl Svm for FakeDriver {
    fn set_attributes(&self, _: u64, _: u64, attributes: &mut [Attribute]) -> Result<(), Error> {
        self.call();
        *self.svm.lock() = attributes.iter().map(|one| (one.kind, one.value)).collect();
        Ok(())
    }

    fn get_attributes(&self, _: u64, _: u64, attributes: &mut [Attribute]) -> Result<(), Error> {
        self.call();
        for one in attributes {
            let set = self.svm.lock().iter().find(|(kind, _)| *kind == one.kind).copied();
            one.value = set.map_or(one.value, |(_, value)| value);
        }
        Ok(())
    }
}
