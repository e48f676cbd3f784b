//! Types and numbers of the HSA runtime's C interface, as far as the doctor needs them. Answers to hsa.h, hsa_ext_amd.h.
#![forbid(unsafe_code)]
#![allow(non_camel_case_types, reason = "names are the header's")]

/// `hsa_status_t`
pub type Status = u32;
/// `HSA_STATUS_SUCCESS`
pub const SUCCESS: Status = 0;
/// `HSA_STATUS_ERROR_OUT_OF_RESOURCES`
pub const OUT_OF_RESOURCES: Status = 0x1008;

/// `HSA_SYSTEM_INFO_VERSION_MAJOR` and the one after it, _MINOR.
pub const SYSTEM_VERSION: [u32; 2] = [0, 1];
/// `HSA_AMD_SYSTEM_INFO_BUILD_VERSION`
pub const SYSTEM_BUILD: u32 = 0x200;

/// `HSA_AGENT_INFO_NAME`, of 64 bytes.
pub const AGENT_NAME: u32 = 0;
/// `HSA_AGENT_INFO_DEVICE`
pub const AGENT_DEVICE: u32 = 17;
/// `HSA_AMD_AGENT_INFO_DRIVER_NODE_ID`
pub const AGENT_NODE: u32 = 0xa004;
/// `HSA_AMD_AGENT_INFO_MEMORY_AVAIL`
pub const AGENT_AVAILABLE: u32 = 0xa015;
/// `HSA_DEVICE_TYPE_GPU`; processors are 0.
pub const DEVICE_GPU: u32 = 1;

/// `HSA_AMD_MEMORY_POOL_INFO_SEGMENT`; the global one is 0.
pub const POOL_SEGMENT: u32 = 0;
/// `HSA_AMD_MEMORY_POOL_INFO_SIZE`
pub const POOL_SIZE: u32 = 2;
/// `HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED`
pub const POOL_ALLOCATES: u32 = 5;

/// `HSA_SIGNAL_CONDITION_LT`
pub const LESS_THAN: u32 = 2;
/// `HSA_WAIT_STATE_BLOCKED`
pub const BLOCKED: u32 = 0;
/// `HSA_QUEUE_TYPE_SINGLE`
pub const ONE_PRODUCER: u32 = 1;
/// `HSA_PROFILE_BASE`
pub const BASE_PROFILE: u32 = 0;
/// `HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT`
pub const DEFAULT_ROUNDING: u32 = 0;
/// `HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT`
pub const KERNEL_OBJECT: u32 = 22;

/// First word of a kernel dispatch packet: its type, the barrier bit, system scope before and after; one dimension.
pub const DISPATCH: u32 = 2 | 1 << 8 | 2 << 9 | 2 << 11 | 1 << 16;

/// `hsa_queue_t`
#[repr(C)]
pub struct hsa_queue_t {
    /// Type, and what it can do.
    pub kind: [u32; 2],
    /// The ring.
    pub base_address: *mut DispatchPacket,
    /// Its doorbell.
    pub doorbell_signal: u64,
    /// Packets in the ring.
    pub size: u32,
    /// Reserved, and its number.
    pub rest: [u32; 3],
}

/// `hsa_kernel_dispatch_packet_t`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct DispatchPacket {
    /// Header and dimensions.
    pub first: u32,
    /// Work-items of a group; the fourth is reserved.
    pub group: [u16; 4],
    /// Work-items of the grid.
    pub grid: [u32; 3],
    /// Scratch and group memory.
    pub segments: [u32; 2],
    /// The kernel's descriptor.
    pub kernel_object: u64,
    /// Its arguments.
    pub arguments: u64,
    /// Reserved.
    pub reserved: u64,
    /// What is decremented in the end.
    pub completion_signal: u64,
}

const _: () = assert!(size_of::<DispatchPacket>() == 64 && size_of::<hsa_queue_t>() == 40);
