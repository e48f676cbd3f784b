//! Functions of the caller's that are called later, by a thread of ours.

use core::ptr;

use super::{Data, FromC};
use crate::abi::{hsa_agent_t, hsa_amd_event_t, hsa_queue_t, hsa_status_t};

type RawHandler = unsafe extern "C-unwind" fn(i64, Data) -> bool;
type RawEventHandler = unsafe extern "C-unwind" fn(*const hsa_amd_event_t, Data) -> hsa_status_t;
type RawQueueHandler = unsafe extern "C-unwind" fn(hsa_status_t, *mut hsa_queue_t, Data);
type RawFunction = unsafe extern "C-unwind" fn(Data);
type RawQueueNotifier = unsafe extern "C-unwind" fn(*const hsa_queue_t, hsa_agent_t, Data);

/// A function that handles a signal's value.
pub type SignalHandler = Function<RawHandler>;
/// A function that hears of errors of a queue.
pub type QueueHandler = Function<RawQueueHandler>;
/// A function that hears of queues which the runtime makes for itself.
pub type QueueNotifier = Function<RawQueueNotifier>;
/// A function to be called once.
pub type AsyncFunction = Function<RawFunction>;
/// A function that hears of what happens to the whole system.
pub type EventHandler = Function<RawEventHandler>;

/// Such a function, and what it gets.
pub type BoundQueueHandler = Bound<RawQueueHandler>;
/// Such a function, and what it gets.
pub type BoundQueueNotifier = Bound<RawQueueNotifier>;
/// Such a function, and what it gets.
pub type BoundEventHandler = Bound<RawEventHandler>;

/// A function of the caller's, of the C type `F`.
#[derive(Clone, Copy)]
pub struct Function<F>(pub(super) F);

impl<F> FromC<Option<F>> for Option<Function<F>> {
    unsafe fn from_c(raw: Option<F>) -> Self {
        raw.map(Function)
    }
}

impl<F> Function<F> {
    /// Joins it with what the caller wants to get back in it.
    pub fn bind(self, data: Data) -> Bound<F> {
        Bound { function: self.0, data }
    }
}

/// A function of the caller's and what it gets, which is never looked at, only carried to the thread that calls it.
#[derive(Clone, Copy)]
pub struct Bound<F> {
    pub(super) function: F,
    pub(super) data: Data,
}

// SAFETY: an address that is not followed here; the caller gives it away with the registration.
unsafe impl<F: Send> Send for Bound<F> {}
// SAFETY: likewise.
unsafe impl<F: Sync> Sync for Bound<F> {}

/// A handler and what it gets, or one of our own.
pub struct BoundHandler(Callee);

enum Callee {
    Theirs(Bound<RawHandler>),
    Ours(Box<dyn Fn(i64) -> bool + Send>),
}

impl From<Bound<RawHandler>> for BoundHandler {
    fn from(theirs: Bound<RawHandler>) -> Self {
        Self(Callee::Theirs(theirs))
    }
}

impl BoundHandler {
    /// A handler of our own.
    pub fn own(handler: impl Fn(i64) -> bool + Send + 'static) -> Self {
        Self(Callee::Ours(Box::new(handler)))
    }

    /// Calls it, under no lock and no guard; whether it is to be called again.
    pub fn call(&self, value: i64) -> bool {
        match &self.0 {
            // SAFETY: FromC's contract: the caller's function takes what its declaration says.
            Callee::Theirs(theirs) => unsafe { (theirs.function)(value, theirs.data) },
            Callee::Ours(handler) => handler(value),
        }
    }
}

#[cfg(any(test, fuzzing))]
impl BoundQueueHandler {
    /// A function of a test's, which is never freed; one thread at a time calls it.
    pub fn own(handler: impl Fn(hsa_status_t, u64) + Send + 'static) -> Self {
        type Boxed = Box<dyn Fn(hsa_status_t, u64) + Send>;
        unsafe extern "C-unwind" fn trampoline(status: hsa_status_t, queue: *mut hsa_queue_t, data: Data) {
            // SAFETY: a `Boxed` that was leaked below.
            unsafe { (*data.cast::<Boxed>())(status, queue.addr() as u64) }
        }
        let boxed: &'static mut Boxed = Box::leak(Box::new(Box::new(handler)));
        Bound { function: trampoline, data: ptr::from_mut(boxed).cast() }
    }
}

impl BoundQueueHandler {
    /// Calls it for the queue at an address, under no lock and no guard.
    pub fn call(&self, status: hsa_status_t, queue: u64) {
        // SAFETY: as for handlers; the queue is there, or the caller itself has destroyed it.
        unsafe { (self.function)(status, ptr::with_exposed_provenance_mut(queue as usize), self.data) }
    }
}

impl BoundQueueNotifier {
    /// Calls it for the queue at an address, under no lock and no guard.
    pub fn call(&self, queue: u64, agent: hsa_agent_t) {
        // SAFETY: as for handlers; the queue is there.
        unsafe { (self.function)(ptr::with_exposed_provenance(queue as usize), agent, self.data) }
    }
}

/// A function to be called once, and what it gets; or one of our own.
pub struct BoundFunction(Once);

enum Once {
    Theirs(Bound<RawFunction>),
    Ours(Box<dyn Fn() + Send>),
}

impl From<Bound<RawFunction>> for BoundFunction {
    fn from(theirs: Bound<RawFunction>) -> Self {
        Self(Once::Theirs(theirs))
    }
}

impl BoundFunction {
    /// A function of our own.
    pub fn own(function: impl Fn() + Send + 'static) -> Self {
        Self(Once::Ours(Box::new(function)))
    }

    /// Calls it, under no lock and no guard.
    pub fn call(&self) {
        match &self.0 {
            // SAFETY: as for handlers.
            Once::Theirs(theirs) => unsafe { (theirs.function)(theirs.data) },
            Once::Ours(function) => function(),
        }
    }
}

impl BoundEventHandler {
    /// Calls it, under no lock and no guard.
    pub fn call(&self, event: &hsa_amd_event_t) -> hsa_status_t {
        // SAFETY: as for handlers; the event lives until it returns.
        unsafe { (self.function)(event, self.data) }
    }
}

#[cfg(test)]
impl BoundEventHandler {
    /// A function of a test's, which is never freed; one thread at a time calls it.
    pub fn of_test(handler: impl Fn(&hsa_amd_event_t) -> hsa_status_t + Send + 'static) -> Self {
        type Boxed = Box<dyn Fn(&hsa_amd_event_t) -> hsa_status_t + Send>;
        unsafe extern "C-unwind" fn trampoline(event: *const hsa_amd_event_t, data: Data) -> hsa_status_t {
            // SAFETY: an event that the caller borrows, and a `Boxed` that was leaked below.
            unsafe { (*data.cast::<Boxed>())(&*event) }
        }
        let boxed: &'static mut Boxed = Box::leak(Box::new(Box::new(handler)));
        Bound { function: trampoline, data: ptr::from_mut(boxed).cast() }
    }
}
