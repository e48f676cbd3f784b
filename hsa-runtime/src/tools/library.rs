//! One tool library: a shared library with the functions `OnLoad` and `OnUnload`, which puts its own functions into
//! the API tables.
//!
//! Touches the dynamic linker. Answers to LoadTools and UnloadTools of upstream's `runtime.cpp`, and to hsa_api_trace.h.
//! `WrapAgent` and `AddAgent`, which take upstream's C++ objects, are not called.

use std::{
    ffi::{CStr, CString, c_char, c_void},
    mem::{self, MaybeUninit},
    ptr,
};

type OnLoad = unsafe extern "C-unwind" fn(
    table: *mut c_void,
    runtime_version: u64,
    failed_tool_count: u64,
    failed_tool_names: *const *const c_char,
) -> bool;

type OnUnload = unsafe extern "C-unwind" fn();

/// What a tool gets: the `HsaApiTable`, which is static, and its major version.
#[derive(Clone, Copy)]
pub struct Tables {
    /// Its address.
    pub root: *mut c_void,
    /// `version.major_id`.
    pub version: u64,
}

/// A library that the dynamic linker has loaded for us; given back when dropped.
pub struct Tool {
    handle: *mut c_void,
    name: CString,
}

impl Tool {
    /// Loads the library of that name.
    ///
    /// # Errors
    /// What the dynamic linker says.
    pub fn open(name: &CStr) -> Result<Self, String> {
        // SAFETY: a C string. The library's constructors run here, which is what HSA_TOOLS_LIB asks for.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY) };
        if handle.is_null() {
            // SAFETY: NULL or a message that lasts until this thread's next call of the dynamic linker.
            let message = unsafe { libc::dlerror().as_ref().map(|text| CStr::from_ptr(text)) };
            return Err(message.unwrap_or_default().to_string_lossy().into_owned());
        }
        Ok(Self { handle, name: name.to_owned() })
    }

    /// The tools among the libraries that the process has loaded: those that say in which order, by a number of this name.
    pub fn loaded() -> Vec<(Self, u32)> {
        let mut names = Vec::<CString>::new();
        // SAFETY: `take_name` gets the vector, and this call returns before it is used again.
        unsafe { libc::dl_iterate_phdr(Some(take_name), (&raw mut names).cast()) };
        let tools = names.into_iter().filter_map(|name| {
            // SAFETY: a C string; a library that is loaded is not loaded again.
            let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
            let tool = (!handle.is_null()).then_some(Self { handle, name })?;
            let priority = tool.function(c"HSA_AMD_TOOL_PRIORITY")?.cast::<u32>();
            // SAFETY: a datum of this name is a `uint32_t`, and never changes.
            Some((tool, unsafe { priority.read() }))
        });
        tools.collect()
    }

    /// Whether both are the same library, by whatever names.
    pub fn is(&self, other: &Self) -> bool {
        self.handle == other.handle
    }

    /// The name that it was asked for by.
    pub fn name(&self) -> &CStr {
        &self.name
    }

    /// Hands the tables over; false if the library is no tool or does not want to work. `failed` are those before it
    /// that did not work. A function of the user's: no lock that it might want is held.
    pub fn on_load(&self, tables: Tables, failed: &[CString]) -> bool {
        let Some(function) = self.function(c"OnLoad") else { return false };
        let names: Vec<*const c_char> = failed.iter().map(|name| name.as_ptr()).collect();
        // SAFETY: hsa_api_trace.h gives the function of this name this signature.
        let on_load = unsafe { mem::transmute::<ptr::NonNull<c_void>, OnLoad>(function) };
        // SAFETY: the tables are static; the names outlive the call.
        unsafe { on_load(tables.root, tables.version, names.len() as u64, names.as_ptr()) }
    }

    /// Tells it that the runtime ends. A function of the user's.
    pub fn on_unload(&self) {
        if let Some(function) = self.function(c"OnUnload") {
            // SAFETY: hsa_api_trace.h gives the function of this name this signature.
            unsafe { mem::transmute::<ptr::NonNull<c_void>, OnUnload>(function)() };
        }
    }

    /// A function of this very library: `dlsym` would also take one of a library that it depends on, which may be a
    /// tool of its own.
    pub(super) fn function(&self, name: &CStr) -> Option<ptr::NonNull<c_void>> {
        // SAFETY: an open handle and a C string.
        let found = ptr::NonNull::new(unsafe { libc::dlsym(self.handle, name.as_ptr()) })?;
        let mut place = MaybeUninit::<libc::Dl_info>::zeroed();
        // SAFETY: any address will do; `place` has room for the answer.
        if unsafe { libc::dladdr(found.as_ptr(), place.as_mut_ptr()) } == 0 {
            return None;
        }
        // SAFETY: zeroed pointers and numbers are valid, and `dladdr` filled them in.
        let place = unsafe { place.assume_init() };
        // SAFETY: a name that the dynamic linker keeps.
        let owner = unsafe { loaded(place.dli_fname) };
        (owner == self.handle).then_some(found)
    }
}

/// Adds the name of a loaded library to the vector at `names`. The program itself has none.
///
/// # Safety
/// For `dl_iterate_phdr`, with a `Vec<CString>`.
unsafe extern "C" fn take_name(info: *mut libc::dl_phdr_info, _: usize, names: *mut c_void) -> libc::c_int {
    // SAFETY: what this function is called with, by its own contract.
    let (names, name) = unsafe { (&mut *names.cast::<Vec<CString>>(), CStr::from_ptr((*info).dlpi_name)) };
    if !name.is_empty() {
        names.push(name.to_owned());
    }
    0
}

/// The handle of a library that is loaded already, only to be compared; NULL if it is not.
///
/// # Safety
/// `name` is a C string.
unsafe fn loaded(name: *const c_char) -> *mut c_void {
    // SAFETY: a C string by this function's own contract; with RTLD_NOLOAD the library is only looked up.
    let handle = unsafe { libc::dlopen(name, libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
    if !handle.is_null() {
        // SAFETY: the handle that was just got.
        unsafe { libc::dlclose(handle) };
    }
    handle
}

/// Whether a library of that name is loaded.
pub fn is_loaded(name: &CStr) -> bool {
    // SAFETY: a C string.
    !unsafe { loaded(name.as_ptr()) }.is_null()
}

impl Drop for Tool {
    fn drop(&mut self) {
        // SAFETY: opened in `open`, closed once; the tables no longer lead into it (`table::restore`).
        unsafe { libc::dlclose(self.handle) };
    }
}

// SAFETY: a handle of the dynamic linker, which any thread may use.
unsafe impl Send for Tool {}
