//! A GPU's memory as each source tells it; they must agree, since programs believe one of them.
//!
//! Touches nothing but what was read and told. Answers to Linux `kfd_topology.c` (memory banks), `amdgpu_kms.c`
//! (AMDGPU_INFO_MEMORY), and to the pools of the runtime.
#![forbid(unsafe_code)]

use super::size;
use crate::{
    driver::Answers,
    finding::{Check, Finding},
    machine::{Machine, Node, text},
};
use hsakmt_thunk::sysfs;
use serde::{Deserialize, Serialize};

/// What the runtime tells of a GPU.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Pools {
    /// The driver's number of its node.
    pub node: u32,
    /// Bytes of its largest pool.
    pub bytes: u64,
    /// Bytes that are free.
    pub available: Option<u64>,
}

/// One finding a GPU.
pub fn memory(machine: &Machine, answers: &Answers, pools: &[Pools]) -> Vec<Finding> {
    let system = text("/proc/meminfo").and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?.to_owned();
        Some(sysfs::number(line.trim_end_matches("kB"))? << 10)
    });
    let of = |gpu: &Node| pools.iter().find(|pools| pools.node == gpu.number).copied();
    machine.gpus().map(|gpu| one(gpu, answers, of(gpu), system)).collect()
}

fn one(gpu: &Node, answers: &Answers, pools: Option<Pools>, system: Option<u64>) -> Finding {
    let drm = gpu.render_minor().and_then(|minor| Some(answers.render.get(&minor)?.as_ref().ok()?.1));
    let mut sources = vec![format!("topology {}", size(gpu.bytes()))];
    if let Some(drm) = drm {
        sources.push(format!("DRM {} and {} of the system's", size(drm.vram), size(drm.gtt)));
    }
    if let Some(pools) = pools {
        let free = pools.available.map(|free| format!(", {} free", size(free)));
        sources.push(format!("runtime {}{}", size(pools.bytes), free.unwrap_or_default()));
    }
    let text = sources.join("; ");
    let wrong = pools.and_then(|pools| {
        let most = drm.map(|drm| drm.vram.max(drm.gtt)).unwrap_or(0).max(gpu.bytes());
        if pools.available > Some(pools.bytes) {
            Some("the runtime says that more is free than there is")
        } else if pools.bytes > most {
            Some("the runtime says that there is more than the driver has")
        } else if drm.is_some_and(|drm| pools.bytes > drm.vram) && Some(pools.bytes) > system {
            Some("the runtime says that there is more than the system has")
        } else {
            None
        }
    });
    match wrong {
        Some(wrong) => Finding::warning(
            Check::Memory,
            gpu.name(),
            format!("{wrong}: {text}"),
            "programs that fill what they are told die; use a newer kernel and runtime, or tell the program the size",
        ),
        None => Finding::ok(Check::Memory, gpu.name(), text),
    }
}
