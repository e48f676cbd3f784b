//! Data caches of an agent.
//!
//! Pure. Answers to upstream's `cache.cpp` and to InitCacheList of `amd_cpu_agent.cpp` and `amd_gpu_agent.cpp`.
#![forbid(unsafe_code)]

use std::ffi::CString;

use hsakmt_thunk::topology::model::{self, Node};

/// HsaCacheType bits (hsakmttypes.h).
mod kind {
    pub const INSTRUCTION: u32 = 1 << 1;
    pub const CPU: u32 = 1 << 2;
    pub const GPU: u32 = 1 << 3;
}

/// A cache that holds data.
#[derive(Clone, Debug)]
pub struct Cache {
    /// Agent's name and level, for example `gfx1100 L2`.
    pub name: CString,
    /// Level, from 1.
    pub level: u8,
    /// KiB.
    pub size: u32,
    /// Bytes of a line; 0 if the kernel does not know.
    pub line: u32,
}

/// The data caches of the processors of a node.
pub fn of_cpu(node: &Node, agent: &str) -> Vec<Cache> {
    of(node, agent, kind::CPU)
}

/// The data caches of the GPU of a node.
pub fn of_gpu(node: &Node, agent: &str) -> Vec<Cache> {
    of(node, agent, kind::GPU)
}

fn of(node: &Node, agent: &str, wanted: u32) -> Vec<Cache> {
    let holds_data = |cache: &&model::Cache| cache.kind & wanted != 0 && cache.kind & kind::INSTRUCTION == 0;
    let describe = |cache: &model::Cache| {
        let name = format!("{agent} L{}", cache.level).replace('\0', "");
        Some(Cache {
            name: CString::new(name).ok()?,
            level: u8::try_from(cache.level).ok()?,
            size: cache.size,
            line: cache.cache_line_size,
        })
    };
    node.caches.iter().filter(holds_data).filter_map(describe).collect()
}

/// Number of levels that HSA_AGENT_INFO_CACHE_SIZE tells of.
pub const LEVELS: usize = 4;

/// HSA_AGENT_INFO_CACHE_SIZE of a CPU: of several caches of a level the last counts. Bytes.
pub fn sizes_of_cpu(caches: &[Cache]) -> [u32; LEVELS] {
    sizes(caches, |_, _, bytes| bytes)
}

/// HSA_AGENT_INFO_CACHE_SIZE of a GPU. Bytes.
///
/// Level 1 is told for one compute unit, from level 2 on the caches of the whole partition add up.
pub fn sizes_of_gpu(caches: &[Cache]) -> [u32; LEVELS] {
    sizes(caches, |level, sum, bytes| match (level, sum) {
        (1, 0) => bytes,
        (1, first) => first,
        _ => sum.saturating_add(bytes),
    })
}

fn sizes(caches: &[Cache], combine: impl Fn(u8, u32, u32) -> u32) -> [u32; LEVELS] {
    let mut sizes = [0; LEVELS];
    for cache in caches {
        if let Some(size) = usize::from(cache.level).checked_sub(1).and_then(|index| sizes.get_mut(index)) {
            *size = combine(cache.level, *size, cache.size.saturating_mul(1024));
        }
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::fixture;

    fn cache(level: u32, size: u32, kind: u32) -> model::Cache {
        model::Cache { level, size, kind, ..Default::default() }
    }

    #[test]
    fn instruction_caches_are_left_out() {
        let mut node = fixture::cpu(0, 0);
        node.caches =
            vec![cache(1, 32, 0b101), cache(1, 32, 0b110), cache(2, 512, 0b101), cache(2, 4096, 0b1001)];
        let names: Vec<_> =
            of_cpu(&node, "Zen").iter().map(|c| c.name.to_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["Zen L1", "Zen L2"]);
    }

    #[test]
    fn a_gpu_counts_level_1_once_and_sums_the_rest() {
        let (mut node, _) = fixture::gpu(1, (9, 4, 2), 0);
        node.caches =
            vec![cache(1, 32, 9), cache(1, 32, 9), cache(2, 4096, 9), cache(2, 4096, 9), cache(9, 1, 9)];
        let caches = of_gpu(&node, "gfx942");
        assert_eq!(sizes_of_gpu(&caches), [32 << 10, 8 << 20, 0, 0]);
        assert_eq!(sizes_of_cpu(&caches), [32 << 10, 4 << 20, 0, 0]);
    }
}
