//! A workgroup: its waves take turns until all have ended. Touches `program`, `step`, `trap` and `wave`.

use std::sync::Arc;

use super::flow::{Chip, Next};
use super::program::{NoStep, Page, Program};
use super::space::Reach;
use super::sync::Ticket;
use super::trap::{Cause, outside};
use super::vector::Pad;
use super::wave::Wave;
use crate::device::memory::{Fault, Memory};
use crate::device::platform::WaveError;

/// What ended a wave before its time. Each tells the instruction's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A load, store or fetch that failed.
    Memory(u64, Fault),
    /// No instruction.
    Illegal(u64),
    /// An instruction, register or message that the simulated GPU lacks: the mnemonic, where it is known.
    Missing(u64, &'static str),
    /// An address of no aperture.
    Aperture(u64, u64),
    /// s_trap with its number, and no handler.
    Trap(u64, u8),
    /// The handler told the kernel of exceptions (EC_QUEUE_WAVE_*, from bit 0 on) and halted the wave.
    Exception(u64, u32),
    /// Something outside of the waves.
    Outside(WaveError),
}

/// What the waves of a dispatch have in common.
pub struct Surroundings<'a> {
    /// The code.
    pub program: &'a Program,
    /// GPU memory.
    pub memory: &'a dyn Memory,
    /// The rest of the GPU.
    pub chip: &'a dyn Chip,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    AtBarrier,
    /// For waves of other workgroups.
    Waiting(Ticket),
    /// For good: no debugger comes.
    Halted,
    Ended,
}

/// A workgroup.
pub struct Group {
    waves: Vec<(Wave, State)>,
    lds: Vec<u8>,
    pad: Pad,
    page: Option<Arc<Page>>,
    /// Instructions that it ran.
    pub steps: u64,
}

/// Steps of a wave's turn. Long enough that changing waves costs little, short enough for those that wait.
const TURN: u32 = 4096;

/// Steps that a handler may take at the most before its wave goes on, so that it comes to its end in the turn that it
/// began in: a wave is not taken off the hardware in a handler.
const HANDLER_STEPS: u32 = 1024;

impl Group {
    /// A workgroup at its start.
    pub fn new(waves: Vec<Wave>, lds_bytes: usize) -> Self {
        let waves = waves.into_iter().map(|wave| (wave, State::Running)).collect();
        Self { waves, lds: vec![0; lds_bytes], pad: Pad::default(), page: None, steps: 0 }
    }

    /// Gives every wave a turn. Tells whether all have ended.
    pub fn round(&mut self, around: &Surroundings<'_>) -> Result<bool, Error> {
        for index in 0..self.waves.len() {
            let goes_on = match self.waves[index].1 {
                State::Running => true,
                State::Waiting(ticket) => around.chip.global_sync().is_some_and(|sync| sync.passes(ticket)),
                State::AtBarrier | State::Halted | State::Ended => false,
            };
            if goes_on {
                self.waves[index].1 = State::Running;
                self.turn(index, around)?;
            }
        }
        let arrived = |state: State| matches!(state, State::AtBarrier | State::Ended);
        if self.waves.iter().all(|(_, state)| arrived(*state)) {
            for (_, state) in &mut self.waves {
                if *state == State::AtBarrier {
                    *state = State::Running;
                }
            }
        }
        Ok(self.waves.iter().all(|(_, state)| *state == State::Ended))
    }

    /// The waves and LDS, when it has ended.
    pub fn into_parts(self) -> (Vec<Wave>, Vec<u8>) {
        (self.waves.into_iter().map(|(wave, _)| wave).collect(), self.lds)
    }

