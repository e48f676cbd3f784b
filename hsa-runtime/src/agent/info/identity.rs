//! Who an agent is and where it sits.
#![forbid(unsafe_code)]

use super::{Answer, Subject, low};
use crate::{abi::*, boundary::Value};

pub(super) fn get(subject: Subject, attribute: hsa_agent_info_t, value: Value) -> Answer {
    let agent = subject.agent;
    let kind = if agent.is_cpu() { HSA_DEVICE_TYPE_CPU } else { HSA_DEVICE_TYPE_GPU };
    Some(match attribute {
        HSA_AGENT_INFO_NAME => value.write_text::<64>(agent.name()),
        HSA_AGENT_INFO_VENDOR_NAME => value.write_text::<64>(if agent.is_cpu() { "CPU" } else { "AMD" }),
        HSA_AGENT_INFO_NODE => value.write::<u32>(agent.node.id.0),
        HSA_AGENT_INFO_DEVICE => value.write::<hsa_device_type_t>(kind),
        HSA_AGENT_INFO_VERSION_MAJOR | HSA_AGENT_INFO_VERSION_MINOR => value.write::<u16>(1),
        other => {
            return amd(subject, hsa_amd_agent_info_t(other.0), value)
                .or_else(|| nearest_cpu(subject, other, value));
        }
    })
}

fn amd(subject: Subject, attribute: hsa_amd_agent_info_t, value: Value) -> Answer {
    let agent = subject.agent;
    let p = &agent.node.properties;
    let family = agent.node.drm.map_or(low(p.family_id), |drm| drm.family);
    Some(match attribute {
        HSA_AMD_AGENT_INFO_PRODUCT_NAME => value.write_text::<64>(&agent.node.marketing_name),
        HSA_AMD_AGENT_INFO_UUID => value.write_all::<u8>(format!("{}\0", uuid(subject)).as_bytes()),
        HSA_AMD_AGENT_INFO_CHIP_ID => value.write::<u32>(low(p.device_id)),
        HSA_AMD_AGENT_INFO_ASIC_REVISION => value.write::<u32>(agent.capability().asic_revision()),
        HSA_AMD_AGENT_INFO_ASIC_FAMILY_ID => value.write::<u32>(family),
        HSA_AMD_AGENT_INFO_DRIVER_NODE_ID => value.write::<u32>(agent.node.id.0),
        HSA_AMD_AGENT_INFO_DRIVER_UID => value.write::<u32>(subject.gpu_or_zero(|_| agent.node.gpu_id.0)),
        HSA_AMD_AGENT_INFO_BDFID => value.write::<u32>(low(p.location_id)),
        HSA_AMD_AGENT_INFO_DOMAIN => value.write::<u32>(low(p.domain)),
        // The firmware counts in ten bits; what the kernel has above them is not a version (upstream's topology.c).
        HSA_AMD_AGENT_INFO_UCODE_VERSION => {
            value.write::<u32>(subject.gpu_or_zero(|_| low(p.fw_version) & 0x3ff))
        }
        HSA_AMD_AGENT_INFO_SDMA_UCODE_VERSION => {
            value.write::<u32>(subject.gpu_or_zero(|_| low(p.sdma_fw_version) & 0x3ff))
        }
        // Only Windows has LUIDs.
        HSA_AMD_AGENT_INFO_LUID => subject.gpu().and_then(|_| value.write(hsa_luid_t { low: 0, high: 0 })),
        // The library that derives these identifiers is not part of the platform; zero means none.
        HSA_AMD_AGENT_INFO_CUID => value.write::<[u8; 16]>([0; 16]),
        _ => return None,
    })
}

fn nearest_cpu(subject: Subject, attribute: hsa_agent_info_t, value: Value) -> Answer {
    if attribute.0 != HSA_AMD_AGENT_INFO_NEAREST_CPU.0 {
        return None;
    }
    let cpu = subject.gpu().ok().and_then(|_| subject.machine.nearest_cpu(subject.agent));
    let handle = cpu.map_or(hsa_agent_t { handle: 0 }, |cpu| subject.machine.handle_of(cpu));
    Some(value.write::<hsa_agent_t>(handle))
}

/// Kind and serial number; cards without one share a name.
fn uuid(subject: Subject) -> String {
    match (subject.agent.is_cpu(), subject.agent.node.properties.unique_id) {
        (true, _) => "CPU-XX".into(),
        (false, 0) => "GPU-XX".into(),
        (false, id) => format!("GPU-{id:016x}"),
    }
}
