//! The thread that hears of changes by other processes: it sleeps on the kernel's bells of all signals that processes
//! share, and rings this process's own.
//!
//! It starts with the first thread that sleeps for such a signal, or the first handler of one, and ends with the runtime.
//! Bells are listened to by edges, so that they need not be silenced, which would silence them in other processes, too:
//! each ring wakes the thread once, however often the bell has rung before (`eventfd_write`, `ep_poll_callback`).
#![forbid(unsafe_code)]

use std::{
    os::fd::AsFd,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use hsakmt_thunk::kernel::thread as quiet;
use nix::{
    errno::Errno,
    sys::{
        epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout},
        eventfd::EventFd,
    },
};
use parking_lot::Mutex;

use crate::signal::pool::Signals;

/// Its name in lists of threads.
const THREAD: &str = "hsa-relay";
/// Stands for the end where others have a handle.
const END: u64 = 0;

/// The thread, if it runs, and what it listens to.
#[derive(Default)]
pub struct Relay(Mutex<State>);

#[derive(Default)]
struct State {
    /// There is one as soon as there is something to listen to.
    bells: Option<Arc<Epoll>>,
    running: Option<Running>,
}

struct Running {
    end: EventFd,
    thread: JoinHandle<()>,
}

impl Relay {
    /// Listens to a bell from now on, whether or not the thread runs yet.
    ///
    /// # Errors
    /// The kernel's.
    pub fn listen(&self, bell: impl AsFd, handle: u64) -> Result<(), Errno> {
        let mut state = self.0.lock();
        if state.bells.is_none() {
            state.bells = Some(Arc::new(Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?));
        }
        let event = EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLET, handle);
        state.bells.as_ref().map_or(Ok(()), |bells| bells.add(bell, event))
    }

    /// Listens to it no more. Closing it is not enough: other processes hold it open.
    pub fn forget(&self, bell: impl AsFd) {
        if let Some(bells) = &self.0.lock().bells {
            // It is there; there is nothing to do about a failure.
            let _ = bells.delete(bell);
        }
    }

    /// Starts the thread, if it does not run. Where it cannot, who sleeps hears nothing, but looks after its nap.
    pub fn start(&self, signals: &'static Signals) {
        let mut state = self.0.lock();
        let State { bells: Some(bells), running: running @ None } = &mut *state else { return };
        let bells = Arc::clone(bells);
        *running = start(signals, bells).ok();
    }

    /// Ends the thread.
    pub fn end(&self) {
        let Some(running) = self.0.lock().running.take() else { return };
        // It counts to two; it panics never.
        let _ = running.end.write(1);
        let _ = running.thread.join();
    }
}

fn start(signals: &'static Signals, bells: Arc<Epoll>) -> Result<Running, Errno> {
    let end = EventFd::new()?;
    bells.add(&end, EpollEvent::new(EpollFlags::EPOLLIN | EpollFlags::EPOLLONESHOT, END))?;
    let thread = quiet::spawn(THREAD, move || run(signals, &bells));
    Ok(Running { end, thread: thread.map_err(|_| Errno::last())? })
}

fn run(signals: &'static Signals, bells: &Epoll) {
    let mut rung = [EpollEvent::empty(); 64];
    loop {
        match bells.wait(&mut rung, EpollTimeout::NONE) {
            Ok(count) => {
                let handles = rung[..count].iter().map(EpollEvent::data);
                if handles.clone().any(|handle| handle == END) {
                    return;
                }
                handles.for_each(|handle| signals.ring_here(handle));
            }
            // Whatever is wrong, a core is not to burn for it.
            Err(_) => thread::sleep(Duration::from_millis(10)),
        }
    }
}
