//! Attributes of agents, `hsa_agent_get_info`.
//!
//! Touches the machine, and the driver for what changes. Answers to GetInfo of upstream's `amd_cpu_agent.cpp` and
//! `amd_gpu_agent.cpp`; types as in hsa.h and hsa_ext_amd.h.
#![forbid(unsafe_code)]

mod hardware;
mod identity;
mod image;
mod launch;
pub mod limits;
mod live;
pub mod npu;

use super::{Agent, Gpu, machine::Machine};
use crate::{
    abi::hsa_agent_info_t,
    boundary::{Error, Value},
};

/// An agent in its machine, about which something is asked.
#[derive(Clone, Copy)]
struct Subject<'a> {
    agent: &'a Agent,
    machine: &'a Machine,
}

/// Writes the value of an attribute.
///
/// # Errors
/// `InvalidArgument` for an attribute that is unknown or that this kind of agent lacks; the driver's failures.
pub fn get(machine: &Machine, agent: &Agent, attribute: hsa_agent_info_t, value: Value) -> Result<(), Error> {
    let subject = Subject { agent, machine };
    if let Some(processor) = &agent.npu {
        return npu::get(subject, &**processor, attribute, value);
    }
    [identity::get, limits::get, launch::get, hardware::get, image::get, live::get]
        .iter()
        .find_map(|answer| answer(subject, attribute, value))
        .unwrap_or(Err(Error::InvalidArgument))
}

/// What a group of attributes answers; `None` if the attribute is not one of the group.
type Answer = Option<Result<(), Error>>;

impl Subject<'_> {
    /// The GPU, or the refusal of an attribute that processors lack.
    fn gpu(&self) -> Result<&Gpu, Error> {
        self.agent.gpu.as_ref().ok_or(Error::InvalidArgument)
    }

    /// `value` for a GPU, the zero of its type for processors.
    fn gpu_or_zero<T: Default>(&self, value: impl FnOnce(&Gpu) -> T) -> T {
        self.agent.gpu.as_ref().map(value).unwrap_or_default()
    }
}

/// Eight bytes of flags in which only flag `number` may be set. The headers' constants, though written as shifts, are
/// numbers of bits: `hsa_flag_isset64` reads them so.
fn flag(number: u32, set: bool) -> [u8; 8] {
    (u64::from(set) << number).to_le_bytes()
}

