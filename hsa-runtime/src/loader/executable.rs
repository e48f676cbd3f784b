//! Executables: code objects at their addresses, and the symbols that programs find in them.
//!
//! Touches the memory of devices only by way of [`CodeMemory`]. Answers to ExecutableImpl of upstream's
//! `loader/executable.cpp`. What is in an executable is a snapshot that readers load without a lock: a program asks for
//! symbols a million times and loads code a few.
#![forbid(unsafe_code)]

use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::{
    Refusal, addresses,
    code_object::{CodeObject, undefined},
    debug::{LinkMap, Listed},
    names::Names,
    reader::File,
    symbol::Symbol,
};
use crate::{
    abi::{
        hsa_default_float_rounding_mode_t, hsa_executable_symbol_t, hsa_profile_t, hsa_variable_segment_t,
    },
    agent::Agent,
    boundary::Error,
    handle,
};

/// Where code can be put.
pub trait CodeMemory {
    /// Memory from which `agent` executes.
    ///
    /// # Errors
    /// `OutOfResources`.
    fn allocate(&self, agent: &Agent, bytes: u64) -> Result<Box<dyn CodeBlock>, Error>;
}

/// Memory of an agent for code; freed when dropped.
pub trait CodeBlock: Send + Sync {
    /// Its address on the agent, aligned to 4096 bytes (AMD_ISA_ALIGN_BYTES).
    fn address(&self) -> u64;

    /// Puts the whole image there, for the agent to execute.
    ///
    /// # Errors
    /// `OutOfResources` if it cannot be copied.
    fn write(&self, image: &[u8]) -> Result<(), Error>;
}

/// A code object in an executable.
pub struct Loaded {
    /// Index of the agent.
    pub agent: usize,
    /// The file's bytes and where they came from.
    pub file: Arc<File>,
    /// Where the first segment stands in the file.
    pub offset: u64,
    /// Where it was linked for.
    pub linked: u64,
    /// The host's copy, as it is on the agent.
    pub image: Vec<u8>,
    block: Box<dyn CodeBlock>,
}

impl Loaded {
    /// Where it is on the agent.
    pub fn address(&self) -> u64 {
        self.block.address()
    }

    /// How far it is from where it was linked for.
    pub fn moved(&self) -> u64 {
        self.address().wrapping_sub(self.linked)
    }

    /// The host's copy of what stands at an address of the agent and behind it.
    pub fn host(&self, address: u64) -> Option<&[u8]> {
        let at = usize::try_from(address.checked_sub(self.address())?).ok()?;
        self.image.get(at..).filter(|rest| !rest.is_empty())
    }
}

/// What an executable holds at one time.
#[derive(Clone, Default)]
pub struct Contents {
    /// Whether it takes no more code.
    pub frozen: bool,
    /// Its symbols; one keeps its index.
    pub symbols: Vec<Arc<Symbol>>,
    /// Its code objects, in the order in which they were loaded; one keeps its index.
    pub loaded: Vec<Arc<Loaded>>,
    /// Indices of the symbols of a name: one an agent and one of the program.
    names: Names,
}

impl Contents {
    /// Index of the symbol of a name that is of `agent`, or of the program.
    #[inline]
    pub fn find(&self, name: &[u8], agent: Option<usize>) -> Option<u32> {
        self.names.get(name, agent)
    }

    fn add(&mut self, symbol: Symbol) -> Result<(), Refusal> {
        if self.find(symbol.name.as_bytes(), symbol.agent).is_some() {
            let reason = format!("{:?} is defined already", symbol.name);
            return Err(Refusal::new(Error::VariableAlreadyDefined, reason));
        }
        self.names.add(symbol.name.as_bytes(), symbol.agent, self.symbols.len() as u32);
        self.symbols.push(Arc::new(symbol));
        Ok(())
    }

    fn load(&mut self, agent: &Agent, file: &Arc<File>, memory: &dyn CodeMemory) -> Result<(), Refusal> {
        let code = CodeObject::parse(&file.bytes)?;
        if !agent.isas().any(|isa| code.built.isa.runs_on(isa, code.built.generic_version)) {
            let reason = format!("it is for {}, which agent {} does not run", code.built.isa, agent.name());
            return Err(Refusal::new(Error::IncompatibleArguments, reason));
        }
        let no_memory = |error| Refusal::new(error, format!("agent {} has no memory for it", agent.name()));
        let block = memory.allocate(agent, code.size()).map_err(no_memory)?;
        let moved = block.address().wrapping_sub(code.extent.start);
        for definition in &code.definitions {
            self.add(Symbol::loaded(definition, agent.index, moved))?;
        }
        let address = |name: &str| {
            let index =
                self.find(name.as_bytes(), Some(agent.index)).or_else(|| self.find(name.as_bytes(), None))?;
            Some(self.symbols[index as usize].address)
        };
        if let Some(missing) = code.declarations.iter().find(|name| address(name).is_none()) {
            return Err(undefined(missing));
        }
        let image = code.image(block.address(), address)?;
        let (offset, linked) = (code.offset, code.extent.start);
        self.loaded.push(Arc::new(Loaded {
            agent: agent.index,
            file: Arc::clone(file),
            offset,
            linked,
            image,
            block,
        }));
        Ok(())
    }
}

