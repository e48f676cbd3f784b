//! Where a wave goes next, and what it tells the rest of the GPU. Touches `source`, `sync` and `wave`.

use super::source::{Source, scalar_value};
use super::sync::{GlobalSync, Operation, Ticket};
use super::trap::Handler;
use super::wave::{Mode, Wave, place};
use crate::device::platform::WaveError;

/// What a wave sees of the GPU around it.
pub trait Chip: Sync {
    /// The constant-rate counter.
    fn clock(&self) -> u64;
    /// s_sendmsg of an interrupt; M0 is its data.
    fn interrupt(&self, data: u32);
    /// What `MSG_RTN_GET_DOORBELL` answers: the doorbell of the wave's queue.
    fn doorbell(&self) -> u32;
    /// The trap handler of the wave's process.
    fn trap_handler(&self) -> Option<Handler> {
        None
    }
    /// Whether the host wants a wave to trap: after how many of the next so many instructions.
    fn host_trap(&self, _within: u32) -> Option<u32> {
        None
    }
    /// The barriers and semaphores of waves of all workgroups, where the wave's queue was given them.
    fn global_sync(&self) -> Option<&GlobalSync> {
        None
    }
    /// Hears how many instructions waves have run. What goes wrong then ends them.
    fn progressed(&self, _instructions: u64) -> Result<(), WaveError> {
        Ok(())
    }
    /// The calling thread begins to run waves, or ends.
    fn works(&self, _begins: bool) {}
    /// Waits while the queue is to rest; asked between turns. False when the dispatch is to be given up.
    fn goes_on(&self) -> bool {
        true
    }
    /// The calling thread is new, and will run waves.
    fn thread_started(&self) {}
}

/// When a branch is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// SCC is this.
    Scc(bool),
    /// VCC is zero: yes or no.
    VccZero(bool),
    /// EXEC is zero: yes or no.
    ExecZero(bool),
}

/// One of these instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Nothing that can be seen here: waits and hints.
    Nothing,
    /// Words from the next instruction.
    Branch(When, i32),
    /// The wave's end.
    End,
    /// Waits for all waves of the workgroup.
    Barrier,
    /// Meets waves of all workgroups: with the value of the first lane that is on, at a resource.
    Meet(Operation, Source, u8),
    /// Lets others run.
    Yield,
    /// Into the trap handler.
    Trap(u8),
    /// Back from it.
    Return(Source),
    /// Stops, or stops no more.
    Halt(bool),
    /// What may not be run.
    Illegal,
    /// A message without answer.
    Message(u16),
    /// A message with an answer of 32 or 64 bits.
    Ask(u8, u8, bool),
    /// The clock, in 64 bits.
    Clock(u8),
    /// The next instruction's address.
    GetPc(u8),
    /// A jump, and where the return address goes.
    Jump(Option<u8>, Source),
    /// A relative call.
    Call(u8, i32),
    /// A hardware register's field to a scalar: destination, register, offset, width.
    GetRegister(u8, Field),
    /// The other way.
    SetRegister(Source, Field),
    /// Rounding (false) or denormal (true) part of MODE.
    SetMode(bool, u8),
}

/// A field of a hardware register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Which register.
    pub register: u8,
    /// First bit.
    pub offset: u8,
    /// Bits.
    pub width: u8,
}

impl Field {
    /// As the instruction encodes it.
    pub fn new(code: u16) -> Self {
        Self { register: (code & 63) as u8, offset: (code >> 6 & 31) as u8, width: (code >> 11) as u8 + 1 }
    }

    fn mask(self) -> u32 {
        (u32::MAX >> (32 - u32::from(self.width))) << self.offset
    }
}

/// What the run loop does after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Goes on.
    Run,
    /// The wave is at a barrier.
    Barrier,
    /// The wave waits for those of other workgroups.
    Wait(Ticket),
    /// Another wave's turn.
    Yield,
    /// The wave has ended.
    End,
    /// It trapped.
    Trap(u8),
    /// It stops here.
    Halt,
    /// This is no instruction.
    Illegal,
    /// The simulated hardware does not have the register, message or kind of image, or was not given global sync.
    Unknown,
}

