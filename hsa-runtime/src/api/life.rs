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

/// The last one tells the tools, which may still use the runtime, and closes them after its end.
pub fn shut_down() -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    Ok(Then(|| {
        runtime::alone(|life| {
            let tools = life.take_tools_at_end();
            for tool in tools.iter().flatten().rev() {
                tool.on_unload();
            }
            if tools.is_some() {
                table::restore();
            }
            call(|| life.leave())
        })
    }))
}
