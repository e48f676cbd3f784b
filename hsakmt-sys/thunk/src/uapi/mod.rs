//! The kernel's user interface: argument structures, request numbers and flags of amdkfd, amdgpu and amdxdna.
//!
//! Touches core only. Answers to `include/uapi/linux/kfd_ioctl.h`, `include/uapi/drm/amdgpu_drm.h`,
//! `include/uapi/drm/amdxdna_accel.h` and `include/uapi/drm/drm.h`; names are the kernel's.
#![forbid(unsafe_code)]

pub mod amdxdna;
pub mod drm;
pub mod kfd;
pub mod request;

pub use request::{Direction, Request};

/// Marks an argument structure: plain integers, no padding, tied to its request.
///
/// Implemented only by [`arguments!`], which asserts both, so that `kernel` may look at it as bytes.
pub trait Argument: Copy + Default + 'static {
    /// The request that takes this structure.
    const REQUEST: Request;
}

/// Marks a record that a kernel call reads or writes through a pointer in its argument.
///
/// Implemented only by [`records!`], with the same promise as [`Argument`].
pub trait Record: Copy + Default + 'static {}

/// Declares structures of plain integers; the sum of the field sizes is the size, so there is no padding.
macro_rules! layout {
    ($($(#[$doc:meta])* $name:ident: $size:literal { $($field:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[repr(C)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the fields are the kernel's; its header documents them")]
        pub struct $name { $(pub $field: $type),+ }
        const _: () = assert!(size_of::<$name>() == $size);
        const _: () = assert!(0 $(+ size_of::<$type>())+ == $size);
    )+};
}

/// Structures that are read or written through a pointer.
macro_rules! records {
    ($($(#[$doc:meta])* $name:ident: $size:literal $fields:tt)+) => {$(
        $crate::uapi::layout! { $(#[$doc])* $name: $size $fields }
        impl $crate::uapi::Record for $name {}
    )+};
}

/// Structures that are the argument of one request: `name = direction number: size { fields }`.
macro_rules! arguments {
    ($group:literal: $($(#[$doc:meta])* $name:ident = $direction:ident $number:literal: $size:literal $fields:tt)+) => {$(
        $crate::uapi::layout! { $(#[$doc])* $name: $size $fields }
        impl $crate::uapi::Argument for $name {
            const REQUEST: $crate::uapi::Request = $crate::uapi::Request::new(
                $crate::uapi::Direction::$direction, $group, $number, $size);
        }
    )+};
}

use {arguments, layout, records};

impl Record for u32 {}
impl Record for u64 {}
impl Record for u8 {}
