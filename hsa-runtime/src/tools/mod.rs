//! Libraries that the runtime looks for at run time: tools that the user names, rocprofiler-register, and aqlprofile.
//!
//! Touches the dynamic linker, in `library`, `register` and `aqlprofile`; `events` is what tools hear of later.

pub mod aqlprofile;
pub mod events;
mod library;
mod list;
mod register;
pub mod table;

use std::ffi::CString;

use self::library::is_loaded;
pub use self::library::{Tables, Tool};
use crate::{config::Config, log::complain};

/// Whether the program's HIP or OpenCL takes a GPU of several instruction sets for one that it does not know, as those
/// did (ROCclr's `roc::Device::create`) that are older than generic targets. They have their compiler from the second
/// version of the code object manager.
pub fn wants_one_isa() -> bool {
    is_loaded(c"libamd_comgr.so.2")
}

/// Hands the tables to tools, each in its turn: those that the user names in his order, then those that are in the
/// process already in theirs. One that cannot be loaded is left out; the next ones hear of it. None gets them if profilers
/// have taken them already. Runs the tools' functions, which call the runtime.
pub fn load(config: &Config, tables: Tables) -> Vec<Tool> {
    if register::offer(tables.root, config.registration) {
        return Vec::new();
    }
    let mut failed = Vec::new();
    let mut opened = open_named(config, &mut failed);
    let mut loaded = Tool::loaded();
    loaded.sort_by_key(|(_, priority)| *priority);
    for (tool, _) in loaded {
        if !opened.iter().any(|other| other.is(&tool)) {
            opened.push(tool);
        }
    }
    let mut working = Vec::new();
    for tool in opened {
        if tool.on_load(tables, &failed) {
            working.push(tool);
        } else {
            failed.push(tool.name().to_owned());
        }
    }
    working
}

/// The tools of HSA_TOOLS_LIB, each once. Those that cannot be loaded are added to `failed`.
fn open_named(config: &Config, failed: &mut Vec<CString>) -> Vec<Tool> {
    let mut opened = Vec::<Tool>::new();
    for name in list::names(config.tools.as_deref().unwrap_or_default()) {
        // A name of the environment holds no NUL.
        let Ok(name) = CString::new(name) else { continue };
        match Tool::open(&name) {
            Ok(tool) if opened.iter().any(|other| other.is(&tool)) => {}
            Ok(tool) => opened.push(tool),
            Err(why) => {
                if config.report_tools {
                    complain(&format!("tool library {} of HSA_TOOLS_LIB: {why}", name.to_string_lossy()));
                }
                failed.push(name);
            }
        }
    }
    opened
}
