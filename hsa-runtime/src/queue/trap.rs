//! What waves run when they trap: it tells of the exception, and halts them; or writes a sample, and goes on.
//!
//! Assembled from `shaders/trap.s`; a GPU gets it before its first queue. Answers to BindTrapHandler of upstream's
//! `amd_gpu_agent.cpp`, which gives it to all GPUs in hsa_init.
//!
//! The driver hears of the exception, and tells by the queue's second signal. Where it does not know exceptions (before
//! interface 1.13, or with firmware that it cannot debug by, as a BC-250's), the handler sets the queue's first signal
//! itself, as the packet processor does. For that it has a list of the process's queues, by the doorbell that a wave knows
//! its queue by. Waves of gfx8 do not know their doorbells, and no driver knows exceptions of theirs: the handler, from
//! `shaders/trap8.s`, tells of `abort` and assertions alone, for which compilers leave the queue in registers. GPUs since
//! gfx9.4 and gfx11 have no handler without a driver that knows exceptions: it is older than they are.
#![forbid(unsafe_code)]

use std::{collections::HashMap, sync::OnceLock};

use hsakmt_thunk::topology::model::GfxVersion;

use super::hardware::Queue;
use crate::{
    agent::{Agent, machine::Machine},
    boundary::Error,
    driver::Driver,
    log::complain,
    memory::Owned,
};

/// A handler, and the queues that it finds by their doorbells if it is to tell them itself.
struct Handler {
    code: Owned,
    queues: Option<Owned>,
}

/// Doorbells of a process on a GPU (KFD_MAX_NUM_OF_QUEUES_PER_PROCESS).
const DOORBELLS: u64 = 1024;

/// The handlers of the GPUs, by agent.
pub struct TrapHandlers(HashMap<usize, OnceLock<Option<Handler>>>);

impl TrapHandlers {
    /// None yet; the driver is not asked for anything.
    pub fn new(machine: &Machine) -> Self {
        Self(machine.gpus().map(|gpu| (gpu.index, OnceLock::new())).collect())
    }

    /// Sees that a GPU has one. Without, aborts of kernels go unnoticed, which is no reason not to compute.
    pub fn install(&self, machine: &Machine, gpu: &Agent) {
        let Some(place) = self.0.get(&gpu.index) else { return };
        let signals = !machine.driver.reports_errors();
        place.get_or_init(|| {
            let gfx = gpu.node.kernel_gfx?;
            give(machine, gpu, code(gfx, signals)?, signals && gfx.major >= 9)
                .inspect_err(|_| complain(&format!("agent {} has no trap handler", gpu.name())))
                .ok()
        });
    }

    /// Has the handler write samples to what begins at an address, or to nowhere at 0. Answers to UpdateTrapHandlerWithPCS.
    ///
    /// # Errors
    /// `Generic` for a GPU whose handler writes none, or when the driver refuses.
    pub fn sample(&self, machine: &Machine, gpu: &Agent, to: u64) -> Result<(), Error> {
        if is_told_by_queues(machine, gpu.index) {
            return Err(Error::Generic);
        }
        self.install(machine, gpu);
        let handler = self.0.get(&gpu.index).and_then(OnceLock::get).and_then(Option::as_ref);
        let code = handler.ok_or(Error::Generic)?.code.address();
        machine.driver.set_trap_handler(&gpu.node, code, to)
    }

    /// Has the handler of a queue's GPU find the queue, before anything is put into that.
    pub fn add(&self, driver: &dyn Driver, queue: &Queue) {
        let handler = self.0.get(&queue.agent).and_then(OnceLock::get).and_then(Option::as_ref);
        if let Some(queues) = handler.and_then(|handler| handler.queues.as_ref()) {
            let number = queue.doorbell().address() / 8 % DOORBELLS;
            driver.store(queues.address() + 8 * number, &[queue.address()]);
        }
    }
}

/// Whether what goes wrong with an agent's queues is told by their first signals: the driver knows no exceptions, or none of
/// such a GPU.
pub fn is_told_by_queues(machine: &Machine, agent: usize) -> bool {
    let gfx = machine.agents.get(agent).and_then(|agent| agent.node.kernel_gfx);
    !machine.driver.reports_errors() || gfx.is_some_and(|gfx| gfx.major < 9)
}

/// The code for a GPU, whatever it is said to be to programs; `signals`: it is to tell queues itself.
fn code(gfx: GfxVersion, signals: bool) -> Option<&'static [u8]> {
    Some(match (gfx.major, gfx.minor) {
        (8, _) => include_bytes!("../../shaders/trap8.0.bin"),
        (9, 0) if signals => include_bytes!("../../shaders/trap9.0-signals.bin"),
        (10, ..3) if signals => include_bytes!("../../shaders/trap10.1-signals.bin"),
        (10, _) if signals => include_bytes!("../../shaders/trap10.3-signals.bin"),
        _ if signals => return None,
        (9, 4 | 5) => include_bytes!("../../shaders/trap9.4.bin"),
        (9, _) => include_bytes!("../../shaders/trap9.0.bin"),
        (10, ..3) => include_bytes!("../../shaders/trap10.1.bin"),
        (10, _) => include_bytes!("../../shaders/trap10.3.bin"),
        (11, _) => include_bytes!("../../shaders/trap11.0.bin"),
        (12, 0) => include_bytes!("../../shaders/trap12.0.bin"),
        _ => return None,
    })
}

/// `finds`: it is to find queues by their doorbells.
fn give(machine: &Machine, gpu: &Agent, code: &[u8], finds: bool) -> Result<Handler, Error> {
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(word)
    };
    let words: Vec<u64> = code.chunks(8).map(word).collect();
    let memory = machine.engine_memory(gpu, 8 * words.len() as u64)?;
    memory.store(&words);
    let queues = finds.then(|| machine.engine_memory(gpu, 8 * DOORBELLS)).transpose()?;
    queues.iter().for_each(|queues| queues.store(&[0; DOORBELLS as usize]));
    let data = queues.as_ref().map_or(0, Owned::address);
    machine.driver.set_trap_handler(&gpu.node, memory.address(), data)?;
    Ok(Handler { code: memory, queues })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_generation_has_its_code() {
        let of = |major, minor| code(GfxVersion { major, minor, stepping: 0 }, false);
        assert!(of(7, 0).is_none() && of(12, 5).is_none() && of(13, 0).is_none());
        let signals = [(8, 0), (9, 0), (9, 4), (10, 1), (10, 3), (11, 0)].map(|(major, minor)| {
            code(GfxVersion { major, minor, stepping: 0 }, true)
                .is_some_and(|code| Some(code) != of(major, minor))
        });
        assert_eq!(signals, [false, true, false, true, true, false]);
        let all = [(8, 0), (9, 0), (9, 4), (10, 1), (10, 3), (11, 5), (12, 0)];
        let firsts: Vec<_> = all.map(|(major, minor)| of(major, minor).expect("code")).to_vec();
        assert!((1..firsts.len()).all(|at| firsts[at] != firsts[at - 1] && firsts[at].len() % 4 == 0));
    }
}
