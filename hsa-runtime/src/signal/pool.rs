//! Making signals.
//!
//! Creating a signal takes a number from a list without a lock and writes its memory; the driver is asked only when a
//! chunk or a bell is made. Answers to `SharedSignalPool_t` and `InterruptSignal::EventPool` of upstream.
#![forbid(unsafe_code)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use hsakmt_thunk::kernel::fork;
use parking_lot::Mutex;

use super::{
    Signal,
    batch::Batches,
    bell::Bells,
    chunk::{self, Chunks},
    elsewhere::Elsewhere,
    free::FreeList,
    shared::Lines,
    slot::Slot,
};
use crate::{boundary::Error, driver::Driver};

/// Kinds of signals, by who tells the host of a change by a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// The GPU interrupts: upstream's InterruptSignal.
    Interrupt = 0,
    /// Nobody; who waits has to look. For the GPU alone, without an interrupt a completion: upstream's DefaultSignal.
    Silent = 1,
    /// Nobody; but the host's changes are heard in every process that has it: upstream's IPCSignal.
    Shared = 2,
    /// The GPU interrupts, and rings the bell of the thread that looks after queues: one by which a queue says that it cannot
    /// go on.
    Queue = 3,
}

impl Kind {
    /// Whether a change by a GPU interrupts.
    pub fn interrupts(self) -> bool {
        matches!(self, Self::Interrupt | Self::Queue)
    }
}

/// All signals of a process.
pub struct Signals {
    process: u64,
    driver: Arc<dyn Driver>,
    chunks: Chunks,
    free: FreeList,
    /// Numbers from here on were never given out.
    fresh: AtomicU32,
    /// Numbers from here on have no memory.
    capacity: AtomicU32,
    /// Held while memory is added.
    growing: Mutex<()>,
    bells: Bells,
    /// Signals whose memory is not in a chunk.
    elsewhere: Elsewhere,
    /// Those that other processes use, too.
    lines: Lines,
    /// Those that were made together.
    batches: Batches,
    /// Whether GPUs may interrupt.
    interrupts: AtomicBool,
    /// Seconds that a wait for one signal may take; `u64::MAX` for ever.
    longest_wait: AtomicU64,
}

