//! Faults of GPUs by way of events of amdkfd. Answers to BindErrorHandlers and WaitAnyExceptions of upstream's runtime.
#![forbid(unsafe_code)]

use hsakmt_thunk::{Thunk, abi::event_type, event::Wait, topology::model::NodeId};

use super::fault::{Fault, FaultWatch};

/// For ever, in milliseconds.
const FOR_EVER: u32 = u32::MAX;

pub fn watch(thunk: &Thunk) -> Option<FaultWatch> {
    let memory = &thunk.services().ok()?.memory;
    // One thread waits, so an event may reset itself; a fault that comes meanwhile stays set. But not the end: a wait
    // that returns with a fault, too, would take it away.
    let create = |kind| {
        let resets = kind != event_type::SIGNAL;
        thunk.events().create(memory, kind, NodeId(0), resets, false).ok()
    };
    Some(FaultWatch {
        memory: create(event_type::MEMORY)?,
        hardware: create(event_type::HW_EXCEPTION)?,
        end: create(event_type::SIGNAL)?,
    })
}

/// None when the driver refuses, too: nothing will be heard of any more.
pub fn next(thunk: &Thunk, watch: &FaultWatch) -> Vec<Fault> {
    let mut waits = [watch.memory, watch.hardware, watch.end].map(|event| Wait::new(event.id, 0));
    if thunk.events().wait(&mut waits, false, FOR_EVER).is_err() {
        return Vec::new();
    }
    let memory = waits[0].memory_fault().map(Fault::Memory);
    memory.into_iter().chain(waits[1].hardware_exception().map(Fault::Hardware)).collect()
}

pub fn unwatch(thunk: &Thunk, watch: &FaultWatch) {
    for event in [watch.memory, watch.hardware, watch.end] {
        // What is not destroyed here ends with the process.
        let _ = thunk.events().destroy(event.id);
    }
}
