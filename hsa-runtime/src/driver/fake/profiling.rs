//! Profiling by the driver for tests: there is none, as in Linux's own.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::Node;

use super::FakeDriver;
use crate::{
    boundary::Error,
    driver::profiling::{Destination, Filled, HsaPcSamplingInfo, Profiling},
};

impl Profiling for FakeDriver {
    fn acquire_monitor(&self, _: &Node) -> Result<(), Error> {
        Err(Error::Generic)
    }

    fn release_monitor(&self, _: &Node) -> Result<(), Error> {
        Err(Error::Generic)
    }

    fn set_monitor_destination(&self, _: &Node, _: Destination) -> Result<Filled, Error> {
        Err(Error::Generic)
    }

    fn sampling(&self, _: &Node) -> Result<Vec<HsaPcSamplingInfo>, Error> {
        Err(Error::Generic)
    }
}
