//! AMDKFD_IOC_WAIT_EVENTS: `kfd_wait_on_events` of amdkfd/kfd_events.c.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::Events;
use crate::contract::{Call, Errno};
use crate::uapi::kfd::{kfd_event_data, kfd_ioctl_wait_events_args};
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

/// The longest finite timeout (`user_timeout_to_jiffies`).
const LONGEST_TIMEOUT_MS: u32 = 0x7fff_ffff;

/// How many of `struct kfd_event_waiter`, 56 bytes, fit in KMALLOC_MAX_SIZE with 4 KiB pages.
const KMALLOC_WAITERS: u32 = (4 << 20) / 56;

/// `struct kfd_event_waiter`
#[derive(Clone, Copy, Debug)]
struct Waiter {
    /// The event; none once it was destroyed.
    event: Option<u32>,
    activated: bool,
    /// The caller told the age that it knows, and wants the new one.
    age_wanted: bool,
}

/// All threads that wait in a process, each with its list.
#[derive(Default)]
pub(crate) struct Waiters {
    lists: BTreeMap<u64, Vec<Waiter>>,
    next: u64,
}

impl Waiters {
    /// Activates all who wait for an event, and tells whether there were any.
    pub fn activate(&mut self, event: u32) -> bool {
        let mut any = false;
        for waiter in self.lists.values_mut().flatten().filter(|waiter| waiter.event == Some(event)) {
            // One that is active already left the event's wait queue with its activation.
            any |= !waiter.activated;
            waiter.activated = true;
        }
        any
    }

    /// Tells all who wait for an event that it is gone.
    pub fn forget(&mut self, event: u32) {
        for waiter in self.lists.values_mut().flatten().filter(|waiter| waiter.event == Some(event)) {
            waiter.event = None;
        }
    }

    fn add(&mut self, list: Vec<Waiter>) -> u64 {
        self.next += 1;
        self.lists.insert(self.next, list);
        self.next
    }
}

impl Events {
    /// `init_event_waiter`
    fn waiter(&mut self, data: &kfd_event_data) -> Result<Waiter, Errno> {
        let event = self.events.get_mut(&data.event_id).ok_or(Errno::EINVAL)?;
        let mut waiter = Waiter { event: Some(data.event_id), activated: event.signaled, age_wanted: false };
        event.signaled &= !event.auto_reset;
        let known_age = data.union_data[0];
        if event.kind == KFD_IOC_EVENT_SIGNAL && known_age != 0 {
            waiter.age_wanted = true;
            waiter.activated |= event.age != known_age;
        }
        Ok(waiter)
    }
}

/// `kfd_wait_on_events`. `wait_result` tells the outcome, also when the call fails.
pub(crate) fn wait(call: &mut Call, args: &mut kfd_ioctl_wait_events_args) -> Result<(), Errno> {
    let done = wait_for_list(call, args);
    if done.is_err() {
        args.wait_result = KFD_IOC_WAIT_RESULT_FAIL;
    }
    done
}

fn wait_for_list(call: &mut Call, args: &mut kfd_ioctl_wait_events_args) -> Result<(), Errno> {
    // alloc_event_waiters. Assumed: the limit came with KFD 1.19; Linux 6.12 waits for all that kmalloc has room for.
    let most = if call.machine.kfd_at_least(19) { KFD_SIGNAL_EVENT_LIMIT } else { KMALLOC_WAITERS };
    if args.num_events > most {
        return Err(Errno::ENOMEM);
    }
    // KFD 1.14 brought event ages; before it, the word was reserved.
    let ages = call.machine.kfd_at_least(14);
    let mut list = Vec::new();
    for i in 0..u64::from(args.num_events) {
        // Each is read when it is its turn, so an unknown event comes before an array that ends too early.
        let mut bytes = [0; kfd_event_data::SIZE];
        call.host.read_user(args.events_ptr.wrapping_add(i * kfd_event_data::SIZE as u64), &mut bytes)?;
        let mut event = kfd_event_data::get(&bytes);
        if !ages {
            event.union_data[0] = 0;
        }
        list.push(call.process().events.waiter(&event)?);
    }
    let id = call.process().events.waiters.add(list);
    let deadline = deadline(args.timeout);
    let outcome = sleep(call, id, args.wait_for_all != 0, deadline);
    let list = call.process().events.waiters.lists.remove(&id).unwrap_or_default();
    let outcome = outcome.inspect_err(|_| interrupted(call, args, &list, deadline))?;
    args.wait_result = outcome;
    match outcome {
        KFD_IOC_WAIT_RESULT_COMPLETE => tell(call, args.events_ptr, &list),
        KFD_IOC_WAIT_RESULT_FAIL => Err(Errno::EIO),
        _ => Ok(()),
    }
}

