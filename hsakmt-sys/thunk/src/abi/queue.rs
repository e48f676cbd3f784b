//! Queues and their save areas.

use super::structs;

/// `HSA_QUEUEID`.
pub type HSA_QUEUEID = u64;
/// `HSA_QUEUE_PRIORITY`: 8 bytes, because the enum holds both -3 and 0xFFFFFFFF.
pub type HSA_QUEUE_PRIORITY = i64;

/// `HSA_QUEUE_TYPE`.
pub mod queue_type {
    pub const COMPUTE: u32 = 1;
    pub const SDMA: u32 = 2;
    pub const SDMA_XGMI: u32 = 5;
    pub const SDMA_BY_ENG_ID: u32 = 6;
    pub const COMPUTE_AQL: u32 = 21;
}

structs! {
    HsaUserContextSaveAreaHeader: 40 {
        ControlStackOffset: u32 = 0, ControlStackSize: u32 = 4, WaveStateOffset: u32 = 8, WaveStateSize: u32 = 12,
        DebugOffset: u32 = 16, DebugSize: u32 = 20, ErrorReason: *mut i64 = 24, ErrorEventId: u32 = 32,
        Reserved1: u32 = 36,
    }
    HsaQueueInfo: 68 {
        QueueDetailError: u32 = 0, QueueTypeExtended: u32 = 4, NumCUAssigned: u32 = 8, CUMaskInfo: *mut u32 = 12,
        UserContextSaveArea: *mut u32 = 20, SaveAreaSizeInBytes: u64 = 28, ControlStackTop: *mut u32 = 36,
        ControlStackUsedInBytes: u64 = 44, SaveAreaHeader: *mut HsaUserContextSaveAreaHeader = 52,
        Reserved2: u64 = 60,
    }
    HsaQueueResource: 40 {
        QueueId: HSA_QUEUEID = 0, QueueDoorBell: u64 = 8, QueueWptrValue: u64 = 16, QueueRptrValue: u64 = 24,
        ErrorReason: *mut i64 = 32,
    }
}