    fn turn(&mut self, index: usize, around: &Surroundings<'_>) -> Result<(), Error> {
        let (wave, state) = &mut self.waves[index];
        let mut reach = Reach { memory: around.memory, lds: &mut self.lds };
        let sampled = around.chip.host_trap(TURN - HANDLER_STEPS);
        for step in 0..TURN {
            if sampled == Some(step) {
                around.trap_by_host(wave);
            }
            let pc = wave.pc;
            let page = match &mut self.page {
                Some(page) if page.holds(pc) => page,
                other => other.insert(around.program.page(pc)),
            };
            let outcome = match page.step(pc, around.program, around.memory) {
                Ok(step) => step.run(wave, &mut self.pad, &mut reach, around.chip),
                Err(NoStep::Illegal) => Ok(Next::Illegal),
                Err(why) => return Err(why.at(pc)),
            };
            self.steps += 1;
            match outcome {
                Ok(Next::Run) => continue,
                Ok(Next::Yield) => {}
                Ok(Next::Barrier) => *state = State::AtBarrier,
                Ok(Next::Wait(ticket)) => *state = State::Waiting(ticket),
                Ok(Next::End) => *state = State::Ended,
                Ok(Next::Halt) if wave.trapped.reported == 0 => *state = State::Halted,
                Ok(Next::Halt) => return Err(reported(wave)),
                // In the handler s_trap does nothing.
                Ok(Next::Trap(_)) if wave.trapped.privileged => {}
                Ok(Next::Trap(number)) => around.trap(wave, pc, Cause::Instruction(number))?,
                Ok(Next::Illegal) => around.trap(wave, pc, Cause::Illegal)?,
                Ok(Next::Unknown) => return Err(Error::Missing(pc, UNKNOWN)),
                Err(fault) if outside(fault.address) => {
                    around.trap(wave, pc, Cause::MemoryViolation(fault.address))?;
                }
                Err(fault) => return Err(Error::Memory(pc, fault)),
            }
            break;
        }
        Ok(())
    }
}

/// What the handler of a wave told the kernel before it halted it.
fn reported(wave: &Wave) -> Error {
    Error::Exception(wave.trapped.pc, wave.trapped.reported)
}

/// What instructions may name that is not simulated.
const UNKNOWN: &str = "hardware register, message, image or global sync";

impl Surroundings<'_> {
    /// Sends a wave into the trap handler before its next instruction, if there is one and it is not in it.
    fn trap_by_host(&self, wave: &mut Wave) {
        if let Some(handler) = self.chip.trap_handler().filter(|_| !wave.trapped.privileged) {
            wave.enter(wave.pc, Cause::Host, handler);
        }
    }

    /// Sends a wave into the trap handler; without one, or from within it, the error is the dispatch's.
    fn trap(&self, wave: &mut Wave, pc: u64, cause: Cause) -> Result<(), Error> {
        match self.chip.trap_handler() {
            Some(handler) if !wave.trapped.privileged => {
                wave.enter(pc, cause, handler);
                Ok(())
            }
            _ => Err(match cause {
                Cause::Instruction(number) => Error::Trap(pc, number),
                Cause::MemoryViolation(address) => Error::Aperture(pc, address),
                Cause::Illegal | Cause::Host => Error::Illegal(pc),
            }),
        }
    }
}

impl NoStep {
    fn at(self, pc: u64) -> Error {
        match self {
            Self::Memory(fault) => Error::Memory(pc, fault),
            Self::Illegal => Error::Illegal(pc),
            Self::Missing(name) => Error::Missing(pc, name),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory(pc, fault) => write!(f, "{pc:#x}: memory fault: {fault}"),
            Self::Illegal(pc) => write!(f, "{pc:#x}: illegal instruction"),
            Self::Missing(pc, name) => write!(f, "{pc:#x}: not simulated: {name}"),
            Self::Aperture(pc, address) => write!(f, "{pc:#x}: {address:#x} is in no aperture"),
            Self::Trap(pc, number) => write!(f, "{pc:#x}: trap {number}"),
            Self::Outside(error) => write!(f, "{error:?}"),
            Self::Exception(pc, codes) => {
                write!(f, "{pc:#x}: the trap handler reports exceptions {codes:#x}")
            }
        }
    }
}

impl std::error::Error for Error {}
