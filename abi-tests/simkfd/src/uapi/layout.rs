//! How a C struct of the headers becomes a Rust struct, its bytes, and a list of its fields: one macro, no unsafe.
//! Byte order and alignment are the host's. Touches nothing.
#![forbid(unsafe_code)]

/// A value with a fixed place in an argument struct.
pub trait Plain: Sized + Copy {
    /// Reads the value from the front of `bytes`. Bytes that are not there count as zero, as the kernel's
    /// zero-filled tail does.
    fn get(bytes: &[u8]) -> Self;

    /// Writes the value to the front of `bytes`; what does not fit is left out, as a copy to a shorter user struct
    /// leaves it out.
    fn put(self, bytes: &mut [u8]);
}

macro_rules! plain_numbers {
    ($($number:ty),+) => {$(
        impl Plain for $number {
            fn get(bytes: &[u8]) -> Self {
                let mut raw = [0; size_of::<$number>()];
                let length = raw.len().min(bytes.len());
                raw[..length].copy_from_slice(&bytes[..length]);
                <$number>::from_ne_bytes(raw)
            }

            fn put(self, bytes: &mut [u8]) {
                let raw = self.to_ne_bytes();
                let length = raw.len().min(bytes.len());
                bytes[..length].copy_from_slice(&raw[..length]);
            }
        }
    )+};
}

plain_numbers!(u8, u16, u32, u64, i32, i64);

impl<T: Plain, const N: usize> Plain for [T; N] {
    fn get(bytes: &[u8]) -> Self {
        std::array::from_fn(|i| T::get(bytes.get(i * size_of::<T>()..).unwrap_or_default()))
    }

    fn put(self, bytes: &mut [u8]) {
        for (i, value) in self.into_iter().enumerate() {
            if let Some(rest) = bytes.get_mut(i * size_of::<T>()..) {
                value.put(rest);
            }
        }
    }
}

/// One field of an argument struct, for decoders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The header's name of it.
    pub name: &'static str,
    /// Bytes from the start of the struct.
    pub offset: usize,
    /// Bytes.
    pub size: usize,
}

/// A struct of the headers.
pub trait Layout: Plain + Default {
    /// `sizeof`.
    const SIZE: usize;
    /// All fields in order.
    const FIELDS: &'static [Field];

    /// The struct's bytes.
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = vec![0; Self::SIZE];
        self.put(&mut bytes);
        bytes
    }
}

/// Declares structs of the headers: `name: sizeof { field: type, ... }`. A size that the fields do not add up to is
/// a compile error.
macro_rules! c_structs {
    ($($(#[$doc:meta])* $name:ident: $size:literal { $($field:ident: $kind:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[allow(missing_docs, non_camel_case_types, non_snake_case)]
        #[repr(C)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name { $(pub $field: $kind),+ }

        const _: () = assert!(size_of::<$name>() == $size);

        impl Default for $name {
            fn default() -> Self {
                $crate::uapi::layout::Plain::get(&[])
            }
        }

        impl $crate::uapi::layout::Plain for $name {
            fn get(bytes: &[u8]) -> Self {
                Self {$(
                    $field: $crate::uapi::layout::Plain::get(
                        bytes.get(core::mem::offset_of!(Self, $field)..).unwrap_or_default(),
                    )
                ),+}
            }

            fn put(self, bytes: &mut [u8]) {
                $(if let Some(rest) = bytes.get_mut(core::mem::offset_of!(Self, $field)..) {
                    $crate::uapi::layout::Plain::put(self.$field, rest);
                })+
            }
        }

        impl $crate::uapi::layout::Layout for $name {
            const SIZE: usize = $size;
            const FIELDS: &'static [$crate::uapi::layout::Field] = &[$(
                $crate::uapi::layout::Field {
                    name: stringify!($field),
                    offset: core::mem::offset_of!($name, $field),
                    size: size_of::<$kind>(),
                }
            ),+];
        }
    )+};
}
pub(crate) use c_structs;

#[cfg(test)]
mod tests {
    use super::*;

    c_structs! {
        /// A struct with every shape that the headers have.
        sample: 24 { head: u32, pair: [u16; 2], wide: u64, tail: i32, pad: u32 }
    }

    #[test]
    fn bytes_and_struct_are_one_another() {
        let value = sample { head: 1, pair: [2, 3], wide: 4, tail: -5, pad: 0 };
        assert_eq!(sample::get(&value.to_bytes()), value);
        assert_eq!(sample::FIELDS[2], Field { name: "wide", offset: 8, size: 8 });
    }

    #[test]
    fn a_short_argument_reads_as_zeros_and_is_not_written_past_its_end() {
        let whole = sample { head: 1, pair: [2, 3], wide: 4, tail: -5, pad: 9 }.to_bytes();
        assert_eq!(sample::get(&whole[..6]), sample { head: 1, pair: [2, 0], ..sample::default() });
        let mut short = [0xff; 18];
        sample::get(&whole).put(&mut short);
        assert_eq!(short[..], whole[..18]);
    }
}
