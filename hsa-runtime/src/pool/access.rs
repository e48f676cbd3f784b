//! Whether and how an agent reaches a pool.
//!
//! Pure. Answers to `GetAccessInfo` of upstream's `amd_memory_region.cpp`.
#![forbid(unsafe_code)]

use super::{Grain, Place, Pool};
use crate::agent::{Agent, link::Link};

/// `hsa_amd_memory_pool_access_t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Not at all.
    Never,
    /// Without further ado.
    ByDefault,
    /// After `hsa_amd_agents_allow_access`.
    OnRequest,
}

/// How `agent`, which `link` joins to the pool's node, reaches `pool`.
pub fn of(agent: &Agent, pool: &Pool, link: &Link) -> Access {
    if agent.index == pool.owner {
        return Access::ByDefault;
    }
    if link.hops == 0 {
        return Access::Never;
    }
    match pool.place {
        Place::System | Place::Npu(_) if agent.is_cpu() => Access::ByDefault,
        Place::System | Place::Npu(_) => Access::OnRequest,
        // Fine-grained VRAM needs XGMI all the way; nodes without a hive have the same number, 0.
        Place::Local if pool.grain != Grain::Fine || agent.node.properties.hive_id == pool.hive => {
            Access::OnRequest
        }
        Place::Local | Place::Group => Access::Never,
    }
}
