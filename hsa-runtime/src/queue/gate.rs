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
    /// A thread that entered twice stands here twice.
    inside: Vec<ThreadId>,
}

/// Whoever has it is inside.
pub struct Inside<'a>(&'a Gate);

impl Gate {
    /// Enters, unless the gate is shut.
    pub fn enter(&self) -> Option<Inside<'_>> {
        let mut state = self.state.lock();
        if state.shut {
            return None;
        }
        state.inside.push(thread::current().id());
        Some(Inside(self))
    }

    /// Shuts it for ever, and waits until nobody else is inside; false if it was shut.
    pub fn shut(&self) -> bool {
        let mut state = self.state.lock();
        let first = !std::mem::replace(&mut state.shut, true);
        let own = thread::current().id();
        while state.inside.iter().any(|thread| *thread != own) {
            self.left.wait(&mut state);
        }
        first
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        let own = thread::current().id();
        if let Some(place) = state.inside.iter().position(|thread| *thread == own) {
            state.inside.swap_remove(place);
        }
        drop(state);
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