/// Hardware registers by number, as far as they are here.
mod hardware {
    pub const MODE: u8 = 1;
    pub const STATUS: u8 = 2;
    pub const TRAPS: u8 = 3;
    pub const COUNTERS: u8 = 7;
    pub const SCRATCH_LOW: u8 = 20;
    pub const SCRATCH_HIGH: u8 = 21;
    pub const ID_1: u8 = 23;
    pub const ID_2: u8 = 24;
    pub const SHADER_CYCLES: u8 = 29;
}

/// Messages by number, likewise, as gfx11 has them.
pub(super) mod message {
    pub const INTERRUPT: u16 = 1;
    pub const DEALLOCATE_VGPRS: u16 = 3;
    pub const GET_DOORBELL: u8 = 128;
    pub const GET_TMA: u8 = 130;
    pub const GET_REALTIME: u8 = 131;
    pub const GET_TBA: u8 = 133;
}

impl Flow {
    /// Runs it. The program counter is already behind the instruction.
    pub fn run(&self, wave: &mut Wave, chip: &dyn Chip) -> Next {
        match *self {
            Self::Nothing => {}
            Self::Branch(when, words) => {
                if when.holds(wave) {
                    wave.pc = wave.pc.wrapping_add_signed(i64::from(words) * 4);
                }
            }
            Self::End => return Next::End,
            Self::Barrier => return Next::Barrier,
            Self::Meet(operation, value, number) => return meet(wave, chip, operation, value, number),
            Self::Yield => return Next::Yield,
            Self::Trap(number) => return Next::Trap(number),
            Self::Return(to) => return returned(wave, to),
            Self::Halt(stop) => return halt(wave, stop),
            Self::Illegal => return Next::Illegal,
            Self::Message(message::INTERRUPT) if wave.trapped.privileged => {
                wave.report(wave.scalar(place::M0))
            }
            Self::Message(message::INTERRUPT) => chip.interrupt(wave.scalar(place::M0)),
            Self::Message(message::DEALLOCATE_VGPRS) => {}
            Self::Message(_) => return Next::Unknown,
            Self::Ask(to, message, wide) => return ask(wave, chip, to, message, wide),
            Self::Clock(to) => wave.set_scalar64(to, chip.clock()),
            Self::GetPc(to) => wave.set_scalar64(to, wave.pc),
            Self::Jump(back, to) => jump(wave, back, scalar_value(wave, to, true) & !3),
            Self::Call(back, words) => {
                jump(wave, Some(back), wave.pc.wrapping_add_signed(i64::from(words) * 4));
            }
            Self::GetRegister(to, field) => return get(wave, chip, to, field),
            Self::SetRegister(from, field) => return set(wave, from, field),
            Self::SetMode(denormals, bits) => {
                let shift = if denormals { 4 } else { 0 };
                wave.mode = Mode(wave.mode.0 & !(15 << shift) | u32::from(bits & 15) << shift);
            }
        }
        Next::Run
    }
}

impl When {
    fn holds(self, wave: &Wave) -> bool {
        match self {
            Self::Always => true,
            Self::Scc(set) => wave.scc == set,
            Self::VccZero(zero) => (wave.wave_mask(place::VCC) == 0) == zero,
            Self::ExecZero(zero) => (wave.wave_mask(place::EXEC) == 0) == zero,
        }
    }
}

/// Goes elsewhere; where it came from is kept if a register is named.
fn jump(wave: &mut Wave, back: Option<u8>, to: u64) {
    if let Some(back) = back {
        wave.set_scalar64(back, wave.pc);
    }
    wave.pc = to;
}

