//! Which engine carries a copy.
//!
//! Pure. Engines are numbered as `hsa_amd_sdma_engine_id_t` has its bits: 0 for copies from the host, 1 for others over
//! PCIe, from 2 on those for copies between GPUs over XGMI. Answers to GetBlitObject, DmaCopyOnEngine, DmaCopyStatus,
//! DmaPreferredEngine and the lambdas of InitDma in upstream's `amd_gpu_agent.cpp`.
#![forbid(unsafe_code)]

use super::packet::Dialect;
use crate::{
    agent::{Agent, machine::Machine},
    boundary::Error,
    driver::queue::Reader,
};

/// Number of the engine for copies from the host.
pub const FROM_HOST: usize = 0;
/// Number of the engine for copies to the host, and what is on no better one.
pub const TO_HOST: usize = 1;
/// Number of the first engine for XGMI.
const FIRST_XGMI: usize = 2;

/// What carries a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// The SDMA engine of this number.
    Engine(usize),
    /// A kernel.
    Kernel,
}

/// A copy that a GPU is to carry.
#[derive(Clone, Copy)]
pub struct Route<'a> {
    pub machine: &'a Machine,
    /// The GPU: the source's if that is one.
    pub gpu: &'a Agent,
    pub target: &'a Agent,
    pub source: &'a Agent,
}

impl<'a> Route<'a> {
    /// Between two agents; `None` if neither is a GPU.
    pub fn new(machine: &'a Machine, target: &'a Agent, source: &'a Agent) -> Option<Self> {
        let gpu = [source, target].into_iter().find(|agent| agent.is_gpu())?;
        Some(Self { machine, gpu, target, source })
    }

    fn is_within(&self) -> bool {
        self.source.index == self.target.index
    }

    fn is_from_host(&self) -> bool {
        self.source.is_cpu()
    }

    fn is_between_gpus(&self) -> bool {
        !self.is_within() && self.source.is_gpu() && self.target.is_gpu()
    }

    fn is_over_xgmi(&self) -> bool {
        let hive = |agent: &Agent| agent.node.properties.hive_id;
        self.is_between_gpus() && hive(self.source) != 0 && hive(self.source) == hive(self.target)
    }

    /// The engine for copies from the host is for nothing else on gfx90a: it loses errors of others.
    fn may_use_first(&self) -> bool {
        self.is_from_host() || !is(self.gpu, (9, 0, 10))
    }

    fn is_by_kernel(&self) -> bool {
        let config = &self.machine.config.copies;
        config.sdma == Some(false) || self.is_between_gpus() && !config.peers
    }

    /// What carries so many bytes.
    pub fn carrier(&self, bytes: u64) -> Carrier {
        let xgmi = xgmi_engines(self.gpu);
        let recommended = recommended(self.machine, self.gpu, self.target);
        if self.is_by_kernel() {
            Carrier::Kernel
        } else if recommended != 0 {
            Carrier::Engine(recommended.trailing_zeros() as usize)
        } else if self.is_within() {
            // Only kernels fill the bus of the GPU's memory; for little it does not pay to flush caches.
            if bytes < self.machine.config.copies.kernel_bytes {
                Carrier::Engine(TO_HOST)
            } else {
                Carrier::Kernel
            }
        } else if self.is_over_xgmi() && xgmi > 0 {
            Carrier::Engine(FIRST_XGMI + self.target.index % xgmi)
        } else {
            Carrier::Engine(if self.is_from_host() { FROM_HOST } else { TO_HOST })
        }
    }

    /// What carries a copy for which the caller names an engine, by its bit; within a GPU a kernel does, unless the
    /// caller insists.
    ///
    /// # Errors
    /// `InvalidArgument` for no engine, several, one that is not there, or one that is not for such copies.
    pub fn named(&self, bit: u32, insists: bool) -> Result<Carrier, Error> {
        let engine = bit.trailing_zeros() as usize;
        if !bit.is_power_of_two() || engine >= engines(self.gpu) {
            return Err(Error::InvalidArgument);
        }
        if self.is_by_kernel() {
            return Ok(Carrier::Kernel);
        }
        let sdma = self.gpu.node.properties.num_sdma_engines as usize;
        let is_for_others = self.is_over_xgmi()
            && xgmi_engines(self.gpu) > 0
            && engine < sdma
            && !is_assigned(self.machine, self.gpu);
        if is_for_others || engine == FROM_HOST && !self.is_within() && !self.may_use_first() {
            return Err(Error::InvalidArgument);
        }
        Ok(if self.is_within() && !insists { Carrier::Kernel } else { Carrier::Engine(engine) })
    }

