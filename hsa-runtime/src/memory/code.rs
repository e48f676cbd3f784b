//! Memory from which agents execute. Answers to RegionMemory of upstream's `amd_loader_context.cpp`.
#![forbid(unsafe_code)]

use super::{Owned, Wish};
use crate::{
    agent::{Agent, machine::Machine},
    boundary::Error,
    loader::executable::{CodeBlock, CodeMemory},
    pool::{Grain, Place},
};

impl CodeMemory for Machine {
    fn allocate(&self, agent: &Agent, bytes: u64) -> Result<Box<dyn CodeBlock>, Error> {
        let index = self.code_pool(agent).ok_or(Error::OutOfResources)?;
        let wish = Wish { executable: true, ..Wish::default() };
        // Whatever the reason, there is no memory for this code.
        let address = Machine::allocate(self, index, bytes, wish).map_err(|_| Error::OutOfResources)?;
        let block = Block { memory: Owned::new(self, address), host_access: self.pools[index].host_access };
        self.allow_access(address, &[agent])?;
        Ok(Box::new(block))
    }
}

impl Machine {
    /// Index of the pool for an agent's code: its own memory, or the host's where it has none.
    fn code_pool(&self, agent: &Agent) -> Option<usize> {
        let own = agent.pools.clone().find(|&index| {
            let pool = &self.pools[index];
            (pool.place, pool.grain) == (Place::Local, Grain::Coarse)
        });
        own.or_else(|| {
            let cpu = self.nearest_cpu(agent)?;
            cpu.pools.clone().find(|&index| self.pools[index].grain == Grain::Fine)
        })
    }
}

/// Code on an agent.
struct Block {
    memory: Owned,
    host_access: bool,
}

impl CodeBlock for Block {
    fn address(&self) -> u64 {
        self.memory.address()
    }

    fn write(&self, image: &[u8]) -> Result<(), Error> {
        if !self.host_access {
            return Err(Error::OutOfResources);
        }
        let words = image.chunks(8).map(|bytes| {
            let mut word = [0; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            u64::from_ne_bytes(word)
        });
        self.memory.store(&words.collect::<Vec<u64>>());
        Ok(())
    }
}
