//! PC sampling, hsa_ven_amd_pc_sampling.h: the order of `PcSamplingExtTable` in hsa_api_trace.h.

use core::ffi::c_void;

use super::define::entries;
use crate::abi::*;

entries! {
    /// Table of PC sampling.
    pub struct PcSamplingExtTable, static PC_SAMPLING_EXT,
        version HSA_PC_SAMPLING_API_TABLE_MAJOR_VERSION, step HSA_PC_SAMPLING_API_TABLE_STEP_VERSION;

    fn hsa_ven_amd_pcs_iterate_configuration(
        agent: hsa_agent_t, configuration_callback: hsa_ven_amd_pcs_iterate_configuration_callback_t,
        callback_data: *mut c_void
    ) -> hsa_status_t => pc_sampling::iterate;
    fn hsa_ven_amd_pcs_create(
        agent: hsa_agent_t, method: hsa_ven_amd_pcs_method_kind_t, units: hsa_ven_amd_pcs_units_t,
        interval: usize, latency: usize, buffer_size: usize,
        data_ready_callback: hsa_ven_amd_pcs_data_ready_callback_t, client_callback_data: *mut c_void,
        pc_sampling: *mut hsa_ven_amd_pcs_t
    ) -> hsa_status_t => pc_sampling::create;
    fn hsa_ven_amd_pcs_create_from_id(
        pcs_id: u32, agent: hsa_agent_t, method: hsa_ven_amd_pcs_method_kind_t,
        units: hsa_ven_amd_pcs_units_t, interval: usize, latency: usize, buffer_size: usize,
        data_ready_callback: hsa_ven_amd_pcs_data_ready_callback_t, client_callback_data: *mut c_void,
        pc_sampling: *mut hsa_ven_amd_pcs_t
    ) -> hsa_status_t => pc_sampling::create_from_id;
    fn hsa_ven_amd_pcs_destroy(pc_sampling: hsa_ven_amd_pcs_t) -> hsa_status_t => pc_sampling::destroy;
    fn hsa_ven_amd_pcs_start(pc_sampling: hsa_ven_amd_pcs_t) -> hsa_status_t => pc_sampling::start;
    fn hsa_ven_amd_pcs_stop(pc_sampling: hsa_ven_amd_pcs_t) -> hsa_status_t => pc_sampling::stop;
    fn hsa_ven_amd_pcs_flush(pc_sampling: hsa_ven_amd_pcs_t) -> hsa_status_t => pc_sampling::flush;
}

const _: () = assert!(size_of::<PcSamplingExtTable>() == 72);
