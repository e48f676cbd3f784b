//! Signals: `amd_signal_t` in memory that GPUs share, and what the host keeps beside each.
//!
//! The only room above `driver` that reads and writes shared signal memory. Answers to upstream's `signal.cpp`,
//! `default_signal.cpp` and `interrupt_signal.cpp`.
//!
//! * [`block`] is the memory of one signal, [`chunk`] 2048 of them in one allocation. They stay for as long as the process,
//!   so a handle of a destroyed signal never leads to memory that is gone.
//! * [`directory`] is the way from a handle to its signal. Handles are addresses, as the ABI has it; that one is a live
//!   signal's is found out without following it.
//! * [`slot`] is the host's side of a signal: references, what was learned of waits.
//! * [`free`] keeps the numbers of destroyed signals, without a lock; [`pool`] makes signals, [`live`] is one.
//! * [`bell`] is what sleepers sleep on: events of the driver, of which a small number serves all signals; [`pump`] serves old
//!   drivers, whose events only one thread may wait for.
//! * [`elsewhere`] has the signals whose memory is in no chunk, and goes: [`shared`] is for those that several processes use,
//!   [`batch`] for those that were made together in memory of a pool.
//! * [`doorbell`] is a signal whose stores go to a GPU, or to a listener.
//! * [`protocol`] is how a change of a value and a thread that goes to sleep do not miss each other.

mod batch;
mod bell;
mod block;
mod chunk;
mod directory;
mod doorbell;
mod elsewhere;
mod free;
mod live;
mod pool;
mod protocol;
mod pump;
mod shared;
mod slot;

use std::sync::atomic::{AtomicPtr, Ordering};

use hsakmt_thunk::kernel::fork;

pub use self::{
    bell::{Bell, Bells},
    doorbell::Listener,
    live::{Near, Signal, find, find_near},
    pool::{Kind, Signals},
    protocol::{Sleepers, sleep_until},
    shared::Parts,
};

/// The signals between `hsa_init` and the last `hsa_shut_down`, of the process that called them. They are found without
/// a reference count: loads and stores of signals cost a few nanoseconds.
static OPEN: AtomicPtr<Signals> = AtomicPtr::new(std::ptr::null_mut());

/// The signals, while the runtime is open in this process.
#[inline]
pub fn open() -> Option<&'static Signals> {
    // SAFETY: null or a reference that `set_open` was given, which is for ever.
    let signals = unsafe { OPEN.load(Ordering::Acquire).as_ref() }?;
    (signals.process() == fork::generation()).then_some(signals)
}

/// Opens the runtime's signals to [`open`], or closes them.
pub fn set_open(signals: Option<&'static Signals>) {
    let address = signals.map_or(std::ptr::null(), std::ptr::from_ref);
    OPEN.store(address.cast_mut(), Ordering::Release);
}
