//! Performance counters. Answers to upstream's `perfctr.c`.

use super::{
    exports,
    pointer::{self, Pointer},
    process,
};
use hsakmt_thunk::{
    Result, Status, Thunk,
    abi::{HSATraceId, HsaCounter, HsaCounterProperties, HsaPmcTraceRoot},
    perf::{
        COUNTERS_MAX, Traces, Wanted,
        blocks::{self, Block},
    },
    topology::model::{self, GpuId},
};
use std::{collections::BTreeMap, ffi::c_void, sync::Mutex};

/// `HSA_PROFILE_TYPE_PRIVILEGED_STREAMING`: types up to it are the kernel's.
const LAST_PRIVILEGED: u32 = 1;
/// `HSA_PROFILE_TYPE_NONPRIV_IMMEDIATE`.
const NONPRIVILEGED: u32 = 2;
/// `HsaCounterFlags.Global`.
const GLOBAL: u32 = 1;

/// What was handed out for each node: callers keep it, and get the same again.
static PROPERTIES: Mutex<BTreeMap<u32, usize>> = Mutex::new(BTreeMap::new());

/// The open thunk; without one upstream has no room for counters.
fn thunk() -> Result<&'static Thunk> {
    process::thunk().map_err(|_| Status::NoMemory.into())
}

/// The registrations; without an open thunk no id is valid.
fn traces(id: HSATraceId) -> Result<&'static Traces> {
    if id == 0 {
        return Err(Status::InvalidParameter.into());
    }
    Ok(process::thunk().map_err(|_| Status::InvalidHandle)?.traces())
}

/// The GPU of a node, 0 for a CPU.
fn gpu(node: u32) -> Result<GpuId> {
    process::acquired().map_err(|_| Status::InvalidNodeUnit)?.gpu_id(model::NodeId(node))
}

/// The blocks of a node.
fn blocks_of(node: u32) -> Result<Vec<Block>> {
    let known = process::with_node(node, |node| blocks::of(node.gfx?, node.properties.device_id))?;
    known.ok_or_else(|| Status::InvalidParameter.into())
}

/// `HsaCounterProperties` with its blocks and counters, each an array behind its head.
fn properties(blocks: &[Block]) -> Vec<u8> {
    let concurrent: u32 = blocks.iter().map(|block| block.slots).sum();
    let mut bytes = [blocks.len() as u32, concurrent].map(u32::to_ne_bytes).concat();
    for block in blocks {
        let uuid = blocks::uuid(block.uuid);
        bytes.extend(uuid.Data1.to_ne_bytes());
        bytes.extend([uuid.Data2, uuid.Data3].map(u16::to_ne_bytes).concat());
        bytes.extend(uuid.Data4);
        bytes.extend([block.ids.len() as u32, block.slots].map(u32::to_ne_bytes).concat());
        for id in &block.ids {
            bytes.extend(NONPRIVILEGED.to_ne_bytes());
            bytes.extend(u64::from(*id).to_ne_bytes());
            bytes.extend(blocks::COUNTER_BITS.to_ne_bytes());
            bytes.extend(u64::MAX.to_ne_bytes());
            bytes.extend([GLOBAL, block.index].map(u32::to_ne_bytes).concat());
        }
    }
    bytes
}

/// The properties of a node, made when first asked for.
fn handed_out(node: u32) -> Result<*mut HsaCounterProperties> {
    let blocks = blocks_of(node)?;
    let mut known = PROPERTIES.lock().map_err(|_| Status::Error)?;
    if let Some(address) = known.get(&node) {
        return Ok(std::ptr::with_exposed_provenance_mut(*address));
    }
    let memory = pointer::hand_over_records(&properties(&blocks))?;
    known.insert(node, memory.expose_provenance());
    Ok(memory.cast())
}

/// The counters that a caller would like.
fn read(counters: Pointer<HsaCounter>, count: u32) -> Result<Vec<Wanted>> {
    let wanted = |counter: HsaCounter| Wanted {
        block: counter.BlockIndex,
        privileged: counter.Type <= LAST_PRIVILEGED,
        bits: counter.CounterSizeInBits,
    };
    Ok(counters.read_all(count as usize)?.into_iter().map(wanted).collect())
}

