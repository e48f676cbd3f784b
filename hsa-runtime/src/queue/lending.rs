//! How a queue that lacks scratch memory gets some, how that is taken back, and what tool libraries hear of both.
//!
//! Answers to HandleInsufficientScratch of upstream's `amd_aql_queue.cpp`. No lock is held while tools hear: `held` is
//! the business of one thread, and of the one that destroys the queue, which waits for the former.
#![forbid(unsafe_code)]

use std::sync::{Arc, atomic::Ordering};

use super::{
    hardware::Queue,
    scratch::{
        need::{Dispatch, Need},
        pool::{Held, Shortage},
        registers::Registers,
    },
};
use crate::{
    abi::*,
    agent::machine::Machine,
    tools::events::{self, Lent},
};

impl Queue {
    /// Answers a packet processor that lacks scratch memory for waves of so many work-items. Whether it is to be handled
    /// again.
    pub(super) fn give_scratch(self: &Arc<Self>, machine: &Machine, lanes: u64) -> bool {
        // The first packet that needs some is what it is for: the read index may be behind.
        let found =
            self.undone().find_map(|(number, packet)| Some((number, packet.scratch_dispatch(lanes)?)));
        match found.ok_or(Shortage::ForEver).and_then(|(number, dispatch)| self.lend(number, &dispatch)) {
            // If there is none now, the signal keeps its value, so that this is called again, later.
            Ok(()) | Err(Shortage::Now) => true,
            Err(Shortage::ForEver) => {
                self.give_up(machine, HSA_STATUS_ERROR_OUT_OF_RESOURCES, || {});
                false
            }
        }
    }

    fn lend(&self, number: u64, dispatch: &Dispatch) -> Result<(), Shortage> {
        let queue = self.known_as();
        events::scratch_alloc_start(queue, number);
        // What was too little.
        self.free_scratch();
        let lent = self.take_scratch(dispatch);
        events::scratch_alloc_end(queue, number, lent.unwrap_or(Lent::NOTHING));
        lent.map(drop)
    }

    /// Takes memory for a dispatch, and lets the packet processor go on with it.
    fn take_scratch(&self, dispatch: &Dispatch) -> Result<Lent, Shortage> {
        let (page, shape) = (&self.parts.page, self.scratch.shape());
        let need = Need::new(shape, dispatch).ok_or(Shortage::ForEver)?;
        let all = page.kind.load(Ordering::Relaxed) == HSA_QUEUE_TYPE_COOPERATIVE.0;
        let given = self.scratch.take(&need, all)?;
        page.tell_scratch(&Registers::new(shape, &need, given.address(), given.bytes()));
        page.set_property(AMD_QUEUE_PROPERTIES_USE_SCRATCH_ONCE, given.once);
        let lent = Lent { flags: flags(&given), bytes: given.bytes(), waves: need.waves };
        *self.parts.held.lock() = Some(given);
        self.go_on();
        Ok(lent)
    }

    /// The dispatch that had scratch memory for itself alone has ended. The packet processor waits for the bit, so that
    /// it cannot ask for more before its signal has been answered.
    pub(super) fn take_scratch_back(&self) {
        self.free_scratch();
        self.parts.page.tell_scratch(&Registers::none(self.scratch.shape()));
        self.go_on();
        self.parts.page.set_property(AMD_QUEUE_PROPERTIES_USE_SCRATCH_ONCE, false);
    }

    /// Gives back what it has, if it has any, while nobody works at its packets.
    pub fn free_scratch(&self) {
        let Some(held) = self.parts.held.lock().take() else { return };
        let (queue, flags) = (self.known_as(), flags(&held));
        events::scratch_free_start(queue, flags);
        drop(held);
        events::scratch_free_end(queue, flags);
    }
}

fn flags(held: &Held) -> hsa_amd_event_scratch_alloc_flag_t {
    if held.once { HSA_AMD_EVENT_SCRATCH_ALLOC_FLAG_USE_ONCE } else { HSA_AMD_EVENT_SCRATCH_ALLOC_FLAG_NONE }
}
