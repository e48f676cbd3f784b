//! Sampling of program counters. Answers to upstream's `hsa_ven_amd_pc_sampling.cpp` and `pcs_runtime.cpp`.
//!
//! What a GPU offers is told as the driver tells it; only AMD's own driver offers anything. Sessions are refused: waves
//! write samples by a trap handler that is made for it, and ours is not. So there is never a session to be started.
#![forbid(unsafe_code)]

use std::{ffi::c_void, ptr};

use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::{Callback, Data, Error, Out, Then},
    driver::profiling::HsaPcSamplingInfo,
    log::complain,
    runtime,
};

/// Goes on until the callback wants no more, whatever else it answers.
pub fn iterate(
    agent: hsa_agent_t,
    callback: Option<Callback<*const hsa_ven_amd_pcs_configuration_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let ways = machine.driver.sampling(&machine.gpu(agent)?.node)?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    Ok(Then(move || {
        let configurations: Vec<_> = ways.iter().filter_map(configuration).collect();
        let mut told = configurations.iter().map(|one| callback.for_each(vec![ptr::from_ref(one)], data).0());
        told.any(|status| status == HSA_STATUS_INFO_BREAK);
        HSA_STATUS_SUCCESS
    }))
}

/// The driver's words in HSA's; none for what HSA has no word for.
fn configuration(way: &HsaPcSamplingInfo) -> Option<hsa_ven_amd_pcs_configuration_t> {
    Some(hsa_ven_amd_pcs_configuration_t {
        method: match way.method {
            1 => HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1,
            2 => HSA_VEN_AMD_PCS_METHOD_STOCHASTIC_V1,
            _ => return None,
        },
        units: match way.units {
            0 => HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS,
            1 => HSA_VEN_AMD_PCS_INTERVAL_UNITS_CLOCK_CYCLES,
            2 => HSA_VEN_AMD_PCS_INTERVAL_UNITS_INSTRUCTIONS,
            _ => return None,
        },
        min_interval: way.value_min as usize,
        max_interval: way.value_max as usize,
        flags: way.flags,
    })
}

#[allow(clippy::too_many_arguments, reason = "the C function's")]
pub fn create(
    agent: hsa_agent_t,
    method: hsa_ven_amd_pcs_method_kind_t,
    _units: hsa_ven_amd_pcs_units_t,
    interval: usize,
    _latency: usize,
    buffer_bytes: usize,
    ready: hsa_ven_amd_pcs_data_ready_callback_t,
    _data: *mut c_void,
    session: Out<hsa_ven_amd_pcs_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let gpu = machine.gpu(agent)?;
    session.check()?;
    ready.ok_or(Error::InvalidArgument)?;
    check(method, interval, buffer_bytes)?;
    refuse(&machine, gpu)
}

#[allow(clippy::too_many_arguments, reason = "the C function's")]
pub fn create_from_id(
    _driver_session: u32,
    agent: hsa_agent_t,
    method: hsa_ven_amd_pcs_method_kind_t,
    units: hsa_ven_amd_pcs_units_t,
    interval: usize,
    latency: usize,
    buffer_bytes: usize,
    ready: hsa_ven_amd_pcs_data_ready_callback_t,
    data: *mut c_void,
    session: Out<hsa_ven_amd_pcs_t>,
) -> Result<(), Error> {
    create(agent, method, units, interval, latency, buffer_bytes, ready, data, session)
}

/// A buffer has two halves of whole samples.
fn check(method: hsa_ven_amd_pcs_method_kind_t, interval: usize, buffer_bytes: usize) -> Result<(), Error> {
    let sample = match method {
        HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1 => size_of::<perf_sample_hosttrap_v1_t>(),
        HSA_VEN_AMD_PCS_METHOD_STOCHASTIC_V1 => size_of::<perf_sample_snapshot_v1_t>(),
        _ => return Err(Error::InvalidArgument),
    };
    let fits = interval > 0 && buffer_bytes > 0 && buffer_bytes % (2 * sample) == 0;
    if fits { Ok(()) } else { Err(Error::InvalidArgument) }
}

/// The driver's refusal, or our own.
fn refuse(machine: &Machine, gpu: &Agent) -> Result<(), Error> {
    machine.driver.sampling(&gpu.node)?;
    complain("program counters are not sampled: the trap handler of this library takes no samples");
    Err(Error::Generic)
}

/// Any handle: there is no session.
pub fn find(_session: hsa_ven_amd_pcs_t) -> Result<(), Error> {
    runtime::machine()?;
    Err(Error::InvalidArgument)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drivers_ways_of_sampling_are_told_in_hsas_words() {
        let way =
            HsaPcSamplingInfo { value_min: 1, value_max: 1 << 20, method: 2, units: 1, flags: 1, value: 0 };
        let told = configuration(&way).unwrap();
        assert_eq!(told.method, HSA_VEN_AMD_PCS_METHOD_STOCHASTIC_V1);
        assert_eq!(told.units, HSA_VEN_AMD_PCS_INTERVAL_UNITS_CLOCK_CYCLES);
        assert_eq!((told.min_interval, told.max_interval, told.flags), (1, 1 << 20, 1));
        assert!(configuration(&HsaPcSamplingInfo { method: 3, ..way }).is_none());
        assert!(configuration(&HsaPcSamplingInfo { units: 3, ..way }).is_none());
    }

    #[test]
    fn a_buffer_has_two_halves_of_whole_samples() {
        let two = 2 * size_of::<perf_sample_hosttrap_v1_t>();
        let check = |interval, bytes| check(HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1, interval, bytes);
        assert!(check(1, two).is_ok() && check(1, 2 * two).is_ok());
        for (interval, bytes) in [(0, two), (1, 0), (1, two / 2), (1, two + 1)] {
            assert_eq!(check(interval, bytes), Err(Error::InvalidArgument));
        }
    }
}
