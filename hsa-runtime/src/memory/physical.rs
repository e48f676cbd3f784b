//! Memory without an address, as the virtual memory functions allocate it, and the handles that programs hold.
//!
//! Touches `driver`. Answers to MemoryHandle of upstream's `runtime.h` and to VMemoryHandleCreate, VMemoryHandleRelease
//! and the import and export of handles in `runtime.cpp`.
#![forbid(unsafe_code)]

use std::{collections::HashMap, sync::Arc};

use hsakmt_thunk::topology::model::{Node, NodeId};
use parking_lot::Mutex;

use super::{Wish, allocate::attributes};
use crate::{
    agent::{Agent, machine::Machine},
    boundary::Error,
    driver::{
        Driver,
        virtual_memory::{Access, Attached, Part},
    },
    pool::{Grain, Place, Pool, info},
};

/// Memory without an address. It is freed when neither a handle nor a mapping is left.
pub struct Physical {
    driver: Arc<dyn Driver>,
    /// The driver's number of it.
    backing: u64,
    /// Number of its handle.
    pub number: u32,
    /// Bytes.
    pub bytes: u64,
    /// Index of its pool.
    pub pool: usize,
    /// Whether the user asked that it stays where it is. All memory of GPUs does.
    pub pinned: bool,
    /// By which numbers the render nodes know it, once they do.
    attached: Mutex<HashMap<NodeId, Attached>>,
}

impl Physical {
    /// As the render node of a GPU knows it.
    ///
    /// # Errors
    /// Those of the driver.
    pub fn on(&self, gpu: &Node) -> Result<Attached, Error> {
        let mut attached = self.attached.lock();
        if let Some(known) = attached.get(&gpu.id) {
            return Ok(*known);
        }
        let new = self.driver.attach(self.backing, self.bytes, gpu)?;
        attached.insert(gpu.id, new);
        Ok(new)
    }

    /// A descriptor of it, the caller's to close.
    ///
    /// # Errors
    /// Those of the driver.
    pub fn export(&self) -> Result<i32, Error> {
        self.driver.export(self.backing, self.bytes).map(|(dmabuf, _)| dmabuf)
    }
}

impl Drop for Physical {
    fn drop(&mut self) {
        for attached in self.attached.get_mut().values() {
            self.driver.detach(*attached);
        }
        self.driver.destroy(self.backing);
    }
}

/// What is held by handles, and how often.
#[derive(Default)]
pub struct Handles {
    last: u32,
    held: HashMap<u32, (Arc<Physical>, u32)>,
}

impl Handles {
    /// Holds memory that the driver made, once; the number of its handle.
    pub fn add(
        &mut self,
        driver: &Arc<dyn Driver>,
        backing: u64,
        bytes: u64,
        pool: usize,
        pinned: bool,
    ) -> u32 {
        // After 2^32 of them a number that is still held is passed over.
        loop {
            self.last = self.last.wrapping_add(1);
            if !self.held.contains_key(&self.last) {
                break;
            }
        }
        let (driver, number) = (Arc::clone(driver), self.last);
        let physical = Physical { driver, backing, number, bytes, pool, pinned, attached: Mutex::default() };
        self.held.insert(number, (Arc::new(physical), 1));
        number
    }

    /// The memory of a number.
    pub fn get(&self, number: u32) -> Option<Arc<Physical>> {
        self.held.get(&number).map(|(physical, _)| Arc::clone(physical))
    }

    /// Holds memory once more, also if nobody held it any more.
    pub fn retain(&mut self, physical: &Arc<Physical>) {
        let held = self.held.entry(physical.number).or_insert_with(|| (Arc::clone(physical), 0));
        held.1 = held.1.saturating_add(1);
    }

    /// Lets go once; whether it was held.
    pub fn release(&mut self, number: u32) -> bool {
        let Some((_, times)) = self.held.get_mut(&number) else { return false };
        *times -= 1;
        if *times == 0 {
            self.held.remove(&number);
        }
        true
    }
}

impl Machine {
    /// Allocates whole pages of the pool at an index, and holds them by a handle, whose number it is.
    ///
    /// # Errors
    /// `InvalidArgument`, `InvalidAllocation` for more than the pool ever has, `OutOfResources`.
    pub fn create_physical(&self, index: usize, bytes: u64, pinned: bool) -> Result<u32, Error> {
        let pool = self.pools.get(index).ok_or(Error::InvalidArgument)?;
        if bytes % self.driver.page_size() != 0 {
            return Err(Error::InvalidArgument);
        }
        if pool.place == Place::Group || bytes > info::largest(self, pool) as u64 {
            return Err(Error::InvalidAllocation);
        }
        let backing = self
            .heap
            .with_reserve(|| self.driver.create(pool.node, bytes, attributes(pool, Wish::default())))?;
        Ok(self.heap.vmem.handles().add(&self.driver, backing, bytes, index, pinned))
    }

    /// Takes in what another process exported, likewise.
    ///
    /// # Errors
    /// `IncompatibleArguments` if it is no memory of a GPU, `InvalidAllocation` if programs do not see that GPU.
    pub fn import_physical(&self, dmabuf: i32) -> Result<u32, Error> {
        let taken = self.driver.take_in(dmabuf).map_err(|_| Error::IncompatibleArguments)?;
        let is_its = |pool: &Pool| {
            pool.node == taken.node && pool.place == Place::Local && pool.grain == Grain::Coarse
        };
        let Some(pool) = self.pools.iter().position(is_its) else {
            self.driver.destroy(taken.number);
            return Err(Error::InvalidAllocation);
        };
        Ok(self.heap.vmem.handles().add(&self.driver, taken.number, taken.bytes, pool, false))
    }

    /// The GPU that memory belongs to; `None` for the host's.
    pub fn owner_of(&self, physical: &Physical) -> Option<&Agent> {
        let pool = self.pools.get(physical.pool)?;
        self.agents.get(pool.owner).filter(|agent| agent.is_gpu())
    }

    /// Maps a part of the memory of a handle at reserved addresses.
    ///
    /// # Errors
    /// `InvalidArgument`; `InvalidAgent` for memory of the host.
    pub fn map_physical(&self, part: Part, handle: u32) -> Result<(), Error> {
        let physical = self.heap.vmem.handles().get(handle).ok_or(Error::InvalidArgument)?;
        if self.owner_of(&physical).is_none() {
            return Err(Error::InvalidAgent);
        }
        self.heap.vmem.map(part, handle)
    }

    /// Lets agents see what is mapped in a range: where it begins, and its bytes.
    ///
    /// # Errors
    /// As [`super::vmem::Vmem::set_access`].
    pub fn show(&self, range: (u64, u64), agents: &[(&Agent, Access)]) -> Result<(), Error> {
        self.heap.vmem.set_access(range, agents, |physical| self.owner_of(physical))
    }

    /// Lets agents read and write the mapping that an address lies in.
    ///
    /// # Errors
    /// `InvalidAllocation` if there is none, and as [`Machine::show`].
    pub fn show_all(&self, address: u64, agents: &[&Agent]) -> Result<(), Error> {
        let mapping = self.heap.vmem.mapping(address).ok_or(Error::InvalidAllocation)?;
        let all = Access { read: true, write: true };
        let agents: Vec<_> = agents.iter().map(|&agent| (agent, all)).collect();
        self.show((mapping.start(), mapping.bytes()), &agents)
    }
}
