//! What surrounds a queue: memory, the clock, the interrupt line and the shader engines. Touches nothing.
#![forbid(unsafe_code)]

use super::dispatch::Dispatch;
use super::memory::{Fault, Memory};
use super::seen::Seen;

/// Why a dispatch did not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaveError {
    /// An address that is not mapped, or not for this access.
    Memory(Fault),
    /// An address outside what the hardware can translate, or of no aperture.
    Aperture(u64),
    /// An instruction that the hardware does not have; the address it stands at.
    IllegalInstruction(u64),
    /// A wave ended itself by a trap (s_trap 2 of `abort` and of assertions).
    Trap,
    /// The hardware does no more.
    Hang,
}

/// What a queue or a wave has done.
#[derive(Clone, Copy)]
pub enum Progress<'a> {
    /// One packet, before AQL packets begin and when others are done.
    Packet(&'a Seen<'a>),
    /// So many wave instructions.
    Instructions(u64),
}

/// The surroundings of the queues of one process on one GPU. Shared by all of them, at once.
pub trait Platform: Sync {
    /// The process's memory as this GPU sees it.
    fn memory(&self) -> &dyn Memory;
    /// The GPU's constant-rate counter, in its ticks.
    fn clock(&self) -> u64;
    /// Raises an end-of-pipe interrupt with a context id: the id of the KFD event that it sets, 0 for none.
    fn interrupt(&self, event_id: u32);
    /// Runs a dispatch to its end.
    fn launch(&self, dispatch: &Dispatch) -> Result<(), WaveError>;
    /// Hears of progress. What goes wrong then, though the program is right, goes wrong here.
    fn progressed(&self, _what: Progress<'_>) -> Result<(), WaveError> {
        Ok(())
    }
    /// Forgets what was read of instructions: they may have changed in memory.
    fn invalidate_code(&self);
}
