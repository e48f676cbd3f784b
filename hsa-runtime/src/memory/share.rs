//! Memory shared with other libraries and processes.
//!
//! Touches `driver` and `pool`. Answers to InteropMap, InteropUnmap and DmaBufExport of upstream's `runtime.cpp`.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::NodeId;

use super::{Heap, Origin, Record};
use crate::{
    agent::{Agent, machine::Machine},
    boundary::Error,
    driver::Imported,
    pool::Place,
};

impl Heap {
    /// Takes in a dma-buf for the GPUs of these nodes.
    ///
    /// # Errors
    /// `Generic` when it is none, `OutOfResources` when it cannot be mapped.
    pub fn import(&self, dmabuf: i32, nodes: &[NodeId]) -> Result<Imported, Error> {
        let taken = self.driver.import(dmabuf, nodes)?;
        let place = (taken.address, taken.bytes, taken.bytes);
        self.insert(Record::new(place, Origin::Imported, taken.node, taken.attributes, nodes.into()));
        Ok(taken)
    }

    /// Keeps whatever is allocated from now on out of a block of a pool's, which others have now.
    fn retire(&self, pool: usize, block: u64) {
        self.fragments.lock().entry(pool).or_default().retire(block);
    }

    /// Gives back what was taken in and begins at an address.
    ///
    /// # Errors
    /// `InvalidArgument` if nothing does, or the driver refuses.
    pub fn give_back(&self, address: u64) -> Result<(), Error> {
        let is_meant = |record: &Record| record.start == address && record.origin == Origin::Imported;
        self.by_address.take(address, is_meant).ok_or(Error::InvalidArgument)?;
        self.driver.give_back(address)
    }
}

impl Machine {
    /// A descriptor of the GPU's memory that a range lies in, and the range's offset in it. `by_pcie`: for devices that
    /// are no GPUs, which reach it only where the host can.
    ///
    /// # Errors
    /// `InvalidAllocation` if there is no allocation, `InvalidAgent` if it is the host's, `NotSupported`,
    /// `OutOfResources`.
    pub fn export(&self, address: u64, bytes: u64, by_pcie: bool) -> Result<(i32, u64), Error> {
        let record = self.heap.containing(address).ok_or(Error::InvalidAllocation)?;
        let fits = record.size.checked_sub(address - record.start).is_some_and(|rest| bytes <= rest);
        let Origin::Pool(index) = record.origin else { return Err(Error::InvalidAllocation) };
        match &self.pools[index] {
            _ if !fits => Err(Error::InvalidAllocation),
            pool if pool.place != Place::Local => Err(Error::InvalidAgent),
            pool if by_pcie && !pool.host_access => Err(Error::NotSupported),
            _ => {
                let exported = self.driver.export(address, bytes)?;
                record.block.inspect(|&block| self.heap.retire(index, block));
                Ok(exported)
            }
        }
    }

    /// Nodes of agents.
    pub fn nodes_of(agents: &[&Agent]) -> Vec<NodeId> {
        agents.iter().map(|agent| agent.node.id).collect()
    }
}
