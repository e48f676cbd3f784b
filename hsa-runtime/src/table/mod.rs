//! The C functions and the API tables behind them: one list a table makes the exported function, its slot and
//! the slot's first contents. May touch `abi`, `boundary` and `api`. Answers to hsa_api_trace.h,
//! hsa_api_trace.cpp and hsa_table_interface.cpp.
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
//! 2. In the list (`core.rs`, `amd_ext.rs`, ...) replace the line's `=> missing` by `=> system::get_info`; with `, bare`
//!    behind it if it takes a few instructions and cannot panic, so that the guard would be most of its cost.
//!
//! Its arguments are the C arguments in order, each in a safe form of `boundary`:
//!
//! | C | function takes |
//! |---|---|
//! | number, enum, handle, address that is not followed | the same |
//! | `T *` that is written | `Out<'_, T>` |
//! | `void *value` of a get_info | `Value<'_>` |
//! | `const char *` | `Text<'_>` |
//! | `const T *` that is read | `In<'_, T>` |
//! | `const void *` with a size beside it | `Bytes<'_>` |
//! | array that is read, array that is written | `List<'_, T>`, `OutList<'_, T>` |
//! | `hsa_file_t` | `Descriptor` |
//! | callback called once an item, and its `void *data` | `Option<Callback<T>>` (`Callback2`, `Callback3`), `Data` |
//! | function that a thread of ours calls later | one of `boundary::callback`, bound to its `Data` |
//! | any other callback | the same `Option<unsafe extern "C-unwind" fn ...>` |
//!
//! A pointer that is followed in another way gets a form of its own there.
//!
//! It answers `Result<(), Error>`, or the plain value where the C function returns one. It runs behind a
//! panic guard, where no callback of the caller may run: a function that calls back answers
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

pub use self::{
    extension::extension_functions,
    root::{for_tools, restore},
};
pub use debugger::_amdgpu_r_debug;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::{HSA_STATUS_ERROR_NOT_INITIALIZED, HSA_STATUS_INFO_BREAK, hsa_queue_t, hsa_status_t};

    /// Sizes and offsets that the compiler read from upstream's headers.
    const FACTS: &str = include_str!("../../../abi-tests/golden/abi/hsa-10.0.facts");

    /// The members of one of upstream's tables, in order.
    fn upstream(table: &str) -> Vec<&'static str> {
        let prefix = format!("member\t{table}\t");
        let mut members: Vec<(usize, &str)> = FACTS
            .lines()
            .filter_map(|line| line.strip_prefix(&prefix)?.split_once("_fn\t"))
            .map(|(name, offset)| (offset.parse().expect("an offset"), name))
            .collect();
        members.sort_unstable();
        members.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn every_table_has_upstreams_slots_in_upstreams_order() {
        let tables = [
            ("CoreApiTable", core::NAMES),
            ("AmdExtTable", amd_ext::NAMES),
            ("ImageExtTable", image::NAMES),
            ("FinalizerExtTable", finalizer::NAMES),
            ("PcSamplingExtTable", pc_sampling::NAMES),
        ];
        for (table, ours) in tables {
            assert_eq!(ours, upstream(table), "{table}");
        }
    }

    #[test]
    fn a_replaced_slot_is_what_the_export_calls_until_it_is_restored() {
        unsafe extern "C-unwind" fn tool(_: *mut hsa_queue_t) -> hsa_status_t {
            HSA_STATUS_INFO_BREAK
        }
        let slots = core::CORE.get();
        // SAFETY: the slot is static, no other test calls this function, and it takes NULL.
        let replaced = unsafe {
            (*slots).hsa_queue_inactivate = tool;
            core::exports::hsa_queue_inactivate(std::ptr::null_mut())
        };
        assert_eq!(replaced, HSA_STATUS_INFO_BREAK);
        restore();
        // SAFETY: as above.
        let restored = unsafe { core::exports::hsa_queue_inactivate(std::ptr::null_mut()) };
        assert_eq!(restored, HSA_STATUS_ERROR_NOT_INITIALIZED);
    }

    #[test]
    fn a_missing_function_answers_before_init_as_any_other() {
        // SAFETY: takes NULL.
        let status = unsafe { core::exports::hsa_memory_free(std::ptr::null_mut()) };
        assert_eq!(status, HSA_STATUS_ERROR_NOT_INITIALIZED);
    }

    #[test]
    fn tool_libraries_find_each_table_with_its_size() {
        // SAFETY: static tables that no test changes but for one slot.
        let root = unsafe { &*root::ROOT.get() };
        // SAFETY: as above.
        let (core, amd) = unsafe { ((*root.core_).version, (*root.amd_ext_).version) };
        assert_eq!((root.version.major_id, root.version.minor_id, root.version.step_id), (3, 64, 1));
        assert_eq!((core.major_id, core.minor_id, core.step_id), (2, 1016, 0));
        assert_eq!((amd.major_id, amd.minor_id, amd.step_id), (2, 744, 0x12));
    }
}
