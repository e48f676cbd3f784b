//! Sampling of program counters. Answers to upstream's `hsa_ven_amd_pc_sampling.cpp` and `pcs_runtime.cpp`.
//!
//! What a GPU offers is told as the driver tells it; only AMD's own driver offers anything. Of that, what only hardware can
//! take samples for is left out: no session would be made of it.
#![forbid(unsafe_code)]

use std::{ptr, time::Duration};

use crate::{
    abi::*,
    boundary::{Callback, Data, Error, Out, SamplesReady, Then},
    driver::profiling::HsaPcSamplingInfo,
    log::complain,
    runtime,
    sampling::{SAMPLE, Wish},
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

/// The driver's words in HSA's; none for what HSA has no word for, and for what there are no sessions of.
fn configuration(way: &HsaPcSamplingInfo) -> Option<hsa_ven_amd_pcs_configuration_t> {
    Some(hsa_ven_amd_pcs_configuration_t {
        method: match way.method {
            1 => HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1,
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

/// Makes a session of the driver's and ours.
#[allow(clippy::too_many_arguments, reason = "the C function's")]
pub fn create(
    agent: hsa_agent_t,
    method: hsa_ven_amd_pcs_method_kind_t,
    units: hsa_ven_amd_pcs_units_t,
    interval: usize,
    latency: usize,
    buffer_bytes: usize,
    ready: Option<SamplesReady>,
    data: Data,
    session: Out<hsa_ven_amd_pcs_t>,
) -> Result<(), Error> {
    let wish = |method| wish((method, units), interval, latency, buffer_bytes);
    make(agent, None, method, wish, (ready, data), session)
}

/// The same of a session that the driver has.
#[allow(clippy::too_many_arguments, reason = "the C function's")]
pub fn create_from_id(
    driver_session: u32,
    agent: hsa_agent_t,
    method: hsa_ven_amd_pcs_method_kind_t,
    units: hsa_ven_amd_pcs_units_t,
    interval: usize,
    latency: usize,
    buffer_bytes: usize,
    ready: Option<SamplesReady>,
    data: Data,
    session: Out<hsa_ven_amd_pcs_t>,
) -> Result<(), Error> {
    let wish = |method| wish((method, units), interval, latency, buffer_bytes);
    make(agent, Some(driver_session), method, wish, (ready, data), session)
}

fn make(
    agent: hsa_agent_t,
    existing: Option<u32>,
    method: hsa_ven_amd_pcs_method_kind_t,
    wish: impl FnOnce(hsa_ven_amd_pcs_method_kind_t) -> Result<Wish, Error>,
    (ready, data): (Option<SamplesReady>, Data),
    session: Out<hsa_ven_amd_pcs_t>,
) -> Result<(), Error> {
    let open = runtime::open()?;
    let gpu = open.machine.gpu(agent)?;
    session.check()?;
    let ready = ready.ok_or(Error::InvalidArgument)?.bind(data);
    let wish = wish(method)?;
    if method != HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1 {
        complain(
            "program counters are not sampled at random: the trap handler of this library samples when the host traps",
        );
        return Err(Error::Generic);
    }
    session.write(open.sampling.create(gpu, &wish, existing, ready)?)
}

/// What is wanted, in the driver's words. A buffer has two halves of whole samples. Units that are none are the first, as
/// upstream takes them.
fn wish(
    (method, units): (hsa_ven_amd_pcs_method_kind_t, hsa_ven_amd_pcs_units_t),
    interval: usize,
    latency: usize,
    buffer_bytes: usize,
) -> Result<Wish, Error> {
    let method = match method {
        HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1 => 1,
        HSA_VEN_AMD_PCS_METHOD_STOCHASTIC_V1 => 2,
        _ => return Err(Error::InvalidArgument),
    };
    if interval == 0 || buffer_bytes == 0 || buffer_bytes % (2 * SAMPLE) != 0 {
        return Err(Error::InvalidArgument);
    }
    let units = match units {
        HSA_VEN_AMD_PCS_INTERVAL_UNITS_CLOCK_CYCLES => 1,
        HSA_VEN_AMD_PCS_INTERVAL_UNITS_INSTRUCTIONS => 2,
        _ => 0,
    };
    let way =
        HsaPcSamplingInfo { value: interval as u64, value_min: 0, value_max: 0, flags: 0, method, units };
    let latency = Duration::from_micros(latency as u64);
    Ok(Wish { way, samples: buffer_bytes / SAMPLE, latency })
}

pub fn start(session: hsa_ven_amd_pcs_t) -> Result<(), Error> {
    runtime::open()?.sampling.find(session)?.run()
}

pub fn stop(session: hsa_ven_amd_pcs_t) -> Result<(), Error> {
    runtime::open()?.sampling.find(session)?.stop()
}

pub fn flush(session: hsa_ven_amd_pcs_t) -> Result<(), Error> {
    runtime::open()?.sampling.find(session)?.flush()
}

pub fn destroy(session: hsa_ven_amd_pcs_t) -> Result<(), Error> {
    runtime::open()?.sampling.destroy(session)
}

const _: () = assert!(SAMPLE == size_of::<perf_sample_snapshot_v1_t>());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drivers_ways_of_sampling_are_told_in_hsas_words() {
        let way =
            HsaPcSamplingInfo { value_min: 1, value_max: 1 << 20, method: 1, units: 1, flags: 1, value: 0 };
        let told = configuration(&way).unwrap();
        assert_eq!(told.method, HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1);
        assert_eq!(told.units, HSA_VEN_AMD_PCS_INTERVAL_UNITS_CLOCK_CYCLES);
        assert_eq!((told.min_interval, told.max_interval, told.flags), (1, 1 << 20, 1));
        assert!([2, 3].iter().all(|&method| configuration(&HsaPcSamplingInfo { method, ..way }).is_none()));
        let units = [0, 1, 2, 3].map(|units| configuration(&HsaPcSamplingInfo { units, ..way }));
        let [time, cycles, instructions, none] = units.map(|told| told.map(|told| told.units));
        assert_eq!(time, Some(HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS));
        assert_eq!(cycles, Some(HSA_VEN_AMD_PCS_INTERVAL_UNITS_CLOCK_CYCLES));
        assert_eq!((instructions, none), (Some(HSA_VEN_AMD_PCS_INTERVAL_UNITS_INSTRUCTIONS), None));
    }

    #[test]
    fn hsas_words_are_told_to_the_driver() {
        let (method, units) =
            (HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1, HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS);
        let wish = |method, units| {
            wish((method, units), 1, 0, 2 * SAMPLE).map(|told| (told.way.method, told.way.units))
        };
        assert_eq!(wish(method, units), Ok((1, 0)));
        assert_eq!(wish(HSA_VEN_AMD_PCS_METHOD_STOCHASTIC_V1, units), Ok((2, 0)));
        assert_eq!(wish(hsa_ven_amd_pcs_method_kind_t(2), units), Err(Error::InvalidArgument));
        assert_eq!(wish(method, HSA_VEN_AMD_PCS_INTERVAL_UNITS_CLOCK_CYCLES), Ok((1, 1)));
        assert_eq!(wish(method, HSA_VEN_AMD_PCS_INTERVAL_UNITS_INSTRUCTIONS), Ok((1, 2)));
        assert_eq!(wish(method, hsa_ven_amd_pcs_units_t(3)), Ok((1, 0)));
    }

    #[test]
    fn a_buffer_has_two_halves_of_whole_samples() {
        let wish = |interval, bytes| {
            let way = (HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1, HSA_VEN_AMD_PCS_INTERVAL_UNITS_CLOCK_CYCLES);
            wish(way, interval, 7, bytes)
        };
        let told = wish(5, 4 * SAMPLE).unwrap();
        assert_eq!((told.samples, told.latency), (4, Duration::from_micros(7)));
        assert_eq!((told.way.value, told.way.method, told.way.units), (5, 1, 1));
        for (interval, bytes) in [(0, 2 * SAMPLE), (1, 0), (1, SAMPLE), (1, 2 * SAMPLE + 1)] {
            assert_eq!(wish(interval, bytes).err(), Some(Error::InvalidArgument));
        }
    }
}
