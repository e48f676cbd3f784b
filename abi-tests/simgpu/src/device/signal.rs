//! Signals: `amd_signal_t` as the command processor sees it (amd_hsa_signal.h). Touches memory by its trait.
#![forbid(unsafe_code)]

use super::memory::Fault;
use super::platform::Platform;

/// Byte offsets in `amd_signal_t`.
mod offset {
    pub const VALUE: u64 = 8;
    pub const EVENT_MAILBOX: u64 = 16;
    pub const EVENT_ID: u64 = 24;
    pub const START_TS: u64 = 32;
    pub const END_TS: u64 = 40;
}

/// A signal's address (`hsa_signal_t::handle`); 0 is no signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signal(pub u64);

impl Signal {
    /// Whether there is none.
    pub fn is_null(self) -> bool {
        self.0 == 0
    }

    /// Its value, acquired.
    pub fn value(self, platform: &dyn Platform) -> Result<i64, Fault> {
        Ok(platform.memory().load64(self.at(offset::VALUE))? as i64)
    }

    /// Stores when the work began and ended, in ticks of the GPU's clock.
    pub fn store_times(self, platform: &dyn Platform, start: u64, end: u64) -> Result<(), Fault> {
        platform.memory().store64(self.at(offset::START_TS), start)?;
        platform.memory().store64(self.at(offset::END_TS), end)
    }

    /// Takes one off its value, and tells who waits for its event.
    pub fn decrement(self, platform: &dyn Platform) -> Result<(), Fault> {
        // After the value has changed its owner may free it: the event is looked up before.
        let event = self.event(platform)?;
        platform.memory().update64(self.at(offset::VALUE), &mut |old| old.wrapping_sub(1))?;
        notify(platform, event)
    }

    /// Sets its value, and tells who waits for its event.
    pub fn store(self, platform: &dyn Platform, value: i64) -> Result<(), Fault> {
        let event = self.event(platform)?;
        platform.memory().store64(self.at(offset::VALUE), value as u64)?;
        notify(platform, event)
    }

    /// The event's mailbox and id; nothing for a signal that is only polled.
    fn event(self, platform: &dyn Platform) -> Result<Option<(u64, u32)>, Fault> {
        let memory = platform.memory();
        let mailbox = memory.load64(self.at(offset::EVENT_MAILBOX))?;
        if mailbox == 0 {
            return Ok(None);
        }
        Ok(Some((mailbox, memory.load32(self.at(offset::EVENT_ID))?)))
    }

    fn at(self, offset: u64) -> u64 {
        self.0.wrapping_add(offset)
    }
}

/// Writes an event's id to its slot of the signal page and interrupts, so that the driver finds it there.
fn notify(platform: &dyn Platform, event: Option<(u64, u32)>) -> Result<(), Fault> {
    if let Some((mailbox, id)) = event {
        platform.memory().store64(mailbox, id.into())?;
        platform.interrupt(id);
    }
    Ok(())
}
