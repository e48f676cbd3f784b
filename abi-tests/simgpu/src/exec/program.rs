//! Code as it runs: decoded once, where a wave first comes by. Touches `isa`, `lower` and `device::memory`.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::lower::lower;
use super::step::Step;
use crate::device::memory::{Fault, Memory};
use crate::isa::{Target, decode};

const PAGE_BYTES: u64 = 4096;

/// Why an address holds nothing to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoStep {
    /// It cannot be read.
    Memory(Fault),
    /// No instruction of the target.
    Illegal,
    /// An instruction, but not one of this simulated GPU: its mnemonic.
    Missing(&'static str),
}

/// Steps of one page of code, each decoded when it is first asked for.
pub struct Page {
    first: u64,
    steps: Vec<OnceLock<Result<Step, NoStep>>>,
}

impl Page {
    /// Whether an address is in this page.
    pub fn holds(&self, pc: u64) -> bool {
        pc & !(PAGE_BYTES - 1) == self.first
    }

    /// The step at an address of this page.
    pub fn step(&self, pc: u64, target: Target, memory: &dyn Memory) -> &Result<Step, NoStep> {
        self.steps[(pc % PAGE_BYTES / 4) as usize].get_or_init(|| fetch(pc, target, memory))
    }
}

/// The longest instruction, in words: an image instruction with addresses of its own.
const MOST_WORDS: usize = 5;

fn fetch(pc: u64, target: Target, memory: &dyn Memory) -> Result<Step, NoStep> {
    let mut bytes = [0; 4 * MOST_WORDS];
    // The last instruction of a range has nothing behind it.
    let mut words = MOST_WORDS;
    while let Err(fault) = memory.read(pc, &mut bytes[..4 * words]) {
        words -= 1;
        if words == 0 {
            return Err(NoStep::Memory(fault));
        }
    }
    let code =
        [0, 4, 8, 12, 16].map(|at| u32::from_le_bytes([0, 1, 2, 3].map(|byte: usize| bytes[at + byte])));
    let inst = decode(&code[..words], target).map_err(|_| NoStep::Illegal)?;
    let act = lower(&inst).ok_or(NoStep::Missing(inst.op.name()))?;
    Ok(Step { bytes: 4 * inst.words, act })
}

/// All code that was run since it was last forgotten. Shared by all waves.
pub struct Program {
    /// What the words mean.
    pub target: Target,
    pages: RwLock<HashMap<u64, Arc<Page>>>,
}

impl Program {
    /// Nothing decoded yet.
    pub fn new(target: Target) -> Self {
        Self { target, pages: RwLock::default() }
    }

    /// The page that an address is in.
    pub fn page(&self, pc: u64) -> Arc<Page> {
        let first = pc & !(PAGE_BYTES - 1);
        if let Some(page) = self.pages.read().unwrap_or_else(PoisonError::into_inner).get(&first) {
            return page.clone();
        }
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            let steps = (0..PAGE_BYTES / 4).map(|_| OnceLock::new()).collect();
            Arc::new(Page { first, steps })
        };
        pages.entry(first).or_insert_with(fresh).clone()
    }

    /// Memory changed: everything is decoded anew.
    pub fn forget(&self) {
        self.pages.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
