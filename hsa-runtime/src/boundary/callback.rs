//! Functions of the caller's that are called later, by a thread of ours.

use core::ptr;

use super::{Data, FromC};
use crate::abi::{hsa_agent_t, hsa_amd_event_t, hsa_queue_t, hsa_status_t};

/// What the caller wants to get back in its function. Never looked at, only carried to the thread that calls it.
#[derive(Clone, Copy)]
pub(super) struct Carried(pub(super) Data);

// SAFETY: an address that is not followed here; the caller gives it away with the registration.
unsafe impl Send for Carried {}
// SAFETY: likewise.
unsafe impl Sync for Carried {}

type RawHandler = unsafe extern "C-unwind" fn(i64, Data) -> bool;
type RawEventHandler = unsafe extern "C-unwind" fn(*const hsa_amd_event_t, Data) -> hsa_status_t;
type RawQueueHandler = unsafe extern "C-unwind" fn(hsa_status_t, *mut hsa_queue_t, Data);
type RawFunction = unsafe extern "C-unwind" fn(Data);
type RawQueueNotifier = unsafe extern "C-unwind" fn(*const hsa_queue_t, hsa_agent_t, Data);

/// A function that handles a signal's value.
#[derive(Clone, Copy)]
pub struct SignalHandler(RawHandler);

impl FromC<Option<RawHandler>> for Option<SignalHandler> {
    unsafe fn from_c(raw: Option<RawHandler>) -> Self {
        raw.map(SignalHandler)
    }
}

/// A handler and what it gets, or one of our own.
pub struct BoundHandler(Callee);

enum Callee {
    Theirs(RawHandler, Carried),
    Ours(Box<dyn Fn(i64) -> bool + Send>),
}

impl SignalHandler {
    /// Joins the two.
    pub fn bind(self, data: Data) -> BoundHandler {
        BoundHandler(Callee::Theirs(self.0, Carried(data)))
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
            Callee::Theirs(handler, data) => unsafe { handler(value, data.0) },
            Callee::Ours(handler) => handler(value),
        }
    }
}

/// A function that hears of errors of a queue.
#[derive(Clone, Copy)]
pub struct QueueHandler(RawQueueHandler);

impl FromC<Option<RawQueueHandler>> for Option<QueueHandler> {
    unsafe fn from_c(raw: Option<RawQueueHandler>) -> Self {
        raw.map(QueueHandler)
    }
}

/// Such a function, and what it gets.
#[derive(Clone, Copy)]
pub struct BoundQueueHandler(RawQueueHandler, Carried);

impl QueueHandler {
    /// Joins the two.
    pub fn bind(self, data: Data) -> BoundQueueHandler {
        BoundQueueHandler(self.0, Carried(data))
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
        QueueHandler(trampoline).bind(ptr::from_mut(boxed).cast())
    }
}

impl BoundQueueHandler {
    /// Calls it for the queue at an address, under no lock and no guard.
    pub fn call(&self, status: hsa_status_t, queue: u64) {
        // SAFETY: as for handlers; the queue is there, or the caller itself has destroyed it.
        unsafe { (self.0)(status, ptr::with_exposed_provenance_mut(queue as usize), self.1.0) }
    }
}

/// A function that hears of queues which the runtime makes for itself.
#[derive(Clone, Copy)]
pub struct QueueNotifier(RawQueueNotifier);

impl FromC<Option<RawQueueNotifier>> for Option<QueueNotifier> {
    unsafe fn from_c(raw: Option<RawQueueNotifier>) -> Self {
        raw.map(QueueNotifier)
    }
}

/// Such a function, and what it gets.
#[derive(Clone, Copy)]
pub struct BoundQueueNotifier(RawQueueNotifier, Carried);

impl QueueNotifier {
    /// Joins the two.
    pub fn bind(self, data: Data) -> BoundQueueNotifier {
        BoundQueueNotifier(self.0, Carried(data))
    }
}

impl BoundQueueNotifier {
    /// Calls it for the queue at an address, under no lock and no guard.
    pub fn call(&self, queue: u64, agent: hsa_agent_t) {
        // SAFETY: as for handlers; the queue is there.
        unsafe { (self.0)(ptr::with_exposed_provenance(queue as usize), agent, self.1.0) }
    }
}

/// A function to be called once.
#[derive(Clone, Copy)]
pub struct AsyncFunction(RawFunction);

impl FromC<Option<RawFunction>> for Option<AsyncFunction> {
    unsafe fn from_c(raw: Option<RawFunction>) -> Self {
        raw.map(AsyncFunction)
    }
}

/// A function to be called once, and what it gets; or one of our own.
pub struct BoundFunction(Once);

enum Once {
    Theirs(RawFunction, Carried),
    Ours(Box<dyn Fn() + Send>),
}

impl AsyncFunction {
    /// Joins the two.
    pub fn bind(self, data: Data) -> BoundFunction {
        BoundFunction(Once::Theirs(self.0, Carried(data)))
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
            Once::Theirs(function, data) => unsafe { function(data.0) },
            Once::Ours(function) => function(),
        }
    }
}

/// A function that hears of what happens to the whole system.
#[derive(Clone, Copy)]
pub struct EventHandler(RawEventHandler);

impl FromC<Option<RawEventHandler>> for Option<EventHandler> {
    unsafe fn from_c(raw: Option<RawEventHandler>) -> Self {
        raw.map(EventHandler)
    }
}

/// Such a function, and what it gets.
#[derive(Clone, Copy)]
pub struct BoundEventHandler(RawEventHandler, Carried);

impl EventHandler {
    /// Joins the two.
    pub fn bind(self, data: Data) -> BoundEventHandler {
        BoundEventHandler(self.0, Carried(data))
    }
}

impl BoundEventHandler {
    /// Calls it, under no lock and no guard.
    pub fn call(&self, event: &hsa_amd_event_t) -> hsa_status_t {
        // SAFETY: as for handlers; the event lives until it returns.
        unsafe { (self.0)(event, self.1.0) }
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
        EventHandler(trampoline).bind(core::ptr::from_mut(boxed).cast())
    }
}