/// An executable. Thread-safe; who changes it waits for others who do.
pub struct Executable {
    /// Of which profile it was asked to be.
    pub profile: hsa_profile_t,
    /// Which rounding it was asked to have; code objects say it themselves.
    pub rounding: hsa_default_float_rounding_mode_t,
    /// Its place in the list of debuggers; before the contents, so that it goes before they do.
    listed: OnceLock<Listed>,
    contents: ArcSwap<Contents>,
    /// The same, when nothing changes any more: nearly all look-ups come then.
    frozen: OnceLock<Arc<Contents>>,
    /// Its number, when the addresses of its symbols are known by their handles.
    known_as: OnceLock<u32>,
    changing: Mutex<()>,
}

impl Drop for Executable {
    fn drop(&mut self) {
        let number = self.known_as.get().copied();
        number
            .into_iter()
            .for_each(|number| self.handles(number).for_each(|(symbol, _)| addresses::remove(symbol)));
    }
}

/// What an executable holds, for as long as somebody looks at it.
pub enum Snapshot<'a> {
    /// It is frozen.
    Frozen(&'a Contents),
    /// It may change meanwhile.
    Changing(Arc<Contents>),
}

impl Deref for Snapshot<'_> {
    type Target = Contents;

    fn deref(&self) -> &Contents {
        match self {
            Self::Frozen(contents) => contents,
            Self::Changing(contents) => contents,
        }
    }
}

impl Executable {
    /// An empty one.
    pub fn new(profile: hsa_profile_t, rounding: hsa_default_float_rounding_mode_t) -> Self {
        Self {
            profile,
            rounding,
            listed: OnceLock::new(),
            contents: ArcSwap::default(),
            frozen: OnceLock::new(),
            known_as: OnceLock::new(),
            changing: Mutex::default(),
        }
    }

    /// What it holds now.
    pub fn contents(&self) -> Snapshot<'_> {
        let changing = || Snapshot::Changing(self.contents.load_full());
        self.frozen.get().map_or_else(changing, |contents| Snapshot::Frozen(contents))
    }

    /// The handles of the symbols of a frozen executable with this number, and their addresses.
    fn handles(&self, number: u32) -> impl Iterator<Item = (hsa_executable_symbol_t, u64)> {
        let symbols = self.frozen.get().into_iter().flat_map(|contents| contents.symbols.iter());
        (0..).zip(symbols).map(move |(index, symbol)| (handle::symbol(number, index), symbol.address))
    }

    /// Has the addresses of the symbols of a frozen executable with this number known by their handles, until it goes.
    pub fn make_known(&self, number: u32) {
        if self.known_as.set(number).is_ok() {
            self.handles(number).for_each(|(symbol, address)| addresses::add(symbol, address));
        }
    }

    /// Loads a code object for an agent; the answer is its index. A refused one leaves nothing behind.
    ///
    /// # Errors
    /// `FrozenExecutable`, `InvalidCodeObject`, `InvalidIsaName`, `IncompatibleArguments`, `VariableAlreadyDefined`,
    /// `VariableUndefined`, `OutOfResources`.
    pub fn load(&self, agent: &Agent, file: &Arc<File>, memory: &dyn CodeMemory) -> Result<usize, Refusal> {
        self.change(|contents| {
            contents.load(agent, file, memory)?;
            Ok(contents.loaded.len() - 1)
        })
    }

    /// Defines a variable that the program has at `address`, for an agent or for all.
    ///
    /// # Errors
    /// `FrozenExecutable`, `VariableAlreadyDefined`.
    pub fn define(
        &self,
        name: &str,
        agent: Option<usize>,
        segment: hsa_variable_segment_t,
        address: u64,
    ) -> Result<(), Refusal> {
        self.change(|contents| contents.add(Symbol::external(name, agent, segment, address)))
    }

    /// Puts the code where agents execute it, and into the list of `debugger`; from now on nothing changes.
    ///
    /// # Errors
    /// `FrozenExecutable` if it was before; `OutOfResources` if code cannot be copied, and then it is not frozen.
    pub fn freeze(&self, debugger: Option<&Arc<LinkMap>>) -> Result<(), Refusal> {
        self.change(|contents| {
            for loaded in &contents.loaded {
                let lost = |error| Refusal::new(error, "it cannot be copied to the agent");
                loaded.block.write(&loaded.image).map_err(lost)?;
            }
            contents.frozen = true;
            if let Some(debugger) = debugger {
                let objects = contents.loaded.iter().map(|loaded| (loaded.moved(), &*loaded.file.uri));
                // Empty before: only an executable that was not frozen comes here.
                let _ = self.listed.set(debugger.add(objects));
            }
            Ok(())
        })
    }

    fn change<T>(&self, act: impl FnOnce(&mut Contents) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let _alone = self.changing.lock();
        let mut contents = Contents::clone(&self.contents.load());
        if contents.frozen {
            return Err(Refusal::new(Error::FrozenExecutable, "the executable is frozen"));
        }
        let result = act(&mut contents)?;
        let contents = Arc::new(contents);
        if contents.frozen {
            self.frozen.get_or_init(|| Arc::clone(&contents));
        }
        self.contents.store(contents);
        Ok(result)
    }
}

#[cfg(test)]
mod tests;
