//! Constants of include/uapi/linux/kfd_ioctl.h, and the mmap offsets of amdkfd/kfd_priv.h, under the kernel's
//! names. Touches nothing.
#![forbid(unsafe_code)]
#![allow(missing_docs)]

pub const KFD_IOCTL_MAJOR_VERSION: u32 = 1;

pub const KFD_IOC_QUEUE_TYPE_COMPUTE: u32 = 0;
pub const KFD_IOC_QUEUE_TYPE_SDMA: u32 = 1;
pub const KFD_IOC_QUEUE_TYPE_COMPUTE_AQL: u32 = 2;
pub const KFD_IOC_QUEUE_TYPE_SDMA_XGMI: u32 = 3;
pub const KFD_IOC_QUEUE_TYPE_SDMA_BY_ENG_ID: u32 = 4;
pub const KFD_MAX_QUEUE_PERCENTAGE: u32 = 100;
pub const KFD_MAX_QUEUE_PRIORITY: u32 = 15;
pub const KFD_MIN_QUEUE_RING_SIZE: u32 = 1024;

pub const KFD_IOC_CACHE_POLICY_COHERENT: u32 = 0;
pub const KFD_IOC_CACHE_POLICY_NONCOHERENT: u32 = 1;

pub const NUM_OF_SUPPORTED_GPUS: usize = 7;

pub const KFD_IOC_EVENT_SIGNAL: u32 = 0;
pub const KFD_IOC_EVENT_HW_EXCEPTION: u32 = 3;
pub const KFD_IOC_EVENT_DEBUG_EVENT: u32 = 5;
pub const KFD_IOC_EVENT_MEMORY: u32 = 8;
pub const KFD_IOC_WAIT_RESULT_COMPLETE: u32 = 0;
pub const KFD_IOC_WAIT_RESULT_TIMEOUT: u32 = 1;
pub const KFD_IOC_WAIT_RESULT_FAIL: u32 = 2;
pub const KFD_SIGNAL_EVENT_LIMIT: u32 = 4096;
/// kfd_priv.h: what fills a slot of the event page that has not been signalled.
pub const UNSIGNALED_EVENT_SLOT: u64 = u64::MAX;
/// kfd_events.h: `(INT_MAX >> 1) + 1`.
pub const KFD_FIRST_NONSIGNAL_EVENT_ID: u32 = 0x4000_0000;
/// kfd_priv.h
pub const KFD_EVENT_TIMEOUT_IMMEDIATE: u32 = 0;
/// kfd_priv.h
pub const KFD_EVENT_TIMEOUT_INFINITE: u32 = u32::MAX;

pub const KFD_IOC_ALLOC_MEM_FLAGS_VRAM: u32 = 1 << 0;
pub const KFD_IOC_ALLOC_MEM_FLAGS_GTT: u32 = 1 << 1;
pub const KFD_IOC_ALLOC_MEM_FLAGS_USERPTR: u32 = 1 << 2;
pub const KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL: u32 = 1 << 3;
pub const KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP: u32 = 1 << 4;
pub const KFD_IOC_ALLOC_MEM_FLAGS_WRITABLE: u32 = 1 << 31;
pub const KFD_IOC_ALLOC_MEM_FLAGS_EXECUTABLE: u32 = 1 << 30;
pub const KFD_IOC_ALLOC_MEM_FLAGS_PUBLIC: u32 = 1 << 29;
pub const KFD_IOC_ALLOC_MEM_FLAGS_AQL_QUEUE_MEM: u32 = 1 << 27;