/// The low half of a kernel property, as upstream's 32-bit fields keep it.
#[allow(clippy::cast_possible_truncation)]
fn low(property: u64) -> u32 {
    property as u32
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hsakmt_thunk::topology::model::{DrmInfo, Node, Snapshot};

    use super::*;
    use crate::{
        abi::*,
        agent::{discovery, fixture},
        config::Config,
        driver::fake::FakeDriver,
        handle::Epoch,
    };

    /// One CPU and one GPU with `available` bytes left.
    fn machine(gpu: Node, available: Result<u64, Error>) -> Machine {
        let snapshot = Snapshot { nodes: vec![fixture::cpu(0, 64 << 30), gpu], ..Default::default() };
        let driver = Arc::new(FakeDriver { available, ..FakeDriver::default() });
        discovery::discover(Config::new(|_| None), driver, &snapshot, false, Epoch::new(1))
    }

    /// The first bytes of what agent `index` answers.
    fn ask(machine: &Machine, index: usize, attribute: u32) -> Result<[u64; 16], Error> {
        let mut buffer = [0; 16];
        let attribute = hsa_agent_info_t(attribute);
        get(machine, &machine.agents[index], attribute, Value::of_test(&mut buffer)).map(|()| buffer)
    }

    fn text(words: [u64; 16]) -> String {
        let bytes: Vec<u8> =
            words.iter().flat_map(|word| word.to_ne_bytes()).take_while(|&byte| byte != 0).collect();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri loads no libraries")]
    fn every_attribute_that_headers_define_is_answered_for_a_gpu() {
        let machine = machine(fixture::gpu(1, (11, 0, 0), 24 << 30).0, Ok(0));
        let attributes = (0..=24).chain(0x3000..=0x300d).chain(0xa000..=0xa016).chain(0xa107..=0xa10b);
        for attribute in attributes.chain(0xa110..=0xa124) {
            assert!(ask(&machine, 1, attribute).is_ok(), "{attribute:#x}");
        }
        for attribute in [25, 0x2fff, 0x300e, 0xa017, 0xa106, 0xa125, u32::MAX] {
            assert_eq!(ask(&machine, 1, attribute), Err(Error::InvalidArgument), "{attribute:#x}");
        }
    }

    #[test]
    fn names_tell_cpu_from_gpu() {
        let machine = machine(fixture::gpu(1, (9, 4, 2), 1 << 30).0, Ok(0));
        let name = |index, attribute: hsa_amd_agent_info_t| text(ask(&machine, index, attribute.0).unwrap());
        let short = hsa_amd_agent_info_t(HSA_AGENT_INFO_NAME.0);
        assert_eq!([name(0, short), name(1, short)], ["Test CPU", "gfx942"]);
        assert_eq!(name(1, HSA_AMD_AGENT_INFO_PRODUCT_NAME), "Test GPU");
        let uuid = HSA_AMD_AGENT_INFO_UUID;
        assert_eq!([name(0, uuid), name(1, uuid)], ["CPU-XX", "GPU-0000000000001001"]);
    }

    #[test]
    fn never_more_memory_is_available_than_there_is() {
        let node = || fixture::gpu(1, (10, 1, 3), 12 << 30).0;
        for (told, answer) in [(Ok(1 << 30), Ok(1 << 30)), (Ok(120 << 30), Ok(12 << 30))] {
            let machine = machine(node(), told);
            assert_eq!(ask(&machine, 1, HSA_AMD_AGENT_INFO_MEMORY_AVAIL.0).map(|words| words[0]), answer);
        }
        let refused = machine(node(), Err(Error::Generic));
        assert_eq!(ask(&refused, 1, HSA_AMD_AGENT_INFO_MEMORY_AVAIL.0), Err(Error::InvalidArgument));
        assert_eq!(ask(&refused, 0, HSA_AMD_AGENT_INFO_MEMORY_AVAIL.0), Err(Error::InvalidArgument));
    }

    #[test]
    fn only_a_gpu_fused_with_its_cpu_is_an_apu() {
        // As hsa_flag_isset64 asks: bit 1 of byte 0.
        for (flags, answer) in [(0, 0), (1, 2), (2, 0)] {
            let (mut node, _) = fixture::gpu(1, (11, 0, 3), 1 << 30);
            node.drm = Some(DrmInfo { ids_flags: flags, ..Default::default() });
            let machine = machine(node, Ok(0));
            assert_eq!(
                ask(&machine, 1, HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES.0).unwrap()[0].to_ne_bytes()[0],
                answer
            );
        }
    }

    #[test]
    fn a_gpu_is_flushed_by_two_registers_of_its_page() {
        let machine = machine(fixture::gpu(1, (11, 0, 0), 1 << 30).0, Ok(0));
        let registers = |index| ask(&machine, index, HSA_AMD_AGENT_INFO_HDP_FLUSH.0).unwrap();
        let page = u64::from(machine.agents[1].node.gpu_id.0) << 16;
        assert_eq!(registers(1)[..2], [page, page + 4]);
        assert_eq!(registers(0)[..2], [0, 0]);
    }

    #[test]
    fn the_scratch_limit_is_the_dies_where_firmware_reclaims() {
        for (firmware, limit) in [(176, 0), (177, 6 << 30), (0x400 | 100, 0)] {
            let (mut node, _) = fixture::gpu(1, (9, 4, 2), 1 << 30);
            node.properties.fw_version = firmware;
            node.properties.num_xcc = 2;
            let machine = machine(node, Ok(0));
            assert_eq!(ask(&machine, 1, HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_CURRENT.0).unwrap()[0], limit);
        }
    }
}
