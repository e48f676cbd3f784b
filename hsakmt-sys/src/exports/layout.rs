//! Which release's structures the caller has.
//!
//! libhsakmt.so.1 was shared up to ROCm 6.2, so whoever links it has 6.2's structures. ROCr 7 takes the thunk from
//! libdtif.so (HSA_ENABLE_DTIF=1) and has 7.0's. So the library decides: nothing in a call does.
#![forbid(unsafe_code)]

/// A release's structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Up to 6.2.
    Rocm6,
    /// 7.0 and newer, which appended fields only.
    Rocm7,
}

/// Bytes of HsaNodeProperties in 7.0; later fields are not written, since a caller may not have them.
pub const NODE_PROPERTIES_7_0: usize = 368;

/// The caller's layout.
pub const fn of_caller() -> Layout {
    if cfg!(dtif) { Layout::Rocm7 } else { Layout::Rocm6 }
}
