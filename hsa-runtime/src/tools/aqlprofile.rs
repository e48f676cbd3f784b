//! libhsa-amd-aqlprofile64: the library that makes the packets which read performance counters.
//!
//! Touches the dynamic linker. Answers to the AQLPROFILE branch of upstream's hsa_system_get_major_extension_table.

use std::{
    ffi::{CStr, c_void},
    mem,
    sync::OnceLock,
};

/// A function of any signature.
pub type Function = Option<unsafe extern "C-unwind" fn()>;

/// Entries of `hsa_ven_amd_aqlprofile_1_00_pfn_t`, in its order.
const ENTRIES: [&CStr; 13] = [
    c"hsa_ven_amd_aqlprofile_version_major",
    c"hsa_ven_amd_aqlprofile_version_minor",
    c"hsa_ven_amd_aqlprofile_error_string",
    c"hsa_ven_amd_aqlprofile_validate_event",
    c"hsa_ven_amd_aqlprofile_start",
    c"hsa_ven_amd_aqlprofile_stop",
    c"hsa_ven_amd_aqlprofile_read",
    c"hsa_ven_amd_aqlprofile_legacy_get_pm4",
    c"hsa_ven_amd_aqlprofile_get_info",
    c"hsa_ven_amd_aqlprofile_iterate_data",
    c"hsa_ven_amd_aqlprofile_iterate_event_ids",
    c"hsa_ven_amd_aqlprofile_iterate_event_coord",
    c"hsa_ven_amd_aqlprofile_att_marker",
];

/// The one major version of the library's interface.
const MAJOR: u32 = 1;

/// The library's functions. They stay loaded: programs keep the pointers.
struct Library([Function; ENTRIES.len()]);

/// The library, looked for once; by its versioned name first, as only development packages have the other.
fn library() -> Option<&'static Library> {
    static LIBRARY: OnceLock<Option<Library>> = OnceLock::new();
    LIBRARY
        .get_or_init(|| open(c"libhsa-amd-aqlprofile64.so.1").or_else(|| open(c"libhsa-amd-aqlprofile64.so")))
        .as_ref()
}

fn open(name: &CStr) -> Option<Library> {
    // SAFETY: `name` is a C string. The library's constructors run here, as in any program that links it.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY) };
    if handle.is_null() {
        return None;
    }
    // SAFETY: an open handle and a C string; what it finds under such a name is a function, NULL is `None`.
    let look_up =
        |name: &CStr| unsafe { mem::transmute::<*mut c_void, Function>(libc::dlsym(handle, name.as_ptr())) };
    let functions = ENTRIES.map(look_up);
    // SAFETY: the signature of this function in hsa_ven_amd_aqlprofile.h.
    let major = unsafe {
        mem::transmute::<unsafe extern "C-unwind" fn(), unsafe extern "C-unwind" fn() -> u32>(functions[0]?)()
    };
    (major == MAJOR).then_some(Library(functions))
}

/// Whether the library is there in a version that fits.
pub fn is_installed() -> bool {
    library().is_some()
}

/// The library's functions in the order of its table, `None` where it lacks one.
pub fn functions() -> Option<&'static [Function]> {
    library().map(|library| &library.0[..])
}
