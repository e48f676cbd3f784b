//! A dispatch: its workgroups, one after the other on each of several threads. One that waits for others (spinning,
//! or sleeping) makes room for the next, so that all workgroups that fit on the hardware together make progress.
//! Touches `group`, `device::dispatch` and threads.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope, scope};

use super::group::{Error, Group, Surroundings};
use super::order::Order;
use super::wave::{Mode, Scratch, Wave, place};
use crate::device::dispatch::{Dispatch, InitialWave};

/// How a dispatch is run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Threads that share its workgroups, at most.
    pub threads: usize,
    /// Wave instructions that the first of them does before it calls the others.
    pub alone: u64,
    /// Workgroups that have begun and not ended, at most.
    pub resident: usize,
    /// In which order workgroups and their waves begin.
    pub order: Order,
}

/// Rounds of a thread's workgroups before the next one begins beside them. A workgroup that works comes to its end;
/// one that waits for others would wait for ever.
const PATIENCE: u32 = 8;
/// Wave instructions of a round in which there was little to do but wait.
const LITTLE: u64 = 1 << 10;

/// What the threads of a dispatch share.
struct Shared<'a> {
    dispatch: &'a Dispatch,
    around: &'a Surroundings<'a>,
    plan: Plan,
    /// How many workgroups there are, and how many have begun.
    count: u64,
    next: AtomicU64,
    /// Slots of scratch memory that no wave has.
    slots: Mutex<Vec<u32>>,
    failed: Mutex<Option<Error>>,
    /// Something failed.
    over: AtomicBool,
    steps: AtomicU64,
}

/// What one thread has begun.
#[derive(Default)]
struct Hand {
    /// Workgroups, each with its slots of scratch memory.
    groups: VecDeque<(Group, Vec<u32>)>,
    /// Rounds since the last of them began.
    rounds: u32,
    /// Wave instructions.
    steps: u64,
}

