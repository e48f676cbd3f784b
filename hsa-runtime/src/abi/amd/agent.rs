//! AMD status codes and agent attributes of hsa_ext_amd.h.

use crate::abi::*;

c_enum! {
    /// AMD's statuses.
    hsa_amd_status_t of hsa_status_t {
        HSA_STATUS_ERROR_INVALID_MEMORY_POOL = 40,
        HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION = 41,
        HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION = 42,
        HSA_STATUS_ERROR_MEMORY_FAULT = 43,
        HSA_STATUS_CU_MASK_REDUCED = 44,
        HSA_STATUS_ERROR_OUT_OF_REGISTERS = 45,
        HSA_STATUS_ERROR_RESOURCE_BUSY = 46,
        HSA_STATUS_ERROR_NOT_SUPPORTED = 47,
        HSA_STATUS_ERROR_XNACK_DISABLED = 48,
        HSA_STATUS_ERROR_INVALID_DISPATCH_PARAMETERS = 49,
        HSA_STATUS_ERROR_RESOURCE_NOT_READY = 50,
    }
}

/// Three 64-bit extents.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_dim3_t {
    pub x: u64,
    pub y: u64,
    pub z: u64,
}

c_enum! {
    /// IOMMU support that an agent reports.
    hsa_amd_iommu_version_t: u32 {
        HSA_IOMMU_SUPPORT_NONE = 0,
        HSA_IOMMU_SUPPORT_V2 = 1,
    }
}

/// GPU, CPU and system clocks read at one moment; frequency in Hz.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_clock_counters_t {
    pub gpu_clock_counter: u64,
    pub cpu_clock_counter: u64,
    pub system_clock_counter: u64,
    pub system_clock_frequency: u64,
}

c_enum! {
    /// AMD's attributes of `hsa_agent_get_info`.
    hsa_amd_agent_info_t: u32 {
        HSA_AMD_AGENT_INFO_CHIP_ID = 0xA000,
        HSA_AMD_AGENT_INFO_CACHELINE_SIZE = 0xA001,
        HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT = 0xA002,
        HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY = 0xA003,
        HSA_AMD_AGENT_INFO_DRIVER_NODE_ID = 0xA004,
        HSA_AMD_AGENT_INFO_MAX_ADDRESS_WATCH_POINTS = 0xA005,
        HSA_AMD_AGENT_INFO_BDFID = 0xA006,
        HSA_AMD_AGENT_INFO_MEMORY_WIDTH = 0xA007,
        HSA_AMD_AGENT_INFO_MEMORY_MAX_FREQUENCY = 0xA008,
        HSA_AMD_AGENT_INFO_PRODUCT_NAME = 0xA009,
        HSA_AMD_AGENT_INFO_MAX_WAVES_PER_CU = 0xA00A,
        HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU = 0xA00B,
        HSA_AMD_AGENT_INFO_NUM_SHADER_ENGINES = 0xA00C,
        HSA_AMD_AGENT_INFO_NUM_SHADER_ARRAYS_PER_SE = 0xA00D,
        HSA_AMD_AGENT_INFO_HDP_FLUSH = 0xA00E,
        HSA_AMD_AGENT_INFO_DOMAIN = 0xA00F,
        HSA_AMD_AGENT_INFO_COOPERATIVE_QUEUES = 0xA010,
        HSA_AMD_AGENT_INFO_UUID = 0xA011,
        HSA_AMD_AGENT_INFO_ASIC_REVISION = 0xA012,
        HSA_AMD_AGENT_INFO_SVM_DIRECT_HOST_ACCESS = 0xA013,
        HSA_AMD_AGENT_INFO_COOPERATIVE_COMPUTE_UNIT_COUNT = 0xA014,
        HSA_AMD_AGENT_INFO_MEMORY_AVAIL = 0xA015,
        HSA_AMD_AGENT_INFO_TIMESTAMP_FREQUENCY = 0xA016,
        HSA_AMD_AGENT_INFO_ASIC_FAMILY_ID = 0xA107,
        HSA_AMD_AGENT_INFO_UCODE_VERSION = 0xA108,
        HSA_AMD_AGENT_INFO_SDMA_UCODE_VERSION = 0xA109,
        HSA_AMD_AGENT_INFO_NUM_SDMA_ENG = 0xA10A,
        HSA_AMD_AGENT_INFO_NUM_SDMA_XGMI_ENG = 0xA10B,
        HSA_AMD_AGENT_INFO_IOMMU_SUPPORT = 0xA110,
        HSA_AMD_AGENT_INFO_NUM_XCC = 0xA111,
        HSA_AMD_AGENT_INFO_DRIVER_UID = 0xA112,
        HSA_AMD_AGENT_INFO_NEAREST_CPU = 0xA113,
        HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES = 0xA114,
        HSA_AMD_AGENT_INFO_AQL_EXTENSIONS = 0xA115,
        HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_MAX = 0xA116,
        HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_CURRENT = 0xA117,
        HSA_AMD_AGENT_INFO_CLOCK_COUNTERS = 0xA118,
        HSA_AMD_AGENT_INFO_PM4_EMULATION = 0xA119,
        HSA_AMD_AGENT_INFO_LUID = 0xA11A,
        HSA_AMD_AGENT_INFO_HAS_EXPERT_SCHED_MODE = 0xA11B,
        HSA_AMD_AGENT_INFO_CUID = 0xA11C,
        HSA_AMD_AGENT_INFO_KERNEL_WG_MAX_SIZE = 0xA11D,
        HSA_AMD_AGENT_INFO_KERNEL_CLUSTER_MAX_DIM = 0xA11E,
        HSA_AMD_AGENT_INFO_KERNEL_CLUSTER_MAX_SIZE = 0xA11F,
        HSA_AMD_AGENT_INFO_CLUSTER_MAX_DIM = 0xA120,
        HSA_AMD_AGENT_INFO_CLUSTER_MAX_SIZE = 0xA121,
        HSA_AMD_AGENT_INFO_KERNEL_WG_MAX_DIM = 0xA122,
        HSA_AMD_AGENT_INFO_MAX_DATA_PREFETCH_REGIONS = 0xA123,
        HSA_AMD_AGENT_INFO_HOST_ALLOC_DMABUF_SUPPORTED = 0xA124,
    }
}

