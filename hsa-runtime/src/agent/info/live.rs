//! What the driver has to be asked for.
#![forbid(unsafe_code)]

use std::ptr;

use super::{Answer, Subject};
use crate::{
    abi::*,
    arch::timer,
    boundary::{Error, Value},
    pool::Place,
};

pub(super) fn get(subject: Subject, attribute: hsa_agent_info_t, value: Value) -> Answer {
    let Subject { agent, machine } = subject;
    Some(match hsa_amd_agent_info_t(attribute.0) {
        HSA_AMD_AGENT_INFO_MEMORY_AVAIL => available(subject).and_then(|bytes| value.write::<u64>(bytes)),
        HSA_AMD_AGENT_INFO_CLOCK_COUNTERS => counters(subject).and_then(|clocks| value.write(clocks)),
        HSA_AMD_AGENT_INFO_TIMESTAMP_FREQUENCY => {
            value.write::<u64>(match (agent.is_cpu(), agent.node.drm) {
                (true, _) => timer::frequency(),
                (false, drm) => drm.map_or(0, |drm| u64::from(drm.counter_frequency_khz) * 1000),
            })
        }
        HSA_AMD_AGENT_INFO_HDP_FLUSH => value.write(flush_registers(subject)),
        HSA_AMD_AGENT_INFO_HOST_ALLOC_DMABUF_SUPPORTED => {
            value.write::<bool>(machine.has_virtual_memory_api())
        }
        _ => return None,
    })
}

/// Bytes of local memory that can still be allocated, never more than there are: on APUs the driver counts system
/// memory that other programs hold or that the pool does not promise.
fn available(subject: Subject) -> Result<u64, Error> {
    subject.gpu()?;
    let pools = &subject.machine.pools[subject.agent.pools.clone()];
    let total = pools.iter().find(|pool| pool.place == Place::Local).map_or(0, |pool| pool.size);
    let free =
        subject.machine.driver.available_memory(&subject.agent.node).map_err(|_| Error::InvalidArgument)?;
    let kept: u64 = subject.agent.pools.clone().map(|pool| subject.machine.heap.kept(pool)).sum();
    Ok(free.saturating_add(kept).min(total))
}

/// KFD_MMIO_REMAP_HDP_MEM_FLUSH_CNTL and KFD_MMIO_REMAP_HDP_REG_FLUSH_CNTL of kfd_ioctl.h: offsets in the page.
const FLUSH: (u64, u64) = (0, 4);

/// The registers that flush the host data path; NULL for processors and where the driver does not let them be mapped.
fn flush_registers(subject: Subject) -> hsa_amd_hdp_flush_t {
    let page = subject.gpu().ok().and_then(|_| subject.machine.driver.flush_registers(&subject.agent.node));
    let register =
        |offset| page.map_or(ptr::null_mut(), |page| ptr::without_provenance_mut((page + offset) as usize));
    hsa_amd_hdp_flush_t { HDP_MEM_FLUSH_CNTL: register(FLUSH.0), HDP_REG_FLUSH_CNTL: register(FLUSH.1) }
}

/// The GPU's clock and the system's, read at one moment; zeros for processors.
fn counters(subject: Subject) -> Result<hsa_amd_clock_counters_t, Error> {
    let clocks = match subject.gpu() {
        Ok(_) => subject.machine.driver.clock_counters(&subject.agent.node)?,
        Err(_) => Default::default(),
    };
    Ok(hsa_amd_clock_counters_t {
        gpu_clock_counter: clocks.gpu,
        cpu_clock_counter: clocks.cpu,
        system_clock_counter: clocks.system,
        system_clock_frequency: clocks.system_frequency,
    })
}
