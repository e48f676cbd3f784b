//! Libraries that the runtime looks for at run time: tools that the user names, and aqlprofile.
//!
//! Touches the dynamic linker, in `library` and `aqlprofile`.

pub mod aqlprofile;
mod library;
mod list;

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

/// Loads the tool libraries that the user names, in his order, and hands each the tables. One that cannot be loaded is
/// left out; the next ones hear of it. Runs the tools' functions, which call the runtime.
pub fn load(config: &Config, tables: Tables) -> Vec<Tool> {
    let (mut opened, mut failed) = (Vec::<Tool>::new(), Vec::new());
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
