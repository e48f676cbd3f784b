//! Memory from pools, and who may reach it.
//!
//! Touches `driver` and `pool`. Answers to AllocateMemory, FreeMemory and AllowAccess of upstream's `runtime.cpp` and to
//! `amd_memory_region.cpp`.
#![forbid(unsafe_code)]

use std::sync::Arc;

use hsakmt_thunk::topology::model::NodeId;
use smallvec::smallvec;

use super::{Heap, Nodes, Origin, Record, fragments::Fragments};
use crate::{
    agent::{Agent, machine::Machine},
    boundary::Error,
    driver::Attributes,
    pool::{
        Grain, Place, Pool,
        info::{self, BLOCK},
    },
};

/// How an allocation differs from its pool's others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// GPUs execute it.
    pub executable: bool,
    /// It is physically contiguous.
    pub contiguous: bool,
    /// A GPU's memory to which others write over PCIe at any time: fine-grained whatever the pool is.
    pub pcie: bool,
    /// Every GPU reaches it from the start, where it is the host's: so regions of HSA 1.0 have it.
    pub shared: bool,
}

/// What a pool's memory is.
pub fn attributes(pool: &Pool, wish: Wish) -> Attributes {
    Attributes {
        local: pool.place == Place::Local,
        host: pool.host_access,
        coarse: pool.grain == Grain::Coarse && !wish.pcie,
        extended: pool.grain == Grain::ExtendedFine,
        uncached: pool.kernarg,
        executable: wish.executable,
        contiguous: wish.contiguous && pool.place == Place::Local,
        scheduled: false,
    }
}

impl Heap {
    /// Allocates from the pool at `index`, for these nodes' GPUs to reach.
    fn allocate(
        &self,
        pool: &Pool,
        index: usize,
        asked: u64,
        wish: Wish,
        nodes: Nodes,
    ) -> Result<u64, Error> {
        let size = asked.checked_next_multiple_of(self.page_size).ok_or(Error::InvalidAllocation)?;
        let attributes = attributes(pool, wish);
        let is_ordinary =
            pool.place == Place::Local && wish == Wish { shared: wish.shared, ..Wish::default() };
        let in_part = self.in_parts && is_ordinary && size <= BLOCK;
        let part = if in_part { self.part(pool, index, size, attributes) } else { None };
        let (block, address) = match part {
            Some((block, address)) => (Some(block), address),
            None => (None, self.whole(pool.node, size, attributes, &nodes)?),
        };
        let place = (address, asked, size);
        let record = Record::new(place, Origin::Pool(index), pool.node, attributes, nodes);
        self.insert(record.in_block(block));
        Ok(address)
    }

    /// An allocation of the driver's, for these nodes' GPUs to reach.
    fn whole(&self, node: NodeId, size: u64, attributes: Attributes, nodes: &[NodeId]) -> Result<u64, Error> {
        self.with_reserve(|| {
            let address = self.driver.allocate(node, size, attributes)?;
            if !nodes.is_empty() {
                self.driver.map(address, size, nodes).inspect_err(|_| {
                    // What the user hears of is that it could not be mapped.
                    let _ = self.driver.free(address);
                })?;
            }
            Ok(address)
        })
    }

    /// A part of a block of a GPU's memory: the block, and the part's address; `None` if there is no room for a block.
    fn part(&self, pool: &Pool, index: usize, size: u64, attributes: Attributes) -> Option<(u64, u64)> {
        let there = self.fragments.lock().get_mut(&index).and_then(|fragments| fragments.take(size));
        there.or_else(|| {
            let start = self.driver.allocate(pool.node, BLOCK, attributes).ok()?;
            if self.driver.map(start, BLOCK, &[pool.node]).is_err() {
                // The part may yet be mapped by itself.
                let _ = self.driver.free(start);
                return None;
            }
            let mut all = self.fragments.lock();
            let fragments = all.entry(index).or_default();
            fragments.add(start, pool.node);
            fragments.take(size)
        })
    }

    /// Lets these nodes' GPUs reach a part of a block of a pool's, and those that reach another part, too.
    fn reach_block(&self, pool: usize, block: u64, nodes: &[NodeId]) -> Result<(), Error> {
        let mut all = self.fragments.lock();
        let map = |nodes: &[NodeId]| self.driver.map(block, BLOCK, nodes);
        all.get_mut(&pool).map_or(Ok(()), |fragments| fragments.reach(block, nodes, map))
    }

