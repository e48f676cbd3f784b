//! The thread of one queue: it looks at the doorbell, runs packets, and sleeps when there are none. Touches threads.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::{Gate, Parts, QueueContext, QueueFacts, Runner, Stop};
use crate::device::dispatch::Dispatch;
use crate::device::memory::{Fault, Memory};
use crate::device::platform::{Platform, Progress, WaveError};
use crate::device::stream::Step;

/// How long an idle queue sleeps between two looks, at first and at most. A doorbell is plain memory: nothing tells
/// that it was rung.
const NAPS: [Duration; 2] = [Duration::from_micros(5), Duration::from_micros(500)];
/// How many looks come before the first sleep.
const EAGER_LOOKS: u32 = 64;

/// A running queue; dropping it stops it.
pub(super) struct Worker {
    control: Arc<Control>,
    thread: Option<JoinHandle<()>>,
}

/// What others tell the thread.
#[derive(Default)]
pub(super) struct Control {
    state: Mutex<State>,
    changed: Condvar,
    /// The queue is being taken away: a dispatch at work ends now.
    preempted: AtomicBool,
    /// Threads that run waves have to look at the state.
    barred: AtomicBool,
    /// It cannot be taken away.
    hangs: AtomicBool,
    /// Global wave sync is the queue's.
    global_sync: AtomicBool,
}

#[derive(Default)]
struct State {
    stop: bool,
    paused: bool,
    /// All threads have seen that it is paused.
    at_rest: bool,
    /// Threads that run waves, and how many of them wait.
    running: u32,
    waiting: u32,
    woken: bool,
}

impl Control {
    /// Pauses or continues the queue. Pausing waits for the packet at work, or for the turns of its waves.
    pub fn set_active(&self, active: bool) {
        let mut state = self.state();
        state.paused = !active;
        self.barred.store(!active, Ordering::Relaxed);
        state.at_rest &= !active;
        self.changed.notify_all();
        while !active && !state.at_rest && !state.stop && state.paused {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether the hardware hangs with the queue.
    pub fn hangs(&self) -> bool {
        self.hangs.load(Ordering::Relaxed)
    }

    /// Gives or takes global wave sync.
    pub fn set_global_sync(&self, given: bool) {
        self.global_sync.store(given, Ordering::Relaxed);
    }

    /// Ends a sleep.
    pub fn wake(&self) {
        self.state().woken = true;
        self.changed.notify_all();
    }

    fn stop(&self) {
        self.preempted.store(true, Ordering::Relaxed);
        self.barred.store(true, Ordering::Relaxed);
        self.state().stop = true;
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until something changes, or for at most a while.
    fn sleep<'s>(&self, state: MutexGuard<'s, State>, most: Option<Duration>) -> MutexGuard<'s, State> {
        match most {
            None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(nap) => self.changed.wait_timeout(state, nap).unwrap_or_else(PoisonError::into_inner).0,
        }
    }

    /// What is to be done next; waits while the queue is paused.
    fn next(&self, nap: Option<Duration>) -> Order {
        let mut state = self.state();
        if let Some(nap) = nap.filter(|_| !state.stop && !state.paused && !state.woken) {
            state = self.sleep(state, Some(nap));
        }
        state.woken = false;
        let mut rested = false;
        while state.paused && !state.stop {
            (state.at_rest, rested) = (true, true);
            self.changed.notify_all();
            state = self.sleep(state, None);
        }
        match (state.stop, rested) {
            (true, _) => Order::Stop,
            (false, true) => Order::Resume,
            (false, false) => Order::Run,
        }
    }

    /// The queue is at rest when each thread that runs its waves waits.
    fn note_rest(&self, state: &mut State) {
        if state.paused && state.running > 0 && state.waiting == state.running {
            state.at_rest = true;
            self.changed.notify_all();
        }
    }

    /// The queue is broken: nothing is left but to be taken away.
    fn rest(&self) {
        let mut state = self.state();
        while !state.stop {
            state.at_rest = true;
            self.changed.notify_all();
            state = self.sleep(state, None);
        }
    }
}

impl Gate for Control {
    fn enter(&self) {
        self.state().running += 1;
    }

