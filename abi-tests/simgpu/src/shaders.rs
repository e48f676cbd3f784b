//! The shader engines of a machine: dispatches of its queues, run by the interpreter. The joint between [`crate::device`]
//! and [`crate::exec`]. Touches nothing itself.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::device::dispatch::Dispatch;
use crate::device::gpu::{Gfx, Gpu};
use crate::device::machine::{Driver, Gate, QueueContext, Shaders};
use crate::device::platform::{Progress, WaveError};
use crate::exec::alu::is_approximate;
use crate::exec::flow::Chip;
use crate::exec::grid::{self, Plan};
use crate::exec::group::{Error, Surroundings};
use crate::exec::order::Order;
use crate::exec::program::Program;
use crate::exec::sampling::Sampling;
use crate::exec::sync::GlobalSync;
use crate::exec::trap::Handler;
use crate::isa::Target;

/// What s_sendmsg can tell of an event (SQ_INTERRUPT_WORD_WAVE_CTXID0__DATA).
const MESSAGE_DATA: u32 = 0xff_ffff;

/// Wave instructions of a dispatch that are not worth a second thread: half a millisecond.
const ALONE: u64 = 1 << 14;

/// The shader engines of one GPU for one process.
pub struct ShaderEngines {
    gpu: Gpu,
    driver: Arc<dyn Driver>,
    plan: Plan,
    /// None where the instruction set is not simulated.
    program: Option<Program>,
    sync: GlobalSync,
    sampling: Sampling,
}

impl ShaderEngines {
    /// Those of a GPU, which interrupt by a driver. With a seed a dispatch has one thread, and its work an order by the
    /// seed; else as many threads as there are processors. `counts`: how often each instruction runs is counted.
    pub fn new(gpu: Gpu, driver: Arc<dyn Driver>, seed: Option<u64>, counts: bool) -> Self {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let (threads, order) = match seed {
            Some(seed) => (1, Order::shuffled(seed)),
            None => (processors(), Order::default()),
        };
        let plan = Plan { threads, alone: ALONE, resident: 1, order };
        let target = target(gpu.gfx);
        let program = if counts { Program::counting } else { Program::new };
        Self {
            gpu,
            driver,
            plan,
            program: target.map(program),
            sync: GlobalSync::default(),
            sampling: Sampling::default(),
        }
    }

    /// The host wants a wave to trap every so many microseconds, or none.
    pub fn sample(&self, interval: Option<u32>) {
        self.sampling.set(interval);
    }

    /// A line for each mnemonic that was run and counted: how often, and whether its results are approximate.
    pub fn counts(&self) -> Vec<String> {
        let counts = self.program.as_ref().map(Program::counts).unwrap_or_default();
        let line = |(name, count): (&str, &u64)| {
            let mark = if is_approximate(name) { " approximate" } else { "" };
            format!("{count:14} {name}{mark}")
        };
        counts.iter().map(|(name, count)| line((name, count))).collect()
    }

    /// What the hardware would make of an error, and a remark where it is only ours.
    fn tell(&self, error: Error) -> WaveError {
        match error {
            Error::Memory(_, fault) => WaveError::Memory(fault),
            Error::Aperture(_, address) => WaveError::Aperture(address),
            Error::Trap(..) => WaveError::Trap,
            Error::Outside(error) => error,
            Error::Exception(pc, codes) => reported(pc, codes),
            Error::Illegal(pc) => WaveError::IllegalInstruction(pc),
            Error::Missing(pc, _) => {
                self.driver.remark(&error.to_string());
                WaveError::IllegalInstruction(pc)
            }
        }
    }
}

/// The instruction set of a GPU; of the members of a family the most capable one stands for all.
fn target(gfx: Gfx) -> Option<Target> {
    Some(match (gfx.major, gfx.minor, gfx.stepping) {
        (10, 1, 3) => Target::Gfx1013,
        (10, 1, _) => Target::Gfx1010,
        (10, 3, _) => Target::Gfx1030,
        (11, 0, _) => Target::Gfx1100,
        _ => return None,
    })
}

/// What the trap handler told the kernel (EC_QUEUE_WAVE_ABORT is bit 0): instructions and addresses before the rest.
fn reported(pc: u64, codes: u32) -> WaveError {
    const ILLEGAL_INSTRUCTION: u32 = 1 << 3;
    const VIOLATIONS: u32 = 1 << 4 | 1 << 5;
    if codes & ILLEGAL_INSTRUCTION != 0 {
        WaveError::IllegalInstruction(pc)
    } else if codes & VIOLATIONS != 0 {
        WaveError::Aperture(pc)
    } else {
        WaveError::Trap
    }
}

impl Shaders for ShaderEngines {
    /// On the queue's own thread, and more when it lasts: workgroups take turns, as many as would fit on the GPU at once.
    fn launch(&self, dispatch: &Dispatch, queue: &QueueContext<'_>) -> Result<(), WaveError> {
        let Some(program) = &self.program else {
            self.driver.remark("this GPU's instruction set is not simulated");
            return Err(WaveError::IllegalInstruction(dispatch.entry));
        };
        let groups = dispatch.resident_groups().unwrap_or(1) * self.gpu.compute_units.max(1);
        let plan = Plan { resident: groups as usize, ..self.plan };
        let sync = queue.global_sync.then_some(&self.sync);
        let (driver, sampling) = (&*self.driver, &self.sampling);
        let chip = QueueChip { driver, gate: queue.gate, doorbell: queue.doorbell, sync, sampling };
        let around = Surroundings { program, memory: queue.memory, chip: &chip };
        grid::run(dispatch, &around, plan).map(|_| ()).map_err(|error| self.tell(error))
    }

    fn invalidate_code(&self) {
        if let Some(program) = &self.program {
            program.forget();
        }
    }
}

/// The GPU as the waves of one queue see it.
struct QueueChip<'a> {
    driver: &'a dyn Driver,
    gate: &'a dyn Gate,
    doorbell: u32,
    sync: Option<&'a GlobalSync>,
    sampling: &'a Sampling,
}

impl Chip for QueueChip<'_> {
    fn clock(&self) -> u64 {
        self.driver.clock()
    }

    fn interrupt(&self, data: u32) {
        self.driver.interrupt(data & MESSAGE_DATA);
    }

    fn doorbell(&self) -> u32 {
        self.doorbell
    }

    fn trap_handler(&self) -> Option<Handler> {
        self.driver.trap_handler().map(|(code, memory)| Handler { code, memory })
    }

    fn host_trap(&self, within: u32) -> Option<u32> {
        self.sampling.due(within)
    }

    fn global_sync(&self) -> Option<&GlobalSync> {
        self.sync
    }

    fn progressed(&self, instructions: u64) -> Result<(), WaveError> {
        self.driver.progressed(Progress::Instructions(instructions))
    }

    fn works(&self, begins: bool) {
        if begins { self.gate.enter() } else { self.gate.leave() }
    }

    fn goes_on(&self) -> bool {
        self.gate.pass()
    }

    fn thread_started(&self) {
        self.driver.thread_started();
    }
}
