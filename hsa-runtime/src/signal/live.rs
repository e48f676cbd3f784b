//! A live signal: its value, its sleepers, its end.
#![forbid(unsafe_code)]

use std::{
    sync::atomic::{AtomicI64, AtomicU32, Ordering},
    time::Duration,
};

use super::{
    batch,
    bell::{Bell, Bells},
    block::Block,
    chunk, directory,
    pool::Kind,
    protocol::Sleepers,
    slot::Slot,
};
use crate::{abi::hsa_signal_t, boundary::Error};

/// What the host loads and stores of a signal that was live when it was found, and no doorbell.
#[derive(Clone, Copy)]
pub struct Near {
    sleepers: &'static Sleepers,
    block: &'static Block,
}

/// That of a handle. `None` may also be a signal that takes longer to find.
#[inline(always)]
pub fn find_near(handle: hsa_signal_t) -> Option<Near> {
    directory::find_near(handle.handle).map(|(sleepers, block)| Near { sleepers, block })
}

impl Near {
    /// The value. What was written before the store that it reads is visible.
    #[inline]
    pub fn load(self) -> i64 {
        self.block.value.load(Ordering::Acquire)
    }

    /// Changes the value by a `SeqCst` access, and wakes those who sleep until it changes.
    #[inline]
    pub fn change<T>(self, change: impl FnOnce(&AtomicI64) -> T) -> T {
        let result = change(&self.block.value);
        self.sleepers.wake(|| ring_at(self.block.handle()));
        result
    }

    /// Changes the value and wakes nobody.
    #[inline]
    pub fn store_silently(self, value: i64) {
        self.block.value.store(value, Ordering::Release);
    }
}

/// Wakes those who sleep for a signal that was live a moment ago.
#[cold]
fn ring_at(handle: u64) {
    // Who destroyed it meanwhile has woken them.
    let _ = find(hsa_signal_t { handle }).map(Signal::ring);
}

/// A signal that was live when it was found, and whose memory stays.
#[derive(Clone, Copy)]
pub struct Signal {
    /// What the host keeps of it.
    pub(super) slot: &'static Slot,
    /// What GPUs see.
    block: &'static Block,
}

/// The live signal of a handle.
///
/// # Errors
/// `InvalidSignal`.
#[inline]
pub fn find(handle: hsa_signal_t) -> Result<Signal, Error> {
    chunk::find(handle.handle).map(Signal::of).ok_or(Error::InvalidSignal)
}

impl Signal {
    /// The signal of a slot.
    #[inline]
    pub(super) fn of(slot: &'static Slot) -> Self {
        Self { slot, block: slot.block() }
    }

    /// What is loaded and stored of it.
    #[inline]
    pub fn near(self) -> Near {
        Near { sleepers: self.slot.place.sleepers, block: self.block }
    }

    /// Its handle.
    #[inline]
    pub fn handle(self) -> hsa_signal_t {
        hsa_signal_t { handle: self.block.handle() }
    }

    /// The value. What was written before the store that it reads is visible.
    #[inline]
    pub fn load(self) -> i64 {
        self.near().load()
    }

    /// The value, in the one order that waiting needs.
    pub fn load_to_wait(self) -> i64 {
        self.block.value.load(Ordering::SeqCst)
    }

