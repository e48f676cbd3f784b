//! The one macro of the table: from a list of entries, the struct, the static, the exports and the defaults.

/// Makes of one list, for each line `fn name(arguments) -> result => room::function;`
/// * a slot of the table `struct`, in the order of the lines (which is ABI),
/// * the exported C function `name`, which calls whatever stands in its slot,
/// * the slot's first contents: `api::room::function` behind the panic guard; or with `, bare` without one, for functions
///   of a few instructions that cannot panic; or `missing`, a function that nobody has written yet; or `absent`, one of an
///   extension that does not exist any more.
///
/// The form without a table makes exports that have no slot upstream either.
macro_rules! entries {
    (
        $(#[$doc:meta])*
        pub struct $table:ident, static $slots:ident, version $major:ident, step $step:ident;
        $(fn $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => $($room:ident)::+ $(, $bare:ident)?;)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        #[repr(C)]
        pub struct $table {
            pub version: $crate::abi::ApiTableVersion,
            $(pub $name: unsafe extern "C-unwind" fn($($arg: $ty),*) $(-> $ret)?,)*
        }

        #[doc = concat!("The `", stringify!($table), "` that every call goes through.")]
        pub static $slots: $crate::boundary::Slots<$table> = $crate::boundary::Slots::new($table {
            version: $crate::abi::ApiTableVersion {
                major_id: $major,
                minor_id: size_of::<$table>() as u32,
                step_id: $step,
                reserved: 0,
            },
            $($name: defaults::$name,)*
        });

        /// The slots' names, in order.
        #[cfg(test)]
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];

        /// First contents of the slots.
        mod defaults {
            use super::*;
            $($crate::table::define::default! {
                () $name($($arg: $ty),*) $(-> $ret)? => $($room)::+ $(, $bare)?
            })*
        }

        /// The C functions.
        pub mod exports {
            use super::*;
            $(
                #[unsafe(no_mangle)]
                pub unsafe extern "C-unwind" fn $name($($arg: $ty),*) $(-> $ret)? {
                    // SAFETY: a slot of a `Slots` table; the caller keeps the function's contract.
                    unsafe { $crate::boundary::load_slot(&raw const (*$slots.get()).$name)($($arg),*) }
                }
            )*
        }
    };
    (
        $(fn $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => $($room:ident)::+;)*
    ) => {
        $($crate::table::define::default! {
            (#[unsafe(no_mangle)]) $name($($arg: $ty),*) $(-> $ret)? => $($room)::+
        })*
    };
}

/// One default: the arguments in their safe forms, the room's function, the guard.
macro_rules! default {
    (($(#[$attribute:meta])?) $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => missing) => {
        $(#[$attribute])?
        pub unsafe extern "C-unwind" fn $name($($arg: $ty),*) $(-> $ret)? {
            static FIRST: std::sync::Once = std::sync::Once::new();
            let _ = ($($arg,)*);
            $crate::api::missing(stringify!($name), &FIRST)
        }
    };
    (($(#[$attribute:meta])?) $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => absent) => {
        $(#[$attribute])?
        pub unsafe extern "C-unwind" fn $name($($arg: $ty),*) $(-> $ret)? {
            let _ = ($($arg,)*);
            $crate::abi::HSA_STATUS_ERROR_NOT_INITIALIZED
        }
    };
    (($(#[$attribute:meta])?) $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => $($room:ident)::+) => {
        $(#[$attribute])?
        pub unsafe extern "C-unwind" fn $name($($arg: $ty),*) $(-> $ret)? {
            #[allow(unused_unsafe, reason = "a function without arguments")]
            // SAFETY: the caller keeps the contract of the C declaration.
            $crate::boundary::call(|| unsafe {
                $crate::api::$($room)::+($($crate::boundary::FromC::from_c($arg)),*)
            })
        }
    };
    (($(#[$attribute:meta])?) $name:ident($($arg:ident: $ty:ty),*) $(-> $ret:ty)? => $($room:ident)::+, bare) => {
        $(#[$attribute])?
        pub unsafe extern "C-unwind" fn $name($($arg: $ty),*) $(-> $ret)? {
            // SAFETY: the caller keeps the contract of the C declaration.
            unsafe { $crate::api::$($room)::+($($crate::boundary::FromC::from_c($arg)),*) }
        }
    };
}

pub(crate) use {default, entries};
