//! Bells: what sleepers sleep on. A bell is an event of the driver, which a GPU rings by writing its id to its mailbox
//! and interrupting, and the host by setting it.
//!
//! A small number serves all signals: eight neighbours share one at first, later any number. So creating a signal asks the
//! driver one time in eight at the beginning and never afterwards, the driver's limit (4096 events) is never met, and a
//! thread that listens to every signal there is listens to 128 bells. One more is for signals by which queues say that they
//! cannot go on, of which another thread is to hear than of those of programs.
//!
//! Where there is no event to be had, a bell is the host's alone: it wakes on changes by the host, and completions by GPUs
//! are polled for. Who sleeps on bells of both kinds sleeps in the driver, on the control bell, too, which is rung with
//! every bell of the host's; it is made before all others, so it has an event if any has. Where events have no ages,
//! threads sleep on the host and [`super::pump`] wakes them.
#![forbid(unsafe_code)]

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};

use super::{pool::Kind, pump::Pump};
use crate::{
    driver::{Driver, Event, Wait},
    log::complain,
};

/// Signals in a row that share a bell.
const NEIGHBOURS: u32 = 8;

/// A bell.
pub struct Bell {
    event: Option<Event>,
    /// The newest age that any thread has heard of; the kernel counts from 1.
    age: AtomicU64,
}

impl Bell {
    /// How often it was rung, as far as is known.
    pub fn age(&self) -> u64 {
        self.age.load(Ordering::SeqCst)
    }

    /// What GPUs need to ring it, mailbox and event; `None` if they cannot.
    pub fn mailbox(&self) -> Option<(u64, u32)> {
        self.event.map(|event| (event.slot, event.id))
    }

    /// The kernel told this age. Ages of a bell only grow.
    fn heard(&self, age: u64) {
        self.age.fetch_max(age, Ordering::SeqCst);
    }
}

/// All bells.
pub struct Bells {
    driver: Arc<dyn Driver>,
    bells: [OnceLock<Bell>; Self::COUNT],
    /// Not one of a signal: it wakes the threads that run handlers, and those who sleep on bells of both kinds.
    control: OnceLock<Bell>,
    /// The driver refused an event; it is not asked again.
    exhausted: AtomicBool,
    /// Held by those who sleep, or ring, on the host.
    door: Mutex<()>,
    rung: Condvar,
    /// Waits in the driver for all, where events have no ages.
    pump: Option<Pump>,
    /// How often in a row a sleeper found what it waited for when its time was over, and no bell had rung.
    missed: AtomicU32,
}

/// So many lost interrupts in a row are no accident.
const MOST_MISSED: u32 = 3;
/// It is unlikely that so long a nap and the silence of a bell end in the same moment.
const TELLING_NAP: Duration = Duration::from_secs(1);

impl Bells {
    /// How many there are.
    pub const COUNT: usize = Self::SHARED + 1;
    /// How many of them signals share; the last one is the queues'.
    const SHARED: usize = 128;

    pub fn new(driver: Arc<dyn Driver>) -> Self {
        Self {
            pump: (!driver.has_event_ages()).then(Pump::default),
            driver,
            exhausted: AtomicBool::new(false),
            bells: [const { OnceLock::new() }; Self::COUNT],
            control: OnceLock::new(),
            door: Mutex::default(),
            rung: Condvar::new(),
            missed: AtomicU32::new(0),
        }
    }

    /// Which bell is that of a signal.
    #[inline]
    pub fn index_of(kind: Kind, number: u32) -> usize {
        match kind {
            Kind::Queue => Self::SHARED,
            _ => (number / NEIGHBOURS) as usize % Self::SHARED,
        }
    }

    /// The bell with this index, made when first asked for.
    #[inline]
    pub fn get(&self, index: usize) -> &Bell {
        self.bells[index].get().unwrap_or_else(|| {
            self.control();
            self.make_in(&self.bells[index])
        })
    }

    /// The bell of the threads that run handlers.
    pub fn control(&self) -> &Bell {
        self.make_in(&self.control)
    }

