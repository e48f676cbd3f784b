//! What happens when a queue cannot go on: it lacks scratch memory, or something is wrong with a packet or a wave.
//!
//! Two signals tell, and one thread handles both for all queues; it is not the one that calls the user's handlers of
//! signals, so that these may wait for a kernel that lacks scratch memory. Answers to DynamicQueueEventsHandler and
//! ExceptionHandler of upstream's `amd_aql_queue.cpp`.
#![forbid(unsafe_code)]

use std::{
    process,
    sync::{Arc, Weak},
};

use super::{
    errors::{inactive, of_exception, of_inactive},
    hardware::Queue,
    trap,
};
use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{BoundHandler, Error},
    events::{
        Events,
        faults::{
            Faults, Stopped as _,
            record::{Cause, Record},
        },
        handlers::Handlers,
        wait::{Condition, Want},
    },
    log::complain,
    signal::Signal,
    status,
};

/// Has `handlers` called when either signal of a queue is not zero.
///
/// # Errors
/// `OutOfResources` without a thread.
pub fn watch(
    queue: &Arc<Queue>,
    machine: &Arc<Machine>,
    events: &Arc<Events>,
    handlers: &Handlers,
) -> Result<(), Error> {
    let add = |signal: Signal, handle: fn(&Arc<Queue>, &Machine, &Faults, i64) -> bool| {
        let (queue, machine): (Weak<Queue>, _) = (Arc::downgrade(queue), Arc::clone(machine));
        let faults = Arc::downgrade(events);
        let function = move |value| {
            let Some((queue, events)) = queue.upgrade().zip(faults.upgrade()) else { return false };
            let inside = queue.gate.enter();
            let again =
                inside.is_some() && !queue.is_suspended() && handle(&queue, &machine, &events.faults, value);
            if queue.is_suspended() {
                events.faults.spread();
            }
            again
        };
        let want = Want { signal, condition: Condition::NotEqual, compare: 0 };
        handlers.add(want, BoundHandler::own(function))
    };
    add(queue.parts.inactive.0, |queue, machine, _, code| queue.handle_inactive(machine, code))?;
    if queue.driver.reports_errors() {
        add(queue.parts.reported.0, Queue::handle_reported)?;
    }
    Ok(())
}

impl Queue {
    /// The packet processor cannot go on. Whether it is to be handled again.
    pub(super) fn handle_inactive(self: &Arc<Self>, machine: &Machine, code: i64) -> bool {
        if code == inactive::SCRATCH_FREE {
            self.take_scratch_back();
            return true;
        }
        if code & (inactive::NO_SCRATCH | inactive::NO_SCRATCH_WAVE32) != 0 {
            let lanes = if code & inactive::NO_SCRATCH_WAVE32 != 0 { 32 } else { 64 };
            return self.give_scratch(machine, lanes);
        }
        if !trap::is_told_by_queues(machine, self.agent) {
            self.go_on();
            return true;
        }
        self.give_up(machine, of_inactive(code), || {});
        false
    }

    /// The driver found something wrong, for which there is a core dump. Faults of memory are told to those who hear of
    /// the system's.
    fn handle_reported(self: &Arc<Self>, machine: &Machine, faults: &Faults, set: i64) -> bool {
        let status = of_exception(set);
        if status != HSA_STATUS_ERROR_MEMORY_FAULT {
            self.give_up(machine, status, || faults.dump_core());
        }
        false
    }

    /// Lets the packet processor go on. It sees what was written to the descriptor before.
    pub(super) fn go_on(&self) {
        self.parts.inactive.0.store_silently(0);
    }

    /// Stops the queue, writes down what happened, tells its user and completes its signals with the error, for the
    /// reasons and in the order of `events::faults`. `look` comes before anybody hears.
    pub(super) fn give_up(self: &Arc<Self>, machine: &Machine, why: hsa_status_t, look: impl FnOnce()) {
        if !self.announce(machine, why) {
            return;
        }
        look();
        if !self.tell_user(why) {
            let text = status::describe(why.0).unwrap_or(c"UNKNOWN ERROR").to_string_lossy();
            complain(&format!("Queue at {:#x} inactivated due to async error: {text}", self.address()));
            process::abort();
        }
        self.fail();
    }

    /// The first half of it, before users are told. Not if its GPU has stopped meanwhile, which is told already.
    pub(super) fn announce(self: &Arc<Self>, machine: &Machine, why: hsa_status_t) -> bool {
        let first = self.stop(why);
        if first {
            let agent = machine.agents.get(self.agent);
            Record { machine, agent, cause: Cause::Queue(why), left: &[self.left()] }.write();
        }
        first
    }
}
