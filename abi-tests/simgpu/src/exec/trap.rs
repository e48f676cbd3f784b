//! Traps: how a wave gets into the trap handler, what it finds there, and how it comes back. Answers to "Trap Handler
//! ABI" of LLVM's AMDGPUUsage and to the kernel's cwsr_trap_handler_gfx10.asm: what that first-level handler does before
//! it jumps to the runtime's is done here. Touches `wave`.

use super::wave::{Wave, place};

/// The runtime's handler (TBA) and its memory (TMA), as AMDKFD_IOC_SET_TRAP_HANDLER names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// Address of its first instruction.
    pub code: u64,
    /// Address of its data.
    pub memory: u64,
}

/// Why a wave traps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// s_trap with its number.
    Instruction(u8),
    /// An address of no aperture.
    MemoryViolation(u64),
    /// No instruction.
    Illegal,
    /// The host wants it to (SQ_CMD of `trigger_pc_sample_trap`).
    Host,
}

/// What a wave remembers of traps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trapped {
    /// It is in the handler.
    pub privileged: bool,
    /// The instruction that it came from.
    pub pc: u64,
    /// STATUS.HALT: it stops when it leaves the handler.
    pub halt: bool,
    /// STATUS.SKIP_EXPORT, which the handler leaves for debuggers.
    skip_export: bool,
    /// The TRAPSTS register.
    pub causes: u32,
    /// Exceptions that the handler told the kernel of: EC_QUEUE_WAVE_*, from bit 0 on.
    pub reported: u32,
}

/// Bits of STATUS (gfx10 and gfx11).
mod status {
    pub const PRIVILEGED: u32 = 5;
    pub const TRAPS_ENABLED: u32 = 6;
    pub const EXEC_ZERO: u32 = 9;
    pub const VCC_ZERO: u32 = 10;
    pub const IN_GROUP: u32 = 11;
    pub const HALT: u32 = 13;
    pub const VALID: u32 = 16;
    pub const SKIP_EXPORT: u32 = 18;
}

/// Bits of TRAPSTS.
mod causes {
    pub const MEMORY_VIOLATION: u32 = 1 << 8;
    pub const ILLEGAL: u32 = 1 << 11;
}

/// What stands above the program counter then: bit 8 says that the host did it, and the driver gives no number.
const HOST_TRAP: u32 = 1 << 8;

/// Bits of DispatchPktIndx.
const PACKET_BITS: u32 = 25;

/// Bits that addresses of code have.
const PC_BITS: u64 = (1 << 48) - 1;

/// Bits of an interrupt's data that name the queue; exceptions are above them.
const DOORBELL_BITS: u32 = 10;

/// A temporary of the handler.
fn temporary(number: u8) -> u8 {
    place::TTMP + number
}

impl Wave {
    /// What the dispatcher leaves for debuggers: the workgroup's place, and the wave's in it, and the packet's number in
    /// the queue.
    pub fn set_identity(&mut self, group: [u32; 3], packet: u32) {
        self.set_scalar(temporary(6), packet & ((1 << PACKET_BITS) - 1));
        for (number, id) in (8..).zip(group) {
            self.set_scalar(temporary(number), id);
        }
        let no_scratch = u32::from(self.scratch.is_none());
        self.set_scalar(temporary(11), no_scratch << 6 | self.number & 0x3f);
    }

    /// HW_ID1 and HW_ID2 (gfx10 and gfx11): where the wave is. Nothing here says on which shader engine, array or SIMD;
    /// the slots of a workgroup's waves are told apart.
    pub fn hardware_ids(&self) -> [u32; 2] {
        [self.number & 31, 0]
    }

    /// The STATUS register.
    pub fn status(&self) -> u32 {
        let bit = |set: bool, place: u32| u32::from(set) << place;
        u32::from(self.scc)
            | bit(self.trapped.privileged, status::PRIVILEGED)
            | bit(true, status::TRAPS_ENABLED)
            | bit(self.wave_mask(place::EXEC) == 0, status::EXEC_ZERO)
            | bit(self.wave_mask(place::VCC) == 0, status::VCC_ZERO)
            | bit(true, status::IN_GROUP)
            | bit(self.trapped.halt, status::HALT)
            | bit(true, status::VALID)
            | bit(self.trapped.skip_export, status::SKIP_EXPORT)
    }

