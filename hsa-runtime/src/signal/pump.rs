//! One thread that waits in the driver for all who sleep, where the driver's events have no ages (before interface
//! 1.14, Linux 6.5): an event that is set while two threads wait, or none, wakes one only, so that they would take each
//! other's wake-ups. One thread takes all of them, and wakes everybody on the host.
//!
//! The driver does not tell it which event was set. So every bell rings; threads look once more than they need.
#![forbid(unsafe_code)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use hsakmt_thunk::kernel::thread as quiet;
use parking_lot::Mutex;

use super::bell::Bells;
use crate::driver::{Event, Wait};

/// Its name in lists of threads.
const THREAD: &str = "hsa-events";
/// For ever, in milliseconds.
const FOR_EVER: u32 = u32::MAX;

/// The thread, if it runs.
#[derive(Default)]
pub struct Pump(Mutex<State>);

#[derive(Default)]
struct State {
    /// Set when the thread is to look at its list of bells again, or to end. Kept from one start to the next.
    control: Option<Event>,
    running: Option<Running>,
}

struct Running {
    ending: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Pump {
    /// Starts the thread, if it does not run. Where it cannot, bells ring for the host alone.
    pub fn start(&self, bells: &'static Bells) {
        let mut state = self.0.lock();
        state.control = state.control.or_else(|| bells.driver().create_event());
        if let (None, Some(control)) = (&state.running, state.control) {
            let ending = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&ending);
            let thread = quiet::spawn(THREAD, move || run(bells, control, &seen));
            state.running = thread.ok().map(|thread| Running { ending, thread });
        }
    }

    /// There is a new bell.
    pub fn look_again(&self, bells: &Bells) {
        if let Some(control) = self.0.lock().control {
            bells.driver().set_event(&control);
        }
    }

    /// Ends the thread.
    pub fn end(&self, bells: &Bells) {
        let Some(running) = self.0.lock().running.take() else { return };
        running.ending.store(true, Ordering::SeqCst);
        self.look_again(bells);
        // It panics never.
        let _ = running.thread.join();
    }
}

fn run(bells: &Bells, control: Event, ending: &AtomicBool) {
    while !ending.load(Ordering::SeqCst) {
        let events = bells.events().chain([control]);
        let mut waits: Vec<Wait> = events.map(|event| Wait::new(event.id, 0)).collect();
        match bells.driver().wait_events(&mut waits, FOR_EVER) {
            Ok(()) => bells.ring_all_on_host(),
            // Whatever is wrong with the driver, a core is not to burn for it.
            Err(_) => thread::sleep(Duration::from_millis(10)),
        }
    }
}
