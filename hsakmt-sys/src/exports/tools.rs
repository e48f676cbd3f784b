//! Streaming monitor, PC sampling. Answers to upstream's `spm.c` and `pc_sampling.c`; both ask for what only AMD's own
//! kernel has (requests from 0x80 on).

use super::{exports, process};
use hsakmt_thunk::{
    Result, Status, Thunk,
    abi::{HsaPcSamplingInfo, HsaPcSamplingTraceId},
    pcs, spm,
    topology::model::{self, GpuId},
};
use std::ffi::c_void;

fn gpu(node: u32) -> Result<(&'static Thunk, GpuId)> {
    let thunk = process::acquired()?;
    let gpu = thunk.gpu_id(model::NodeId(node))?;
    Ok((thunk, gpu))
}

/// The same for a sampling session, of which 0 is none.
fn session(node: u32, id: HsaPcSamplingTraceId) -> Result<(&'static Thunk, GpuId)> {
    if id == 0 { Err(Status::InvalidHandle.into()) } else { gpu(node) }
}

exports! {
    /// Takes the streaming monitor for oneself.
    fn hsaKmtSPMAcquire(PreferredNode: u32) {
        let (thunk, gpu) = gpu(PreferredNode)?;
        spm::acquire(thunk.driver(), gpu)
    }

    /// Gives it back.
    fn hsaKmtSPMRelease(PreferredNode: u32) {
        let (thunk, gpu) = gpu(PreferredNode)?;
        spm::release(thunk.driver(), gpu)
    }

    /// Where the streaming monitor writes from now on, and what it wrote before.
    fn hsaKmtSPMSetDestBuffer(
        PreferredNode: u32,
        SizeInBytes: u32,
        timeout: *mut u32,
        SizeCopied: *mut u32,
        DestMemoryAddress: *mut c_void,
        isSPMDataLoss: *mut bool,
    ) {
        let (thunk, gpu) = gpu(PreferredNode)?;
        SizeCopied.check()?;
        isSPMDataLoss.check()?;
        let destination = spm::Destination {
            address: DestMemoryAddress.address(),
            size: SizeInBytes,
            timeout: timeout.read()?,
        };
        let filled = spm::set_destination(thunk.driver(), gpu, destination)?;
        SizeCopied.write(filled.bytes)?;
        isSPMDataLoss.write(filled.lost)?;
        timeout.write(filled.timeout)
    }

    /// Whether the kernel samples program counters.
    fn hsaKmtPcSamplingSupport() {
        pcs::check_support(process::thunk()?.driver())
    }

    /// What sampling a node offers.
    fn hsaKmtPcSamplingQueryCapabilities(
        NodeId: u32,
        sample_info: *mut c_void,
        sample_info_sz: u32,
        sz_needed: *mut u32,
    ) {
        sz_needed.check()?;
        let (thunk, gpu) = gpu(NodeId)?;
        let (needed, answered) =
            pcs::capabilities(thunk.driver(), gpu, sample_info.address(), sample_info_sz);
        sz_needed.write(needed)?;
        answered
    }

    /// Creates a sampling session.
    fn hsaKmtPcSamplingCreate(
        node_id: u32,
        sample_info: *mut HsaPcSamplingInfo,
        traceId: *mut HsaPcSamplingTraceId,
    ) {
        sample_info.check()?;
        traceId.check()?;
        let (thunk, gpu) = gpu(node_id)?;
        traceId.write(0)?;
        traceId.write(pcs::create(thunk.driver(), gpu, sample_info.address())?)
    }

    /// Destroys it.
    fn hsaKmtPcSamplingDestroy(NodeId: u32, traceId: HsaPcSamplingTraceId) {
        let (thunk, gpu) = session(NodeId, traceId)?;
        pcs::destroy(thunk.driver(), gpu, traceId)
    }

    /// Starts it.
    fn hsaKmtPcSamplingStart(NodeId: u32, traceId: HsaPcSamplingTraceId) {
        let (thunk, gpu) = session(NodeId, traceId)?;
        pcs::start(thunk.driver(), gpu, traceId)
    }

    /// Stops it.
    fn hsaKmtPcSamplingStop(NodeId: u32, traceId: HsaPcSamplingTraceId) {
        let (thunk, gpu) = session(NodeId, traceId)?;
        pcs::stop(thunk.driver(), gpu, traceId)
    }
}
