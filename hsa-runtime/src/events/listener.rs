//! The thread that calls functions when signals change; `handlers` says how it and those who register go together.
#![forbid(unsafe_code)]

use std::{
    mem,
    time::{Duration, Instant},
};

use super::{
    handlers::{Handler, Registry, Shared},
    patience,
};
use crate::{
    boundary::BoundFunction,
    signal::{Bell, Bells},
};

/// One bell in so many is looked at with each heartbeat, rung or not.
const BEATS: usize = 8;

/// What one pass found to do.
#[derive(Default)]
struct Work {
    handlers: Vec<(Handler, i64)>,
    functions: Vec<BoundFunction>,
}

impl Work {
    fn is_empty(&self) -> bool {
        self.handlers.is_empty() && self.functions.is_empty()
    }
}

/// The thread.
pub struct Listener<'a> {
    shared: &'a Shared,
    /// Ages of the bells that it listens to, each read before it looked at the bell's handlers last.
    ages: [u64; Bells::COUNT],
    /// Which part of the bells the next heartbeat looks at.
    beat: usize,
    /// Since when nothing new was found.
    idle: Instant,
}

impl<'a> Listener<'a> {
    pub fn new(shared: &'a Shared) -> Self {
        Self { shared, ages: [0; Bells::COUNT], beat: 0, idle: Instant::now() }
    }

    /// Runs until the end of the runtime.
    pub fn run(mut self) {
        let control = self.shared.signals.bells().control();
        let mut over = false;
        loop {
            self.shared.asleep.enter();
            let age = control.age();
            let pass = self.pass(mem::take(&mut over));
            if pass.as_ref().is_some_and(Work::is_empty) {
                over = self.sleep(control, age);
            }
            self.shared.asleep.leave();
            match pass {
                Some(work) => self.work(work),
                None => return,
            }
        }
    }

    /// Finds out what is to be called; `over`: a sleep went on to its end. `None` at the end of the runtime.
    fn pass(&mut self, over: bool) -> Option<Work> {
        let mut registry = self.shared.registry.lock();
        if registry.ending {
            return None;
        }
        let registry = &mut *registry;
        let all = mem::take(&mut registry.settling);
        let mut work = Work { handlers: Vec::new(), functions: mem::take(&mut registry.functions) };
        for index in 0..Bells::COUNT {
            let due = all || over && (registry.polled[index] || index % BEATS == self.beat);
            if registry.listening[index] && (self.is_rung(index) || due) {
                let armed = &mut registry.armed[index];
                take_met(armed, &mut work);
                registry.listening[index] = !armed.is_empty();
                registry.polled[index] = armed.iter().any(|handler| !handler.is_announced());
            }
        }
        self.beat = (self.beat + usize::from(over)) % BEATS;
        for handler in mem::take(&mut registry.fresh) {
            self.arm(handler, registry, &mut work);
        }
        registry.calling = !work.is_empty();
        Some(work)
    }

    /// Whether a bell is older than known; then its new age is known.
    fn is_rung(&mut self, index: usize) -> bool {
        let age = self.shared.bell(index).age();
        mem::replace(&mut self.ages[index], age) != age
    }

    /// Puts a handler where changes of its signal will find it.
    fn arm(&mut self, handler: Handler, registry: &mut Registry, work: &mut Work) {
        let index = handler.want.signal.bell_index();
        if handler.told.is_none() {
            self.idle = Instant::now();
        }
        if !registry.listening[index] {
            self.ages[index] = self.shared.bell(index).age();
            registry.listening[index] = true;
        }
        match handler.want.met() {
            Some(value) if handler.told != Some(value) => work.handlers.push((handler, value)),
            met => {
                registry.polled[index] |= met.is_some() || !handler.is_announced();
                registry.armed[index].push(handler);
            }
        }
    }

    /// Sleeps until something changes; true if nothing did.
    fn sleep(&self, control: &Bell, age: u64) -> bool {
        let (listening, announced) = {
            let registry = self.shared.registry.lock();
            (registry.listening, !registry.polled.contains(&true))
        };
        let indexes = (0..Bells::COUNT).filter(|&index| listening[index]);
        let mut bells: Vec<(&Bell, u64)> =
            indexes.map(|index| (self.shared.bell(index), self.ages[index])).collect();
        bells.push((control, age));
        let at_most = patience::sleep(self.idle.elapsed(), announced);
        let start = Instant::now();
        self.shared.signals.bells().sleep(&bells, at_most);
        start.elapsed() + Duration::from_millis(1) > at_most
    }

    /// Calls what is to be called, under no lock, until the end.
    fn work(&mut self, work: Work) {
        if work.is_empty() {
            return;
        }
        for (mut handler, value) in work.handlers {
            if handler.told != Some(value) {
                self.idle = Instant::now();
            }
            if !self.is_ending() && handler.function.call(value) {
                handler.told = Some(value);
                self.shared.registry.lock().fresh.push(handler);
            } else {
                handler.forget();
            }
        }
        work.functions.iter().take_while(|_| !self.is_ending()).for_each(BoundFunction::call);
        self.shared.registry.lock().calling = false;
        self.shared.called.notify_all();
    }

    fn is_ending(&self) -> bool {
        self.shared.registry.lock().ending
    }
}

/// Takes those whose condition is met out of a list.
fn take_met(handlers: &mut Vec<Handler>, work: &mut Work) {
    let mut index = 0;
    while let Some(handler) = handlers.get(index) {
        match handler.want.met() {
            Some(value) => work.handlers.push((handlers.swap_remove(index), value)),
            None => index += 1,
        }
    }
}