    /// Writes what of STATUS can be written.
    pub fn set_status(&mut self, value: u32) {
        self.scc = value & 1 != 0;
        self.trapped.halt = value >> status::HALT & 1 != 0;
        self.trapped.skip_export = value >> status::SKIP_EXPORT & 1 != 0;
    }

    /// Goes into the handler. `pc` is the address of the instruction that is at fault.
    pub fn enter(&mut self, pc: u64, cause: Cause, handler: Handler) {
        let number = match cause {
            Cause::Instruction(number) => u32::from(number),
            Cause::MemoryViolation(_) | Cause::Illegal => 0,
            Cause::Host => HOST_TRAP,
        };
        self.trapped.causes |= match cause {
            Cause::Instruction(_) | Cause::Host => 0,
            Cause::MemoryViolation(_) => causes::MEMORY_VIOLATION,
            Cause::Illegal => causes::ILLEGAL,
        };
        self.set_scalar(temporary(12), self.status());
        self.set_scalar(temporary(0), pc as u32);
        self.set_scalar(temporary(1), (pc >> 32) as u32 & 0xffff | number << 16);
        self.set_scalar64(temporary(2), handler.code);
        self.set_scalar64(temporary(14), handler.memory);
        self.trapped.privileged = true;
        self.trapped.pc = pc;
        self.pc = handler.code;
    }

    /// s_rfe: back, or to where the handler wants. Tells whether the wave goes on.
    pub fn leave(&mut self, pc: u64) -> bool {
        self.pc = pc & PC_BITS;
        self.trapped.privileged = false;
        !self.trapped.halt
    }

    /// The handler's interrupt: what it tells the kernel.
    pub fn report(&mut self, data: u32) {
        self.trapped.reported |= data >> DOORBELL_BITS;
    }
}

/// Whether an address is in none of the apertures: its upper bits are no copies of bit 47.
pub fn outside(address: u64) -> bool {
    !matches!(address >> 47, 0 | 0x1_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::wave::Mode;

    const HANDLER: Handler = Handler { code: 0x7f00_0000_1000, memory: 0x7f00_0000_2000 };

    #[test]
    fn the_handler_finds_what_its_interface_says() {
        let mut wave = Wave::new(32, 1, 0, Mode(0));
        wave.scc = true;
        wave.number = 3;
        wave.set_identity([7, 8, 9], 0xff00_0005);
        assert_eq!(wave.scalar(temporary(6)), 0x100_0005);
        wave.enter(0x1234_5678_9abc, Cause::Instruction(2), HANDLER);
        assert_eq!(wave.scalar64(temporary(0)), 0x0002_1234_5678_9abc);
        assert_eq!([8, 9, 10, 11].map(|number| wave.scalar(temporary(number))), [7, 8, 9, 0x43]);
        assert_eq!(wave.scalar64(temporary(14)), HANDLER.memory);
        let status = wave.scalar(temporary(12));
        assert_eq!((status & 1, status >> 5 & 1, wave.pc), (1, 0, HANDLER.code), "not yet privileged");
        wave.scc = false;
        wave.set_status(status | 1 << 13);
        assert!(!wave.leave(0x0002_1234_5678_9ac0), "it halts");
        assert_eq!((wave.pc, wave.scc, wave.trapped.privileged), (0x1234_5678_9ac0, true, false));
    }

    #[test]
    fn a_trap_by_the_host_is_marked_and_no_exception() {
        let mut wave = Wave::new(32, 1, 0, Mode(0));
        wave.enter(0x1234_5678_9abc, Cause::Host, HANDLER);
        assert_eq!((wave.scalar(temporary(1)), wave.trapped.causes), (1 << 24 | 0x1234, 0));
        assert!(wave.leave(0x1234_5678_9abc));
    }

    #[test]
    fn exceptions_have_their_bits() {
        let mut wave = Wave::new(32, 1, 0, Mode(0));
        wave.enter(0, Cause::Illegal, HANDLER);
        assert_eq!((wave.trapped.causes, wave.scalar(temporary(1))), (1 << 11, 0));
        wave.report(0x8 << 10 | 0x155);
        assert_eq!(wave.trapped.reported, 8);
        assert!(outside(1 << 47) && !outside(u64::MAX) && !outside(0x7fff_ffff_ffff));
    }
}
