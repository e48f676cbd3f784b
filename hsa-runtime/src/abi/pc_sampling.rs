//! PC sampling extension: hsa_ven_amd_pc_sampling.h.

use core::ffi::c_void;

use crate::abi::*;

/// One sample taken by the host trap. `wave` holds: bits 0-5 wave in work-group, 8-10 chiplet.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct perf_sample_hosttrap_v1_t {
    pub pc: u64,
    pub exec_mask: u64,
    pub workgroup_id_x: u32,
    pub workgroup_id_y: u32,
    pub workgroup_id_z: u32,
    pub wave: u32,
    pub hw_id: u32,
    pub reserved0: u32,
    pub reserved1: u64,
    pub timestamp: u64,
    pub correlation_id: u64,
}

/// One stochastic sample. `wave` holds: bits 0-5 wave in work-group, 8-10 chiplet.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct perf_sample_snapshot_v1_t {
    pub pc: u64,
    pub exec_mask: u64,
    pub workgroup_id_x: u32,
    pub workgroup_id_y: u32,
    pub workgroup_id_z: u32,
    pub wave: u32,
    pub hw_id: u32,
    pub perf_snapshot_data: u32,
    pub perf_snapshot_data1: u32,
    pub perf_snapshot_data2: u32,
    pub timestamp: u64,
    pub correlation_id: u64,
}

c_enum! {
    /// How samples are taken.
    hsa_ven_amd_pcs_method_kind_t: u32 {
        HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1 = 0,
        HSA_VEN_AMD_PCS_METHOD_STOCHASTIC_V1 = 1,
    }
}

c_enum! {
    /// Unit of a sampling interval.
    hsa_ven_amd_pcs_units_t: u32 {
        HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS = 0,
        HSA_VEN_AMD_PCS_INTERVAL_UNITS_CLOCK_CYCLES = 1,
        HSA_VEN_AMD_PCS_INTERVAL_UNITS_INSTRUCTIONS = 2,
    }
}

/// Given to the client: copies samples out, only while its ready callback runs.
pub type hsa_ven_amd_pcs_data_copy_callback_t = Option<
    unsafe extern "C-unwind" fn(
        hsa_callback_data: *mut c_void,
        data_size: usize,
        destination: *mut c_void,
    ) -> hsa_status_t,
>;

/// Called when samples are ready; sizes in bytes.
pub type hsa_ven_amd_pcs_data_ready_callback_t = Option<
    unsafe extern "C-unwind" fn(
        client_callback_data: *mut c_void,
        data_size: usize,
        lost_sample_count: usize,
        data_copy_callback: hsa_ven_amd_pcs_data_copy_callback_t,
        hsa_callback_data: *mut c_void,
    ),
>;

/// Handle of a sampling session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_ven_amd_pcs_t {
    pub handle: u64,
}

c_enum! {
    /// Bits: restrictions of a configuration.
    hsa_ven_amd_pcs_configuration_flags_t: u32 {
        HSA_VEN_AMD_PCS_CONFIGURATION_FLAGS_INTERVAL_POWER_OF_2 = 1 << 0,
    }
}

/// One way of sampling that an agent offers.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ven_amd_pcs_configuration_t {
    pub method: hsa_ven_amd_pcs_method_kind_t,
    pub units: hsa_ven_amd_pcs_units_t,
    pub min_interval: usize,
    pub max_interval: usize,
    pub flags: u64,
}

/// Called once a configuration.
pub type hsa_ven_amd_pcs_iterate_configuration_callback_t = Option<
    unsafe extern "C-unwind" fn(
        configuration: *const hsa_ven_amd_pcs_configuration_t,
        callback_data: *mut c_void,
    ) -> hsa_status_t,
>;

/// Extension table of PC sampling 1.0.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ven_amd_pc_sampling_1_00_pfn_t {
    pub hsa_ven_amd_pcs_iterate_configuration: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            configuration_callback: hsa_ven_amd_pcs_iterate_configuration_callback_t,
            callback_data: *mut c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_pcs_create: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            method: hsa_ven_amd_pcs_method_kind_t,
            units: hsa_ven_amd_pcs_units_t,
            interval: usize,
            latency: usize,
            buffer_size: usize,
            data_ready_callback: hsa_ven_amd_pcs_data_ready_callback_t,
            client_callback_data: *mut c_void,
            pc_sampling: *mut hsa_ven_amd_pcs_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_pcs_create_from_id: Option<
        unsafe extern "C-unwind" fn(
            pcs_id: u32,
            agent: hsa_agent_t,
            method: hsa_ven_amd_pcs_method_kind_t,
            units: hsa_ven_amd_pcs_units_t,
            interval: usize,
            latency: usize,
            buffer_size: usize,
            data_ready_callback: hsa_ven_amd_pcs_data_ready_callback_t,
            client_callback_data: *mut c_void,
            pc_sampling: *mut hsa_ven_amd_pcs_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_pcs_destroy:
        Option<unsafe extern "C-unwind" fn(pc_sampling: hsa_ven_amd_pcs_t) -> hsa_status_t>,
    pub hsa_ven_amd_pcs_start:
        Option<unsafe extern "C-unwind" fn(pc_sampling: hsa_ven_amd_pcs_t) -> hsa_status_t>,
    pub hsa_ven_amd_pcs_stop:
        Option<unsafe extern "C-unwind" fn(pc_sampling: hsa_ven_amd_pcs_t) -> hsa_status_t>,
    pub hsa_ven_amd_pcs_flush:
        Option<unsafe extern "C-unwind" fn(pc_sampling: hsa_ven_amd_pcs_t) -> hsa_status_t>,
}
