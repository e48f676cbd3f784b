//! Faults of GPUs by way of events of amdkfd. Answers to BindErrorHandlers and WaitAnyExceptions of upstream's runtime.
#![forbid(unsafe_code)]

use std::time::Duration;

use hsakmt_thunk::{Status, Thunk, abi::event_type, event::Wait, topology::model::NodeId};

use super::fault::{Fault, FaultWatch};

pub fn watch(thunk: &Thunk) -> Option<FaultWatch> {
    let memory = &thunk.services().ok()?.memory;
    // One thread waits, so each may reset itself; what comes meanwhile stays set.
    let create = |kind| thunk.events().create(memory, kind, NodeId(0), true, false).ok();
    Some(FaultWatch {
        memory: create(event_type::MEMORY)?,
        hardware: create(event_type::HW_EXCEPTION)?,
        call: create(event_type::SIGNAL)?,
    })
}

pub fn next(thunk: &Thunk, watch: &FaultWatch, at_most: Duration) -> Option<Vec<Fault>> {
    let mut waits = [watch.memory, watch.hardware, watch.call].map(|event| Wait::new(event.id, 0));
    // The greatest number is for ever.
    let milliseconds = u32::try_from(at_most.as_micros().div_ceil(1000)).unwrap_or(u32::MAX);
    match thunk.events().wait(&mut waits, false, milliseconds) {
        Ok(()) => {
            let memory = waits[0].memory_fault().map(Fault::Memory);
            Some(memory.into_iter().chain(waits[1].hardware_exception().map(Fault::Hardware)).collect())
        }
        Err(error) => (error.status == Status::WaitTimeout).then(Vec::new),
    }
}

pub fn unwatch(thunk: &Thunk, watch: &FaultWatch) {
    for event in [watch.memory, watch.hardware, watch.call] {
        // What is not destroyed here ends with the process.
        let _ = thunk.events().destroy(event.id);
    }
}
