//! Many copies by one call. Answers to `hsa_amd_memory_async_batch_copy` of upstream's `hsa_ext_amd.cpp` and to DmaCopyBatch of
//! its `amd_gpu_agent.cpp`, which no Debian release has yet.
#![forbid(unsafe_code)]

use std::{collections::BTreeMap, sync::atomic::Ordering};

use super::{copy, signal};
use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::{CopyOp, Error, List},
    copy::{
        Rooms,
        job::{Job, Move, Work},
        route::{Carrier, Route},
    },
    runtime,
    signal::Signal,
};

/// What one GPU does for one signal: one job, so that the engine is told once, waits once, and interrupts once.
struct Share<'a> {
    gpu: &'a Agent,
    carrier: Carrier,
    completion: Signal,
    /// Operations that it stands for.
    operations: u32,
    moves: Vec<Move>,
}

/// The shares, by signal and GPU.
type Shares<'a> = BTreeMap<(u64, usize), Share<'a>>;

/// Each operation makes its signal one less; those of one signal are done when it has become less by their number. All have
/// begun, or none, unless a driver refuses an engine.
pub fn batch(
    operations: List<hsa_amd_memory_copy_op_t>,
    count: u32,
    after_count: u32,
    after: List<hsa_signal_t>,
) -> Result<(), Error> {
    let operations = operations.operations(count)?;
    let after = copy::dependencies(after_count, after)?;
    let (machine, events, queues) = (runtime::machine()?, runtime::events()?, runtime::queues()?);
    let mut shares = Shares::new();
    let mut splits = Vec::new();
    for operation in &operations {
        let completion = signal::find(operation.completion)?;
        let parts = share(&machine, operation, completion, &mut shares)?;
        splits.extend((1..parts).map(|_| completion));
    }
    check(&machine, &shares)?;
    // An operation of several GPUs is done when all of them have made its signal less.
    splits.iter().for_each(|completion| _ = completion.change(|value| value.fetch_add(1, Ordering::SeqCst)));
    let rooms = Rooms { events: &events, queues: &queues };
    let mut shares: Vec<Share> = shares.into_values().collect();
    shares.sort_by_key(Share::reader);
    for of_one in shares.chunk_by(|one, other| one.reader() == other.reader()) {
        let timed = machine.copies.timed();
        let jobs: Vec<Job> = of_one.iter().map(|share| share.job(&after, timed)).collect();
        machine.carry(rooms, of_one[0].gpu, of_one[0].carrier, &jobs)?;
    }
    Ok(())
}

/// Adds an operation's copies to the shares of the GPUs that carry them; how many GPUs those are.
fn share<'a>(
    machine: &'a Machine,
    operation: &CopyOp,
    completion: Signal,
    shares: &mut Shares<'a>,
) -> Result<usize, Error> {
    let source = machine.cpu_or_gpu(operation.source_agent)?;
    let mut gpus = Vec::new();
    for entry in &operation.entries {
        let route = Route::new(machine, machine.cpu_or_gpu(entry.target_agent)?, source)
            .ok_or(Error::InvalidArgument)?;
        let bytes = entry.bytes as u64;
        let share = shares.entry((completion.handle().handle, route.gpu.index)).or_insert_with(|| Share {
            gpu: route.gpu,
            carrier: route.carrier(bytes),
            completion,
            operations: 0,
            moves: Vec::new(),
        });
        if !gpus.contains(&route.gpu.index) {
            gpus.push(route.gpu.index);
            share.operations += 1;
        }
        if bytes > 0 {
            share.moves.push(Move { target: entry.target, source: entry.source, bytes });
        }
    }
    Ok(gpus.len())
}

/// Refuses signals of several GPUs where one of these has no atomics in the host's memory: they would not count.
fn check(machine: &Machine, shares: &Shares<'_>) -> Result<(), Error> {
    let of_signal = |signal: u64| shares.range((signal, 0)..=(signal, usize::MAX)).count();
    let cpu = machine.cpus().next().ok_or(Error::OutOfResources)?;
    let counts = |gpu: &Agent| machine.links.between(gpu.node.id, cpu.node.id).atomics_64;
    let is_wrong =
        |(&(signal, _), share): (&(u64, usize), &Share)| of_signal(signal) > 1 && !counts(share.gpu);
    if shares.iter().any(is_wrong) { Err(Error::NotSupported) } else { Ok(()) }
}

impl Share<'_> {
    /// Which GPU's engine, or kernels.
    fn reader(&self) -> (usize, Option<usize>) {
        let engine = match self.carrier {
            Carrier::Engine(number) => Some(number),
            Carrier::Kernel => None,
        };
        (self.gpu.index, engine)
    }

    fn job<'a>(&'a self, after: &'a [Signal], timed: bool) -> Job<'a> {
        let (work, completion) = (Work::Moves(&self.moves), self.completion);
        Job { after, work, completion, operations: self.operations, timed }
    }
}
