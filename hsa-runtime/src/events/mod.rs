//! The wait engine: threads that wait for signals, and functions that are called when a signal changes.
//!
//! Touches `signal`, `agent`, `driver` and `arch`. Answers to WaitRelaxed and WaitMultiple of upstream's signals, and to AsyncEventsLoop
//! and the handlers of system events of its `runtime.cpp`.
//!
//! * [`wait`]: one thread waits for one or more signals. It spins for as long as that is likely to pay ([`patience`]),
//!   then sleeps on the bells of its signals; `signal::protocol` shows that no wake-up is lost. Nothing here polls at
//!   full speed: a signal whose changes nobody announces (no interrupt, another process) is looked at in naps that
//!   grow with the time waited, and every sleep ends after some seconds, should the hardware have lost an interrupt. Where
//!   it loses one after the other, as with broken firmware, all signals are looked at like that (`Bells::found`).
//! * [`handlers`]: functions that are called when signals change, and [`listener`], the thread that calls them.
//! * [`faults`]: the thread that calls functions when a GPU faults.
//! * [`group`]: the sets of signals that `hsa_signal_group_create` makes.
#![forbid(unsafe_code)]

pub mod faults;
pub mod group;
pub mod handlers;
mod listener;
pub mod patience;
pub mod wait;

use std::sync::Arc;

use self::{faults::Faults, group::Groups, handlers::Handlers};
use crate::{
    agent::machine::Machine,
    signal::{self, Signals},
};

/// What waits, between `hsa_init` and the last `hsa_shut_down`.
pub struct Events {
    /// The signals.
    pub signals: &'static Signals,
    /// Functions called when they change.
    pub handlers: Handlers,
    /// Sets of them.
    pub groups: Groups,
    /// Faults of GPUs.
    pub faults: Faults,
}

impl Events {
    /// Opens the signals; no thread starts, and the driver is not asked for anything.
    pub fn open(signals: &'static Signals, machine: Arc<Machine>) -> Self {
        signal::set_open(Some(signals));
        let (handlers, faults) = (Handlers::new(signals, "hsa-handlers"), Faults::new(machine));
        Self { signals, handlers, groups: Groups::default(), faults }
    }

    /// Ends the threads, destroys what signals are left and wakes all who still wait for one.
    pub fn end(&self) {
        self.handlers.end();
        self.faults.end();
        self.signals.destroy_all();
        signal::set_open(None);
    }
}
