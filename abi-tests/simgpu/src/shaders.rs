//! The shader engines of a machine: dispatches of its queues, run by the interpreter. The joint between [`crate::device`]
//! and [`crate::exec`]. Touches nothing itself.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::device::dispatch::Dispatch;
use crate::device::gpu::{Gfx, Gpu};
use crate::device::machine::{Driver, QueueContext, Shaders};
use crate::device::platform::WaveError;
use crate::exec::flow::Chip;
use crate::exec::grid::{self, Plan};
use crate::exec::group::{Error, Surroundings};
use crate::exec::program::Program;
use crate::isa::Target;
use crate::exec::trap::Handler;

/// What s_sendmsg can tell of an event (SQ_INTERRUPT_WORD_WAVE_CTXID0__DATA).
const MESSAGE_DATA: u32 = 0xff_ffff;

/// The shader engines of one GPU for one process.
pub struct ShaderEngines {
    gpu: Gpu,
    driver: Arc<dyn Driver>,
    /// None where the instruction set is not simulated.
    program: Option<Program>,
}

impl ShaderEngines {
    /// Those of a GPU, which interrupt by a driver.
    pub fn new(gpu: Gpu, driver: Arc<dyn Driver>) -> Self {
        let target = (gpu.gfx == Gfx { major: 11, minor: 0, stepping: 0 }).then_some(Target::Gfx1100);
        Self { gpu, driver, program: target.map(Program::new) }
    }

    /// What the hardware would make of an error, and a remark where it is only ours.
    fn tell(&self, error: Error) -> WaveError {
        match error {
            Error::Memory(_, fault) => WaveError::Memory(fault),
            Error::Trap(..) => WaveError::Trap,
            Error::Illegal(pc) => WaveError::IllegalInstruction(pc),
            Error::Missing(pc, _) => {
                self.driver.remark(&error.to_string());
                WaveError::IllegalInstruction(pc)
            }
        }
    }
}

impl Shaders for ShaderEngines {
    /// On the queue's own thread: workgroups take turns, as many as would fit on the GPU at once.
            Error::Aperture(_, address) => WaveError::Aperture(address),
    fn launch(&self, dispatch: &Dispatch, queue: &QueueContext<'_>) -> Result<(), WaveError> {
            Error::Exception(pc, codes) => reported(pc, codes),
        let Some(program) = &self.program else {
            self.driver.remark("this GPU's instruction set is not simulated");
            return Err(WaveError::IllegalInstruction(dispatch.entry));
        };
        let groups = dispatch.resident_groups().unwrap_or(1) * self.gpu.compute_units.max(1);
        let plan = Plan { threads: 1, resident: groups as usize };
        let chip = QueueChip { driver: &*self.driver, doorbell: queue.doorbell };
        let around = Surroundings { program, memory: queue.memory, chip: &chip };
        grid::run(dispatch, &around, plan, queue.preempted).map(|_| ()).map_err(|error| self.tell(error))
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
    doorbell: u32,
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
}

    fn trap_handler(&self) -> Option<Handler> {
        self.driver.trap_handler().map(|(code, memory)| Handler { code, memory })
    }

    fn thread_started(&self) {
        self.driver.thread_started();
    }
