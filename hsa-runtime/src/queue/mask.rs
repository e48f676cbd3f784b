//! Which compute units a queue's waves run on: what a program wants, of what the user lets it have (HSA_CU_MASK) and the
//! GPU has. Pure. Answers to SetCUMasking of upstream's `amd_aql_queue.cpp`.
#![forbid(unsafe_code)]

use crate::{agent::Agent, boundary::Error};

/// A mask for the driver.
#[derive(Debug, PartialEq, Eq)]
pub struct Mask {
    /// A bit for each compute unit.
    pub words: Vec<u32>,
    /// Units were wanted that the user does not let queues have.
    pub reduced: bool,
}

impl Mask {
    /// What comes of a wish on an agent; an empty one is for all units.
    ///
    /// # Errors
    /// `InvalidArgument` for half a pair of compute units where they come in pairs.
    pub fn new(agent: &Agent, wanted: &[u32]) -> Result<Self, Error> {
        let (all, allowed) = (all_units(agent), allowed(agent));
        let wanted = if wanted.is_empty() { &all } else { wanted };
        let mut words: Vec<u32> = all.iter().zip(wanted).map(|(all, wanted)| all & wanted).collect();
        let mut reduced = false;
        if !allowed.is_empty() {
            let rest = allowed.iter().chain(std::iter::repeat(&0));
            reduced = wanted.iter().zip(rest).any(|(wanted, allowed)| wanted & !allowed != 0);
            words.truncate(allowed.len());
            words.iter_mut().zip(allowed).for_each(|(word, allowed)| *word &= allowed);
        }
        let in_pairs = agent.gpu.as_ref().is_some_and(|gpu| gpu.isa.major() >= 10);
        if in_pairs && words.iter().any(|word| (word ^ word >> 1) & 0x5555_5555 != 0) {
            return Err(Error::InvalidArgument);
        }
        Ok(Self { words, reduced })
    }
}

/// What the user lets queues have; nothing if he does not say.
pub fn allowed(agent: &Agent) -> &[u32] {
    agent.gpu.as_ref().map_or(&[], |gpu| &gpu.units)
}

/// Every compute unit, in whole words.
pub fn all_units(agent: &Agent) -> Vec<u32> {
    let units = agent.compute_units() as u32;
    let word = |first: u32| match units - first {
        32.. => u32::MAX,
        rest => (1 << rest) - 1,
    };
    (0..units).step_by(32).map(word).collect()
}
