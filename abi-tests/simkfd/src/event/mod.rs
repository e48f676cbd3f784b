//! Events: signalled by the CPU or the GPU, waited for by threads. Mirrors amdkfd/kfd_events.c. Touches nothing but
//! memory; the signal page is the host's.
#![forbid(unsafe_code)]

mod interrupt;
mod ioctls;
mod page;
#[cfg(test)]
mod tests;
mod wait;

use std::collections::BTreeMap;

pub(crate) use ioctls::{create, destroy, reset, restore, set};
pub(crate) use page::mmap;
pub(crate) use wait::wait;

use crate::contract::{Errno, lowest_free};
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::Plain;
use page::SignalPage;
use wait::Waiters;

/// `struct kfd_event`
#[derive(Clone, Debug, Default)]
pub(crate) struct Event {
    /// KFD_IOC_EVENT_*
    pub kind: u32,
    pub auto_reset: bool,
    pub signaled: bool,
    /// Counts how often it was set, from 1 on.
    pub age: u64,
    /// What a memory or hardware exception event tells, in the words of `struct kfd_event_data`.
    pub data: [u64; 4],
}

impl Event {
    /// `event_can_be_gpu_signaled`: it has a slot in the signal page.
    fn has_slot(&self) -> bool {
        has_slot(self.kind)
    }
}

fn has_slot(kind: u32) -> bool {
    matches!(kind, KFD_IOC_EVENT_SIGNAL | KFD_IOC_EVENT_DEBUG_EVENT)
}

/// The events of one process.
#[derive(Default)]
pub(crate) struct Events {
    events: BTreeMap<u32, Event>,
    page: Option<SignalPage>,
    waiters: Waiters,
}

impl Events {
    /// The memory handle that was given as the signal page, if one was (`p->signal_handle`).
    pub fn page_handle(&self) -> Option<u64> {
        self.page.as_ref().and_then(|page| page.handle)
    }

    /// All events with their ids, in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, &Event)> {
        self.events.iter().map(|(id, event)| (*id, event))
    }

    /// How many ids signal events have used. Id 0 is the kernel's own and counts as one
    /// (`kfd_event_init_process`).
    fn slots_used(&self) -> usize {
        1 + self.events.values().filter(|event| event.has_slot()).count()
    }

    /// `create_signal_event` and `create_other_event`: the id of a new event. `ENOSPC` when there is none left, or the
    /// wanted one is taken; `EINVAL` when that can not be a slot.
    fn add(&mut self, event: Event, wanted: Option<u32>) -> Result<u32, Errno> {
        let (first, end) = if event.has_slot() {
            let slots = self.page.as_ref().map_or(0, SignalPage::slots);
            if self.slots_used() == slots {
                return Err(Errno::ENOSPC);
            }
            (1, slots as u32)
        } else {
            (KFD_FIRST_NONSIGNAL_EVENT_ID, 1 << 31)
        };
        if wanted.is_some_and(|id| event.has_slot() && id >= KFD_SIGNAL_EVENT_LIMIT) {
            return Err(Errno::EINVAL);
        }
        let id = wanted.unwrap_or_else(|| lowest_free(self.events.keys(), first));
        // Id 0 is the kernel's own.
        let taken = id == 0 || self.events.contains_key(&id);
        if taken || (wanted.is_none() && id >= end) {
            return Err(Errno::ENOSPC);
        }
        self.events.insert(id, event);
        Ok(id)
    }

    /// `set_event`. The caller wakes the waiters when this is true.
    pub fn set(&mut self, id: u32) -> bool {
        let Some(event) = self.events.get_mut(&id) else { return false };
        let waited_for = self.waiters.activate(id);
        event.signaled = !event.auto_reset || !waited_for;
        // Ages 0 and 1 mean "not asked" and "never set"; a wrap passes over them.
        event.age = event.age.checked_add(1).unwrap_or(2);
        true
    }

    /// Sets all events that the CPU may set. The caller wakes the waiters.
    pub fn set_all_signals(&mut self) {
        let ids: Vec<u32> = self.events.keys().copied().collect();
        ids.into_iter().for_each(|id| self.set_signal(id));
    }

    /// `kfd_set_event` by the kernel itself, of an event that the CPU may set. The caller wakes the waiters.
    pub fn set_signal(&mut self, id: u32) {
        if self.events.get(&id).is_some_and(|event| event.kind == KFD_IOC_EVENT_SIGNAL) {
            self.set(id);
        }
    }

    /// `kfd_signal_vm_fault_event`: all memory events tell of a fault, in the bytes of
    /// `struct kfd_hsa_memory_exception_data`. The caller wakes the waiters.
    pub fn signal_memory_exception(&mut self, data: &[u8]) {
        self.signal_exception(KFD_IOC_EVENT_MEMORY, data);
    }

    /// All events of a kind tell of an exception, in the bytes of its struct. The caller wakes the waiters.
    pub fn signal_exception(&mut self, kind: u32, data: &[u8]) {
        let told = self.events.iter_mut().filter(|(_, event)| event.kind == kind).map(|(id, event)| {
            event.data = Plain::get(data);
            *id
        });
        for id in told.collect::<Vec<_>>() {
            self.set(id);
        }
    }

    /// `destroy_event`: those who wait for it fail.
    fn remove(&mut self, id: u32) -> Result<(), Errno> {
        self.events.remove(&id).ok_or(Errno::EINVAL)?;
        self.waiters.forget(id);
        Ok(())
    }
}