exports! {
    /// Counters of a node; the memory stays the library's.
    fn hsaKmtPmcGetCounterProperties(NodeId: u32, CounterProperties: *mut *mut HsaCounterProperties) {
        thunk()?;
        CounterProperties.check()?;
        gpu(NodeId)?;
        CounterProperties.write(handed_out(NodeId)?)
    }

    /// Registers counters that the kernel counts.
    fn hsaKmtPmcRegisterTrace(
        NodeId: u32,
        NumberOfCounters: u32,
        Counters: *mut HsaCounter,
        TraceRoot: *mut HsaPmcTraceRoot,
    ) {
        let thunk = thunk()?;
        Counters.check()?;
        TraceRoot.check()?;
        if NumberOfCounters == 0 {
            return Err(Status::InvalidParameter.into());
        }
        let gpu = gpu(NodeId)?;
        if NumberOfCounters > COUNTERS_MAX {
            return Err(Status::NoMemory.into());
        }
        let wanted = read(Counters, NumberOfCounters)?;
        let registered = thunk.traces().register(gpu, &blocks_of(NodeId)?, &wanted)?;
        let page = thunk.driver().kernel().page_size();
        TraceRoot.write(HsaPmcTraceRoot {
            TraceBufferMinSizeBytes: registered.bytes.next_multiple_of(page),
            NumberOfPasses: 1,
            TraceId: registered.id,
        })
    }

    /// Takes a registration back.
    fn hsaKmtPmcUnregisterTrace(NodeId: u32, TraceId: HSATraceId) {
        if TraceId == 0 {
            return Err(Status::InvalidParameter.into());
        }
        let gpu = gpu(NodeId)?;
        traces(TraceId)?.unregister(gpu, TraceId)
    }

    /// Takes counters for oneself: as in upstream's library, a check of the arguments.
    fn hsaKmtPmcAcquireTraceAccess(NodeId: u32, TraceId: HSATraceId) {
        traces(TraceId)?.check(TraceId)?;
        gpu(NodeId).map(drop)
    }

    /// Gives them back: as in upstream's library, a check of the registration.
    fn hsaKmtPmcReleaseTraceAccess(_NodeId: u32, TraceId: HSATraceId) {
        traces(TraceId)?.check(TraceId)
    }

    /// Starts counting.
    fn hsaKmtPmcStartTrace(TraceId: HSATraceId, TraceBuffer: *mut c_void, TraceBufferSizeBytes: u64) {
        TraceBuffer.check()?;
        if TraceBufferSizeBytes == 0 {
            return Err(Status::InvalidParameter.into());
        }
        traces(TraceId)?.switch(TraceId)
    }

    /// Reads counters.
    fn hsaKmtPmcQueryTrace(TraceId: HSATraceId) {
        traces(TraceId)?.query(TraceId)
    }

    /// Stops counting.
    fn hsaKmtPmcStopTrace(TraceId: HSATraceId) {
        traces(TraceId)?.switch(TraceId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::offset_of;

    #[test]
    fn properties_have_the_headers_layout() {
        let block =
            Block { index: 14, uuid: 0x11223344_5566_7788_0102_030405060708, slots: 8, ids: vec![3, 9] };
        let bytes = properties(&[block.clone(), block]);
        let head = offset_of!(HsaCounterProperties, Blocks);
        let counters = offset_of!(hsakmt_thunk::abi::HsaCounterBlockProperties, Counters);
        let (counter, one_block) = (size_of::<HsaCounter>(), counters + 2 * size_of::<HsaCounter>());
        assert_eq!(bytes.len(), head + 2 * one_block);
        let word = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((word(0), word(4)), (2, 16));
        let second = head + one_block;
        assert_eq!((word(second), word(second + counters - 8)), (0x1122_3344, 2));
        let id = second + counters + counter + offset_of!(HsaCounter, CounterId);
        assert_eq!((word(id), word(bytes.len() - 4)), (9, 14));
    }
}
