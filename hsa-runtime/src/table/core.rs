//! HSA core functions, hsa.h: the order of `CoreApiTable` in hsa_api_trace.h (unchanged since 5.2).

use core::ffi::{c_char, c_void};

use super::define::entries;
use crate::abi::*;

entries! {
    /// Table of the core functions.
    pub struct CoreApiTable, static CORE,
        version HSA_CORE_API_TABLE_MAJOR_VERSION, step HSA_CORE_API_TABLE_STEP_VERSION;

    fn hsa_init() -> hsa_status_t => life::init;
    fn hsa_shut_down() -> hsa_status_t => life::shut_down;
    fn hsa_system_get_info(attribute: hsa_system_info_t, value: *mut c_void) -> hsa_status_t => system::get_info;
    fn hsa_system_extension_supported(
        extension: u16, version_major: u16, version_minor: u16, result: *mut bool
    ) -> hsa_status_t => extension::system_supported;
    fn hsa_system_get_extension_table(
        extension: u16, version_major: u16, version_minor: u16, table: *mut c_void
    ) -> hsa_status_t => extension::get_table;
    fn hsa_iterate_agents(
        callback: Option<unsafe extern "C-unwind" fn(agent: hsa_agent_t, data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => agent::iterate;
    fn hsa_agent_get_info(
        agent: hsa_agent_t, attribute: hsa_agent_info_t, value: *mut c_void
    ) -> hsa_status_t => agent::get_info;
    fn hsa_queue_create(
        agent: hsa_agent_t, size: u32, r#type: hsa_queue_type32_t,
        callback: Option<unsafe extern "C-unwind" fn(status: hsa_status_t, source: *mut hsa_queue_t,
            data: *mut c_void)>,
        data: *mut c_void, private_segment_size: u32, group_segment_size: u32, queue: *mut *mut hsa_queue_t
    ) -> hsa_status_t => queue::create;
    fn hsa_soft_queue_create(
        region: hsa_region_t, size: u32, r#type: hsa_queue_type32_t, features: u32,
        doorbell_signal: hsa_signal_t, queue: *mut *mut hsa_queue_t
    ) -> hsa_status_t => queue::create_soft;
    fn hsa_queue_destroy(queue: *mut hsa_queue_t) -> hsa_status_t => queue::destroy;
    fn hsa_queue_inactivate(queue: *mut hsa_queue_t) -> hsa_status_t => queue::inactivate;
    fn hsa_queue_load_read_index_scacquire(queue: *const hsa_queue_t) -> u64 => queue_index::load_read_acquire, bare;
    fn hsa_queue_load_read_index_relaxed(queue: *const hsa_queue_t) -> u64 => queue_index::load_read_relaxed, bare;
    fn hsa_queue_load_write_index_scacquire(queue: *const hsa_queue_t) -> u64 => queue_index::load_write_acquire, bare;
    fn hsa_queue_load_write_index_relaxed(queue: *const hsa_queue_t) -> u64 => queue_index::load_write_relaxed, bare;
    fn hsa_queue_store_write_index_relaxed(queue: *const hsa_queue_t, value: u64) => queue_index::store_write_relaxed, bare;
    fn hsa_queue_store_write_index_screlease(queue: *const hsa_queue_t, value: u64) => queue_index::store_write_release, bare;
    fn hsa_queue_cas_write_index_scacq_screl(
        queue: *const hsa_queue_t, expected: u64, value: u64
    ) -> u64 => queue_index::cas_write_acq_rel, bare;
    fn hsa_queue_cas_write_index_scacquire(
        queue: *const hsa_queue_t, expected: u64, value: u64
    ) -> u64 => queue_index::cas_write_acquire, bare;
    fn hsa_queue_cas_write_index_relaxed(
        queue: *const hsa_queue_t, expected: u64, value: u64
    ) -> u64 => queue_index::cas_write_relaxed, bare;
    fn hsa_queue_cas_write_index_screlease(
        queue: *const hsa_queue_t, expected: u64, value: u64
    ) -> u64 => queue_index::cas_write_release, bare;
    fn hsa_queue_add_write_index_scacq_screl(queue: *const hsa_queue_t, value: u64) -> u64 => queue_index::add_write_acq_rel, bare;
    fn hsa_queue_add_write_index_scacquire(queue: *const hsa_queue_t, value: u64) -> u64 => queue_index::add_write_acquire, bare;
    fn hsa_queue_add_write_index_relaxed(queue: *const hsa_queue_t, value: u64) -> u64 => queue_index::add_write_relaxed, bare;
    fn hsa_queue_add_write_index_screlease(queue: *const hsa_queue_t, value: u64) -> u64 => queue_index::add_write_release, bare;
    fn hsa_queue_store_read_index_relaxed(queue: *const hsa_queue_t, value: u64) => queue_index::store_read_relaxed, bare;
    fn hsa_queue_store_read_index_screlease(queue: *const hsa_queue_t, value: u64) => queue_index::store_read_release, bare;
    fn hsa_agent_iterate_regions(
        agent: hsa_agent_t,
        callback: Option<unsafe extern "C-unwind" fn(region: hsa_region_t,
            data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => region::iterate;
    fn hsa_region_get_info(
        region: hsa_region_t, attribute: hsa_region_info_t, value: *mut c_void
    ) -> hsa_status_t => region::get_info;
    fn hsa_agent_get_exception_policies(
        agent: hsa_agent_t, profile: hsa_profile_t, mask: *mut u16
    ) -> hsa_status_t => agent::get_exception_policies;
    fn hsa_agent_extension_supported(
        extension: u16, agent: hsa_agent_t, version_major: u16, version_minor: u16, result: *mut bool
    ) -> hsa_status_t => extension::agent_supported;
    fn hsa_memory_register(ptr: *mut c_void, size: usize) -> hsa_status_t => lock::register;
    fn hsa_memory_deregister(ptr: *mut c_void, size: usize) -> hsa_status_t => lock::deregister;
    fn hsa_memory_allocate(
        region: hsa_region_t, size: usize, ptr: *mut *mut c_void
    ) -> hsa_status_t => memory::allocate;
    fn hsa_memory_free(ptr: *mut c_void) -> hsa_status_t => memory::free;
    fn hsa_memory_copy(dst: *mut c_void, src: *const c_void, size: usize) -> hsa_status_t => transfer::copy;
    fn hsa_memory_assign_agent(
        ptr: *mut c_void, agent: hsa_agent_t, access: hsa_access_permission_t
    ) -> hsa_status_t => memory::assign_agent;
    fn hsa_signal_create(
        initial_value: hsa_signal_value_t, num_consumers: u32, consumers: *const hsa_agent_t,
        signal: *mut hsa_signal_t
    ) -> hsa_status_t => signal::create;
    fn hsa_signal_destroy(signal: hsa_signal_t) -> hsa_status_t => signal::destroy;
    fn hsa_signal_load_relaxed(signal: hsa_signal_t) -> hsa_signal_value_t => signal::load, bare;
    fn hsa_signal_load_scacquire(signal: hsa_signal_t) -> hsa_signal_value_t => signal::load, bare;
    fn hsa_signal_store_relaxed(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::store, bare;
    fn hsa_signal_store_screlease(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::store, bare;
    fn hsa_signal_wait_relaxed(
        signal: hsa_signal_t, condition: hsa_signal_condition_t, compare_value: hsa_signal_value_t,
        timeout_hint: u64, wait_state_hint: hsa_wait_state_t
    ) -> hsa_signal_value_t => signal_wait::one, bare;
    fn hsa_signal_wait_scacquire(
        signal: hsa_signal_t, condition: hsa_signal_condition_t, compare_value: hsa_signal_value_t,
        timeout_hint: u64, wait_state_hint: hsa_wait_state_t
    ) -> hsa_signal_value_t => signal_wait::one, bare;
    fn hsa_signal_and_relaxed(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::and, bare;
    fn hsa_signal_and_scacquire(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::and, bare;
    fn hsa_signal_and_screlease(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::and, bare;
    fn hsa_signal_and_scacq_screl(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::and, bare;
    fn hsa_signal_or_relaxed(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::or, bare;
    fn hsa_signal_or_scacquire(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::or, bare;
    fn hsa_signal_or_screlease(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::or, bare;
    fn hsa_signal_or_scacq_screl(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::or, bare;
    fn hsa_signal_xor_relaxed(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::xor, bare;
    fn hsa_signal_xor_scacquire(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::xor, bare;
    fn hsa_signal_xor_screlease(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::xor, bare;
    fn hsa_signal_xor_scacq_screl(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::xor, bare;
    fn hsa_signal_exchange_relaxed(
        signal: hsa_signal_t, value: hsa_signal_value_t
    ) -> hsa_signal_value_t => signal::exchange, bare;
    fn hsa_signal_exchange_scacquire(
        signal: hsa_signal_t, value: hsa_signal_value_t
    ) -> hsa_signal_value_t => signal::exchange, bare;
    fn hsa_signal_exchange_screlease(
        signal: hsa_signal_t, value: hsa_signal_value_t
    ) -> hsa_signal_value_t => signal::exchange, bare;
    fn hsa_signal_exchange_scacq_screl(
        signal: hsa_signal_t, value: hsa_signal_value_t
    ) -> hsa_signal_value_t => signal::exchange, bare;
    fn hsa_signal_add_relaxed(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::add, bare;
    fn hsa_signal_add_scacquire(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::add, bare;
    fn hsa_signal_add_screlease(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::add, bare;
    fn hsa_signal_add_scacq_screl(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::add, bare;
    fn hsa_signal_subtract_relaxed(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::subtract, bare;
    fn hsa_signal_subtract_scacquire(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::subtract, bare;
    fn hsa_signal_subtract_screlease(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::subtract, bare;
    fn hsa_signal_subtract_scacq_screl(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::subtract, bare;
    fn hsa_signal_cas_relaxed(
        signal: hsa_signal_t, expected: hsa_signal_value_t, value: hsa_signal_value_t
    ) -> hsa_signal_value_t => signal::cas, bare;
    fn hsa_signal_cas_scacquire(
        signal: hsa_signal_t, expected: hsa_signal_value_t, value: hsa_signal_value_t
    ) -> hsa_signal_value_t => signal::cas, bare;
    fn hsa_signal_cas_screlease(
        signal: hsa_signal_t, expected: hsa_signal_value_t, value: hsa_signal_value_t
    ) -> hsa_signal_value_t => signal::cas, bare;
    fn hsa_signal_cas_scacq_screl(
        signal: hsa_signal_t, expected: hsa_signal_value_t, value: hsa_signal_value_t
    ) -> hsa_signal_value_t => signal::cas, bare;
    fn hsa_isa_from_name(name: *const c_char, isa: *mut hsa_isa_t) -> hsa_status_t => isa::from_name;
    fn hsa_isa_get_info(
        isa: hsa_isa_t, attribute: hsa_isa_info_t, index: u32, value: *mut c_void
    ) -> hsa_status_t => isa::get_info;
    fn hsa_isa_compatible(
        code_object_isa: hsa_isa_t, agent_isa: hsa_isa_t, result: *mut bool
    ) -> hsa_status_t => isa::compatible;
    fn hsa_code_object_serialize(
        code_object: hsa_code_object_t,
        alloc_callback: Option<unsafe extern "C-unwind" fn(size: usize, data: hsa_callback_data_t,
            address: *mut *mut c_void) -> hsa_status_t>,
        callback_data: hsa_callback_data_t, options: *const c_char, serialized_code_object: *mut *mut c_void,
        serialized_code_object_size: *mut usize
    ) -> hsa_status_t => code_object::serialize;
    fn hsa_code_object_deserialize(
        serialized_code_object: *mut c_void, serialized_code_object_size: usize, options: *const c_char,
        code_object: *mut hsa_code_object_t
    ) -> hsa_status_t => code_object::deserialize;
    fn hsa_code_object_destroy(code_object: hsa_code_object_t) -> hsa_status_t => code_object::destroy;
    fn hsa_code_object_get_info(
        code_object: hsa_code_object_t, attribute: hsa_code_object_info_t, value: *mut c_void
    ) -> hsa_status_t => code_object::get_info;
    fn hsa_code_object_get_symbol(
        code_object: hsa_code_object_t, symbol_name: *const c_char, symbol: *mut hsa_code_symbol_t
    ) -> hsa_status_t => code_symbol::get;
    fn hsa_code_symbol_get_info(
        code_symbol: hsa_code_symbol_t, attribute: hsa_code_symbol_info_t, value: *mut c_void
    ) -> hsa_status_t => code_symbol::get_info;
    fn hsa_code_object_iterate_symbols(
        code_object: hsa_code_object_t,
        callback: Option<unsafe extern "C-unwind" fn(code_object: hsa_code_object_t,
            symbol: hsa_code_symbol_t, data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => code_symbol::iterate;
    fn hsa_executable_create(
        profile: hsa_profile_t, executable_state: hsa_executable_state_t, options: *const c_char,
        executable: *mut hsa_executable_t
    ) -> hsa_status_t => executable::create;
    fn hsa_executable_destroy(executable: hsa_executable_t) -> hsa_status_t => executable::destroy;
    fn hsa_executable_load_code_object(
        executable: hsa_executable_t, agent: hsa_agent_t, code_object: hsa_code_object_t,
        options: *const c_char
    ) -> hsa_status_t => code_object::load;
    fn hsa_executable_freeze(executable: hsa_executable_t, options: *const c_char) -> hsa_status_t => executable::freeze;
    fn hsa_executable_get_info(
        executable: hsa_executable_t, attribute: hsa_executable_info_t, value: *mut c_void
    ) -> hsa_status_t => executable::get_info;
    fn hsa_executable_global_variable_define(
        executable: hsa_executable_t, variable_name: *const c_char, address: *mut c_void
    ) -> hsa_status_t => executable::define_global;
    fn hsa_executable_agent_global_variable_define(
        executable: hsa_executable_t, agent: hsa_agent_t, variable_name: *const c_char, address: *mut c_void
    ) -> hsa_status_t => executable::define_of_agent;
    fn hsa_executable_readonly_variable_define(
        executable: hsa_executable_t, agent: hsa_agent_t, variable_name: *const c_char, address: *mut c_void
    ) -> hsa_status_t => executable::define_readonly;
    fn hsa_executable_validate(executable: hsa_executable_t, result: *mut u32) -> hsa_status_t => executable::validate;
    fn hsa_executable_get_symbol(
        executable: hsa_executable_t, module_name: *const c_char, symbol_name: *const c_char,
        agent: hsa_agent_t, call_convention: i32, symbol: *mut hsa_executable_symbol_t
    ) -> hsa_status_t => symbol::get;
    fn hsa_executable_symbol_get_info(
        executable_symbol: hsa_executable_symbol_t, attribute: hsa_executable_symbol_info_t,
        value: *mut c_void
    ) -> hsa_status_t => symbol::get_info, bare;
    fn hsa_executable_iterate_symbols(
        executable: hsa_executable_t,
        callback: Option<unsafe extern "C-unwind" fn(exec: hsa_executable_t,
            symbol: hsa_executable_symbol_t, data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => symbol::iterate;
    fn hsa_status_string(status: hsa_status_t, status_string: *mut *const c_char) -> hsa_status_t => status::string;
    fn hsa_extension_get_name(extension: u16, name: *mut *const c_char) -> hsa_status_t => extension::get_name;
    fn hsa_system_major_extension_supported(
        extension: u16, version_major: u16, version_minor: *mut u16, result: *mut bool
    ) -> hsa_status_t => extension::system_major_supported;
    fn hsa_system_get_major_extension_table(
        extension: u16, version_major: u16, table_length: usize, table: *mut c_void
    ) -> hsa_status_t => extension::get_major_table;
    fn hsa_agent_major_extension_supported(
        extension: u16, agent: hsa_agent_t, version_major: u16, version_minor: *mut u16, result: *mut bool
    ) -> hsa_status_t => extension::agent_major_supported;
    fn hsa_cache_get_info(
        cache: hsa_cache_t, attribute: hsa_cache_info_t, value: *mut c_void
    ) -> hsa_status_t => cache::get_info;
    fn hsa_agent_iterate_caches(
        agent: hsa_agent_t,
        callback: Option<unsafe extern "C-unwind" fn(cache: hsa_cache_t, data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => agent::iterate_caches;
    fn hsa_signal_silent_store_relaxed(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::silent_store, bare;
    fn hsa_signal_silent_store_screlease(signal: hsa_signal_t, value: hsa_signal_value_t) => signal::silent_store, bare;
    fn hsa_signal_group_create(
        num_signals: u32, signals: *const hsa_signal_t, num_consumers: u32, consumers: *const hsa_agent_t,
        signal_group: *mut hsa_signal_group_t
    ) -> hsa_status_t => signal_wait::create_group;
    fn hsa_signal_group_destroy(signal_group: hsa_signal_group_t) -> hsa_status_t => signal_wait::destroy_group;
    fn hsa_signal_group_wait_any_scacquire(
        signal_group: hsa_signal_group_t, conditions: *const hsa_signal_condition_t,
        compare_values: *const hsa_signal_value_t, wait_state_hint: hsa_wait_state_t,
        signal: *mut hsa_signal_t, value: *mut hsa_signal_value_t
    ) -> hsa_status_t => signal_wait::any_of_group;
    fn hsa_signal_group_wait_any_relaxed(
        signal_group: hsa_signal_group_t, conditions: *const hsa_signal_condition_t,
        compare_values: *const hsa_signal_value_t, wait_state_hint: hsa_wait_state_t,
        signal: *mut hsa_signal_t, value: *mut hsa_signal_value_t
    ) -> hsa_status_t => signal_wait::any_of_group;
    fn hsa_agent_iterate_isas(
        agent: hsa_agent_t,
        callback: Option<unsafe extern "C-unwind" fn(isa: hsa_isa_t, data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => agent::iterate_isas;
    fn hsa_isa_get_info_alt(
        isa: hsa_isa_t, attribute: hsa_isa_info_t, value: *mut c_void
    ) -> hsa_status_t => isa::get_info_alt;
    fn hsa_isa_get_exception_policies(
        isa: hsa_isa_t, profile: hsa_profile_t, mask: *mut u16
    ) -> hsa_status_t => isa::get_exception_policies;
    fn hsa_isa_get_round_method(
        isa: hsa_isa_t, fp_type: hsa_fp_type_t, flush_mode: hsa_flush_mode_t,
        round_method: *mut hsa_round_method_t
    ) -> hsa_status_t => isa::get_round_method;
    fn hsa_wavefront_get_info(
        wavefront: hsa_wavefront_t, attribute: hsa_wavefront_info_t, value: *mut c_void
    ) -> hsa_status_t => isa::get_wavefront_info;
    fn hsa_isa_iterate_wavefronts(
        isa: hsa_isa_t,
        callback: Option<unsafe extern "C-unwind" fn(wavefront: hsa_wavefront_t,
            data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => isa::iterate_wavefronts;
    fn hsa_code_object_get_symbol_from_name(
        code_object: hsa_code_object_t, module_name: *const c_char, symbol_name: *const c_char,
        symbol: *mut hsa_code_symbol_t
    ) -> hsa_status_t => code_symbol::get_from_name;
    fn hsa_code_object_reader_create_from_file(
        file: hsa_file_t, code_object_reader: *mut hsa_code_object_reader_t
    ) -> hsa_status_t => reader::create_from_file;
    fn hsa_code_object_reader_create_from_memory(
        code_object: *const c_void, size: usize, code_object_reader: *mut hsa_code_object_reader_t
    ) -> hsa_status_t => reader::create_from_memory;
    fn hsa_code_object_reader_destroy(
        code_object_reader: hsa_code_object_reader_t
    ) -> hsa_status_t => reader::destroy;
    fn hsa_executable_create_alt(
        profile: hsa_profile_t, default_float_rounding_mode: hsa_default_float_rounding_mode_t,
        options: *const c_char, executable: *mut hsa_executable_t
    ) -> hsa_status_t => executable::create_alt;
    fn hsa_executable_load_program_code_object(
        executable: hsa_executable_t, code_object_reader: hsa_code_object_reader_t, options: *const c_char,
        loaded_code_object: *mut hsa_loaded_code_object_t
    ) -> hsa_status_t => executable::load_program;
    fn hsa_executable_load_agent_code_object(
        executable: hsa_executable_t, agent: hsa_agent_t, code_object_reader: hsa_code_object_reader_t,
        options: *const c_char, loaded_code_object: *mut hsa_loaded_code_object_t
    ) -> hsa_status_t => executable::load;
    fn hsa_executable_validate_alt(
        executable: hsa_executable_t, options: *const c_char, result: *mut u32
    ) -> hsa_status_t => executable::validate_alt;
    fn hsa_executable_get_symbol_by_name(
        executable: hsa_executable_t, symbol_name: *const c_char, agent: *const hsa_agent_t,
        symbol: *mut hsa_executable_symbol_t
    ) -> hsa_status_t => symbol::get_by_name;
    fn hsa_executable_iterate_agent_symbols(
        executable: hsa_executable_t, agent: hsa_agent_t,
        callback: Option<unsafe extern "C-unwind" fn(exec: hsa_executable_t, agent: hsa_agent_t,
            symbol: hsa_executable_symbol_t, data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => symbol::iterate_of_agent;
    fn hsa_executable_iterate_program_symbols(
        executable: hsa_executable_t,
        callback: Option<unsafe extern "C-unwind" fn(exec: hsa_executable_t,
            symbol: hsa_executable_symbol_t, data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => symbol::iterate_of_program;
}

const _: () = assert!(size_of::<CoreApiTable>() == 1016);
const _: () = assert!(core::mem::offset_of!(CoreApiTable, hsa_init) == 16);
const _: () = assert!(core::mem::offset_of!(CoreApiTable, hsa_executable_iterate_program_symbols) == 1008);
