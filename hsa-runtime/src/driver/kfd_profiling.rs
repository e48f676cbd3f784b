//! Profiling by amdkfd, by way of the thunk. Linux's own driver has none of it, and says so.
#![forbid(unsafe_code)]

use std::ptr;

use hsakmt_thunk::{pcs, spm, topology::model::Node};

use super::{
    kfd::Kfd,
    profiling::{Destination, Filled, HsaPcSamplingInfo, Profiling},
};
use crate::boundary::Error;

impl Profiling for Kfd {
    fn acquire_monitor(&self, node: &Node) -> Result<(), Error> {
        // The kernel gives it to processes whose address spaces are bound.
        self.services()?;
        spm::acquire(self.thunk().driver(), node.gpu_id).map_err(|_| Error::Generic)
    }

    fn release_monitor(&self, node: &Node) -> Result<(), Error> {
        spm::release(self.thunk().driver(), node.gpu_id).map_err(|_| Error::Generic)
    }

    fn set_monitor_destination(&self, node: &Node, destination: Destination) -> Result<Filled, Error> {
        spm::set_destination(self.thunk().driver(), node.gpu_id, destination).map_err(|_| Error::Generic)
    }

    fn sampling(&self, node: &Node) -> Result<Vec<HsaPcSamplingInfo>, Error> {
        self.services()?;
        let ask = |address: u64, room: u32| {
            let (count, asked) = pcs::capabilities(self.thunk().driver(), node.gpu_id, address, room);
            asked.map(|()| count).map_err(|_| Error::Generic)
        };
        let count = ask(0, 0)?;
        let none = HsaPcSamplingInfo { value: 0, value_min: 0, value_max: 0, flags: 0, method: 0, units: 0 };
        let mut ways = vec![none; count as usize];
        let told = ask(ways.as_mut_ptr().expose_provenance() as u64, count)?;
        ways.truncate(told as usize);
        Ok(ways)
    }

    fn create_sampling(&self, node: &Node, mut way: HsaPcSamplingInfo) -> Result<u32, Error> {
        self.services()?;
        // The kernel writes there what others sample by, if that is the reason for a refusal.
        let address = ptr::from_mut(&mut way).expose_provenance() as u64;
        pcs::create(self.thunk().driver(), node.gpu_id, address).map_err(|_| Error::Generic)
    }

    fn start_sampling(&self, node: &Node, session: u32) -> Result<(), Error> {
        pcs::start(self.thunk().driver(), node.gpu_id, session).map_err(|_| Error::Generic)
    }

    fn stop_sampling(&self, node: &Node, session: u32) -> Result<(), Error> {
        pcs::stop(self.thunk().driver(), node.gpu_id, session).map_err(|_| Error::Generic)
    }

    fn destroy_sampling(&self, node: &Node, session: u32) -> Result<(), Error> {
        pcs::destroy(self.thunk().driver(), node.gpu_id, session).map_err(|_| Error::Generic)
    }
}
