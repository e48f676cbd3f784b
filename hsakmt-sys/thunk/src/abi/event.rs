//! Events.

use super::{Zero, structs};

/// `HSA_EVENTTYPE`.
pub mod event_type {
    pub const SIGNAL: u32 = 0;
    pub const HW_EXCEPTION: u32 = 3;
    pub const DEBUG_EVENT: u32 = 5;
    pub const MEMORY: u32 = 8;
    /// First value that is no type.
    pub const MAXID: u32 = 9;
}

/// `HSA_EVENTID_MEMORY_FATAL_PROCESS`.
pub const HSA_EVENTID_MEMORY_FATAL_PROCESS: u32 = 1;

structs! {
    HsaSyncVar: 16 { UserDataPtrValue: u64 = 0, SyncVarSize: u64 = 8 }
    HsaMemoryAccessFault: 20 { NodeId: u32 = 0, VirtualAddress: u64 = 4, Failure: u32 = 12, Flags: u32 = 16 }
    HsaHwException: 16 { NodeId: u32 = 0, ResetType: u32 = 4, MemoryLost: u32 = 8, ResetCause: u32 = 12 }
    HsaEventData: 44 {
        EventType: u32 = 0,
        /// Union of `HsaSyncVar`, `HsaMemoryAccessFault`, `HsaHwException` and smaller ones.
        EventData: HsaEventUnion = 4,
        HWData1: u64 = 24, HWData2: u64 = 32, HWData3: u32 = 40,
    }
    HsaEventDescriptor: 24 { EventType: u32 = 0, NodeId: u32 = 4, SyncVar: HsaSyncVar = 8 }
    HsaEvent: 48 { EventId: u32 = 0, EventData: HsaEventData = 4 }
}

/// What an event tells, by its type.
#[repr(C, packed(4))]
#[derive(Clone, Copy)]
pub union HsaEventUnion {
    pub SyncVar: HsaSyncVar,
    pub MemoryAccessFault: HsaMemoryAccessFault,
    pub HwException: HsaHwException,
}
const _: () = assert!(size_of::<HsaEventUnion>() == 20);

impl Zero for HsaEventUnion {
    // The largest member.
    const ZERO: Self = Self { MemoryAccessFault: HsaMemoryAccessFault::ZERO };
}

/// Bits of `HsaAccessAttributeFailure`.
pub mod access_failure {
    pub const NOT_PRESENT: u32 = 1;
    pub const READ_ONLY: u32 = 1 << 1;
    pub const NO_EXECUTE: u32 = 1 << 2;
    pub const ECC: u32 = 1 << 4;
    pub const IMPRECISE: u32 = 1 << 5;
    /// Where the three bits of the error type begin.
    pub const ERROR_TYPE_SHIFT: u32 = 6;
}