impl Signals {
    /// The signals of this process, for ever: no thread that uses a signal too late finds its memory gone.
    pub fn new(driver: Arc<dyn Driver>) -> &'static Self {
        Box::leak(Box::new(Self {
            process: fork::generation(),
            bells: Bells::new(Arc::clone(&driver)),
            elsewhere: Elsewhere::default(),
            lines: Lines::default(),
            batches: Batches::default(),
            driver,
            chunks: Chunks::default(),
            free: FreeList::default(),
            fresh: AtomicU32::new(0),
            capacity: AtomicU32::new(0),
            growing: Mutex::default(),
            interrupts: AtomicBool::new(true),
            longest_wait: AtomicU64::new(u64::MAX),
        }))
    }

    /// Which process they are of.
    #[inline]
    pub fn process(&self) -> u64 {
        self.process
    }

    /// Whether new signals may be of [`Kind::Interrupt`]. The user may not want it; nothing here depends on it.
    #[inline]
    pub fn interrupts(&self) -> bool {
        self.interrupts.load(Ordering::Relaxed)
    }

    /// Sets whether they may.
    pub fn set_interrupts(&self, interrupts: bool) {
        self.interrupts.store(interrupts, Ordering::Relaxed);
    }

    /// How long a wait for one signal may take; centuries for ever.
    pub fn longest_wait(&self) -> Duration {
        Duration::from_secs(self.longest_wait.load(Ordering::Relaxed))
    }

    /// Sets how long, in whole seconds.
    pub fn set_longest_wait(&self, longest: Option<Duration>) {
        let seconds = longest.map_or(u64::MAX, |longest| longest.as_secs());
        self.longest_wait.store(seconds, Ordering::Relaxed);
    }

    /// What sleepers sleep on.
    pub fn bells(&self) -> &Bells {
        &self.bells
    }

    /// Those that other processes use, too.
    pub(super) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Those whose memory is not in a chunk.
    pub(super) fn elsewhere(&self) -> &Elsewhere {
        &self.elsewhere
    }

    /// Those that were made together.
    pub(super) fn batches(&self) -> &Batches {
        &self.batches
    }

    /// The driver.
    pub(super) fn driver(&self) -> &dyn Driver {
        &*self.driver
    }

    /// Makes a signal of this process's.
    ///
    /// # Errors
    /// `OutOfResources` when the driver has no memory left, or two million signals exist.
    pub fn create(&'static self, value: i64, kind: Kind) -> Result<Signal, Error> {
        let signal = self.numbered(self.take_number()?);
        self.begin(signal.slot, value, kind);
        Ok(signal)
    }

    /// Makes a signal of this process's of a slot that nobody uses.
    pub(super) fn begin(&self, slot: &Slot, value: i64, kind: Kind) {
        let bell = || self.bells.get(Bells::index_of(kind, slot.number));
        let mailbox = if kind.interrupts() { bell().mailbox() } else { None };
        let (mailbox, event) = mailbox.unwrap_or((0, 0));
        slot.block().begin(value, mailbox, event);
        slot.begin(kind);
    }

    /// Destroys what is left at the end of the runtime, and wakes all who still wait.
    pub fn destroy_all(&self) {
        for number in 0..self.fresh.load(Ordering::Acquire) {
            // One that is not live is the error.
            let _ = self.numbered(number).destroy();
        }
        self.elsewhere.destroy_all();
        self.batches.destroy_all();
        self.lines.end();
        self.bells.end();
    }

    /// A signal that nobody uses any more may be made again.
    pub(super) fn recycle(&self, slot: &'static Slot) {
        if slot.kind.load(Ordering::Relaxed) == Kind::Shared as u32 {
            return slot.line.swap(None).into_iter().for_each(|line| self.lines.forget(&line));
        }
        slot.block().end();
        let arena = slot.arena.lock().take();
        match arena {
            Some(arena) => self.elsewhere.leave(slot, arena),
            None => self.free.push(slot.number, &slot.next),
        }
    }

    fn numbered(&self, number: u32) -> Signal {
        Signal::of(self.chunks.get(number))
    }

    #[inline]
    fn take_number(&'static self) -> Result<u32, Error> {
        let link = |number| &self.chunks.get(number).next;
        loop {
            let number =
                self.free.pop(link).or_else(|| self.take_fresh()).or_else(|| self.free.pop_any(link));
            match number {
                Some(number) => return Ok(number),
                None => self.grow()?,
            }
        }
    }

    fn take_fresh(&self) -> Option<u32> {
        let capacity = self.capacity.load(Ordering::Acquire);
        let next = |number| (number < capacity).then_some(number + 1);
        self.fresh.fetch_update(Ordering::AcqRel, Ordering::Relaxed, next).ok()
    }

    /// Adds a chunk, unless another thread has just done so.
    #[cold]
    fn grow(&'static self) -> Result<(), Error> {
        let _growing = self.growing.lock();
        let first = self.capacity.load(Ordering::Relaxed);
        if self.fresh.load(Ordering::Relaxed) < first {
            return Ok(());
        }
        if first >= Chunks::MOST_SIGNALS {
            return Err(Error::OutOfResources);
        }
        self.chunks.add(self, first, self.driver.allocate_shared(chunk::BYTES)?);
        self.capacity.store(first + chunk::SIGNALS, Ordering::Release);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{driver::fake::FakeDriver, signal::find};
    use std::{collections::BTreeSet, thread};

    fn signals() -> (&'static Signals, Arc<FakeDriver>) {
        let driver = Arc::new(FakeDriver::default());
        (Signals::new(Arc::clone(&driver) as Arc<dyn Driver>), driver)
    }

    #[test]
    fn a_handle_is_valid_until_it_is_destroyed() {
        let (signals, _) = signals();
        let signal = signals.create(7, Kind::Interrupt).unwrap();
        let handle = signal.handle();
        assert_eq!((find(handle).unwrap().load(), handle.handle % 64), (7, 0));
        assert_ne!(signal.event_id(), u32::MAX);
        assert_eq!(find(handle).unwrap().destroy(), Ok(()));
        assert_eq!(find(handle).err(), Some(Error::InvalidSignal));
        assert_eq!(signal.destroy(), Err(Error::InvalidSignal));
    }

    #[test]
    fn a_hundred_thousand_signals_take_few_calls_of_the_driver() {
        let many: i64 = if cfg!(miri) { 3_000 } else { 100_000 };
        let (signals, driver) = signals();
        let live: Vec<Signal> = (0..many).map(|n| signals.create(n, Kind::Interrupt).unwrap()).collect();
        assert!(live.iter().zip(0..).all(|(signal, n)| signal.load() == n));
        let calls = driver.calls.load(Ordering::Relaxed);
        assert!(calls <= 50 + Bells::COUNT as u64, "{calls} calls");
        live.into_iter().for_each(|signal| signal.destroy().unwrap());
        for _ in 0..many {
            signals.create(0, Kind::Interrupt).unwrap();
        }
        assert_eq!(driver.calls.load(Ordering::Relaxed), calls, "reused signals ask nothing");
    }

    #[test]
    fn no_other_signal_wakes_who_looks_after_queues() {
        let (signals, _) = signals();
        let others: Vec<Signal> = (0..1100).map(|n| signals.create(n, Kind::Interrupt).unwrap()).collect();
        let queues = [0, 1].map(|n| signals.create(n, Kind::Queue).unwrap());
        let events: BTreeSet<u32> = others.iter().map(|signal| signal.event_id()).collect();
        let event = queues[0].event_id();
        assert!(event != 0 && event == queues[1].event_id() && !events.contains(&event));
        assert!(queues.iter().all(|signal| signal.mailbox().is_some_and(|(_, told)| told == event)));
    }

    #[test]
    fn the_driver_may_have_no_events() {
        // One of them is the control bell's.
        let driver = FakeDriver { events: 4, ..FakeDriver::default() };
        let signals = Signals::new(Arc::new(driver));
        let rings = |n| signals.create(n, Kind::Interrupt).unwrap().rings_for_gpus();
        assert_eq!((0..1000).filter(|&n| rings(n)).count(), 24);
    }

    /// Handles of the signals of the first chunk that are not in use, all made now.
    fn make_others(signals: &'static Signals, used: u32) -> BTreeSet<u64> {
        let make = |_| signals.create(0, Kind::Silent).unwrap().handle().handle;
        (used..chunk::SIGNALS).map(make).collect()
    }

    #[test]
    fn a_retained_signal_is_not_reused() {
        let (signals, _) = signals();
        let signal = signals.create(1, Kind::Silent).unwrap();
        signal.retain().unwrap();
        signal.destroy().unwrap();
        assert!(!make_others(signals, 1).contains(&signal.handle().handle));
        assert_eq!((signal.load(), signal.retain()), (1, Err(Error::InvalidSignal)));
        signal.release();
        assert_eq!(signals.create(3, Kind::Silent).unwrap().handle(), signal.handle());
    }

    #[test]
    fn sixteen_threads_never_hold_the_same_signal() {
        let (signals, _) = signals();
        let held = Mutex::new(BTreeSet::new());
        let rounds = if cfg!(miri) { 5 } else { 2_000 };
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    for n in 0..rounds {
                        let signal = signals.create(n, Kind::Interrupt).unwrap();
                        assert!(held.lock().insert(signal.handle().handle));
                        assert_eq!(find(signal.handle()).unwrap().load(), n);
                        assert!(held.lock().remove(&signal.handle().handle));
                        signal.destroy().unwrap();
                    }
                });
            }
        });
    }

    #[test]
    fn what_is_left_at_the_end_is_destroyed() {
        let (signals, _) = signals();
        let handles: Vec<_> = (0..9).map(|n| signals.create(n, Kind::Interrupt).unwrap().handle()).collect();
        find(handles[4]).unwrap().destroy().unwrap();
        signals.destroy_all();
        assert!(handles.iter().all(|&handle| find(handle).is_err()));
        let again = make_others(signals, 0);
        assert!(handles.iter().all(|handle| again.contains(&handle.handle)));
    }

    #[test]
    fn only_a_change_that_somebody_sleeps_for_rings() {
        let (signals, driver) = signals();
        let signal = signals.create(0, Kind::Interrupt).unwrap();
        let calls = || driver.calls.load(Ordering::Relaxed);
        let before = calls();
        signal.change(|value| value.swap(1, Ordering::SeqCst));
        assert_eq!(calls(), before);
        signal.enter();
        assert_eq!(signal.change(|value| value.fetch_add(4, Ordering::SeqCst)), 1);
        assert_eq!(calls(), before + 1);
        signal.store_silently(9);
        assert_eq!((calls(), signal.load()), (before + 1, 9));
    }
}
