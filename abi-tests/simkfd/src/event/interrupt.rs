//! Events that the GPU sets: it writes to the event's slot of the signal page and interrupts with the event's id.
#![forbid(unsafe_code)]

use super::Events;
use super::page::SLOT_BYTES;
use crate::contract::Host;
use crate::uapi::kfd_flags::UNSIGNALED_EVENT_SLOT;

impl Events {
    /// `kfd_signal_event_interrupt`: the event that the interrupt names, if its slot is written; otherwise all whose
    /// slots are. The caller wakes the waiters when this is true.
    pub fn interrupt(&mut self, id: u32, host: &dyn Host) -> bool {
        let with_slot = self.events.iter().filter(|(_, event)| event.has_slot()).map(|(id, _)| *id);
        let mut candidates: Vec<u32> = with_slot.collect();
        if candidates.contains(&id) && self.is_written(id, host) {
            candidates = vec![id];
        }
        let mut any = false;
        for id in candidates {
            if self.is_written(id, host) {
                self.acknowledge(id, host);
                any |= self.set(id);
            }
        }
        any
    }

    fn is_written(&self, id: u32, host: &dyn Host) -> bool {
        let Some(page) = &self.page else { return false };
        let mut slot = [0; SLOT_BYTES as usize];
        host.read_backing(page.backing, u64::from(id) * SLOT_BYTES, &mut slot);
        u64::from_ne_bytes(slot) != UNSIGNALED_EVENT_SLOT
    }

    /// `acknowledge_signal`
    fn acknowledge(&self, id: u32, host: &dyn Host) {
        if let Some(page) = &self.page {
            let slot = UNSIGNALED_EVENT_SLOT.to_ne_bytes();
            host.write_backing(page.backing, u64::from(id) * SLOT_BYTES, &slot);
        }
    }
}
