//! Code as it runs: decoded once, where a wave first comes by. Touches `isa`, `lower` and `device::memory`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use super::lower::lower;
use super::step::Step;
use crate::device::memory::{Fault, Memory};
use crate::isa::{Inst, Target, decode};

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
    /// How often each was asked for; empty where nobody wants to know.
    hits: Vec<AtomicU64>,
}

impl Page {
    /// Whether an address is in this page.
    pub fn holds(&self, pc: u64) -> bool {
        pc & !(PAGE_BYTES - 1) == self.first
    }

    /// The step at an address of this page.
    pub fn step(&self, pc: u64, program: &Program, memory: &dyn Memory) -> &Result<Step, NoStep> {
        let at = (pc % PAGE_BYTES / 4) as usize;
        if let Some(hits) = self.hits.get(at) {
            hits.fetch_add(1, Ordering::Relaxed);
        }
        self.steps[at].get_or_init(|| program.fetch(pc, memory))
    }

    /// Adds up how often each mnemonic was run.
    fn count(&self, counts: &mut BTreeMap<&'static str, u64>) {
        for (step, hits) in self.steps.iter().zip(&self.hits) {
            if let Some(Ok(step)) = step.get() {
                *counts.entry(step.name).or_default() += hits.load(Ordering::Relaxed);
            }
        }
    }
}

/// The longest instruction, in words: an image instruction with addresses of its own.
const MOST_WORDS: usize = 5;

/// The words from an address on, and how many can be read.
fn words(pc: u64, memory: &dyn Memory) -> Result<([u32; MOST_WORDS], usize), NoStep> {
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
    Ok((code, words))
}

/// All code that was run since it was last forgotten. Shared by all waves.
pub struct Program {
    /// What the words mean.
    pub target: Target,
    pages: RwLock<HashMap<u64, Arc<Page>>>,
    seen: Mutex<BTreeSet<String>>,
    /// Runs are counted, also of the pages that are kept here though their code is forgotten.
    counted: Option<Mutex<Vec<Arc<Page>>>>,
}

impl Program {
    /// Nothing decoded yet.
    pub fn new(target: Target) -> Self {
        Self { target, pages: RwLock::default(), seen: Mutex::default(), counted: None }
    }

    /// The same; how often each instruction runs is counted.
    pub fn counting(target: Target) -> Self {
        Self { counted: Some(Mutex::default()), ..Self::new(target) }
    }

    /// How often each mnemonic was run, of a pair of instructions the first, if that is counted.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        pages.values().for_each(|page| page.count(&mut counts));
        if let Some(forgotten) = &self.counted {
            let forgotten = forgotten.lock().unwrap_or_else(PoisonError::into_inner);
            forgotten.iter().for_each(|page| page.count(&mut counts));
        }
        counts
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
            let hits = if self.counted.is_some() { PAGE_BYTES / 4 } else { 0 };
            Arc::new(Page { first, steps, hits: (0..hits).map(|_| AtomicU64::new(0)).collect() })
        };
        pages.entry(first).or_insert_with(fresh).clone()
    }

    /// Decodes what a wave is about to run.
    fn fetch(&self, pc: u64, memory: &dyn Memory) -> Result<Step, NoStep> {
        let (code, words) = words(pc, memory)?;
        let inst = decode(&code[..words], self.target).map_err(|_| NoStep::Illegal)?;
        let act = lower(&inst).ok_or(NoStep::Missing(inst.op.name()))?;
        self.note(&inst);
        Ok(Step { name: inst.op.name(), bytes: 4 * inst.words, act })
    }

    fn note(&self, inst: &Inst) {
        let text = inst.to_string();
        let halves = text.split(" :: ").enumerate();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extend(halves.filter_map(|(half, text)| {
            let mnemonic = text.split(' ').next()?;
            Some(if half == 0 { mnemonic.into() } else { format!("::{mnemonic}") })
        }));
    }

    /// Mnemonics of all that was run, in LLVM's words; those of the second halves of pairs begin with `::`.
    pub fn executed(&self) -> BTreeSet<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Memory changed: everything is decoded anew.
    pub fn forget(&self) {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        let forgotten = pages.drain().map(|(_, page)| page);
        if let Some(counted) = &self.counted {
            counted.lock().unwrap_or_else(PoisonError::into_inner).extend(forgotten);
        }
    }
}