pub const KFD_IOCTL_SVM_OP_SET_ATTR: u32 = 0;
pub const KFD_IOCTL_SVM_OP_GET_ATTR: u32 = 1;
pub const KFD_IOCTL_SVM_LOCATION_SYSMEM: u32 = 0;
pub const KFD_IOCTL_SVM_LOCATION_UNDEFINED: u32 = u32::MAX;
pub const KFD_IOCTL_SVM_ATTR_PREFERRED_LOC: u32 = 0;
pub const KFD_IOCTL_SVM_ATTR_PREFETCH_LOC: u32 = 1;
pub const KFD_IOCTL_SVM_ATTR_ACCESS: u32 = 2;
pub const KFD_IOCTL_SVM_ATTR_ACCESS_IN_PLACE: u32 = 3;
pub const KFD_IOCTL_SVM_ATTR_NO_ACCESS: u32 = 4;
pub const KFD_IOCTL_SVM_ATTR_SET_FLAGS: u32 = 5;
pub const KFD_IOCTL_SVM_ATTR_CLR_FLAGS: u32 = 6;
pub const KFD_IOCTL_SVM_ATTR_GRANULARITY: u32 = 7;
pub const KFD_IOCTL_SVM_FLAG_HOST_ACCESS: u32 = 0x01;
pub const KFD_IOCTL_SVM_FLAG_COHERENT: u32 = 0x02;
pub const KFD_IOCTL_SVM_FLAG_GPU_RO: u32 = 0x8;
pub const KFD_IOCTL_SVM_FLAG_GPU_ALWAYS_MAPPED: u32 = 0x40;

pub const KFD_RUNTIME_ENABLE_MODE_ENABLE_MASK: u32 = 1;
pub const KFD_RUNTIME_ENABLE_MODE_TTMP_SAVE_MASK: u32 = 2;
pub const DEBUG_RUNTIME_STATE_DISABLED: u32 = 0;
pub const DEBUG_RUNTIME_STATE_ENABLED: u32 = 1;
pub const DEBUG_RUNTIME_STATE_ENABLED_BUSY: u32 = 2;

pub const KFD_IOC_DBG_TRAP_ENABLE: u32 = 0;
pub const KFD_IOC_DBG_TRAP_DISABLE: u32 = 1;
pub const KFD_IOC_DBG_TRAP_SEND_RUNTIME_EVENT: u32 = 2;
pub const KFD_IOC_DBG_TRAP_SET_EXCEPTIONS_ENABLED: u32 = 3;
pub const KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_OVERRIDE: u32 = 4;
pub const KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_MODE: u32 = 5;
pub const KFD_IOC_DBG_TRAP_SUSPEND_QUEUES: u32 = 6;
pub const KFD_IOC_DBG_TRAP_RESUME_QUEUES: u32 = 7;
pub const KFD_IOC_DBG_TRAP_SET_NODE_ADDRESS_WATCH: u32 = 8;
pub const KFD_IOC_DBG_TRAP_CLEAR_NODE_ADDRESS_WATCH: u32 = 9;
pub const KFD_IOC_DBG_TRAP_SET_FLAGS: u32 = 10;
pub const KFD_IOC_DBG_TRAP_QUERY_DEBUG_EVENT: u32 = 11;
pub const KFD_IOC_DBG_TRAP_QUERY_EXCEPTION_INFO: u32 = 12;
pub const KFD_IOC_DBG_TRAP_GET_QUEUE_SNAPSHOT: u32 = 13;
pub const KFD_IOC_DBG_TRAP_GET_DEVICE_SNAPSHOT: u32 = 14;

pub const KFD_DBG_TRAP_OVERRIDE_OR: u32 = 0;
pub const KFD_DBG_TRAP_OVERRIDE_REPLACE: u32 = 1;
pub const KFD_DBG_TRAP_MASK_DBG_ADDRESS_WATCH: u32 = 128;
/// KFD_DBG_TRAP_MASK_FP_INVALID to KFD_DBG_TRAP_MASK_DBG_MEMORY_VIOLATION
pub const KFD_DBG_TRAP_MASK_EXCEPTIONS: u32 = 0x1ff;
pub const KFD_DBG_TRAP_MASK_TRAP_ON_WAVE_START: u32 = 1 << 30;
pub const KFD_DBG_TRAP_MASK_TRAP_ON_WAVE_END: u32 = 1 << 31;
pub const KFD_DBG_TRAP_WAVE_LAUNCH_MODE_NORMAL: u8 = 0;
pub const KFD_DBG_TRAP_WAVE_LAUNCH_MODE_HALT: u8 = 1;
pub const KFD_DBG_TRAP_WAVE_LAUNCH_MODE_DEBUG: u8 = 3;
pub const KFD_DBG_TRAP_FLAG_SINGLE_MEM_OP: u32 = 1;
pub const KFD_DBG_TRAP_FLAG_SINGLE_ALU_OP: u32 = 2;
pub const KFD_DBG_TRAP_FLAG_LDS_OUT_OF_ADDR_RANGE: u32 = 4;
pub const KFD_DBG_QUEUE_INVALID_MASK: u32 = 1 << 31;
/// kfd_priv.h
pub const MAX_WATCH_ADDRESSES: u32 = 4;

