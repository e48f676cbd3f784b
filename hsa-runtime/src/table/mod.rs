//! The C functions and the API tables behind them: one list a table makes the exported function, its slot and the
//! slot's first contents. May touch `abi`, `boundary` and `api`. Answers to hsa_api_trace.h, hsa_api_trace.cpp and
//! hsa_table_interface.cpp.
//!
//! Every call goes `export -> slot -> default -> api::room::function`. Tool libraries replace slots.
//!
//! # To implement an entry
//!
//! 1. Write a plain function in a file of `api` (declared in `api/mod.rs`), without `unsafe`:
//!    ```ignore
//!    //! api/system.rs
//!    #![forbid(unsafe_code)]
//!    pub fn get_info(attribute: hsa_system_info_t, value: Value<'_>) -> Result<(), Error> {
//!        let runtime = runtime::get()?; // Error::NotInitialized
//!        match attribute {
//!            HSA_SYSTEM_INFO_VERSION_MAJOR => value.write::<u16>(1),
//!            _ => Err(Error::InvalidArgument),
//!        }
//!    }
//!    ```
//! 2. In the list (`core.rs`, `amd_ext.rs`, ...) replace the line's `=> missing` by `=> system::get_info`.
//!
//! Its arguments are the C arguments in order, each in a safe form of `boundary`:
//!
//! | C | function takes |
//! |---|---|
//! | number, enum, handle, address that is not followed | the same |
//! | `T *` that is written | `Out<'_, T>` |
//! | `void *value` of a get_info | `Value<'_>` |
//! | `const T *`, one or an array | `In<'_, T>` |
//! | `T *` that is read and written | `InOut<'_, T>` |
//! | `const char *` | `Text<'_>` |
//! | callback called once an item, and its `void *data` | `Option<Callback<T>>`, `Data` |
//! | any other callback | the same `Option<unsafe extern "C-unwind" fn ...>` |
//!
//! It answers `Result<(), Error>`, or the plain value where the C function returns one. It runs behind a panic
//! guard, where no callback of the caller may run: a function that calls back answers
//! `Result<Then<impl FnOnce() -> hsa_status_t>, Error>`, and what is in the `Then` runs after the guard and after
//! every lock of the function's is gone:
//! ```ignore
//! pub fn iterate(callback: Option<Callback<hsa_agent_t>>, data: Data)
//!     -> Result<Then<impl FnOnce() -> hsa_status_t>, Error>
//! {
//!     let agents: Vec<hsa_agent_t> = runtime::get()?.agents().collect();
//!     let callback = callback.ok_or(Error::InvalidArgument)?;
//!     Ok(callback.for_each(agents, data))
//! }
//! ```
#![allow(
    non_camel_case_types,
    clippy::missing_safety_doc,
    clippy::too_many_arguments,
    reason = "the C declarations are documented in upstream's headers, and are as they are"
)]

mod amd_ext;
mod core;
mod debugger;
mod define;
mod direct;
mod extension;
mod finalizer;
mod image;
mod loader;
mod pc_sampling;
mod root;

pub use self::extension::extension_functions;

/// Address of `_amdgpu_r_debug`, for the kernel to hand to debuggers.
pub fn debugger_address() -> u64 {
    (&raw const debugger::_amdgpu_r_debug).addr() as u64
}
