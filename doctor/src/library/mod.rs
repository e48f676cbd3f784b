//! The HSA runtime that a program would find, by its C interface: loaded, called, and wrapped so that the rest is safe.
//!
//! The room that calls it. Whatever the library does wrong, it does in a child process (`guard`).

pub mod abi;
mod buffer;
mod functions;
mod queue;
mod signal;

pub use buffer::Buffer;

use abi::*;
use functions::Functions;
use std::{
    ffi::{CStr, CString, c_void},
    mem::MaybeUninit,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    ptr,
};

/// A call that failed: its name, its status, and the library's word for that.
pub struct Failure {
    /// What was called.
    pub call: &'static str,
    /// What it answered.
    pub status: Status,
    /// In words.
    pub word: String,
}

/// Outcome of a call.
pub type Result<T> = std::result::Result<T, Failure>;

/// A handle of an agent, a pool or a signal.
pub type Handle = u64;

/// The library, loaded.
pub struct Library {
    functions: Functions,
    /// The file that the loader took.
    pub file: PathBuf,
}

fn error_text() -> String {
    // SAFETY: dlerror gives null or a C string of this thread's, which is copied at once.
    let text =
        unsafe { libc::dlerror().as_ref().map(|text| CStr::from_ptr(text).to_string_lossy().into_owned()) };
    text.unwrap_or_default()
}

impl Library {
    /// Loads a library by its name or path.
    ///
    /// # Errors
    /// The loader's words.
    pub fn load(path: &Path) -> std::result::Result<Self, String> {
        let name = CString::new(path.as_os_str().as_bytes()).map_err(|error| error.to_string())?;
        // SAFETY: loading runs the constructors of whatever is there, which is what this program is for.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) };
        if handle.is_null() {
            return Err(error_text());
        }
        let functions = Functions::find(|name| {
            // SAFETY: the handle is open and stays so, the name is a C string.
            unsafe { libc::dlsym(handle, name.as_ptr()) }
        })?;
        let mut found = MaybeUninit::<libc::Dl_info>::zeroed();
        // SAFETY: dladdr fills the structure, whose zeros are valid, and the name in it lives as long as the library.
        let file = unsafe {
            libc::dladdr(functions.hsa_init as *const c_void, found.as_mut_ptr());
            found.assume_init().dli_fname.as_ref().map(|name| CStr::from_ptr(name).to_owned())
        };
        let file = file.map(|file| PathBuf::from(file.to_string_lossy().into_owned()));
        Ok(Self { functions, file: file.unwrap_or_else(|| path.to_owned()) })
    }

    fn check(&self, call: &'static str, status: Status) -> Result<()> {
        if status == SUCCESS {
            return Ok(());
        }
        let mut word = ptr::null();
        // SAFETY: the library writes a pointer to a string of its own, or nothing.
        let word = unsafe {
            (self.functions.hsa_status_string)(status, &raw mut word);
            word.as_ref().map(|word| CStr::from_ptr(word).to_string_lossy().into_owned())
        };
        Err(Failure { call, status, word: word.unwrap_or_default().trim().to_owned() })
    }

    /// Starts it.
    ///
    /// # Errors
    /// Its status.
    pub fn init(&self) -> Result<()> {
        // SAFETY: it may be called at any time.
        self.check("hsa_init", unsafe { (self.functions.hsa_init)() })
    }

    /// Ends it.
    ///
    /// # Errors
    /// Its status.
    pub fn shut_down(&self) -> Result<()> {
        // SAFETY: it may be called at any time; nothing that was borrowed from it is in use any more.
        self.check("hsa_shut_down", unsafe { (self.functions.hsa_shut_down)() })
    }

