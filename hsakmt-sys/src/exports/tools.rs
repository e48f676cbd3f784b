//! Counters, streaming monitor, PC sampling. Answers to upstream's `perfctr.c`, `spm.c` and `pc_sampling.c`; the last
//! two need a kernel that Linux is not (requests from 0x80 on).

use super::{exports, missing, process};
use hsakmt_thunk::{
    Status,
    abi::{
        HSATraceId, HsaCounter, HsaCounterProperties, HsaPcSamplingInfo, HsaPcSamplingTraceId,
        HsaPmcTraceRoot,
    },
};
use std::ffi::c_void;

exports! {
    /// Counters of a node.
    fn hsaKmtPmcGetCounterProperties(NodeId: u32, CounterProperties: *mut *mut HsaCounterProperties) {
        process::gpu_id(NodeId)?;
        CounterProperties.check()?;
        missing("hsaKmtPmcGetCounterProperties")
    }

    /// Registers counters.
    fn hsaKmtPmcRegisterTrace(
        NodeId: u32,
        _NumberOfCounters: u32,
        _Counters: *mut HsaCounter,
        _TraceRoot: *mut HsaPmcTraceRoot,
    ) {
        process::gpu_id(NodeId)?;
        missing("hsaKmtPmcRegisterTrace")
    }

    /// Takes a registration back.
    fn hsaKmtPmcUnregisterTrace(NodeId: u32, _TraceId: HSATraceId) {
        process::gpu_id(NodeId)?;
        missing("hsaKmtPmcUnregisterTrace")
    }

    /// Takes counters for oneself.
    fn hsaKmtPmcAcquireTraceAccess(NodeId: u32, _TraceId: HSATraceId) {
        process::gpu_id(NodeId)?;
        missing("hsaKmtPmcAcquireTraceAccess")
    }

    /// Gives them back.
    fn hsaKmtPmcReleaseTraceAccess(NodeId: u32, _TraceId: HSATraceId) {
        process::gpu_id(NodeId)?;
        missing("hsaKmtPmcReleaseTraceAccess")
    }

    /// Starts counting.
    fn hsaKmtPmcStartTrace(_TraceId: HSATraceId, _TraceBuffer: *mut c_void, _TraceBufferSizeBytes: u64) {
        process::thunk()?;
        missing("hsaKmtPmcStartTrace")
    }

    /// Reads counters.
    fn hsaKmtPmcQueryTrace(_TraceId: HSATraceId) {
        process::thunk()?;
        missing("hsaKmtPmcQueryTrace")
    }

    /// Stops counting.
    fn hsaKmtPmcStopTrace(_TraceId: HSATraceId) {
        process::thunk()?;
        missing("hsaKmtPmcStopTrace")
    }

    /// Takes the streaming monitor for oneself.
    fn hsaKmtSPMAcquire(PreferredNode: u32) {
        process::gpu_id(PreferredNode)?;
        missing("hsaKmtSPMAcquire")
    }

    /// Gives it back.
    fn hsaKmtSPMRelease(PreferredNode: u32) {
        process::gpu_id(PreferredNode)?;
        missing("hsaKmtSPMRelease")
    }

    /// Where the streaming monitor writes.
    fn hsaKmtSPMSetDestBuffer(
        PreferredNode: u32,
        _SizeInBytes: u32,
        _timeout: *mut u32,
        _SizeCopied: *mut u32,
        _DestMemoryAddress: *mut c_void,
        _isSPMDataLoss: *mut bool,
    ) {
        process::gpu_id(PreferredNode)?;
        missing("hsaKmtSPMSetDestBuffer")
    }

    /// Whether the kernel samples program counters.
    fn hsaKmtPcSamplingSupport() {
        process::thunk()?;
        missing("hsaKmtPcSamplingSupport")
    }

    /// What sampling a node offers.
    fn hsaKmtPcSamplingQueryCapabilities(
        NodeId: u32,
        _sample_info: *mut c_void,
        _sample_info_sz: u32,
        sz_needed: *mut u32,
    ) {
        process::gpu_id(NodeId)?;
        sz_needed.check()?;
        missing("hsaKmtPcSamplingQueryCapabilities")
    }

    /// Creates a sampling session.
    fn hsaKmtPcSamplingCreate(
        node_id: u32,
        _sample_info: *mut HsaPcSamplingInfo,
        traceId: *mut HsaPcSamplingTraceId,
    ) {
        process::gpu_id(node_id)?;
        traceId.check()?;
        missing("hsaKmtPcSamplingCreate")
    }

    /// Destroys it.
    fn hsaKmtPcSamplingDestroy(NodeId: u32, traceId: HsaPcSamplingTraceId) {
        process::gpu_id(NodeId)?;
        if traceId == 0 { Err(Status::InvalidParameter.into()) } else { missing("hsaKmtPcSamplingDestroy") }
    }

    /// Starts it.
    fn hsaKmtPcSamplingStart(NodeId: u32, traceId: HsaPcSamplingTraceId) {
        process::gpu_id(NodeId)?;
        if traceId == 0 { Err(Status::InvalidParameter.into()) } else { missing("hsaKmtPcSamplingStart") }
    }

    /// Stops it.
    fn hsaKmtPcSamplingStop(NodeId: u32, traceId: HsaPcSamplingTraceId) {
        process::gpu_id(NodeId)?;
        if traceId == 0 { Err(Status::InvalidParameter.into()) } else { missing("hsaKmtPcSamplingStop") }
    }
}
