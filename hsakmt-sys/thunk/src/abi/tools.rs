//! Counters, sampling, debugging, external semaphores: what tools use.

use super::structs;
use std::ffi::c_void;

/// `HSATraceId`.
pub type HSATraceId = u64;
/// `HsaPcSamplingTraceId`.
pub type HsaPcSamplingTraceId = u32;

structs! {
    HSA_UUID: 16 { Data1: u32 = 0, Data2: u16 = 4, Data3: u16 = 6, Data4: [u8; 8] = 8 }
    HsaCounter: 32 {
        Type: u32 = 0, CounterId: u64 = 4, CounterSizeInBits: u32 = 12, CounterMask: u64 = 16, Flags: u32 = 24,
        BlockIndex: u32 = 28,
    }
    HsaCounterBlockProperties: 56 {
        BlockId: HSA_UUID = 0, NumCounters: u32 = 16, NumConcurrent: u32 = 20, Counters: [HsaCounter; 1] = 24,
    }
    HsaCounterProperties: 64 {
        NumBlocks: u32 = 0, NumConcurrent: u32 = 4, Blocks: [HsaCounterBlockProperties; 1] = 8,
    }
    HsaPmcTraceRoot: 20 { TraceBufferMinSizeBytes: u64 = 0, NumberOfPasses: u32 = 8, TraceId: HSATraceId = 12 }
    HsaPcSamplingInfo: 40 {
        value: u64 = 0, value_min: u64 = 8, value_max: u64 = 16, flags: u64 = 24, method: u32 = 32, units: u32 = 36,
    }
    HsaDbgWaveMessage: 16 { MemoryVA: *mut c_void = 0, Value: u32 = 8, Reserved2: u32 = 12 }
    HSA_EXTERNAL_SEMAPHORE_HANDLE: 8 { handle: u64 = 0 }
}
