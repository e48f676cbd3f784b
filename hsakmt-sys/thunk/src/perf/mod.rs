//! Performance counters: which there are, and registrations of those that the kernel would count.
//!
//! Touches nothing but its table. Answers to upstream's `perfctr.c`. Counters of the GPU's blocks are programmed by
//! packets of the caller's own queue; only privileged ones are registered, and those the kernel would have to count.
//! It has none: amdkfd's list (`perf_props` in kfd_topology.c) stays empty since the IOMMUv2 is gone, and upstream's
//! library opens no perf event: its calls go to descriptor 0 and fail there. Here they fail at once, and what is the
//! caller's stays untouched.
#![forbid(unsafe_code)]

pub mod blocks;

use crate::{
    error::{Error, Result, Status},
    topology::model::GpuId,
};
use blocks::Block;
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// Counters that one registration may have (`MAX_COUNTERS`).
pub const COUNTERS_MAX: u32 = 512;

/// A counter that a caller would like to register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// `BlockIndex`.
    pub block: u32,
    /// Whether the kernel counts.
    pub privileged: bool,
    /// Bits of its value.
    pub bits: u32,
}

/// What a registration says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    /// `TraceId`; never 0.
    pub id: u64,
    /// Bytes that a reading takes, not rounded.
    pub bytes: u64,
}

/// The registrations of a process. Thread-safe.
#[derive(Default)]
pub struct Traces {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    last: u64,
    gpus: BTreeMap<u64, GpuId>,
}

impl Traces {
    /// Registers counters of a GPU that has `blocks`.
    ///
    /// # Errors
    /// `InvalidParameter` when none is privileged, or a block is not there or counts fewer at once.
    pub fn register(&self, gpu: GpuId, blocks: &[Block], wanted: &[Wanted]) -> Result<Registered> {
        if wanted.iter().any(|counter| counter.block >= blocks::KINDS) {
            return Err(Status::InvalidParameter.into());
        }
        let mut in_block = BTreeMap::<u32, u32>::new();
        let mut bytes = 0;
        for counter in wanted.iter().filter(|counter| counter.privileged) {
            *in_block.entry(counter.block).or_default() += 1;
            bytes += u64::from(counter.bits / 8);
        }
        let has_slots = |(index, count): (&u32, &u32)| {
            blocks.iter().any(|block| block.index == *index && *count <= block.slots)
        };
        if in_block.is_empty() || !in_block.iter().all(has_slots) {
            return Err(Status::InvalidParameter.into());
        }
        let mut known = self.known.lock();
        known.last += 1;
        let id = known.last;
        known.gpus.insert(id, gpu);
        Ok(Registered { id, bytes })
    }

    /// Takes a registration back.
    ///
    /// # Errors
    /// `InvalidHandle`; `InvalidNodeUnit` when it is another GPU's.
    pub fn unregister(&self, gpu: GpuId, id: u64) -> Result<()> {
        let mut known = self.known.lock();
        match known.gpus.get(&id) {
            None => Err(Status::InvalidHandle.into()),
            Some(owner) if *owner != gpu => Err(Status::InvalidNodeUnit.into()),
            Some(_) => {
                known.gpus.remove(&id);
                Ok(())
            }
        }
    }

    /// Whether there is such a registration.
    ///
    /// # Errors
    /// `InvalidHandle` when there is not.
    pub fn check(&self, id: u64) -> Result<()> {
        if self.known.lock().gpus.contains_key(&id) { Ok(()) } else { Err(Status::InvalidHandle.into()) }
    }

    /// Starts or stops counting.
    ///
    /// # Errors
    /// `InvalidHandle`; otherwise `Error`, since no kernel counts.
    pub fn switch(&self, id: u64) -> Result<()> {
        self.check(id)?;
        Err(Error::new(Status::Error, "no kernel driver has privileged performance counters"))
    }

    /// Reads the counters into the buffer that starting gave.
    ///
    /// # Errors
    /// `InvalidHandle`; otherwise `NoMemory`: what never started has no buffer.
    pub fn query(&self, id: u64) -> Result<()> {
        self.check(id)?;
        Err(Status::NoMemory.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::model::GfxVersion;

    const SQ: u32 = 14;

    fn vega() -> Vec<Block> {
        blocks::of(GfxVersion { major: 9, minor: 0, stepping: 6 }, 0x66a0).unwrap()
    }

    fn wanted(block: u32, privileged: bool, count: usize) -> Vec<Wanted> {
        vec![Wanted { block, privileged, bits: blocks::COUNTER_BITS }; count]
    }

    #[test]
    fn only_privileged_counters_are_registered_and_no_more_than_a_block_counts() {
        let (traces, vega) = (Traces::default(), vega());
        let register = |wanted: &[Wanted]| traces.register(GpuId(7), &vega, wanted).map_err(|e| e.status);
        let mut mixed = wanted(SQ, true, 16);
        mixed.extend(wanted(SQ, false, 100));
        assert_eq!(register(&mixed).unwrap().bytes, 16 * 8);
        let refused =
            [wanted(SQ, true, 17), wanted(SQ, false, 1), wanted(9, true, 1), wanted(24, false, 1), vec![]];
        for wanted in refused {
            assert_eq!(register(&wanted), Err(Status::InvalidParameter), "{wanted:?}");
        }
    }

    #[test]
    fn a_registration_lives_until_its_own_gpu_takes_it_back() {
        let (traces, vega) = (Traces::default(), vega());
        let first = traces.register(GpuId(7), &vega, &wanted(SQ, true, 1)).unwrap().id;
        let second = traces.register(GpuId(7), &vega, &wanted(SQ, true, 1)).unwrap().id;
        assert!(first != 0 && first != second);
        let status = |result: Result<()>| result.map_err(|error| error.status);
        assert_eq!(status(traces.unregister(GpuId(8), first)), Err(Status::InvalidNodeUnit));
        assert_eq!(status(traces.switch(first)), Err(Status::Error));
        assert_eq!(status(traces.query(first)), Err(Status::NoMemory));
        assert_eq!(status(traces.unregister(GpuId(7), first)), Ok(()));
        for result in [traces.unregister(GpuId(7), first), traces.switch(first), traces.query(first)] {
            assert_eq!(status(result), Err(Status::InvalidHandle));
        }
        assert_eq!(status(traces.check(second)), Ok(()));
    }
}
