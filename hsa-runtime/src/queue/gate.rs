//! How handlers of a queue's errors and its destruction do not meet: a handler enters, and who destroys the queue shuts
//! the gate and waits until nobody is inside. A handler may itself destroy the queue; it does not wait for itself.
#![forbid(unsafe_code)]

use std::thread::{self, ThreadId};

use parking_lot::{Condvar, Mutex};

/// A gate.
#[derive(Default)]
pub struct Gate {
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Default)]
struct State {
    shut: bool,
    inside: Option<ThreadId>,
}

/// Whoever has it is inside.
pub struct Inside<'a>(&'a Gate);

impl Gate {
    /// Enters, unless the gate is shut. One thread calls all handlers, so nobody else is inside.
    pub fn enter(&self) -> Option<Inside<'_>> {
        let mut state = self.state.lock();
        if state.shut {
            return None;
        }
        state.inside = Some(thread::current().id());
        Some(Inside(self))
    }

    /// Shuts it for ever, and waits until it is empty; false if it was shut.
    pub fn shut(&self) -> bool {
        let mut state = self.state.lock();
        let first = !std::mem::replace(&mut state.shut, true);
        while state.inside.is_some_and(|thread| thread != thread::current().id()) {
            self.left.wait(&mut state);
        }
        first
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.state.lock().inside = None;
        self.0.left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    };

    #[test]
    fn who_shuts_it_waits_for_others_but_not_for_itself() {
        let (gate, done) = (Gate::default(), AtomicBool::new(false));
        let (entered, wait) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let inside = gate.enter();
                entered.send(()).unwrap();
                thread::yield_now();
                done.store(true, Ordering::SeqCst);
                drop(inside);
            });
            wait.recv().unwrap();
            assert!(gate.shut() && done.load(Ordering::SeqCst));
        });
        assert!(gate.enter().is_none() && !gate.shut());
        let own = Gate::default();
        let _inside = own.enter();
        assert!(own.shut(), "a handler that destroys its queue hung");
    }
}
