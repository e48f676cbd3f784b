//! The functions of the runtime that are called, each by its name. Answers to hsa.h and hsa_ext_amd.h.

use super::abi::{Status, hsa_queue_t};
use std::ffi::{CStr, c_char, c_void};

/// Called with each agent or pool.
pub type Collect = unsafe extern "C" fn(handle: u64, data: *mut c_void) -> Status;
/// Called when a signal has come to what was asked for.
pub type Handler = unsafe extern "C" fn(value: i64, data: *mut c_void) -> bool;

/// Called when a queue has stopped.
pub type Stopped = unsafe extern "C" fn(status: Status, queue: *mut hsa_queue_t, data: *mut c_void);

/// One list makes the fields, with their types, and finds them.
macro_rules! functions {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+) => {
        /// The functions, found.
        #[allow(missing_docs, reason = "the header documents them")]
        pub struct Functions {
            $(pub $name: unsafe extern "C" fn($($argument: $type),*) -> $answer,)+
        }

        impl Functions {
            /// Finds each by its name, at an address or null.
            ///
            /// # Errors
            /// The name that the library does not have.
            pub fn find(address: impl Fn(&CStr) -> *mut c_void) -> Result<Self, String> {
                $(
                    let name = concat!(stringify!($name), "\0");
                    let name = CStr::from_bytes_with_nul(name.as_bytes()).expect("names end with it");
                    let $name = address(name);
                    if $name.is_null() {
                        return Err(format!("it has no {}", stringify!($name)));
                    }
                )+
                // SAFETY: the header has each of these names with this type.
                unsafe {
                    Ok(Self {
                        $($name: std::mem::transmute::<
                            *mut c_void,
                            unsafe extern "C" fn($($argument: $type),*) -> $answer,
                        >($name),)+
                    })
                }
            }
        }
    };
}

functions! {
    hsa_init() -> Status;
    hsa_shut_down() -> Status;
    hsa_status_string(status: Status, string: *mut *const c_char) -> Status;
    hsa_system_get_info(attribute: u32, value: *mut c_void) -> Status;
    hsa_iterate_agents(callback: Collect, data: *mut c_void) -> Status;
    hsa_agent_get_info(agent: u64, attribute: u32, value: *mut c_void) -> Status;
    hsa_amd_agent_iterate_memory_pools(agent: u64, callback: Collect, data: *mut c_void) -> Status;
    hsa_amd_memory_pool_get_info(pool: u64, attribute: u32, value: *mut c_void) -> Status;
    hsa_amd_memory_pool_allocate(pool: u64, size: usize, flags: u32, ptr: *mut *mut c_void) -> Status;
    hsa_amd_memory_pool_free(ptr: *mut c_void) -> Status;
    hsa_amd_agents_allow_access(num_agents: u32, agents: *const u64, flags: *const u32, ptr: *const c_void) -> Status;
    hsa_signal_create(value: i64, num_consumers: u32, consumers: *const u64, signal: *mut u64) -> Status;
    hsa_signal_destroy(signal: u64) -> Status;
    hsa_signal_wait_scacquire(signal: u64, condition: u32, value: i64, timeout: u64, state: u32) -> i64;
    hsa_signal_store_screlease(signal: u64, value: i64) -> ();
    hsa_amd_signal_async_handler(signal: u64, condition: u32, value: i64, handler: Handler, arg: *mut c_void) -> Status;
    hsa_amd_memory_async_copy(dst: *mut c_void, dst_agent: u64, src: *const c_void, src_agent: u64, size: usize, num_dep_signals: u32, dep_signals: *const u64, completion_signal: u64) -> Status;
    hsa_code_object_reader_create_from_memory(code_object: *const c_void, size: usize, reader: *mut u64) -> Status;
    hsa_executable_create_alt(profile: u32, rounding: u32, options: *const c_char, executable: *mut u64) -> Status;
    hsa_executable_load_agent_code_object(executable: u64, agent: u64, reader: u64, options: *const c_char, loaded: *mut u64) -> Status;
    hsa_executable_freeze(executable: u64, options: *const c_char) -> Status;
    hsa_executable_get_symbol_by_name(executable: u64, name: *const c_char, agent: *const u64, symbol: *mut u64) -> Status;
    hsa_executable_symbol_get_info(symbol: u64, attribute: u32, value: *mut c_void) -> Status;
    hsa_queue_create(agent: u64, size: u32, kind: u32, callback: Stopped, data: *mut c_void, private_size: u32, group_size: u32, queue: *mut *mut hsa_queue_t) -> Status;
    hsa_queue_destroy(queue: *mut hsa_queue_t) -> Status;
    hsa_queue_store_write_index_relaxed(queue: *const hsa_queue_t, value: u64) -> ();
}