    /// The bits of the engines for such copies, and of which engine each tells; never none.
    pub fn candidates(&self) -> Vec<(u32, usize)> {
        let xgmi = (0..xgmi_engines(self.gpu)).map(|n| (1 << (FIRST_XGMI + n), FIRST_XGMI + n));
        let is_assigned = is_assigned(self.machine, self.gpu);
        let mut candidates = Vec::new();
        if !self.is_over_xgmi() || xgmi_engines(self.gpu) == 0 || is_assigned {
            let second = if self.gpu.node.properties.num_sdma_engines > 1 { TO_HOST } else { FROM_HOST };
            candidates.extend(self.may_use_first().then_some((1 << FROM_HOST, FROM_HOST)));
            candidates.push((1 << second, TO_HOST));
        }
        candidates.extend(xgmi);
        candidates
    }

    /// The bits of the engines that are best: those that the kernel recommends, or all that do.
    pub fn preferred(&self) -> u32 {
        match recommended(self.machine, self.gpu, self.target) {
            0 => self.candidates().iter().fold(0, |mask, (bit, _)| mask | bit),
            recommended => recommended,
        }
    }
}

fn is(gpu: &Agent, version: (u32, u32, u32)) -> bool {
    gpu.node.gfx.is_some_and(|gfx| (gfx.major, gfx.minor, gfx.stepping) == version)
}

fn xgmi_engines(gpu: &Agent) -> usize {
    gpu.node.properties.num_sdma_xgmi_engines as usize
}

/// How many engines a GPU has.
fn engines(gpu: &Agent) -> usize {
    gpu.node.properties.num_sdma_engines as usize + xgmi_engines(gpu)
}

/// How many numbers engines of a GPU may have.
pub fn numbers(gpu: &Agent) -> usize {
    FIRST_XGMI + xgmi_engines(gpu)
}

/// The engine that the kernel recommends to a GPU for copies to another, as a bit; 0 for none. Only since gfx94x and
/// interface 1.17 it means one engine.
fn recommended(machine: &Machine, gpu: &Agent, target: &Agent) -> u32 {
    let is_new = gpu.node.gfx.is_some_and(|gfx| gfx.major == 9 && gfx.minor >= 4);
    let mask = machine.links.between(gpu.node.id, target.node.id).copy_engines;
    let counts = is_new
        && machine.driver.version() >= (1, 17)
        && machine.config.copies.recommended
        && target.is_gpu()
        && mask.is_power_of_two();
    if counts { mask } else { 0 }
}

/// Whether the kernel assigns a GPU an engine for each of its peers.
fn is_assigned(machine: &Machine, gpu: &Agent) -> bool {
    machine.gpus().any(|peer| recommended(machine, gpu, peer) != 0)
}

/// What programs' packets for the engines of a GPU look like; `None` if they are not to be used.
pub fn dialect(machine: &Machine, gpu: &Agent) -> Option<Dialect> {
    let gfx = gpu.node.gfx?;
    let version = (gfx.major, gfx.minor, gfx.stepping);
    // Queues of programs do not work on gfx1013.
    let wanted = machine.config.copies.sdma.unwrap_or(version != (10, 1, 3));
    let dialect = Dialect::of(gfx.major, gfx.minor, gfx.stepping)?;
    (wanted && engines(gpu) > 0).then_some(dialect)
}

/// What a queue for an engine asks of the driver.
pub fn reader(machine: &Machine, gpu: &Agent, engine: usize) -> Reader {
    let sdma = gpu.node.properties.num_sdma_engines as usize;
    let gfx = gpu.node.gfx.map_or((0, 0, 0), |gfx| (gfx.major, gfx.minor, gfx.stepping));
    // Engines without XGMI are too few to be chosen among; before gfx90a the choice of engines misbehaved.
    let may_choose = machine.driver.version() >= (1, 17) && xgmi_engines(gpu) > 0 && gfx >= (9, 0, 10);
    if engine >= FIRST_XGMI {
        let chosen = may_choose && is_assigned(machine, gpu);
        if chosen { Reader::SdmaEngine(engine as u32) } else { Reader::SdmaXgmi }
    } else if may_choose {
        // On gfx94x the second engine is nearer to the host.
        let is_crossed = gfx.0 == 9 && gfx.1 >= 4;
        Reader::SdmaEngine(((engine + usize::from(is_crossed)) % sdma.max(1)) as u32)
    } else {
        Reader::Sdma
    }
}

/// The engine that is to be made before another: on gfx90a the driver gives the first queue the first engine, which must
/// be the one for copies from the host.
pub fn predecessor(gpu: &Agent, engine: usize) -> Option<usize> {
    (engine == TO_HOST && is(gpu, (9, 0, 10))).then_some(FROM_HOST)
}
