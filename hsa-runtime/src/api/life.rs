//! `hsa_init` and `hsa_shut_down`, and the tool libraries that live between them.
#![forbid(unsafe_code)]

use crate::{
    abi::hsa_status_t,
    boundary::{Error, Then, call},
    runtime::{self, End, Open},
    table, tools,
};

/// The first one loads the tools, when the rest of the runtime already works.
pub fn init() -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    Ok(Then(|| {
        runtime::alone(|life| {
            let mut started = None;
            let status = call(|| life.enter(&table::_amdgpu_r_debug).map(|machine| started = machine));
            if let Some(machine) = started {
                // In a child of fork, the parent's tools are still in the tables.
                table::restore();
                life.keep_tools(tools::load(&machine.config, table::for_tools()));
            }
            status
        })
    }))
}

/// The last one tells the tools. The runtime answers them no more, as upstream's since 7, but what they hold of it is
/// still there: it ends after them.
pub fn shut_down() -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    Ok(Then(|| {
        runtime::alone(|life| {
            let mut end = None;
            let status = call(|| life.leave().map(|last| end = last));
            let Some(End { open, tools }) = end else { return status };
            for tool in tools.iter().rev() {
                tool.on_unload();
            }
            table::restore();
            call(|| {
                let Open { machine, events, queues, sampling, .. } = &*open;
                sampling.end();
                queues.end();
                machine.copies.end();
                // Wakes what waits for signals.
                events.end();
                machine.copies.host.join();
                machine.heap.exports.end();
                machine.loader.debugger.iter().for_each(|debugger| debugger.end());
                machine.heap.trim();
                machine.driver.close();
                Ok(())
            })
        })
    }))
}
