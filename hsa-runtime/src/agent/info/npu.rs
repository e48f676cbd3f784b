//! Attributes of neural processors. Answers to GetInfo of upstream's `amd_aie_agent.cpp`: what a GPU has and they do not
//! is zero, or refused where upstream refuses it.
#![forbid(unsafe_code)]

use super::Subject;
use crate::{
    abi::*,
    boundary::{Error, Value},
    cache,
    driver::npu::Npu,
};

/// Packets of a queue: there is one size.
pub const PACKETS: u32 = 64;

/// Writes the value of an attribute.
pub(super) fn get(
    subject: Subject,
    npu: &dyn Npu,
    attribute: hsa_agent_info_t,
    value: Value,
) -> Result<(), Error> {
    match attribute {
        HSA_AGENT_INFO_NAME => value.write_text::<64>(npu.architecture()),
        HSA_AGENT_INFO_VENDOR_NAME => value.write_text::<64>("AMD"),
        HSA_AGENT_INFO_FEATURE => value.write(HSA_AGENT_FEATURE_AGENT_DISPATCH),
        HSA_AGENT_INFO_MACHINE_MODEL => value.write(HSA_MACHINE_MODEL_LARGE),
        HSA_AGENT_INFO_PROFILE => value.write(HSA_PROFILE_BASE),
        HSA_AGENT_INFO_DEFAULT_FLOAT_ROUNDING_MODE
        | HSA_AGENT_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES => {
            value.write(HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR)
        }
        HSA_AGENT_INFO_QUEUES_MAX => value.write::<u32>(1),
        HSA_AGENT_INFO_QUEUE_MIN_SIZE | HSA_AGENT_INFO_QUEUE_MAX_SIZE => value.write::<u32>(PACKETS),
        HSA_AGENT_INFO_QUEUE_TYPE => value.write(HSA_QUEUE_TYPE_SINGLE),
        HSA_AGENT_INFO_NODE => value.write::<u32>(subject.agent.node.id.0),
        HSA_AGENT_INFO_DEVICE => value.write(HSA_DEVICE_TYPE_AIE),
        HSA_AGENT_INFO_VERSION_MAJOR => value.write::<u16>(1),
        HSA_AGENT_INFO_VERSION_MINOR => value.write::<u16>(0),
        HSA_AGENT_INFO_CACHE_SIZE => value.write::<[u32; cache::LEVELS]>([0; cache::LEVELS]),
        HSA_AGENT_INFO_WORKGROUP_MAX_DIM => value.write::<[u16; 3]>([0; 3]),
        HSA_AGENT_INFO_GRID_MAX_DIM => value.write(hsa_dim3_t { x: 0, y: 0, z: 0 }),
        HSA_AGENT_INFO_WAVEFRONT_SIZE
        | HSA_AGENT_INFO_WORKGROUP_MAX_SIZE
        | HSA_AGENT_INFO_GRID_MAX_SIZE
        | HSA_AGENT_INFO_FBARRIER_MAX_SIZE => value.write::<u32>(0),
        other => amd(subject, npu, hsa_amd_agent_info_t(other.0), value),
    }
}

/// AMD's attributes.
fn amd(subject: Subject, npu: &dyn Npu, attribute: hsa_amd_agent_info_t, value: Value) -> Result<(), Error> {
    match attribute {
        HSA_AMD_AGENT_INFO_PRODUCT_NAME => value.write_text::<64>(npu.product()),
        HSA_AMD_AGENT_INFO_UUID => value.write_all::<u8>(b"AIE-XX\0"),
        HSA_AMD_AGENT_INFO_DRIVER_NODE_ID => value.write::<u32>(subject.agent.node.id.0),
        HSA_AMD_AGENT_INFO_SVM_DIRECT_HOST_ACCESS => value.write::<bool>(true),
        HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES => value.write::<[u8; 8]>([0; 8]),
        HSA_AMD_AGENT_INFO_CLOCK_COUNTERS => value.write(hsa_amd_clock_counters_t {
            gpu_clock_counter: 0,
            cpu_clock_counter: 0,
            system_clock_counter: 0,
            system_clock_frequency: 0,
        }),
        HSA_AMD_AGENT_INFO_NEAREST_CPU => {
            let cpu = subject.machine.cpus().next();
            value.write(cpu.map_or(hsa_agent_t { handle: 0 }, |cpu| subject.machine.handle_of(cpu)))
        }
        HSA_AMD_AGENT_INFO_CHIP_ID
        | HSA_AMD_AGENT_INFO_CACHELINE_SIZE
        | HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT
        | HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY
        | HSA_AMD_AGENT_INFO_MAX_ADDRESS_WATCH_POINTS
        | HSA_AMD_AGENT_INFO_BDFID
        | HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU
        | HSA_AMD_AGENT_INFO_NUM_SHADER_ENGINES
        | HSA_AMD_AGENT_INFO_NUM_SHADER_ARRAYS_PER_SE
        | HSA_AMD_AGENT_INFO_ASIC_REVISION => value.write::<u32>(0),
        other => image(hsa_agent_info_t(other.0), value),
    }
}

/// They know no images.
fn image(attribute: hsa_agent_info_t, value: Value) -> Result<(), Error> {
    match attribute {
        HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS
        | HSA_EXT_AGENT_INFO_IMAGE_1DA_MAX_ELEMENTS
        | HSA_EXT_AGENT_INFO_IMAGE_1DB_MAX_ELEMENTS
        | HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS => value.write::<u32>(0),
        HSA_EXT_AGENT_INFO_IMAGE_2D_MAX_ELEMENTS
        | HSA_EXT_AGENT_INFO_IMAGE_2DA_MAX_ELEMENTS
        | HSA_EXT_AGENT_INFO_IMAGE_2DDEPTH_MAX_ELEMENTS
        | HSA_EXT_AGENT_INFO_IMAGE_2DADEPTH_MAX_ELEMENTS => value.write::<[u32; 2]>([0; 2]),
        HSA_EXT_AGENT_INFO_IMAGE_3D_MAX_ELEMENTS => value.write::<[u32; 3]>([0; 3]),
        // What is refused has the value 0, upstream says, in a word.
        _ => value.write::<u32>(0).and(Err(Error::InvalidArgument)),
    }
}