c_enum! {
    /// Bit numbers in HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES.
    hsa_amd_agent_memory_properties_t: u32 {
        HSA_AMD_MEMORY_PROPERTY_AGENT_IS_APU = 1 << 0,
    }
}

c_enum! {
    /// Bit numbers in HSA_AMD_AGENT_INFO_AQL_EXTENSIONS.
    hsa_amd_agent_aql_properties_t: u32 {
        HSA_AMD_AQL_PROPERTY_EXT_DISPATCH = 1 << 0,
    }
}

c_enum! {
    /// One bit an SDMA engine.
    hsa_amd_sdma_engine_id_t: u32 {
        HSA_AMD_SDMA_ENGINE_0 = 0x1,
        HSA_AMD_SDMA_ENGINE_1 = 0x2,
        HSA_AMD_SDMA_ENGINE_2 = 0x4,
        HSA_AMD_SDMA_ENGINE_3 = 0x8,
        HSA_AMD_SDMA_ENGINE_4 = 0x10,
        HSA_AMD_SDMA_ENGINE_5 = 0x20,
        HSA_AMD_SDMA_ENGINE_6 = 0x40,
        HSA_AMD_SDMA_ENGINE_7 = 0x80,
        HSA_AMD_SDMA_ENGINE_8 = 0x100,
        HSA_AMD_SDMA_ENGINE_9 = 0x200,
        HSA_AMD_SDMA_ENGINE_10 = 0x400,
        HSA_AMD_SDMA_ENGINE_11 = 0x800,
        HSA_AMD_SDMA_ENGINE_12 = 0x1000,
        HSA_AMD_SDMA_ENGINE_13 = 0x2000,
        HSA_AMD_SDMA_ENGINE_14 = 0x4000,
        HSA_AMD_SDMA_ENGINE_15 = 0x8000,
    }
}

/// Addresses of the registers that flush the host data path.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_hdp_flush_t {
    pub HDP_MEM_FLUSH_CNTL: *mut u32,
    pub HDP_REG_FLUSH_CNTL: *mut u32,
}

c_enum! {
    /// AMD's attributes of `hsa_region_get_info`.
    hsa_amd_region_info_t: u32 {
        HSA_AMD_REGION_INFO_HOST_ACCESSIBLE = 0xA000,
        HSA_AMD_REGION_INFO_BASE = 0xA001,
        HSA_AMD_REGION_INFO_BUS_WIDTH = 0xA002,
        HSA_AMD_REGION_INFO_MAX_CLOCK_FREQUENCY = 0xA003,
    }
}