    /// Where GPUs and others change it.
    pub fn value(self) -> &'static AtomicI64 {
        &self.block.value
    }

    /// The address of the value.
    pub fn value_address(self) -> u64 {
        self.value().as_ptr().addr() as u64
    }

    /// Changes the value by a `SeqCst` access, and wakes those who sleep until it changes.
    #[inline]
    pub fn change<T>(self, change: impl FnOnce(&AtomicI64) -> T) -> T {
        let result = if self.slot.is_remote.load(Ordering::Relaxed) {
            batch::change_remote(&self.block.value, change)
        } else {
            change(&self.block.value)
        };
        self.slot.place.sleepers.wake(|| self.ring());
        result
    }

    /// Completes it with an error, which is negative, unless it has one already.
    pub fn fail(self, error: i64) {
        self.slot.failed.store(true, Ordering::Relaxed);
        let first = |value: i64| (value >= 0).then_some(error);
        self.change(|value| value.fetch_update(Ordering::SeqCst, Ordering::SeqCst, first).is_ok());
    }

    /// The error that it was completed with, unless somebody has used it for something else since.
    pub fn error(self) -> Option<i64> {
        let value = self.load();
        (value < 0 && self.slot.failed.load(Ordering::Relaxed)).then_some(value)
    }

    /// Changes the value and wakes nobody.
    #[inline]
    pub fn store_silently(self, value: i64) {
        self.near().store_silently(value);
    }

    /// Its kind.
    pub fn kind(self) -> Kind {
        match self.slot.kind.load(Ordering::Relaxed) {
            0 => Kind::Interrupt,
            1 => Kind::Silent,
            2 => Kind::Shared,
            _ => Kind::Queue,
        }
    }

    /// The driver's number of the event that GPUs set with a completion; 0 if they do not.
    pub fn event_id(self) -> u32 {
        self.block.event_id()
    }

    /// Whether its handle is still valid.
    pub fn is_live(self) -> bool {
        self.slot.is_live()
    }

    /// How long a wait for it may take before the process ends.
    pub fn longest_wait(self) -> Duration {
        self.slot.signals.longest_wait()
    }

    /// What its sleepers sleep on, among others.
    pub fn bells(self) -> &'static Bells {
        self.slot.signals.bells()
    }

    /// Index of the bell that changes of it ring.
    pub fn bell_index(self) -> usize {
        Bells::index_of(self.kind(), self.slot.number)
    }

    /// The bell that changes of it ring.
    pub fn bell(self) -> &'static Bell {
        self.bells().get(self.bell_index())
    }

    /// Whether the bell rings for completions by GPUs, too.
    pub fn rings_for_gpus(self) -> bool {
        self.mailbox().is_some()
    }

    /// What a GPU writes to, and with which event, when it has changed the value; `None` if nobody is to hear of it.
    pub fn mailbox(self) -> Option<(u64, u32)> {
        self.bell().mailbox().filter(|_| self.kind().interrupts())
    }

    /// Microseconds that waits for it take, as far as was learned; 0 for unknown.
    pub fn typical_wait(self) -> &'static AtomicU32 {
        &self.slot.typical_wait
    }

    /// A copy by the agent at `index` will complete it and tell its times.
    pub fn begin_copy(self, index: usize) {
        self.block.begin_copy();
        self.slot.copier.store(index as u32 + 1, Ordering::Release);
    }

    /// Where an SDMA engine writes when it began and ended: addresses that 32 divides.
    pub fn copy_time_addresses(self) -> (u64, u64) {
        self.block.copy_time_addresses()
    }

    /// The agent of the last copy that was timed, and when that began and ended, in the agent's ticks.
    pub fn copy_times(self) -> Option<(usize, (u64, u64))> {
        let index = self.slot.copier.load(Ordering::Acquire).checked_sub(1)?;
        Some((index as usize, self.block.copy_times()))
    }

    /// When the last kernel began and ended, in ticks of its GPU.
    pub fn kernel_times(self) -> (u64, u64) {
        self.block.kernel_times()
    }

    /// Tells when a copy by the host began and ended, in ticks of the system.
    pub fn set_times(self, start: u64, end: u64) {
        self.block.set_times(start, end);
    }

    #[cold]
    fn ring(self) {
        match &*self.slot.line.load() {
            Some(line) => line.ring(),
            None => self.bells().ring(self.bell()),
        }
    }

    /// Makes the handle invalid. Those who sleep wake up, and the signal is free when the last of them has left.
    ///
    /// # Errors
    /// `InvalidSignal` if another thread was first.
    pub fn destroy(self) -> Result<(), Error> {
        if !self.slot.end() {
            return Err(Error::InvalidSignal);
        }
        self.slot.place.sleepers.wake(|| self.ring());
        self.release();
        Ok(())
    }

    /// Keeps the signal from being reused, until [`Self::release`].
    ///
    /// # Errors
    /// `InvalidSignal` if it was destroyed meanwhile.
    pub fn retain(self) -> Result<(), Error> {
        if self.slot.retain() { Ok(()) } else { Err(Error::InvalidSignal) }
    }

    /// Gives it up.
    pub fn release(self) {
        if self.slot.release() {
            self.slot.signals.recycle(self.slot);
        }
    }

    /// Counts a sleeper of a retained signal.
    pub fn enter(self) {
        self.slot.place.sleepers.enter();
        if let Some(line) = &*self.slot.line.load() {
            line.enter();
        }
    }

    /// Counts one less.
    pub fn leave(self) {
        self.slot.place.sleepers.leave();
        if let Some(line) = &*self.slot.line.load() {
            line.leave();
        }
    }
}
