//! Functions of the caller's that are called once an item. They run last, on a snapshot, under no guard and no lock: see
//! [`Then`].

use core::ffi::c_void;

use super::{FromC, Then};
use crate::abi::{HSA_STATUS_SUCCESS, hsa_status_t};

/// What the caller wants to get back in its callback. Never looked at.
pub type Data = *mut c_void;

/// Makes, for each number of arguments, the type of a function that is called once an item; any other status than success
/// ends the iteration and is the result of the call.
macro_rules! callback {
    ($(#[$doc:meta])* $name:ident($($item:ident: $ty:ident),+)) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name<$($ty),+>(unsafe extern "C-unwind" fn($($ty),+, Data) -> hsa_status_t);

        impl<$($ty),+> FromC<Option<unsafe extern "C-unwind" fn($($ty),+, Data) -> hsa_status_t>>
            for Option<$name<$($ty),+>>
        {
            unsafe fn from_c(raw: Option<unsafe extern "C-unwind" fn($($ty),+, Data) -> hsa_status_t>) -> Self {
                raw.map($name)
            }
        }

        impl<$($ty),+> $name<$($ty),+> {
            /// What is left to do once every lock is released: call the function with each of `items`. The items
            /// are a snapshot, so the callback may call any function of the library.
            #[allow(unused_parens, reason = "a tuple of one is no tuple")]
            pub fn for_each(self, items: Vec<($($ty),+)>, data: Data) -> Then<impl FnOnce() -> hsa_status_t> {
                Then(move || {
                    items
                        .into_iter()
                        // SAFETY: FromC's contract: the caller's function takes what its declaration says.
                        .map(|($($item),+)| unsafe { (self.0)($($item),+, data) })
                        .find(|&status| status != HSA_STATUS_SUCCESS)
                        .unwrap_or(HSA_STATUS_SUCCESS)
                })
            }
        }
    };
}

callback! {
    /// Called with an item.
    Callback(item: T)
}
callback! {
    /// Called with an item and what it belongs to.
    Callback2(owner: A, item: T)
}
callback! {
    /// Called with an item and two things that it belongs to.
    Callback3(owner: A, agent: B, item: T)
}

#[cfg(test)]
mod tests {
    use core::ptr;

    use super::*;
    use crate::{
        abi::{HSA_STATUS_INFO_BREAK, hsa_agent_t},
        boundary::{Error, call},
    };

    /// Counts its calls in `data`; breaks at the second.
    unsafe extern "C-unwind" fn second(_: hsa_agent_t, data: Data) -> hsa_status_t {
        // SAFETY: the test passes a counter.
        let calls = unsafe { &mut *data.cast::<u32>() };
        *calls += 1;
        if *calls == 2 { HSA_STATUS_INFO_BREAK } else { HSA_STATUS_SUCCESS }
    }

    unsafe extern "C-unwind" fn throwing(_: hsa_agent_t, _: Data) -> hsa_status_t {
        panic!("thrown by the caller's function")
    }

    type Raw = unsafe extern "C-unwind" fn(hsa_agent_t, Data) -> hsa_status_t;

    fn iterate(function: Raw, data: Data) -> hsa_status_t {
        // SAFETY: `function` does what its type says.
        let callback: Option<Callback<hsa_agent_t>> = unsafe { FromC::from_c(Some(function)) };
        let agents = (1..=3).map(|handle| hsa_agent_t { handle }).collect();
        call(|| Ok(callback.ok_or(Error::InvalidArgument)?.for_each(agents, data)))
    }

    #[test]
    fn a_callback_that_does_not_succeed_ends_the_iteration_with_its_status() {
        let mut calls = 0_u32;
        assert_eq!(iterate(second, (&raw mut calls).cast()), HSA_STATUS_INFO_BREAK);
        assert_eq!(calls, 2);
    }

    #[test]
    fn what_a_callback_throws_reaches_the_caller() {
        let thrown = std::panic::catch_unwind(|| iterate(throwing, ptr::null_mut()));
        assert!(thrown.is_err(), "the guard swallowed it");
    }
}
