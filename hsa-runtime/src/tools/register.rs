//! rocprofiler-register: a library that takes the tables of each runtime of a process to the profilers in it.
//!
//! Touches the dynamic linker. Answers to the HSA_ROCPROFILER_REGISTER part of LoadTools in upstream's `runtime.cpp`,
//! which is linked to the library; here it is looked for.

use std::{
    ffi::{CStr, c_char, c_void},
    process,
};

use super::library::Tool;
use crate::{config::Registration, log::complain};

/// What the library knows this one as.
const OWN_NAME: &CStr = c"hsa";
/// The newest release whose tables ours are, 1.21.0, as the library counts.
const OWN_VERSION: u32 = 10_000 + 21 * 100;

type Import = extern "C" fn() -> u32;
type Register = unsafe extern "C-unwind" fn(
    name: *const c_char,
    import: Import,
    version: u32,
    tables: *mut *mut c_void,
    table_count: u64,
    identifier: *mut u64,
) -> u32;

/// A function of this library, by which the other one finds the file that it is in.
extern "C" fn import() -> u32 {
    OWN_VERSION
}

/// Offers the tables, if the library is there. Whether profilers have taken them, and old-style tools are not to be
/// loaded. Runs functions of the profilers'.
pub fn offer(root: *mut c_void, wish: Registration) -> bool {
    if !wish.enabled {
        return false;
    }
    let Ok(library) = Tool::open(c"librocprofiler-register.so.0") else { return false };
    let Some(register) = library.function(c"rocprofiler_register_library_api_table") else { return false };
    // SAFETY: rocprofiler-register.h gives the function of this name this signature.
    let register = unsafe { std::mem::transmute::<std::ptr::NonNull<c_void>, Register>(register) };
    let (mut tables, mut identifier) = (root, 0);
    // SAFETY: one table, which is static, and room for the answer.
    let code =
        unsafe { register(OWN_NAME.as_ptr(), import, OWN_VERSION, &raw mut tables, 1, &raw mut identifier) };
    // Profilers may hold functions of it.
    std::mem::forget(library);
    if code != 0 && wish.reported {
        complain(&format!("process {}: rocprofiler-register answers {code}", process::id()));
    }
    code == 0 && !wish.old_tools
}
