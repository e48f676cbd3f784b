//! Libraries that the runtime looks for at run time: tools that the user names, and aqlprofile.
//!
//! Touches the dynamic linker, in `library` and `aqlprofile`.

pub mod aqlprofile;
mod library;
mod list;

use std::ffi::CString;

pub use self::library::{Tables, Tool};
use crate::{config::Config, log::complain};

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
