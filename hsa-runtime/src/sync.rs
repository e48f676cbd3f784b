//! Words that threads share. Rooms whose protocols are modelled take them from here, since the models (abi-tests/orderings)
//! compile those rooms' files by themselves, with words that know every order that a processor may have.
#![forbid(unsafe_code)]

pub use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering, fence},
    thread::yield_now,
};