pub const EC_QUEUE_NEW: u32 = 31;
pub const EC_DEVICE_QUEUE_DELETE: u32 = 32;
pub const EC_DEVICE_MEMORY_VIOLATION: u32 = 33;
pub const EC_PROCESS_RUNTIME: u32 = 48;
/// Codes 1 to 6, 16 to 23, 30 and 31.
pub const KFD_EC_MASK_QUEUE: u64 = 0x607f_803f;
/// Codes 32 to 36.
pub const KFD_EC_MASK_DEVICE: u64 = 0x1f << 31;
/// Codes 48 and 49.
pub const KFD_EC_MASK_PROCESS: u64 = 3 << 47;

/// `KFD_EC_MASK` of a code from 1 to 64.
pub const fn kfd_ec_mask(code: u32) -> u64 {
    1 << (code - 1)
}

pub const KFD_SMI_EVENT_QUEUE_EVICTION: u32 = 9;
pub const KFD_SMI_EVENT_QUEUE_RESTORE: u32 = 10;
pub const KFD_SMI_EVENT_UNMAP_FROM_GPU: u32 = 11;
pub const KFD_SMI_EVENT_PROCESS_START: u32 = 12;
pub const KFD_SMI_EVENT_PROCESS_END: u32 = 13;
pub const KFD_QUEUE_EVICTION_TRIGGER_USERPTR: u32 = 1;
pub const KFD_QUEUE_EVICTION_CRIU_CHECKPOINT: u32 = 4;
pub const KFD_QUEUE_EVICTION_CRIU_RESTORE: u32 = 5;

pub const KFD_CRIU_OP_PROCESS_INFO: u32 = 0;
pub const KFD_CRIU_OP_CHECKPOINT: u32 = 1;
pub const KFD_CRIU_OP_UNPAUSE: u32 = 2;
pub const KFD_CRIU_OP_RESTORE: u32 = 3;
pub const KFD_CRIU_OP_RESUME: u32 = 4;
pub const KFD_SVM_UNMAP_TRIGGER_UNMAP_FROM_CPU: u32 = 2;

pub const KFD_IOC_PROFILER_VERSION_NUM: u32 = 1;
pub const KFD_IOC_PROFILER_PMC: u32 = 0;
pub const KFD_IOC_PROFILER_VERSION: u32 = 2;
pub const KFD_IOC_PROFILER_PTL_CONTROL: u32 = 3;

const KFD_MMAP_TYPE_SHIFT: u32 = 62;
const KFD_MMAP_GPU_ID_SHIFT: u32 = 46;
/// kfd_topology.h's KFD_GPU_ID_HASH_WIDTH
const KFD_GPU_ID_HASH_WIDTH: u32 = 16;
pub const KFD_MMAP_TYPE_MASK: u64 = 3 << KFD_MMAP_TYPE_SHIFT;
pub const KFD_MMAP_TYPE_DOORBELL: u64 = 3 << KFD_MMAP_TYPE_SHIFT;
pub const KFD_MMAP_TYPE_EVENTS: u64 = 2 << KFD_MMAP_TYPE_SHIFT;
pub const KFD_MMAP_TYPE_RESERVED_MEM: u64 = 1 << KFD_MMAP_TYPE_SHIFT;
pub const KFD_MMAP_TYPE_MMIO: u64 = 0;

const KFD_MMAP_GPU_ID_MASK: u64 = ((1 << KFD_GPU_ID_HASH_WIDTH) - 1) << KFD_MMAP_GPU_ID_SHIFT;

/// `KFD_MMAP_GPU_ID`
pub const fn kfd_mmap_gpu_id(gpu_id: u32) -> u64 {
    ((gpu_id as u64) << KFD_MMAP_GPU_ID_SHIFT) & KFD_MMAP_GPU_ID_MASK
}

/// `KFD_MMAP_GET_GPU_ID`
pub const fn kfd_mmap_get_gpu_id(offset: u64) -> u32 {
    ((offset & KFD_MMAP_GPU_ID_MASK) >> KFD_MMAP_GPU_ID_SHIFT) as u32
}
