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

/// With each heartbeat, so many handlers are looked at, rung for or not: all that a usual program has.
const LOOKS: usize = 2000;
/// A heartbeat comes after so long where others keep the thread awake; where nobody does, with each sleep's end.
const BEAT: Duration = Duration::from_secs(1);

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
    /// Which bell the next heartbeat looks at first.
    beat: usize,
    last_beat: Instant,
    /// How long it has slept, if nothing woke it.
    nap: Option<Duration>,
    /// Since when nothing new was found.
    idle: Instant,
}

impl<'a> Listener<'a> {
    pub fn new(shared: &'a Shared) -> Self {
        let now = Instant::now();
        Self { shared, ages: [0; Bells::COUNT], beat: 0, last_beat: now, nap: None, idle: now }
    }

    /// Runs until the end of the runtime.
    pub fn run(mut self) {
        let control = self.shared.signals.bells().control();
        loop {
            self.shared.asleep.enter();
            let age = control.age();
            let pass = self.pass();
            if pass.as_ref().is_some_and(Work::is_empty) {
                self.sleep(control, age);
            }
            self.shared.asleep.leave();
            match pass {
                Some(work) => self.work(work),
                None => return,
            }
        }
    }

    /// Finds out what is to be called. `None` at the end of the runtime.
    fn pass(&mut self) -> Option<Work> {
        let mut registry = self.shared.registry.lock();
        if registry.ending {
            return None;
        }
        let registry = &mut *registry;
        let all = mem::take(&mut registry.settling);
        let mut work = Work { handlers: Vec::new(), functions: mem::take(&mut registry.functions) };
        let nap = mem::take(&mut self.nap);
        let beat = self.beat(registry, nap.is_some());
        for (index, beat) in beat.into_iter().enumerate() {
            let due = all || beat || nap.is_some() && registry.polled[index];
            if registry.listening[index] {
                let rung = self.is_rung(index);
                let found = (rung || due) && take_met(registry, index, &mut work);
                if let Some(nap) = nap.or(rung.then_some(Duration::ZERO)).filter(|_| found) {
                    self.shared.signals.bells().found(rung, nap);
                }
            }
        }
        for handler in mem::take(&mut registry.fresh) {
            self.arm(handler, registry, &mut work);
        }
        registry.calling = !work.is_empty();
        Some(work)
    }

    /// The bells that are looked at though nobody has rung them, if it is time: from where the last heartbeat ended.
    fn beat(&mut self, registry: &Registry, is_idle: bool) -> [bool; Bells::COUNT] {
        let (mut looked_at, mut looks) = ([false; Bells::COUNT], 0);
        if is_idle || self.last_beat.elapsed() > BEAT {
            self.last_beat = Instant::now();
            while looks < LOOKS && !looked_at[self.beat] {
                looked_at[self.beat] = true;
                looks += registry.armed[self.beat].len();
                self.beat = (self.beat + 1) % Bells::COUNT;
            }
        }
        looked_at
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

    /// Sleeps until something changes.
    fn sleep(&mut self, control: &Bell, age: u64) {
        let (listening, announced) = {
            let registry = self.shared.registry.lock();
            (registry.listening, !registry.polled.contains(&true))
        };
        let all = self.shared.signals.bells();
        let indexes = (0..Bells::COUNT).filter(|&index| listening[index]);
        let mut bells: Vec<(&Bell, u64)> =
            indexes.map(|index| (self.shared.bell(index), self.ages[index])).collect();
        bells.push((control, age));
        let nap = patience::sleep(self.idle.elapsed(), announced && all.are_heard());
        self.nap = (!all.sleep(&bells, nap)).then_some(nap);
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

/// Takes the handlers behind a bell whose condition is met; whether the bell should have rung for any.
fn take_met(registry: &mut Registry, bell: usize, work: &mut Work) -> bool {
    let handlers = &mut registry.armed[bell];
    let before = work.handlers.len();
    let mut index = 0;
    while let Some(handler) = handlers.get(index) {
        match handler.want.met() {
            Some(value) => work.handlers.push((handlers.swap_remove(index), value)),
            None => index += 1,
        }
    }
    registry.listening[bell] = !handlers.is_empty();
    registry.polled[bell] = handlers.iter().any(|handler| !handler.is_announced());
    work.handlers[before..].iter().any(|(handler, _)| handler.is_announced())
}
