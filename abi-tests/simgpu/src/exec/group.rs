//! A workgroup: its waves take turns until all have ended. Touches `program`, `step` and `wave`.

use std::sync::Arc;

use super::flow::{Chip, Next};
use super::program::{NoStep, Page, Program};
use super::space::Reach;
use super::vector::Pad;
use super::wave::Wave;
use crate::device::memory::{Fault, Memory};

/// What ended a wave before its time. Each tells the instruction's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A load, store or fetch that failed.
    Memory(u64, Fault),
    /// No instruction.
    Illegal(u64),
    /// An instruction, register or message that the simulated GPU lacks: the mnemonic, where it is known.
    Missing(u64, &'static str),
    /// s_trap with its number.
    Trap(u64, u8),
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

impl Group {
    /// A workgroup at its start.
    pub fn new(waves: Vec<Wave>, lds_bytes: usize) -> Self {
        let waves = waves.into_iter().map(|wave| (wave, State::Running)).collect();
        Self { waves, lds: vec![0; lds_bytes], pad: Pad::default(), page: None, steps: 0 }
    }

    /// Gives every wave a turn. Tells whether all have ended.
    pub fn round(&mut self, around: &Surroundings<'_>) -> Result<bool, Error> {
        for index in 0..self.waves.len() {
            if self.waves[index].1 == State::Running {
                self.turn(index, around)?;
            }
        }
        let waiting = |state: State| state != State::Running;
        if self.waves.iter().all(|(_, state)| waiting(*state)) {
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
        for _ in 0..TURN {
            let pc = wave.pc;
            let page = match &mut self.page {
                Some(page) if page.holds(pc) => page,
                other => other.insert(around.program.page(pc)),
            };
            let step = page.step(pc, around.program, around.memory);
            let step = step.as_ref().map_err(|why| why.at(pc))?;
            self.steps += 1;
            match step.run(wave, &mut self.pad, &mut reach, around.chip) {
                Ok(Next::Run) => continue,
                Ok(Next::Yield) => {}
                Ok(Next::Barrier) => *state = State::AtBarrier,
                Ok(Next::End) => *state = State::Ended,
                Ok(Next::Trap(number)) => return Err(Error::Trap(pc, number)),
                Ok(Next::Unknown) => return Err(Error::Missing(pc, "hardware register, message or image")),
                Err(fault) => return Err(Error::Memory(pc, fault)),
            }
            break;
        }
        Ok(())
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
            Self::Trap(pc, number) => write!(f, "{pc:#x}: trap {number}"),
        }
    }
}

impl std::error::Error for Error {}
