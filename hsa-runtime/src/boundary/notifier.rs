//! Functions of the caller's that are called before memory goes.

use core::ffi::c_void;

use super::{Bound, Data, Function};

type RawNotifier = unsafe extern "C-unwind" fn(*mut c_void, Data);

/// Such a function.
pub type Notifier = Function<RawNotifier>;

/// Such a function, the address that it was registered for, and what else it gets.
#[derive(Clone, Copy)]
pub struct BoundNotifier {
    bound: Bound<RawNotifier>,
    address: *mut c_void,
}

// SAFETY: an address that is not followed here; the caller gives it away with the registration.
unsafe impl Send for BoundNotifier {}

impl Bound<RawNotifier> {
    /// Joins it with the address that it was registered for.
    pub fn at(self, address: *mut c_void) -> BoundNotifier {
        BoundNotifier { bound: self, address }
    }
}

impl BoundNotifier {
    /// Whether it is this function, registered for this address.
    pub fn is(&self, function: Notifier, address: *mut c_void) -> bool {
        self.bound.function as usize == function.0 as usize && self.address == address
    }

    /// Calls it, under no lock and no guard.
    pub fn call(&self) {
        // SAFETY: FromC's contract: the caller's function takes what its declaration says.
        unsafe { (self.bound.function)(self.address, self.bound.data) }
    }
}
