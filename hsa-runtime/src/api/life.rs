//! `hsa_init` and `hsa_shut_down`, and the tool libraries that live between them.
#![forbid(unsafe_code)]

use crate::{
    abi::hsa_status_t,
    boundary::{Error, Then, call},
    runtime, table, tools,
};

/// The first one loads the tools, when the rest of the runtime already works.
pub fn init() -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    Ok(Then(|| {
        runtime::alone(|life| {
            let mut started = None;
            let status = call(|| life.enter(table::debugger_address()).map(|machine| started = machine));
            if let Some(machine) = started {
                // In a child of fork, the parent's tools are still in the tables.
                table::restore();
                life.keep_tools(tools::load(&machine.config, table::for_tools()));
            }
            status
        })
    }))
}

/// The last one tells the tools, to which the runtime still answers, and ends it after them.
pub fn shut_down() -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    Ok(Then(|| {
        runtime::alone(|life| {
            let Some(tools) = life.take_tools_at_end() else { return call(|| life.leave()) };
            for tool in tools.iter().rev() {
                tool.on_unload();
            }
            table::restore();
            // The tools' libraries are closed when this is done.
            call(|| life.leave())
        })
    }))
}
