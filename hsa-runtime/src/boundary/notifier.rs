//! Functions of the caller's that are called before memory goes.

use core::ffi::c_void;

use super::{Data, FromC};

type RawNotifier = unsafe extern "C-unwind" fn(*mut c_void, Data);

/// Such a function.
#[derive(Clone, Copy)]
pub struct Notifier(RawNotifier);

impl FromC<Option<RawNotifier>> for Option<Notifier> {
    unsafe fn from_c(raw: Option<RawNotifier>) -> Self {
        raw.map(Notifier)
    }
}

impl Notifier {
    /// Joins it with the address that it was registered for, and what it gets.
    pub fn bind(self, address: *mut c_void, data: Data) -> BoundNotifier {
        BoundNotifier { function: self.0, address, data }
    }
}

/// Such a function, the address that it was registered for, and what else it gets.
#[derive(Clone, Copy)]
pub struct BoundNotifier {
    function: RawNotifier,
    address: *mut c_void,
    data: Data,
}

// SAFETY: addresses that are not followed here; the caller gives them away with the registration.
unsafe impl Send for BoundNotifier {}

impl BoundNotifier {
    /// Whether it is this function, registered for this address.
    pub fn is(&self, function: Notifier, address: *mut c_void) -> bool {
        self.function as usize == function.0 as usize && self.address == address
    }

    /// Calls it, under no lock and no guard.
    pub fn call(&self) {
        // SAFETY: FromC's contract: the caller's function takes what its declaration says.
        unsafe { (self.function)(self.address, self.data) }
    }
}
