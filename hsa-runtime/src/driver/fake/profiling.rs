//! Profiling by the driver for tests: there is none, as in Linux's own, or sampling as by AMD's.
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

    fn create_sampling(&self, _: &Node, _: HsaPcSamplingInfo) -> Result<u32, Error> {
        self.sample("create", 1).map(|()| 1)
    }

    fn start_sampling(&self, _: &Node, session: u32) -> Result<(), Error> {
        self.sample("start", session)
    }

    fn stop_sampling(&self, _: &Node, session: u32) -> Result<(), Error> {
        self.sample("stop", session)
    }

    fn destroy_sampling(&self, _: &Node, session: u32) -> Result<(), Error> {
        self.sample("destroy", session)
    }
}

impl FakeDriver {
    /// Notes what a session is told; from number 100 on there are none.
    fn sample(&self, what: &'static str, session: u32) -> Result<(), Error> {
        self.sampled.lock().push((what, session));
        if self.samples && session < 100 { Ok(()) } else { Err(Error::Generic) }
    }
}
