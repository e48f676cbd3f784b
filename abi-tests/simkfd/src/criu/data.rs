//! The private data of a checkpoint, of which user mode knows only the size: `struct kfd_criu_*_priv_data` of
//! amdkfd/kfd_priv.h. Touches nothing.
#![forbid(unsafe_code)]

use crate::uapi::layout::c_structs;

/// `KFD_CRIU_PRIV_VERSION`
pub(super) const VERSION: u32 = 1;
/// `KFD_CRIU_OBJECT_TYPE_QUEUE`
pub(super) const QUEUE: u32 = 0;
/// `KFD_CRIU_OBJECT_TYPE_EVENT`
pub(super) const EVENT: u32 = 1;
/// `KFD_CRIU_OBJECT_TYPE_SVM_RANGE`
pub(super) const SVM_RANGE: u32 = 2;
/// `KFD_INVALID_FD`
pub(super) const NO_DESCRIPTOR: u32 = u32::MAX;
/// `MAX_GPU_INSTANCE`
pub(super) const MAX_GPUS: usize = 64;

c_structs! {
    /// The process as a whole.
    kfd_criu_process_priv_data: 8 { version: u32, xnack_mode: u32 }

    /// A device, of which nothing is kept yet.
    kfd_criu_device_priv_data: 8 { reserved: u64 }

    /// A buffer object.
    kfd_criu_bo_priv_data: 272 {
        user_addr: u64, idr_handle: u32, mapped_gpuids: [u32; MAX_GPUS], tail_pad: u32,
    }

    /// A queue; its MQD and its control stack follow.
    kfd_criu_queue_priv_data: 120 {
        object_type: u32, pad: u32, q_address: u64, q_size: u64, read_ptr_addr: u64, write_ptr_addr: u64,
        doorbell_off: u64, eop_ring_buffer_address: u64, ctx_save_restore_area_address: u64, gpu_id: u32,
        type_: u32, format: u32, q_id: u32, priority: u32, q_percent: u32, doorbell_id: u32, gws: u32,
        sdma_id: u32, eop_ring_buffer_size: u32, ctx_save_restore_area_size: u32, ctl_stack_size: u32,
        mqd_size: u32, tail_pad: u32,
    }

    /// An event; the union of what exceptions tell is left as the words that it is made of.
    kfd_criu_event_priv_data: 64 {
        object_type: u32, pad: u32, user_handle: u64, event_id: u32, auto_reset: u32, type_: u32, signaled: u32,
        union_data: [u64; 4],
    }

    /// A range of shared virtual memory, in pages; its attributes follow.
    kfd_criu_svm_range_priv_data: 24 { object_type: u32, pad: u32, start_addr: u64, size: u64 }
}
