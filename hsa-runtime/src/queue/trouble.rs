//! What happens when a queue cannot go on: it lacks scratch memory, or something is wrong with a packet or a wave.
//!
//! Two signals tell, and one thread handles both for all queues; it is not the one that calls the user's handlers of
//! signals, so that these may wait for a kernel that lacks scratch memory. Answers to DynamicQueueEventsHandler and
//! ExceptionHandler of upstream's `amd_aql_queue.cpp`.
#![forbid(unsafe_code)]

use std::{
    process,
    sync::{Arc, Weak, atomic::Ordering},
};

use super::{
    errors::{inactive, of_exception, of_inactive},
    hardware::Queue,
    scratch::{need::Need, pool::Shortage, registers::Registers},
};
use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{BoundHandler, Error},
    events::{
        faults::{
            Stopped as _,
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
pub fn watch(queue: &Arc<Queue>, machine: &Arc<Machine>, handlers: &Handlers) -> Result<(), Error> {
    let add = |signal: Signal, handle: fn(&Arc<Queue>, &Machine, i64) -> bool| {
        let (queue, machine): (Weak<Queue>, _) = (Arc::downgrade(queue), Arc::clone(machine));
        let function = move |value| {
            queue.upgrade().is_some_and(|queue| {
                let inside = queue.gate.enter();
                inside.is_some() && !queue.is_suspended() && handle(&queue, &machine, value)
            })
        };
        let want = Want { signal, condition: Condition::NotEqual, compare: 0 };
        handlers.add(want, BoundHandler::own(function))
    };
    add(queue.parts.inactive.0, Queue::handle_inactive)?;
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
        if self.driver.reports_errors() {
            self.go_on();
            return true;
        }
        self.give_up(machine, of_inactive(code));
        false
    }

    /// The driver found something wrong. Faults of memory are told to those who hear of the system's.
    fn handle_reported(self: &Arc<Self>, machine: &Machine, set: i64) -> bool {
        let status = of_exception(set);
        if status != HSA_STATUS_ERROR_MEMORY_FAULT {
            self.give_up(machine, status);
        }
        false
    }

    /// Lets the packet processor go on. It sees what was written to the descriptor before.
    fn go_on(&self) {
        self.parts.inactive.0.store_silently(0);
    }

    /// The first packet that needs scratch memory is what it is for: the read index may be behind.
    fn need(&self, lanes: u64) -> Option<Need> {
        let dispatch = self.undone().find_map(|packet| packet.scratch_dispatch(lanes))?;
        Need::new(self.scratch.shape(), &dispatch)
    }

    fn give_scratch(self: &Arc<Self>, machine: &Machine, lanes: u64) -> bool {
        let mut held = self.parts.held.lock();
        // What was too little.
        *held = None;
        let page = &self.parts.page;
        let all = page.kind.load(Ordering::Relaxed) == HSA_QUEUE_TYPE_COOPERATIVE.0;
        let need = self.need(lanes);
        let taken = need.map_or(Err(Shortage::ForEver), |need| Ok((need, self.scratch.take(&need, all)?)));
        match taken {
            Ok((need, given)) => {
                let shape = self.scratch.shape();
                page.tell_scratch(&Registers::new(shape, &need, given.address(), given.bytes()));
                page.set_property(AMD_QUEUE_PROPERTIES_USE_SCRATCH_ONCE, given.once);
                *held = Some(given);
                self.go_on();
                true
            }
            // The signal keeps its value, so that this is called again, later.
            Err(Shortage::Now) => true,
            Err(Shortage::ForEver) => {
                drop(held);
                self.give_up(machine, HSA_STATUS_ERROR_OUT_OF_RESOURCES);
                false
            }
        }
    }

    /// The dispatch that had scratch memory for itself alone has ended. The packet processor waits for the bit, so that
    /// it cannot ask for more before its signal has been answered.
    fn take_scratch_back(&self) {
        *self.parts.held.lock() = None;
        self.parts.page.tell_scratch(&Registers::none(self.scratch.shape()));
        self.go_on();
        self.parts.page.set_property(AMD_QUEUE_PROPERTIES_USE_SCRATCH_ONCE, false);
    }

    /// Stops the queue, writes down what happened, tells its user and completes its signals with the error, for the
    /// reasons and in the order of `events::faults`.
    fn give_up(self: &Arc<Self>, machine: &Machine, why: hsa_status_t) {
        if !self.stop(why) {
            // Its GPU has stopped meanwhile, which is told already.
            return;
        }
        let agent = machine.agents.get(self.agent);
        Record { machine, agent, cause: Cause::Queue(why), left: &[self.left()] }.write();
        if !self.tell_user(why) {
            let text = status::describe(why.0).unwrap_or(c"UNKNOWN ERROR").to_string_lossy();
            complain(&format!("Queue at {:#x} inactivated due to async error: {text}", self.address()));
            process::abort();
        }
        self.fail();
    }
}