    /// Bytes of a pool that the driver counts as used, and nobody does.
    pub fn kept(&self, pool: usize) -> u64 {
        let all = self.fragments.lock();
        all.get(&pool).and_then(Fragments::spare).map_or(0, |_| BLOCK)
    }

    /// Gives blocks that nobody uses back to the driver.
    pub fn trim(&self) {
        let blocks: Vec<u64> = self.fragments.lock().values_mut().filter_map(Fragments::take_spare).collect();
        // A refusal means that the process's memory is gone already.
        blocks.into_iter().for_each(|block| _ = self.return_to_driver(block));
    }
}

impl Machine {
    /// Allocates from the pool at `index`.
    ///
    /// # Errors
    /// `InvalidArgument` for no bytes, `InvalidAllocation` for more than the pool ever has and for pools that nobody
    /// allocates from, `OutOfResources`.
    pub fn allocate(&self, index: usize, asked: u64, wish: Wish) -> Result<u64, Error> {
        let pool = self.pools.get(index).ok_or(Error::InvalidMemoryPool)?;
        if asked == 0 {
            return Err(Error::InvalidArgument);
        }
        if pool.place == Place::Group || asked > info::largest(self, pool) as u64 {
            return Err(Error::InvalidAllocation);
        }
        if let Place::Npu(part) = pool.place {
            return self.npu().ok_or(Error::OutOfResources)?.allocate(part, asked);
        }
        let nodes = match pool.place {
            Place::System if wish.shared => self.gpus().map(|gpu| gpu.node.id).collect(),
            Place::System => Nodes::new(),
            Place::Local | Place::Group | Place::Npu(_) => smallvec![pool.node],
        };
        self.heap.allocate(pool, index, asked, wish, nodes)
    }

    /// Lets exactly these agents reach what begins at an address; a GPU always reaches its own memory, and the host its
    /// own. Who imported memory said for whom. What a neural processor's pools gave it reaches, and the host, and nobody else.
    ///
    /// # Errors
    /// `InvalidAllocation` if no allocation begins there, `OutOfResources`.
    pub fn allow_access(&self, address: u64, agents: &[&Agent]) -> Result<(), Error> {
        if self.npu().is_some_and(|npu| npu.has(address)) {
            let is_foreign = agents.iter().any(|agent| agent.is_gpu());
            return if is_foreign { Err(Error::OutOfResources) } else { Ok(()) };
        }
        let Some(record) = self.heap.at(address) else { return self.show_all(address, agents) };
        let pool = match record.origin {
            Origin::Pool(pool) => pool,
            Origin::Imported => return Ok(()),
            Origin::Locked(_) => return Err(Error::InvalidAllocation),
        };
        let gpus = agents.iter().filter(|agent| agent.is_gpu());
        let mut nodes: Vec<NodeId> = gpus.map(|agent| agent.node.id).collect();
        if record.attributes.local && !nodes.contains(&record.node) {
            nodes.push(record.node);
        }
        if let Some(block) = record.block {
            self.heap.reach_block(pool, block, &nodes)?;
        } else if nodes.is_empty() {
            // Only the host: it may be that no GPU reached it before.
            let _ = self.driver.unmap(address);
        } else {
            self.driver.map(address, record.size, &nodes)?;
        }
        record.set_reachable(&nodes);
        Ok(())
    }
}

/// A piece of memory that is freed when dropped.
pub struct Owned {
    heap: Arc<Heap>,
    address: u64,
}

impl Owned {
    /// Takes over what [`Machine::allocate`] gave.
    pub fn new(machine: &Machine, address: u64) -> Self {
        Self { heap: Arc::clone(&machine.heap), address }
    }

    /// Where it is.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// Writes words to its beginning; the pool is one that the host can reach.
    pub fn store(&self, words: &[u64]) {
        self.heap.driver.store(self.address, words);
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Ok(record) = self.heap.withdraw(self.address) {
            // A refusal means that the process's memory is gone already.
            let _ = self.heap.release(&record);
        }
    }
}