/// When to give up: `None` for never.
fn deadline(timeout_ms: u32) -> Option<Instant> {
    match timeout_ms {
        KFD_EVENT_TIMEOUT_INFINITE => None,
        finite => {
            let finite = Duration::from_millis(finite.min(LONGEST_TIMEOUT_MS).into());
            Some(Instant::now() + finite)
        }
    }
}

/// Sleeps until the list's condition is decided or the time is over. `EINTR`: a signal came first.
fn sleep(call: &mut Call, id: u64, all: bool, deadline: Option<Instant>) -> Result<u32, Errno> {
    loop {
        let result = test_condition(&call.process().events.waiters.lists[&id], all);
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        if result != KFD_IOC_WAIT_RESULT_TIMEOUT || left == Some(Duration::ZERO) {
            return Ok(result);
        }
        call.sleep(left)?;
    }
}

/// What a wait that a signal ends leaves behind: the time that is left, and auto-reset events that it had consumed
/// set again (`free_waiters` with `undo_auto_reset`).
fn interrupted(
    call: &mut Call,
    args: &mut kfd_ioctl_wait_events_args,
    list: &[Waiter],
    deadline: Option<Instant>,
) {
    if let Some(at) = deadline {
        args.timeout = at.saturating_duration_since(Instant::now()).as_millis() as u32;
    }
    let consumed: Vec<u32> = list.iter().filter(|waiter| waiter.activated).filter_map(|w| w.event).collect();
    let events = &mut call.process().events;
    for id in consumed {
        if events.events.get(&id).is_some_and(|event| event.auto_reset) {
            events.set(id);
        }
    }
    call.wake();
}

/// `test_event_condition`
fn test_condition(list: &[Waiter], all: bool) -> u32 {
    if list.iter().any(|waiter| waiter.event.is_none()) {
        return KFD_IOC_WAIT_RESULT_FAIL;
    }
    let activated = list.iter().filter(|waiter| waiter.activated).count();
    if activated == list.len() || (!all && activated > 0) {
        KFD_IOC_WAIT_RESULT_COMPLETE
    } else {
        KFD_IOC_WAIT_RESULT_TIMEOUT
    }
}

/// `copy_signaled_event_data`: what the signalled events have to tell.
fn tell(call: &mut Call, array: u64, list: &[Waiter]) -> Result<(), Errno> {
    for (i, waiter) in list.iter().enumerate().filter(|(_, waiter)| waiter.activated) {
        let event = waiter.event.and_then(|id| call.process().events.events.get(&id)).ok_or(Errno::EINVAL)?;
        let words = match event.kind {
            KFD_IOC_EVENT_MEMORY => &event.data[..],
            KFD_IOC_EVENT_HW_EXCEPTION => &event.data[..2],
            KFD_IOC_EVENT_SIGNAL if waiter.age_wanted => &[event.age],
            _ => continue,
        };
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        call.host.write_user(array + (i * kfd_event_data::SIZE) as u64, &bytes)?;
    }
    Ok(())
}
