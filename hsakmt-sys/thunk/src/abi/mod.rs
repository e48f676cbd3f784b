//! The C interface's types, named as in hsakmttypes.h, and their layout checks.
//!
//! Touches core only. Answers to upstream's `hsakmt/hsakmttypes.h` of 2026 (SO 1.21). Two structures grew in the middle
//! after 6.2, the last release that shipped libhsakmt.so.1: their older layouts carry the suffix `_6_2`.
//!
//! The header packs everything to 4 bytes. Enums that callers pass in are integers: an unknown value must not be
//! undefined behaviour.
#![forbid(unsafe_code)]
#![allow(non_camel_case_types, non_snake_case, reason = "names are the header's")]
#![allow(missing_docs, reason = "the fields are the header's; its comments document them")]

mod buffer;
mod event;
mod memory;
mod queue;
mod tools;
mod topology;

pub use buffer::*;
pub use event::*;
pub use memory::*;
pub use queue::*;
pub use tools::*;
pub use topology::*;

/// A status: 0 or a [`crate::Status`].
pub type HSAKMT_STATUS = u32;
/// Success.
pub const HSAKMT_STATUS_SUCCESS: HSAKMT_STATUS = 0;
/// `INVALID_NODEID`.
pub const INVALID_NODEID: u32 = u32::MAX;

/// What is all zero bytes in C: where a structure begins before its fields are told.
pub trait Zero {
    /// Zero.
    const ZERO: Self;
}

macro_rules! zero {
    ($($type:ty),+) => {$(
        impl Zero for $type {
            const ZERO: Self = 0;
        }
    )+};
}

zero!(u8, u16, u32, u64, i32);

impl<T> Zero for *mut T {
    const ZERO: Self = std::ptr::null_mut();
}

impl<T> Zero for *const T {
    const ZERO: Self = std::ptr::null();
}

impl<T: Zero + Copy, const N: usize> Zero for [T; N] {
    const ZERO: Self = [T::ZERO; N];
}

/// Declares `#[repr(C)]` structures packed to 4 bytes, with size and field offsets asserted.
macro_rules! structs {
    ($($(#[$doc:meta])* $name:ident: $size:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty = $offset:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[repr(C, packed(4))]
        #[derive(Clone, Copy)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),+ }
        impl $crate::abi::Zero for $name {
            const ZERO: Self = Self { $($field: <$type as $crate::abi::Zero>::ZERO),+ };
        }
        const _: () = assert!(size_of::<$name>() == $size);
        $(const _: () = assert!(std::mem::offset_of!($name, $field) == $offset);)+
    )+};
}

use structs;
