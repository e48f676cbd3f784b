//! Doorbells of queues: signals whose value is not in memory but goes to a GPU, or to a listener of ours. Answers to
//! `DoorbellSignal` of upstream's `signal.h`.
//!
//! `amd_signal_t` shows the doorbell's address to programs; the host's own is in the signal's slot, where no GPU writes.
//! One that has a listener instead is a signal of its own for GPUs, which cannot call it.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::{Kind, Signal, Signals};
use crate::{arch::device, boundary::Error, driver::queue::Doorbell};

/// Instead of the address of a doorbell, of which 8 is a divisor: a listener hears of stores.
pub const HEARD: u64 = 1;

/// Hears of stores to a doorbell.
pub trait Listener: Send + Sync {
    /// A value was stored, by this thread.
    fn rung(&self);
}

/// Where a listener stands. It stays with the slot, so that who rings too late finds nobody.
#[derive(Default)]
pub struct Door(ArcSwapOption<Arc<dyn Listener>>);

impl Signals {
    /// A signal for the doorbell of the queue whose descriptor is at `queue`.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn create_doorbell(&'static self, doorbell: Doorbell, queue: u64) -> Result<Signal, Error> {
        let signal = self.create(0, Kind::Silent)?;
        signal.slot.block().begin_doorbell(doorbell.address(), queue);
        signal.slot.begin_doorbell(doorbell.address());
        Ok(signal)
    }

    /// A signal for a doorbell that has a listener, once [`Signal::set_listener`] tells it. GPUs and others change its
    /// value, which is `idle` at first.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn create_heard(&'static self, idle: i64, kind: Kind) -> Result<Signal, Error> {
        let signal = self.create(idle, kind)?;
        signal.slot.begin_doorbell(HEARD);
        Ok(signal)
    }
}

impl Signal {
    /// Whether it is a queue's doorbell.
    pub fn is_doorbell(self) -> bool {
        self.slot.doorbell() != 0
    }

    /// Rings, if it is a doorbell. The handle that the caller has was published after the address.
    #[inline(always)]
    pub fn ring_doorbell(self, value: i64) -> bool {
        match self.slot.doorbell() {
            0 => return false,
            HEARD => self.tell_listener(),
            // SAFETY: the address of a `Doorbell`: a word of the device's, mapped for as long as the process lives.
            address => unsafe { device::ring(address, value as u64) },
        }
        true
    }

    /// Has a listener told of stores, or nobody any more.
    pub fn set_listener(self, listener: Option<Arc<dyn Listener>>) {
        self.slot.listener.get_or_init(Box::default).0.store(listener.map(Arc::new));
    }

    /// Has a listener, or nobody, hear of stores that went to the device before. One that is under way may still go there.
    pub fn redirect_doorbell(self, listener: Option<Arc<dyn Listener>>) {
        self.set_listener(listener);
        self.slot.begin_doorbell(HEARD);
    }

    /// Under no lock: it may run functions of the user's.
    #[cold]
    fn tell_listener(self) {
        let door = self.slot.listener.get().map(|door| door.0.load());
        if let Some(listener) = door.as_deref().and_then(Option::as_deref) {
            listener.rung();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{
        fake::FakeDriver,
        queue::{Priority, Queues, Reader, Wanted},
    };
    use hsakmt_thunk::topology::model::NodeId;
    use std::sync::Arc;

    #[test]
    fn a_store_goes_to_the_doorbell_and_the_next_signal_is_none() {
        let driver = Arc::new(FakeDriver::default());
        let signals = Signals::new(Arc::clone(&driver) as Arc<dyn crate::driver::Driver>);
        let (reader, priority) = (Reader::Sdma, Priority::Normal);
        let wanted = Wanted { node: NodeId(1), reader, priority, ring: 0, ring_bytes: 4096 };
        let queue = driver.create_queue(&wanted).unwrap();
        let signal = signals.create_doorbell(queue.doorbell, 0x1000).unwrap();
        assert!(signal.is_doorbell() && signal.ring_doorbell(5));
        assert_eq!(driver.rung(&queue), 5);
        signal.redirect_doorbell(None);
        assert!(signal.is_doorbell() && signal.ring_doorbell(6));
        assert_eq!(driver.rung(&queue), 5);
        signal.destroy().unwrap();
        assert!(!signals.create(3, Kind::Interrupt).unwrap().ring_doorbell(7));
        assert_eq!(driver.rung(&queue), 5);
    }
}