    /// Its version, and how it was built.
    pub fn version(&self) -> String {
        let [mut major, mut minor] = [0u16; 2];
        let mut build: *const libc::c_char = ptr::null();
        let get = self.functions.hsa_system_get_info;
        // SAFETY: each attribute is written as its type, the last one as a pointer to a string of the library's.
        unsafe {
            get(SYSTEM_VERSION[0], (&raw mut major).cast());
            get(SYSTEM_VERSION[1], (&raw mut minor).cast());
            get(SYSTEM_BUILD, (&raw mut build).cast());
            let build = build.as_ref().map(|build| CStr::from_ptr(build).to_string_lossy());
            format!("{major}.{minor} {}", build.unwrap_or_default()).trim_end().to_owned()
        }
    }

    /// All agents.
    ///
    /// # Errors
    /// Its status.
    pub fn agents(&self) -> Result<Vec<Handle>> {
        let mut agents: Vec<Handle> = Vec::new();
        // SAFETY: `collect` takes the vector, which outlives the call.
        let status = unsafe { (self.functions.hsa_iterate_agents)(collect, (&raw mut agents).cast()) };
        self.check("hsa_iterate_agents", status).map(|()| agents)
    }

    /// An attribute of an agent that is a 32-bit number.
    ///
    /// # Errors
    /// Its status.
    pub fn agent_number(&self, agent: Handle, attribute: u32) -> Result<u32> {
        let mut value = 0u32;
        // SAFETY: callers name attributes of 32 bits.
        let status =
            unsafe { (self.functions.hsa_agent_get_info)(agent, attribute, (&raw mut value).cast()) };
        self.check("hsa_agent_get_info", status).map(|()| value)
    }

    /// The bytes that a GPU has free; releases before ROCm 5.3 do not tell.
    pub fn available(&self, agent: Handle) -> Option<u64> {
        let mut value = 0u64;
        // SAFETY: the attribute has 64 bits.
        let status =
            unsafe { (self.functions.hsa_agent_get_info)(agent, AGENT_AVAILABLE, (&raw mut value).cast()) };
        (status == SUCCESS).then_some(value)
    }

    /// An agent's name, for a GPU that of its instruction set.
    ///
    /// # Errors
    /// Its status.
    pub fn agent_name(&self, agent: Handle) -> Result<String> {
        let mut name = [0u8; 64];
        // SAFETY: the name has up to 64 bytes.
        let status =
            unsafe { (self.functions.hsa_agent_get_info)(agent, AGENT_NAME, name.as_mut_ptr().cast()) };
        self.check("hsa_agent_get_info", status)?;
        let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
        Ok(String::from_utf8_lossy(&name[..end]).into_owned())
    }

    /// The largest pool of an agent's from which global memory can be had, with its bytes.
    ///
    /// # Errors
    /// Its status.
    pub fn pool(&self, agent: Handle) -> Result<Option<(Handle, u64)>> {
        let mut pools: Vec<Handle> = Vec::new();
        // SAFETY: `collect` takes the vector, which outlives the call.
        let status = unsafe {
            (self.functions.hsa_amd_agent_iterate_memory_pools)(agent, collect, (&raw mut pools).cast())
        };
        self.check("hsa_amd_agent_iterate_memory_pools", status)?;
        let number = |pool, attribute| {
            // The segment has 32 bits, permission one byte, the size 64.
            let mut value = 0u64;
            let get = self.functions.hsa_amd_memory_pool_get_info;
            // SAFETY: no attribute asked for here is wider.
            unsafe { get(pool, attribute, (&raw mut value).cast()) };
            value
        };
        let global = pools
            .into_iter()
            .filter(|&pool| number(pool, POOL_SEGMENT) == 0 && number(pool, POOL_ALLOCATES) & 1 == 1);
        Ok(global.map(|pool| (pool, number(pool, POOL_SIZE))).max_by_key(|(_, size)| *size))
    }
}

/// Adds a handle to the vector behind `data`.
unsafe extern "C" fn collect(handle: Handle, data: *mut c_void) -> Status {
    // SAFETY: whoever iterates with this function gives it a vector of handles that nobody else uses meanwhile.
    let handles = unsafe { &mut *data.cast::<Vec<Handle>>() };
    handles.push(handle);
    SUCCESS
}