/// Runs a dispatch to its end, or until the chip gives it up. Tells how many wave instructions it took.
pub fn run(dispatch: &Dispatch, around: &Surroundings<'_>, plan: Plan) -> Result<u64, Error> {
    let shared = Shared {
        dispatch,
        around,
        plan: Plan { threads: plan.threads.max(1), ..plan },
        count: dispatch.groups().iter().map(|&groups| u64::from(groups)).product(),
        next: AtomicU64::new(0),
        slots: Mutex::new((0..dispatch.scratch.map_or(0, |scratch| scratch.slots)).rev().collect()),
        failed: Mutex::default(),
        over: AtomicBool::new(false),
        steps: AtomicU64::new(0),
    };
    scope(|scope| shared.work(Some(scope)));
    let failed = lock(&shared.failed).take();
    failed.map_or(Ok(shared.steps.into_inner()), Err)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared<'_> {
    /// What one thread does. The first one calls the others when it has found that there is much to do, or that all
    /// that it may begin waits.
    fn work<'scope>(&'scope self, mut scope: Option<&'scope Scope<'scope, '_>>) {
        let mut hand = Hand::default();
        self.around.chip.works(true);
        while !self.over.load(Ordering::Relaxed) && self.around.chip.goes_on() {
            if !self.turn(&mut hand) {
                break;
            }
            if hand.steps >= self.plan.alone || hand.groups.len() >= self.share() {
                scope.take().into_iter().for_each(|scope| self.call_others(scope));
            }
        }
        self.around.chip.works(false);
        self.steps.fetch_add(hand.steps, Ordering::Relaxed);
    }

    fn call_others<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) {
        let left = self.count.saturating_sub(self.next.load(Ordering::Relaxed));
        for _ in 0..left.min(self.plan.threads as u64 - 1) {
            let work = || {
                self.around.chip.thread_started();
                self.work(None);
            };
            // Where there can be no thread it takes longer.
            let _ = Builder::new().name("simgpu-shader".into()).spawn_scoped(scope, work);
        }
    }

    /// Gives one workgroup a round. False when none is left.
    fn turn(&self, hand: &mut Hand) -> bool {
        let room = hand.groups.len() < self.share();
        let wanted = hand.groups.is_empty() || room && hand.rounds >= PATIENCE;
        let fresh = if wanted { self.begin() } else { None };
        hand.rounds = if fresh.is_some() { 0 } else { hand.rounds };
        let Some((mut group, slots)) = fresh.or_else(|| hand.groups.pop_front()) else {
            // The rest waits for scratch memory that other threads' waves have.
            std::thread::yield_now();
            return !self.exhausted();
        };
        let before = group.steps;
        let ended = self.round(&mut group);
        let steps = group.steps - before;
        hand.steps += steps;
        hand.rounds += if steps < LITTLE { PATIENCE } else { 1 };
        if ended {
            lock(&self.slots).extend(slots);
        } else {
            hand.groups.push_back((group, slots));
        }
        true
    }

    /// Gives every wave of a workgroup a turn. True when it has ended.
    fn round(&self, group: &mut Group) -> bool {
        let before = group.steps;
        let mut outcome = Ok(false);
        self.around.memory.hold(&mut |memory| {
            outcome = group.round(&Surroundings { memory, ..*self.around });
        });
        let progressed = self.around.chip.progressed(group.steps - before).map_err(Error::Outside);
        outcome.and_then(|ended| progressed.map(|()| ended)).unwrap_or_else(|error| {
            lock(&self.failed).get_or_insert(error);
            self.over.store(true, Ordering::Relaxed);
            true
        })
    }

    /// Workgroups that a thread may have begun: all threads' together are not fewer than fit on the hardware.
    fn share(&self) -> usize {
        self.plan.resident.div_ceil(self.plan.threads).max(1)
    }

    fn exhausted(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= self.count
    }

    /// The next workgroup, if there is one and scratch memory for it.
    fn begin(&self) -> Option<(Group, Vec<u32>)> {
        let mut free = lock(&self.slots);
        let needed =
            if self.dispatch.scratch.is_some() { self.dispatch.waves_per_group() as usize } else { 0 };
        if self.exhausted() || free.len() < needed {
            return None;
        }
        let number = self.plan.order.place(self.next.fetch_add(1, Ordering::Relaxed), self.count);
        let rest = free.len() - needed;
        let slots = free.split_off(rest);
        drop(free);
        let [x, y, _] = self.dispatch.groups().map(u64::from);
        let at = [number % x, number / x % y, number / x / y].map(|axis| axis as u32);
        Some((self.start(at, &slots), slots))
    }

    /// A workgroup with the registers that its waves start with.
    fn start(&self, at: [u32; 3], slots: &[u32]) -> Group {
        let dispatch = self.dispatch;
        let count = dispatch.waves_per_group();
        let wave = |turn: u32| {
            let number = self.plan.order.place(turn.into(), count.into()) as u32;
            let slot = slots.get(number as usize).copied().unwrap_or(0);
            let mut wave = registers(dispatch, number, &dispatch.initial_wave(at, number, slot)?);
            wave.set_identity(at, dispatch.packet);
            Some(wave)
        };
        Group::new((0..count).filter_map(wave).collect(), dispatch.lds_bytes as usize)
    }
}

fn registers(dispatch: &Dispatch, number: u32, initial: &InitialWave) -> Wave {
    // FLOAT_MODE is bits 12 to 19 of COMPUTE_PGM_RSRC1, DX10_CLAMP 21, IEEE_MODE 23.
    let rsrc1 = dispatch.rsrc[0];
    let mode = rsrc1 >> 12 & 0xff | (rsrc1 >> 21 & 1) << 8 | (rsrc1 >> 23 & 1) << 9;
    let lanes = dispatch.lanes() as usize;
    let mut wave = Wave::new(lanes, dispatch.vgprs() as usize, dispatch.entry, Mode(mode));
    wave.number = number;
    for (to, &value) in wave.scalars.iter_mut().take(usize::from(place::VCC)).zip(&initial.sgprs) {
        *to = value;
    }
    for (register, values) in initial.vgprs.iter().enumerate() {
        for (lane, &value) in values.iter().enumerate() {
            wave.set_lane(register, lane, value);
        }
    }
    wave.set_wave_mask(place::EXEC, initial.exec);
    let bytes = dispatch.scratch.map_or(0, |scratch| scratch.wave_bytes / dispatch.lanes());
    // Where the hardware does not set it, the program does, before it uses flat addresses.
    let base = initial.flat_scratch.unwrap_or(0);
    wave.scratch = dispatch.scratch.map(|_| Scratch { base, bytes });
    wave
}
