//! The machine as a program sees it: agents, pools and caches, fixed from `hsa_init` to the last `hsa_shut_down`.
//!
//! Touches `driver` only to keep it. Answers to the tables of upstream's `runtime.h`.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::{Agent, link::Links};
use crate::{
    abi::{hsa_agent_t, hsa_amd_memory_pool_t, hsa_cache_t, hsa_region_t},
    boundary::Error,
    cache::Cache,
    config::Config,
    copy::Copies,
    core_dump,
    driver::{Driver, npu::Npu},
    handle::{self, Epoch},
    image::Images,
    loader::Loader,
    memory::Heap,
    pool::Pool,
};

/// Everything that queries are answered from.
pub struct Machine {
    /// What the environment asked for.
    pub config: Config,
    /// The kernel driver.
    pub driver: Arc<dyn Driver>,
    /// Whether the process's GPU code may replay page faults.
    pub xnack: bool,
    /// CPUs in the driver's order, then GPUs in the order that the user asked for, then the neural processor.
    pub agents: Vec<Agent>,
    /// Pools of all agents, visible and not.
    pub pools: Vec<Pool>,
    /// Caches of all agents.
    pub caches: Vec<Cache>,
    /// Links between nodes.
    pub links: Links,
    /// What programs have allocated.
    pub heap: Arc<Heap>,
    /// Code objects and executables.
    pub loader: Loader,
    /// What carries copies.
    pub copies: Copies,
    /// Images and samplers.
    pub images: Images,
    /// Whether a core dump was written.
    pub core: core_dump::Once,
    /// Which `hsa_init` made it.
    pub epoch: Epoch,
}

impl Machine {
    /// The processors.
    pub fn cpus(&self) -> impl Iterator<Item = &Agent> {
        self.agents.iter().filter(|agent| agent.is_cpu())
    }

    /// The GPUs.
    pub fn gpus(&self) -> impl Iterator<Item = &Agent> + Clone {
        self.agents.iter().filter(|agent| agent.is_gpu())
    }

    /// The driver of the neural processor.
    pub fn npu(&self) -> Option<&dyn Npu> {
        self.agents.iter().find_map(|agent| agent.npu.as_deref())
    }

    /// Handle of an agent.
    pub fn handle_of(&self, agent: &Agent) -> hsa_agent_t {
        handle::agent(self.epoch, agent.index)
    }

    /// The agent of a handle.
    ///
    /// # Errors
    /// `InvalidAgent`.
    pub fn agent(&self, agent: hsa_agent_t) -> Result<&Agent, Error> {
        handle::agent_index(self.epoch, agent)
            .and_then(|index| self.agents.get(index))
            .ok_or(Error::InvalidAgent)
    }

    /// The CPU or GPU of a handle, to which memory of any pool but a neural processor's can be shown.
    ///
    /// # Errors
    /// `InvalidAgent` for any other agent, too.
    pub fn cpu_or_gpu(&self, agent: hsa_agent_t) -> Result<&Agent, Error> {
        let agent = self.agent(agent)?;
        if agent.npu.is_none() { Ok(agent) } else { Err(Error::InvalidAgent) }
    }

    /// The GPU of a handle.
    ///
    /// # Errors
    /// `InvalidAgent` for any other agent, too.
    pub fn gpu(&self, agent: hsa_agent_t) -> Result<&Agent, Error> {
        let agent = self.agent(agent)?;
        if agent.is_gpu() { Ok(agent) } else { Err(Error::InvalidAgent) }
    }

    /// The pool of a handle.
    ///
    /// # Errors
    /// `InvalidMemoryPool`.
    pub fn pool(&self, pool: hsa_amd_memory_pool_t) -> Result<&Pool, Error> {
        handle::pool_index(self.epoch, pool)
            .and_then(|index| self.pools.get(index))
            .ok_or(Error::InvalidMemoryPool)
    }

    /// The pool of a region's handle.
    ///
    /// # Errors
    /// `InvalidRegion`.
    pub fn region(&self, region: hsa_region_t) -> Result<&Pool, Error> {
        handle::region_index(self.epoch, region)
            .and_then(|index| self.pools.get(index))
            .ok_or(Error::InvalidRegion)
    }

    /// The cache of a handle.
    ///
    /// # Errors
    /// `InvalidCache`.
    pub fn cache(&self, cache: hsa_cache_t) -> Result<&Cache, Error> {
        handle::cache_index(self.epoch, cache)
            .and_then(|index| self.caches.get(index))
            .ok_or(Error::InvalidCache)
    }

    /// Positions of the pools of an agent that programs may see.
    pub fn visible_pools(&self, agent: &Agent) -> impl Iterator<Item = usize> {
        agent.pools.clone().filter(|&index| self.pools[index].visible)
    }

    /// The processor that is nearest to an agent, by the weights of links; the first of several.
    pub fn nearest_cpu(&self, agent: &Agent) -> Option<&Agent> {
        self.cpus().min_by_key(|cpu| self.links.between(agent.node.id, cpu.node.id).distance)
    }

    /// Whether memory can be managed in physical handles and virtual ranges: the driver exports DMA-BUFs with
    /// offsets since interface 1.15.
    pub fn has_virtual_memory_api(&self) -> bool {
        self.driver.version() >= (1, 15)
    }

    /// Whether allocations can be exported as DMA-BUFs: since interface 1.12.
    pub fn has_dmabuf(&self) -> bool {
        self.driver.version() >= (1, 12)
    }
}