    fn leave(&self) {
        let mut state = self.state();
        state.running -= 1;
        self.note_rest(&mut state);
    }

    fn pass(&self) -> bool {
        if !self.barred.load(Ordering::Relaxed) {
            return true;
        }
        let mut state = self.state();
        state.waiting += 1;
        while state.paused && !state.stop {
            self.note_rest(&mut state);
            state = self.sleep(state, None);
        }
        state.waiting -= 1;
        !state.stop
    }
}

#[derive(PartialEq, Eq)]
enum Order {
    Run,
    Resume,
    Stop,
}

impl Worker {
    /// Connects a queue and starts its thread.
    pub fn start(parts: Arc<Parts>, facts: QueueFacts) -> Result<Self, Fault> {
        let control = Arc::new(Control::default());
        let (id, doorbell) = (facts.id, facts.doorbell_number);
        let platform = QueuePlatform { parts, control: Arc::clone(&control), id, doorbell };
        let runner = Runner::new(platform.parts.gpu, &facts, &platform)?;
        let name = format!("simgpu-queue-{id}");
        let thread = Builder::new().name(name).spawn(move || run(runner, &platform)).ok();
        if thread.is_none() {
            // The queue stays as silent as one that the hardware scheduler never maps.
            control.stop();
        }
        Ok(Self { control, thread })
    }

    /// The thread's control.
    pub fn control(&self) -> Arc<Control> {
        Arc::clone(&self.control)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.control.stop();
        // A thread that panicked has nothing more to say here.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn run(mut runner: Runner, platform: &QueuePlatform) {
    platform.parts.driver.thread_started();
    let (mut idle, mut nap) = (0, NAPS[0]);
    loop {
        let sleeps = idle > EAGER_LOOKS;
        let outcome = match platform.control.next(sleeps.then_some(nap)) {
            Order::Stop => return,
            Order::Resume => runner.resume(platform).map(|()| Step::Done),
            Order::Run => runner.step(platform),
        };
        match outcome {
            Ok(Step::Done) => (idle, nap) = (0, NAPS[0]),
            Ok(_) => {
                idle = idle.saturating_add(1);
                nap = if sleeps { (nap * 2).min(NAPS[1]) } else { nap };
            }
            Err(stop) => {
                // A dispatch that was cut short is no error.
                if !platform.control.preempted.load(Ordering::Relaxed) {
                    let hangs = matches!(stop, Stop::Hang | Stop::Packet(_));
                    platform.control.hangs.store(hangs, Ordering::Relaxed);
                    platform.parts.driver.stopped(platform.id, stop);
                }
                return platform.control.rest();
            }
        }
    }
}

/// A queue's surroundings.
struct QueuePlatform {
    parts: Arc<Parts>,
    control: Arc<Control>,
    id: u32,
    doorbell: u32,
}

impl Platform for QueuePlatform {
    fn memory(&self) -> &dyn Memory {
        &*self.parts.memory
    }

    fn clock(&self) -> u64 {
        self.parts.driver.clock()
    }

    fn interrupt(&self, event_id: u32) {
        self.parts.driver.interrupt(event_id);
    }

    fn launch(&self, dispatch: &Dispatch) -> Result<(), WaveError> {
        let gate = &*self.control;
        let global_sync = self.control.global_sync.load(Ordering::Relaxed);
        let queue = QueueContext { memory: &*self.parts.memory, gate, doorbell: self.doorbell, global_sync };
        self.parts.shaders.launch(dispatch, &queue)
    }

    fn progressed(&self, what: Progress<'_>) -> Result<(), WaveError> {
        if let Progress::Packet(packet) = what {
            self.parts.driver.packet(self.id, packet);
        }
        self.parts.driver.progressed(what)
    }

    fn invalidate_code(&self) {
        self.parts.shaders.invalidate_code();
    }
}
