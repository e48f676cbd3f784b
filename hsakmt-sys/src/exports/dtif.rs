//! Names that ROCr 7's loader takes from libdtif.so and libhsakmt.so.1 never had. Answers to the name list of its
//! `thunk_loader.cpp`; upstream's are in `queues.c`, `memory.c` and `hsakmtmodel.c`.

use super::{exports, memory, pointer, process, queue};
use hsakmt_thunk::{
    abi::{HSA_QUEUE_PRIORITY, HSA_QUEUEID, HsaEvent, HsaGraphicsResourceInfo, HsaQueueResource},
    queue::Description,
    topology::model,
};
use std::ffi::c_void;

/// HSA_REGISTER_MEM_FLAGS: the buffer gets an address also when no node is named.
const REQUIRES_ADDRESS: u32 = 1;

exports! {
    /// Creates a queue, on the SDMA engine of the caller's choice if the type says so.
    fn hsaKmtCreateQueueExt(
        NodeId: u32,
        Type: u32,
        QueuePercentage: u32,
        Priority: HSA_QUEUE_PRIORITY,
        SdmaEngineId: u32,
        QueueAddress: *mut c_void,
        QueueSizeInBytes: u64,
        Event: *mut HsaEvent,
        QueueResource: *mut HsaQueueResource,
    ) {
        let wanted = Description {
            node: model::NodeId(NodeId),
            kind: Type,
            percentage: QueuePercentage,
            priority: Priority,
            engine: SdmaEngineId,
            ring: QueueAddress.address(),
            ring_size: QueueSizeInBytes,
            ..Description::default()
        };
        queue::create(wanted, Event, QueueResource)
    }

    /// Tells the GPU of new packets of an AQL queue. ROCr has no other way to do so under HSA_ENABLE_DTIF=1. Releases
    /// disagree on whether the packet's number is a second argument, so it comes from the queue's write pointer: the
    /// GPU itself waits at packets that are not written yet.
    fn hsaKmtQueueRingDoorbell(QueueId: HSA_QUEUEID) {
        let (doorbell, write_pointer) = process::services()?.queues.bell(QueueId)?;
        pointer::ring(doorbell, write_pointer);
        Ok(())
    }

    /// Imports a graphics buffer (dma-buf).
    fn hsaKmtRegisterGraphicsHandleToNodesExt(
        GraphicsResourceHandle: u64,
        GraphicsResourceInfo: *mut HsaGraphicsResourceInfo,
        NumberOfNodes: u64,
        NodeArray: *mut u32,
        RegisterFlags: u32,
    ) {
        process::services()?;
        let nodes = NodeArray.read_all(NumberOfNodes as usize)?;
        let needs_address = RegisterFlags & REQUIRES_ADDRESS != 0;
        memory::import_graphics(GraphicsResourceHandle, GraphicsResourceInfo, &nodes, needs_address)
    }

    /// Whether a model stands in for the hardware: never, a simulated kernel is not told apart from a real one.
    fn hsaKmtModelEnabled(enable: *mut bool) {
        enable.write(false)
    }
}
