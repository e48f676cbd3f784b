//! Functions that are called when a signal changes, and the thread that calls them.
//!
//! The thread starts with the first of them and ends with the runtime. Handlers are kept by the bell that rings for their
//! signal, so that a wake-up looks only at those whose bell was rung, however many there are. Each counts as a sleeper of
//! its signal for as long as it is registered.
//!
//! A handler is registered as `signal::protocol` has it: it counts itself, then looks. If the thread already listens to
//! the bell and the signal has not changed, nothing else is to be done: the thread reads a bell's age, then looks at its
//! handlers under the lock, then sleeps, so a change after the registrar's look makes a bell older than the thread knows.
//! Otherwise the handler waits in `fresh`, for the thread to look at when it is told to by its own bell.
//!
//! Who destroys a queue lets the handlers that are due be called first ([`Handlers::settle`]): HIP, when the process
//! exits, waits for a signal itself, then destroys its queues, then frees what a handler of that signal works on, and
//! does not ask whether it was called.
#![forbid(unsafe_code)]

use std::{
    mem,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use hsakmt_thunk::kernel::thread as quiet;
use parking_lot::{Condvar, Mutex};

use super::{listener::Listener, wait::Want};
use crate::{
    boundary::{BoundFunction, BoundHandler, Error},
    signal::{Bell, Bells, Signals, Sleepers},
};

/// How long [`Handlers::settle`] waits: a handler may itself wait for its caller.
const LONGEST_SETTLING: Duration = Duration::from_millis(100);

/// A registered handler.
pub(super) struct Handler {
    pub(super) want: Want,
    pub(super) function: BoundHandler,
    /// The value with which it was called last. While that stays, and meets the condition, the handler is called again
    /// and again, as its contract is, but not at full speed.
    pub(super) told: Option<i64>,
}

impl Handler {
    /// Whether a bell rings for every change.
    pub(super) fn is_announced(&self) -> bool {
        self.want.signal.rings_for_gpus()
    }

    /// Whether it is to be called now, and was not for this value.
    fn is_due(&self) -> bool {
        self.want.met().is_some_and(|value| self.told != Some(value))
    }

    pub(super) fn forget(self) {
        self.want.signal.leave();
        self.want.signal.release();
    }
}

/// What the thread and those who register share.
pub(super) struct Registry {
    /// By bell.
    pub(super) armed: [Vec<Handler>; Bells::COUNT],
    /// To which bells the thread listens.
    pub(super) listening: [bool; Bells::COUNT],
    /// Behind which bells there are handlers that must be polled.
    pub(super) polled: [bool; Bells::COUNT],
    /// Those that the thread has not looked at yet.
    pub(super) fresh: Vec<Handler>,
    pub(super) functions: Vec<BoundFunction>,
    /// The thread is to look at every handler, rung for or not.
    pub(super) settling: bool,
    /// The thread is calling what it found.
    pub(super) calling: bool,
    pub(super) ending: bool,
}

impl Registry {
    fn is_busy(&self) -> bool {
        let mut handlers = self.armed.iter().flatten().chain(&self.fresh);
        !self.ending && (self.calling || !self.functions.is_empty() || handlers.any(Handler::is_due))
    }
}

pub(super) struct Shared {
    pub(super) signals: &'static Signals,
    pub(super) registry: Mutex<Registry>,
    /// The thread, while it sleeps or is about to.
    pub(super) asleep: Sleepers,
    /// The thread has called what it found.
    pub(super) called: Condvar,
}

/// Handlers, and the thread that calls them.
pub struct Handlers {
    /// The thread's name in lists of threads.
    name: &'static str,
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Handlers {
    pub fn new(signals: &'static Signals, name: &'static str) -> Self {
        let registry = Registry {
            armed: [const { Vec::new() }; Bells::COUNT],
            listening: [false; Bells::COUNT],
            polled: [false; Bells::COUNT],
            fresh: Vec::new(),
            functions: Vec::new(),
            settling: false,
            calling: false,
            ending: false,
        };
        let registry = Mutex::new(registry);
        let shared = Shared { signals, registry, asleep: Sleepers::default(), called: Condvar::new() };
        Self { name, shared: Arc::new(shared), thread: Mutex::default() }
    }

    /// Calls `function` when the condition is met, again and again until it returns false.
    ///
    /// # Errors
    /// `InvalidSignal` if it is destroyed; `OutOfResources` without a thread.
    pub fn add(&self, want: Want, function: BoundHandler) -> Result<(), Error> {
        self.start()?;
        want.signal.retain()?;
        want.signal.enter();
        let handler = Handler { want, function, told: None };
        let bell = want.signal.bell_index();
        let mut registry = self.shared.registry.lock();
        if registry.listening[bell] && handler.is_announced() && handler.want.met().is_none() {
            registry.armed[bell].push(handler);
            return Ok(());
        }
        registry.fresh.push(handler);
        drop(registry);
        self.shared.wake();
        Ok(())
    }

    /// Calls a function once, soon.
    ///
    /// # Errors
    /// `OutOfResources` without a thread.
    pub fn call(&self, function: BoundFunction) -> Result<(), Error> {
        self.start()?;
        self.shared.registry.lock().functions.push(function);
        self.shared.wake();
        Ok(())
    }

    /// Waits until what is due has been called, but not for long. Called by a handler, does nothing.
    pub fn settle(&self) {
        self.settle_within(LONGEST_SETTLING);
    }

    fn settle_within(&self, at_most: Duration) {
        if self.thread.lock().as_ref().is_none_or(|thread| thread.thread().id() == thread::current().id()) {
            return;
        }
        let end = Instant::now() + at_most;
        let mut registry = self.shared.registry.lock();
        while registry.is_busy() {
            registry.settling = true;
            self.shared.wake();
            if self.shared.called.wait_until(&mut registry, end).timed_out() {
                return;
            }
        }
    }

    fn start(&self) -> Result<(), Error> {
        let mut thread = self.thread.lock();
        if thread.is_none() {
            let shared = Arc::clone(&self.shared);
            let started = quiet::spawn(self.name, move || Listener::new(&shared).run());
            *thread = Some(started.map_err(|_| Error::OutOfResources)?);
        }
        Ok(())
    }

    /// Ends the thread, after the function that it may be in, and forgets all handlers. A handler that ends the runtime
    /// is in the thread itself, which ends when it returns.
    pub fn end(&self) {
        self.shared.registry.lock().ending = true;
        self.shared.called.notify_all();
        self.shared.wake();
        let thread = self.thread.lock().take();
        if let Some(thread) = thread.filter(|handle| handle.thread().id() != thread::current().id()) {
            // It panics never; a function of the user's that unwinds ends the process.
            let _ = thread.join();
        }
        let mut registry = self.shared.registry.lock();
        let armed = registry.armed.each_mut().map(mem::take).into_iter().flatten();
        let handlers: Vec<Handler> = armed.collect();
        handlers.into_iter().for_each(Handler::forget);
        registry.fresh.drain(..).for_each(Handler::forget);
    }
}

impl Shared {
    fn wake(&self) {
        self.asleep.wake(|| self.signals.bells().ring(self.signals.bells().control()));
    }

    pub(super) fn bell(&self, index: usize) -> &'static Bell {
        self.signals.bells().get(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        driver::fake::FakeDriver,
        events::wait::Condition,
        signal::{Kind, Signal},
    };
    use std::sync::{atomic::Ordering::SeqCst, mpsc};

    const LONG: Duration = Duration::from_secs(60);

    /// Signals where GPUs ring, and where they do not; and the handlers on them.
    fn both() -> [(&'static Signals, Handlers); 2] {
        [4095, 0].map(|events| {
            let signals = Signals::new(Arc::new(FakeDriver { events, ..FakeDriver::default() }));
            (signals, Handlers::new(signals, "hsa-test"))
        })
    }

    fn below_one(signal: Signal) -> Want {
        Want { signal, condition: Condition::Less, compare: 1 }
    }

    fn set(signal: Signal, value: i64) {
        signal.change(|word| word.swap(value, SeqCst));
    }

    /// A handler that sends what it is called with, and wants more until it has been called so often.
    fn sender(calls: usize) -> (BoundHandler, mpsc::Receiver<i64>) {
        let (sender, receiver) = mpsc::channel();
        let left = Mutex::new(calls);
        let handler = BoundHandler::own(move |value| {
            let mut left = left.lock();
            *left -= 1;
            sender.send(value).is_ok() && *left > 0
        });
        (handler, receiver)
    }

    #[test]
    fn a_handler_is_called_once_per_registration_whenever_it_registers() {
        for (signals, handlers) in both() {
            let signal = signals.create(0, Kind::Interrupt).unwrap();
            for round in 0..200 {
                // Before, and after, the condition is met.
                let early = round % 2 == 0;
                set(signal, i64::from(early));
                let (handler, called) = sender(1);
                handlers.add(below_one(signal), handler).unwrap();
                if early {
                    set(signal, -round);
                }
                assert_eq!(called.recv(), Ok(if early { -round } else { 0 }));
            }
            handlers.end();
        }
    }

    #[test]
    fn a_handler_that_stays_is_called_again() {
        for (signals, handlers) in both() {
            let signal = signals.create(1, Kind::Interrupt).unwrap();
            let (handler, called) = sender(4);
            handlers.add(below_one(signal), handler).unwrap();
            set(signal, -1);
            // The value stays, then changes, then is no more to be handled, then is again.
            assert_eq!((called.recv(), called.recv()), (Ok(-1), Ok(-1)));
            set(signal, 1);
            set(signal, -2);
            let third = called.recv().unwrap();
            assert!(third == -1 || third == -2);
            set(signal, -3);
            let fourth = called.recv().unwrap();
            assert!((-3..=-1).contains(&fourth));
            handlers.end();
            assert!(called.try_recv().is_err(), "it was called after it had returned false");
        }
    }

    #[test]
    fn of_many_handlers_those_are_called_whose_signal_changed() {
        for (signals, handlers) in both() {
            let made: Vec<Signal> = (0..5_000).map(|_| signals.create(1, Kind::Interrupt).unwrap()).collect();
            let called: Vec<_> = made
                .iter()
                .map(|&signal| {
                    let (handler, called) = sender(1);
                    handlers.add(below_one(signal), handler).unwrap();
                    called
                })
                .collect();
            for index in (0..made.len()).step_by(7) {
                set(made[index], -(index as i64));
                assert_eq!(called[index].recv(), Ok(-(index as i64)));
            }
            assert!((0..made.len()).all(|index| index % 7 == 0 || called[index].try_recv().is_err()));
            handlers.end();
            assert!(made.iter().all(|signal| signal.destroy().is_ok()));
        }
    }

    #[test]
    fn a_handler_outlives_the_handle_of_its_signal() {
        let [(signals, handlers), _] = both();
        let signal = signals.create(1, Kind::Interrupt).unwrap();
        let (handler, called) = sender(1);
        handlers.add(below_one(signal), handler).unwrap();
        signal.destroy().unwrap();
        assert_ne!(signals.create(1, Kind::Interrupt).unwrap().handle(), signal.handle());
        // A GPU completes it: without a handle the host cannot.
        set(signal, 0);
        assert_eq!(called.recv(), Ok(0));
        handlers.end();
    }

    #[test]
    fn who_lets_them_settle_finds_those_called_that_are_due() {
        let [(signals, handlers), _] = both();
        handlers.settle();
        let handlers: &'static Handlers = Box::leak(Box::new(handlers));
        // The second is not rung for when it changes, the third is called again and again, the last never.
        let made = [Kind::Interrupt, Kind::Silent, Kind::Interrupt, Kind::Silent]
            .map(|kind| signals.create(1, kind).unwrap());
        let called = [1, 1, usize::MAX, 1].map(|calls| {
            let (handler, called) = sender(calls);
            let slow = BoundHandler::own(move |value| {
                thread::sleep(Duration::from_millis(2));
                handlers.settle_within(LONG);
                handler.call(value)
            });
            (slow, called)
        });
        let called = made.into_iter().zip(called).map(|(signal, (handler, called))| {
            handlers.add(below_one(signal), handler).unwrap();
            called
        });
        let called: Vec<_> = called.collect();
        made[..3].iter().for_each(|signal| signal.store_silently(0));
        let start = Instant::now();
        handlers.settle_within(LONG);
        assert!(start.elapsed() < LONG, "it waited for what is not due");
        assert!(called[..3].iter().all(|called| called.try_recv() == Ok(0)) && called[3].try_recv().is_err());
        handlers.end();
        handlers.settle();
    }

    /// As when a GPU changes it and the interrupt is lost.
    #[test]
    fn a_handler_is_called_though_nobody_rings() {
        let [(signals, handlers), _] = both();
        let made = [(); 9].map(|()| signals.create(1, Kind::Interrupt).unwrap());
        assert_ne!(made[0].bell_index(), made[8].bell_index());
        let called = [made[0], made[8]].map(|signal| {
            let (handler, called) = sender(1);
            handlers.add(below_one(signal), handler).unwrap();
            called
        });
        // When this one has been called, the thread listens to both.
        set(made[8], -1);
        assert_eq!(called[1].recv(), Ok(-1));
        made[0].store_silently(-5);
        assert_eq!(called[0].recv(), Ok(-5));
        handlers.end();
    }

    #[test]
    fn a_handler_may_register_and_functions_are_called_once() {
        let [(signals, handlers), _] = both();
        let handlers: &'static Handlers = Box::leak(Box::new(handlers));
        let signal = signals.create(0, Kind::Interrupt).unwrap();
        let (inner, called) = sender(1);
        let inner = Mutex::new(Some(inner));
        let outer = BoundHandler::own(move |_| {
            let inner = inner.lock().take().expect("it is called once");
            handlers.add(below_one(signal), inner).is_err()
        });
        handlers.add(below_one(signal), outer).unwrap();
        assert_eq!(called.recv(), Ok(0));
        handlers.end();
        handlers.end();
    }
}
