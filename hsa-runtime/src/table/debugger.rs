//! `_amdgpu_r_debug`, the one exported datum: debuggers (rocdbgapi) find it by its name, or by its address from the
//! driver, and follow the loaded code objects from it. The room `loader` keeps it.

use crate::abi::r_debug;

/// The datum. Programs may take a copy relocation on it, so its size is ABI and it must start out as zeros.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the name is ABI")]
pub static _amdgpu_r_debug: r_debug = r_debug::new();
