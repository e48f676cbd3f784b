//! C enums as transparent integers with constants: a caller may pass any value, and a Rust enum may not hold
//! one that it does not list. Expanded for `scripts/headers` (`--cfg c_headers`) the same text becomes a real
//! C enum, so that the generated headers give C and C++ clients the types that upstream's do.

/// `name: width { CONSTANT = value, }` declares an enum; `name of base { ... }` adds constants to `base`, as
/// upstream does with unnamed enums.
macro_rules! c_enum {
    ($(#[$doc:meta])* $name:ident: $int:ident { $($constant:ident = $value:expr,)* }) => {
        #[cfg(not(c_headers))]
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(transparent)]
        pub struct $name(pub $int);

        $crate::abi::c_enum! { $(#[$doc])* $name of $name { $($constant = $value,)* } }
    };
    ($(#[$doc:meta])* $name:ident of $base:ident { $($constant:ident = $value:expr,)* }) => {
        $(
            #[cfg(not(c_headers))]
            pub const $constant: $base = $base($value);
        )*

        #[cfg(c_headers)]
        $(#[$doc])*
        #[repr(C)]
        pub enum $name { $($constant = $value,)* }
    };
}

pub(crate) use c_enum;
