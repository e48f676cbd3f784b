//! What waves run when they trap: it tells the driver of the exception, and halts them.
//!
//! Assembled from `shaders/trap.s`; a GPU gets it before its first queue. Answers to BindTrapHandler of upstream's
//! `amd_gpu_agent.cpp`, which gives it to all GPUs in hsa_init.
//!
//! Where the driver does not tell of exceptions (before interface 1.13, or with firmware that it cannot debug by, as a
//! BC-250's), and on gfx8, upstream's writes to the queue's signal itself. Ours has no such handler: waves go on behind
//! s_trap there, as the driver's own has it.
#![forbid(unsafe_code)]

use std::{collections::HashMap, sync::OnceLock};

use hsakmt_thunk::topology::model::GfxVersion;

use crate::{
    agent::{Agent, machine::Machine},
    boundary::Error,
    log::complain,
    memory::Owned,
};

/// The handlers of the GPUs, by agent.
pub struct TrapHandlers(HashMap<usize, OnceLock<Option<Owned>>>);

impl TrapHandlers {
    /// None yet; the driver is not asked for anything.
    pub fn new(machine: &Machine) -> Self {
        Self(machine.gpus().map(|gpu| (gpu.index, OnceLock::new())).collect())
    }

    /// Sees that a GPU has one. Without, aborts of kernels go unnoticed, which is no reason not to compute.
    pub fn install(&self, machine: &Machine, gpu: &Agent) {
        let Some(place) = self.0.get(&gpu.index) else { return };
        let code = gpu.node.kernel_gfx.and_then(code).filter(|_| machine.driver.reports_errors());
        place.get_or_init(|| {
            give(machine, gpu, code?)
                .inspect_err(|_| complain(&format!("agent {} has no trap handler", gpu.name())))
                .ok()
        });
    }
}

/// The code for a GPU, whatever it is said to be to programs.
fn code(gfx: GfxVersion) -> Option<&'static [u8]> {
    Some(match (gfx.major, gfx.minor) {
        (9, 4 | 5) => include_bytes!("../../shaders/trap9.4.bin"),
        (9, _) => include_bytes!("../../shaders/trap9.0.bin"),
        (10, ..3) => include_bytes!("../../shaders/trap10.1.bin"),
        (10, _) => include_bytes!("../../shaders/trap10.3.bin"),
        (11, _) => include_bytes!("../../shaders/trap11.0.bin"),
        (12, 0) => include_bytes!("../../shaders/trap12.0.bin"),
        _ => return None,
    })
}

fn give(machine: &Machine, gpu: &Agent, code: &[u8]) -> Result<Owned, Error> {
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(word)
    };
    let words: Vec<u64> = code.chunks(8).map(word).collect();
    let memory = machine.engine_memory(gpu, 8 * words.len() as u64)?;
    memory.store(&words);
    machine.driver.set_trap_handler(&gpu.node, memory.address())?;
    Ok(memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_generation_has_its_code() {
        let of = |major, minor| code(GfxVersion { major, minor, stepping: 0 });
        assert!(of(8, 0).is_none() && of(12, 5).is_none() && of(13, 0).is_none());
        let all = [(9, 0), (9, 4), (10, 1), (10, 3), (11, 5), (12, 0)];
        let firsts: Vec<_> = all.map(|(major, minor)| of(major, minor).expect("code")).to_vec();
        assert!((1..firsts.len()).all(|at| firsts[at] != firsts[at - 1] && firsts[at].len() % 4 == 0));
    }
}