    #[cold]
    fn make_in<'a>(&self, place: &'a OnceLock<Bell>) -> &'a Bell {
        let mut is_new = false;
        let bell = place.get_or_init(|| {
            is_new = true;
            self.make()
        });
        if let Some(pump) = self.pump.as_ref().filter(|_| is_new) {
            pump.look_again(self);
        }
        bell
    }

    fn make(&self) -> Bell {
        let event = if self.exhausted.load(Ordering::Relaxed) { None } else { self.driver.create_event() };
        // Without a slot it is no event that a GPU can set.
        let event = event.filter(|event| event.slot != 0);
        if event.is_none() {
            self.exhausted.store(true, Ordering::Relaxed);
        }
        Bell { event, age: AtomicU64::new(1) }
    }

    /// Rings a bell: all who sleep on it wake up.
    #[cold]
    pub fn ring(&self, bell: &Bell) {
        match &bell.event {
            Some(event) if self.pump.is_none() => self.driver.set_event(event),
            _ => {
                self.ring_on_host([bell]);
                if let Some(event) = self.control().event.filter(|_| self.pump.is_none()) {
                    self.driver.set_event(&event);
                }
            }
        }
    }

    fn ring_on_host<'a>(&self, bells: impl IntoIterator<Item = &'a Bell>) {
        let _door = self.door.lock();
        bells.into_iter().for_each(|bell| _ = bell.age.fetch_add(1, Ordering::SeqCst));
        self.rung.notify_all();
    }

    /// Rings every bell that there is, for those who sleep on the host.
    pub fn ring_all_on_host(&self) {
        self.ring_on_host(self.made());
    }

    /// Ends what was started, and wakes all who sleep.
    pub fn end(&self) {
        if let Some(pump) = &self.pump {
            pump.end(self);
        }
        self.made().for_each(|bell| self.ring(bell));
    }

    /// Every bell that there is.
    fn made(&self) -> impl Iterator<Item = &Bell> {
        self.bells.iter().chain([&self.control]).filter_map(OnceLock::get)
    }

    /// The driver's events among them.
    pub fn events(&self) -> impl Iterator<Item = Event> {
        self.made().filter_map(|bell| bell.event)
    }

    /// The driver.
    pub fn driver(&self) -> &dyn Driver {
        &*self.driver
    }

    /// Whether bells ring when they should, as far as is known. If not, sleepers do well to look by themselves.
    pub fn are_heard(&self) -> bool {
        self.missed.load(Ordering::Relaxed) < MOST_MISSED
    }

    /// A sleeper found what a bell was to ring for; `rung`: it did. Otherwise the nap, which was to be so long, was over:
    /// then the bell may ring any moment, so that of short naps nothing is learned.
    pub fn found(&self, rung: bool, nap: Duration) {
        let missed = self.missed.load(Ordering::Relaxed);
        // Of two threads at once one may not count: it is an estimate.
        if !rung && nap >= TELLING_NAP && missed < MOST_MISSED {
            self.missed.store(missed + 1, Ordering::Relaxed);
            if missed + 1 == MOST_MISSED {
                complain(
                    "interrupts of a GPU get lost: signals are looked at all the time now, as with HSA_ENABLE_INTERRUPT=0",
                );
            }
        } else if rung && (1..MOST_MISSED).contains(&missed) {
            self.missed.store(0, Ordering::Relaxed);
        }
    }

    /// Sleeps until one of the bells has another age than the one told, at most so long; or, for no reason, shorter.
    /// Whether it was shorter.
    pub fn sleep(&'static self, bells: &[(&Bell, u64)], at_most: Duration) -> bool {
        let start = Instant::now();
        self.sleep_for(bells, at_most);
        // The driver counts in ticks of its own.
        start.elapsed() + Duration::from_millis(1) < at_most
    }

    fn sleep_for(&'static self, bells: &[(&Bell, u64)], at_most: Duration) {
        if let Some(pump) = &self.pump {
            // Without the thread, sleep goes on for its time, and who sleeps looks then.
            pump.start(self);
            self.sleep_on_host(at_most, || bells.iter().all(|(bell, age)| bell.age() == *age));
        } else if bells.iter().any(|(bell, _)| bell.event.is_none()) {
            self.sleep_on_both(bells, at_most);
        } else if at_most < Duration::from_millis(1) {
            // The driver counts milliseconds.
            thread::sleep(at_most);
        } else {
            self.sleep_in_driver(bells, at_most);
        }
    }

    /// With bells of the host's among them. The control bell's age is read before those are looked at, and it is rung
    /// after they have grown older, so that no ring is missed.
    fn sleep_on_both(&'static self, bells: &[(&Bell, u64)], at_most: Duration) {
        let control = (self.control(), self.control().age());
        let is_silent = |(bell, age): &(&Bell, u64)| bell.event.is_some() || bell.age() == *age;
        let with_events = bells.iter().filter(|(bell, _)| bell.event.is_some()).copied();
        if control.0.event.is_none() || at_most < Duration::from_millis(1) {
            self.sleep_on_host(at_most, || bells.iter().all(is_silent));
        } else if bells.iter().all(is_silent) {
            self.sleep_in_driver(&with_events.chain([control]).collect::<Vec<_>>(), at_most);
        }
    }

    fn sleep_on_host(&self, at_most: Duration, silent: impl Fn() -> bool) {
        let end = Instant::now() + at_most;
        let mut door = self.door.lock();
        while silent() {
            if self.rung.wait_until(&mut door, end).timed_out() {
                return;
            }
        }
    }

    fn sleep_in_driver(&self, bells: &[(&Bell, u64)], at_most: Duration) {
        let milliseconds = u32::try_from(at_most.as_millis()).unwrap_or(u32::MAX - 1);
        let events = bells.iter().filter_map(|(bell, age)| Some((bell.event?, *age)));
        let mut waits: Vec<Wait> = events.map(|(event, age)| Wait::new(event.id, age)).collect();
        match self.driver.wait_events(&mut waits, milliseconds) {
            Ok(()) => bells.iter().zip(&waits).for_each(|((bell, _), wait)| bell.heard(wait.age())),
            // Whatever is wrong with the driver, a core is not to burn for it.
            Err(_) => thread::sleep(at_most.min(Duration::from_millis(10))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::fake::FakeDriver;

    const LONG: Duration = Duration::from_secs(60);

    fn bells(driver: FakeDriver) -> &'static Bells {
        Box::leak(Box::new(Bells::new(Arc::new(driver))))
    }

    /// A bell that is rung before or while a thread sleeps wakes it; otherwise the test takes a minute.
    fn rings(bells: &'static Bells) {
        let bell = bells.get(3);
        let age = bell.age();
        thread::scope(|scope| {
            scope.spawn(|| bells.ring(bell));
            bells.sleep(&[(bells.get(7), bells.get(7).age()), (bell, age)], LONG);
        });
        assert_eq!((bell.age(), bells.get(7).age()), (age + 1, 1));
        // What is older than the bell does not sleep.
        bells.sleep(&[(bell, age)], LONG);
    }

    #[test]
    fn bells_of_the_driver_wake_and_tell_their_age() {
        let bells = bells(FakeDriver::default());
        assert!(bells.get(3).mailbox().is_some());
        rings(bells);
    }

    #[test]
    fn bells_of_the_host_do_the_same_but_not_for_gpus() {
        let bells = bells(FakeDriver { events: 0, ..FakeDriver::default() });
        assert_eq!(bells.get(3).mailbox(), None);
        rings(bells);
    }

    #[test]
    fn who_sleeps_on_both_kinds_of_bells_hears_both() {
        // One event for the control bell, one for bell 3.
        let bells = bells(FakeDriver { events: 2, ..FakeDriver::default() });
        rings(bells);
        let (driver, host) = (bells.get(3), bells.get(7));
        assert!(driver.mailbox().is_some() && host.mailbox().is_none());
        for rung in [host, driver, bells.control()] {
            let (ages, start) = ([(driver, driver.age()), (host, host.age())], Instant::now());
            thread::scope(|scope| {
                scope.spawn(|| bells.ring(rung));
                bells.sleep(&ages, LONG);
            });
            assert!(start.elapsed() < LONG, "nobody was heard");
        }
    }

    #[test]
    fn without_ages_one_thread_hears_of_gpus_and_wakes_all() {
        let driver = Arc::new(FakeDriver { version: (1, 13), ..FakeDriver::default() });
        let bells: &'static Bells = Box::leak(Box::new(Bells::new(Arc::clone(&driver) as Arc<dyn Driver>)));
        rings(bells);
        for index in 0..100 {
            // A bell that the thread may not know of yet.
            let bell = bells.get(index);
            let age = bell.age();
            thread::scope(|scope| {
                scope.spawn(|| bells.sleep(&[(bell, age)], LONG));
                scope.spawn(|| bells.sleep(&[(bell, age)], LONG));
                scope.spawn(|| driver.set_event(&bell.event.unwrap()));
            });
            assert!(bell.age() > age);
        }
        bells.end();
        bells.end();
    }

    #[test]
    fn three_lost_rings_in_a_row_are_no_accident() {
        let bells = bells(FakeDriver::default());
        let heard =
            [(false, 1), (false, 1), (true, 0), (false, 1), (false, 0), (false, 1), (false, 2), (true, 1)];
        let heard = heard.map(|(rung, seconds)| {
            bells.found(rung, Duration::from_secs(seconds));
            bells.are_heard()
        });
        assert_eq!(heard, [true, true, true, true, true, true, false, false]);
    }

    #[test]
    fn sleep_ends_with_its_time_on_every_kind_of_bell() {
        let bells = bells(FakeDriver { events: 2, ..FakeDriver::default() });
        let (driver, host) = (bells.get(0), bells.get(1));
        assert!(driver.mailbox().is_some() && host.mailbox().is_none());
        for at_most in [Duration::ZERO, Duration::from_micros(50), Duration::from_millis(2)] {
            for listened in [&[(driver, 1)][..], &[(host, 1)], &[(driver, 1), (host, 1)]] {
                bells.sleep(listened, at_most);
            }
        }
        assert_eq!((driver.age(), host.age()), (1, 1));
    }
}
