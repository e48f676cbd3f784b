//! A dispatch: its workgroups, one after the other on each of several threads. One that waits for others (spinning,
//! or sleeping) makes room for the next, so that all workgroups that fit on the hardware together make progress.
//! Touches `group` and `device::dispatch`.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::group::{Error, Group, Surroundings};
use super::wave::{Mode, Scratch, Wave, place};
use crate::device::dispatch::{Dispatch, InitialWave};

/// How a dispatch is run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Threads that share its workgroups.
    pub threads: usize,
    /// Workgroups that a thread has begun and not ended, at most.
    pub resident: usize,
}

/// What the threads of a dispatch share.
struct Shared<'a> {
    dispatch: &'a Dispatch,
    plan: Plan,
    next: AtomicU64,
    /// Slots of scratch memory that no wave has.
    slots: Mutex<Vec<u32>>,
    failed: Mutex<Option<Error>>,
    stop: &'a AtomicBool,
    steps: AtomicU64,
}

/// Runs a dispatch to its end, or until `stop`. Tells how many wave instructions it took.
pub fn run(
    dispatch: &Dispatch,
    around: &Surroundings<'_>,
    plan: Plan,
    stop: &AtomicBool,
) -> Result<u64, Error> {
    let slots = (0..dispatch.scratch.map_or(0, |scratch| scratch.slots)).rev().collect();
    let (next, steps, failed) = (AtomicU64::new(0), AtomicU64::new(0), Mutex::new(None));
    let shared = Shared { dispatch, plan, next, slots: Mutex::new(slots), failed, stop, steps };
    if plan.threads <= 1 {
        shared.work(around);
    } else {
        let work = || shared.work(around);
        std::thread::scope(|scope| (0..plan.threads).for_each(|_| drop(scope.spawn(work))));
    }
    let failed = lock(&shared.failed).take();
    failed.map_or(Ok(shared.steps.into_inner()), Err)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared<'_> {
    /// What one thread does.
    fn work(&self, around: &Surroundings<'_>) {
        let mut active: VecDeque<(Group, Vec<u32>)> = VecDeque::new();
        while !self.stop.load(Ordering::Relaxed) && lock(&self.failed).is_none() {
            let fresh = if active.len() < self.plan.resident.max(1) { self.begin() } else { None };
            let Some((mut group, slots)) = fresh.or_else(|| active.pop_front()) else {
                if self.exhausted() {
                    return;
                }
                std::thread::yield_now();
                continue;
            };
            let mut outcome = Ok(false);
            around.memory.hold(&mut |memory| outcome = group.round(&Surroundings { memory, ..*around }));
            match outcome {
                Ok(true) => {
                    self.steps.fetch_add(group.steps, Ordering::Relaxed);
                    lock(&self.slots).extend(slots);
                }
                Ok(false) => active.push_back((group, slots)),
                Err(error) => *lock(&self.failed) = Some(error),
            }
        }
    }

    fn count(&self) -> u64 {
        self.dispatch.groups().iter().map(|&groups| u64::from(groups)).product()
    }

    fn exhausted(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= self.count()
    }

    /// The next workgroup, if there is one and scratch memory for it.
    fn begin(&self) -> Option<(Group, Vec<u32>)> {
        let mut free = lock(&self.slots);
        let needed =
            if self.dispatch.scratch.is_some() { self.dispatch.waves_per_group() as usize } else { 0 };
        if self.exhausted() || free.len() < needed {
            return None;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let rest = free.len() - needed;
        let slots = free.split_off(rest);
        drop(free);
        let [x, y, _] = self.dispatch.groups().map(u64::from);
        (number < self.count()).then(|| {
            let at = [number % x, number / x % y, number / x / y].map(|axis| axis as u32);
            (start(self.dispatch, at, &slots), slots)
        })
    }
}

/// A workgroup with the registers that its waves start with.
fn start(dispatch: &Dispatch, at: [u32; 3], slots: &[u32]) -> Group {
    let wave = |number: u32| {
        let slot = slots.get(number as usize).copied().unwrap_or(0);
        dispatch.initial_wave(at, number, slot).map(|initial| registers(dispatch, number, &initial))
    };
    let waves = (0..dispatch.waves_per_group()).filter_map(wave).collect();
    Group::new(waves, dispatch.lds_bytes as usize)
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
    wave.scratch = initial.flat_scratch.map(|base| Scratch { base, bytes });
    wave
}
