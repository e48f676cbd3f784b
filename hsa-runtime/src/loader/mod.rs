//! Code objects: from the bytes of an ELF file to kernels that queues can run.
//!
//! `elf` and `code_object` are pure and know nothing of devices: whatever the bytes say, they answer with facts that
//! are in bounds, or refuse. Answers to upstream's `loader/executable.cpp` and `libamdhsacode`.
#![forbid(unsafe_code)]

use std::{borrow::Cow, sync::Arc};

use crate::boundary::Error;

use self::{debug::LinkMap, executable::Executable, reader::File, registry::Registry};

pub mod addresses;
pub mod code_object;
pub mod code_symbol;
pub mod debug;
pub mod elf;
pub mod executable;
#[cfg(fuzzing)]
pub mod fuzz;
mod names;
mod place;
pub mod reader;
pub mod registry;
pub mod symbol;

/// What the symbol of a kernel's descriptor has behind the kernel's name.
const DESCRIPTOR: &str = ".kd";

/// What programs have of code.
#[derive(Default)]
pub struct Loader {
    /// Readers: files that have been handed over.
    pub readers: Registry<File>,
    /// Code objects by HSA 1.0's calls, which know no readers.
    pub objects: Registry<File>,
    /// Executables.
    pub executables: Registry<Executable>,
    /// The list that debuggers read; none where nobody would find it.
    pub debugger: Option<Arc<LinkMap>>,
}

impl Loader {
    /// The name of the kernel whose descriptor is at an address of the agent at an index.
    pub fn kernel_at(&self, agent: usize, descriptor: u64) -> Option<String> {
        let executables = self.executables.all();
        executables.values().find_map(|executable| {
            let contents = executable.contents();
            let mut symbols = contents.symbols.iter();
            let found = symbols.find(|symbol| symbol.agent == Some(agent) && symbol.address == descriptor)?;
            Some(found.name.strip_suffix(DESCRIPTOR).unwrap_or(&found.name).to_owned())
        })
    }
}

/// Why a code object is not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status for the caller.
    pub error: Error,
    /// The reason, for one line to the user.
    pub reason: Cow<'static, str>,
}

impl Refusal {
    /// A refusal with its status.
    pub fn new(error: Error, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { error, reason: reason.into() }
    }
}

impl From<elf::Malformed> for Refusal {
    fn from(reason: elf::Malformed) -> Self {
        Self::new(Error::InvalidCodeObject, reason)
    }
}