/// ds_gws_*: the resource's number is relative to a base in M0.
fn meet(wave: &Wave, chip: &dyn Chip, operation: Operation, value: Source, number: u8) -> Next {
    let Some(sync) = chip.global_sync() else { return Next::Unknown };
    let number = number.wrapping_add((wave.scalar(place::M0) >> 16) as u8) & 63;
    let lane = wave.wave_mask(place::EXEC).trailing_zeros() as usize % wave.size();
    let value = match value {
        Source::Vector(register) => wave.lane(register.into(), lane),
        other => scalar_value(wave, other, false) as u32,
    };
    sync.run(operation, number, value).map_or(Next::Run, Next::Wait)
}

/// s_rfe_b64, which only the handler may run.
fn returned(wave: &mut Wave, to: Source) -> Next {
    if !wave.trapped.privileged {
        return Next::Illegal;
    }
    let pc = scalar_value(wave, to, true);
    if wave.leave(pc) { Next::Run } else { Next::Halt }
}

/// s_sethalt; a wave in the handler stops when it leaves.
fn halt(wave: &mut Wave, stop: bool) -> Next {
    wave.trapped.halt = stop;
    if stop && !wave.trapped.privileged { Next::Halt } else { Next::Run }
}

fn ask(wave: &mut Wave, chip: &dyn Chip, to: u8, message: u8, wide: bool) -> Next {
    // TBA and TMA count 256 bytes.
    let handler = |field: fn(Handler) -> u64| chip.trap_handler().map_or(0, |handler| field(handler) >> 8);
    let answer = match message {
        message::GET_DOORBELL => u64::from(chip.doorbell()),
        message::GET_TMA => handler(|handler| handler.memory),
        message::GET_TBA => handler(|handler| handler.code),
        message::GET_REALTIME => chip.clock(),
        _ => return Next::Unknown,
    };
    if wide {
        wave.set_scalar64(to, answer);
    } else {
        wave.set_scalar(to, answer as u32);
    }
    Next::Run
}

fn get(wave: &mut Wave, chip: &dyn Chip, to: u8, field: Field) -> Next {
    let scratch = wave.scratch.map_or(0, |scratch| scratch.base);
    let value = match field.register {
        hardware::MODE => wave.mode.0,
        hardware::STATUS => wave.status(),
        hardware::TRAPS => wave.trapped.causes,
        hardware::ID_1 => wave.hardware_ids()[0],
        hardware::ID_2 => wave.hardware_ids()[1],
        hardware::SCRATCH_LOW => scratch as u32,
        hardware::SCRATCH_HIGH => (scratch >> 32) as u32,
        hardware::SHADER_CYCLES => chip.clock() as u32 & 0xf_ffff,
        _ => return Next::Unknown,
    };
    wave.set_scalar(to, (value & field.mask()) >> field.offset);
    Next::Run
}

fn set(wave: &mut Wave, from: Source, field: Field) -> Next {
    let bits = (scalar_value(wave, from, false) as u32) << field.offset & field.mask();
    let changed = |old: u32| old & !field.mask() | bits;
    match field.register {
        hardware::MODE => wave.mode = Mode(changed(wave.mode.0)),
        // Only the handler may write these; others are not heard.
        hardware::STATUS | hardware::TRAPS if !wave.trapped.privileged => {}
        // IB_STS, by which gfx10.1's handlers have scalar loads replayed; here none ever is.
        hardware::COUNTERS => {}
        // Before gfx11 a program sets it from what it finds in its SGPRs.
        hardware::SCRATCH_LOW | hardware::SCRATCH_HIGH => {
            let shift = if field.register == hardware::SCRATCH_LOW { 0 } else { 32 };
            if let Some(scratch) = &mut wave.scratch {
                let half = u64::from(changed((scratch.base >> shift) as u32)) << shift;
                scratch.base = scratch.base & !(0xffff_ffff << shift) | half;
            }
        }
        hardware::STATUS => wave.set_status(changed(wave.status())),
        hardware::TRAPS => wave.trapped.causes = changed(wave.trapped.causes),
        _ => return Next::Unknown,
    }
    Next::Run
}
