//! Queues. Answers to upstream's `queues.c`.

use super::{exports, pointer::Pointer, process};
use hsakmt_thunk::{
    Result, Status,
    abi::{HSA_QUEUE_PRIORITY, HSA_QUEUEID, HsaEvent, HsaQueueInfo, HsaQueueResource, queue_type},
    queue::Description,
    topology::model,
};
use std::ffi::c_void;

/// Creates a queue; `wanted` lacks what the caller's structures tell.
pub(super) fn create(
    wanted: Description,
    error_event: Pointer<HsaEvent>,
    place: Pointer<HsaQueueResource>,
) -> Result<()> {
    let thunk = process::thunk()?;
    process::gpu_id(wanted.node.0)?;
    let mut resource = place.read()?;
    let description = Description {
        read_pointer: resource.QueueRptrValue,
        write_pointer: resource.QueueWptrValue,
        error_reason: resource.ErrorReason as u64,
        error_event: if error_event.is_null() { 0 } else { error_event.read()?.EventId },
        ..wanted
    };
    let services = thunk.services()?;
    let created = services.queues.create(&services.memory, thunk.events(), &description)?;
    (resource.QueueId, resource.QueueDoorBell) = (created.id, created.doorbell);
    (resource.QueueRptrValue, resource.QueueWptrValue) = (created.read_pointer, created.write_pointer);
    place.write(resource)
}

exports! {
    /// Creates a queue.
    fn hsaKmtCreateQueue(
        NodeId: u32,
        Type: u32,
        QueuePercentage: u32,
        Priority: HSA_QUEUE_PRIORITY,
        QueueAddress: *mut c_void,
        QueueSizeInBytes: u64,
        Event: *mut HsaEvent,
        QueueResource: *mut HsaQueueResource,
    ) {
        process::thunk()?;
        if Type == queue_type::SDMA_BY_ENG_ID {
            return Err(Status::Error.into());
        }
        let wanted = Description {
            node: model::NodeId(NodeId),
            kind: Type,
            percentage: QueuePercentage,
            priority: Priority,
            ring: QueueAddress.address(),
            ring_size: QueueSizeInBytes,
            ..Description::default()
        };
        create(wanted, Event, QueueResource)
    }

    /// Changes a queue.
    fn hsaKmtUpdateQueue(
        QueueId: HSA_QUEUEID,
        QueuePercentage: u32,
        Priority: HSA_QUEUE_PRIORITY,
        QueueAddress: *mut c_void,
        QueueSize: u64,
        _Event: *mut HsaEvent,
    ) {
        let queues = &process::services()?.queues;
        queues.update(QueueId, QueuePercentage, Priority, QueueAddress.address(), QueueSize)
    }

    /// Destroys a queue.
    fn hsaKmtDestroyQueue(QueueId: HSA_QUEUEID) {
        let services = process::services()?;
        services.queues.destroy(&services.memory, QueueId)
    }

    /// Restricts a queue to compute units.
    fn hsaKmtSetQueueCUMask(QueueId: HSA_QUEUEID, CUMaskCount: u32, QueueCUMask: *mut u32) {
        let services = process::services()?;
        if CUMaskCount % 32 != 0 {
            return Err(Status::InvalidParameter.into());
        }
        QueueCUMask.check()?;
        services.queues.set_cu_mask(QueueId, &QueueCUMask.read_all(CUMaskCount as usize / 32)?)
    }

    /// What a queue's save area holds.
    fn hsaKmtGetQueueInfo(QueueId: HSA_QUEUEID, QueueInfo: *mut HsaQueueInfo) {
        let services = process::services()?;
        QueueInfo.check()?;
        let state = services.queues.wave_state(QueueId)?;
        QueueInfo.write(HsaQueueInfo {
            QueueDetailError: 0,
            QueueTypeExtended: 0,
            NumCUAssigned: state.cu_mask.1,
            CUMaskInfo: state.cu_mask.0 as *mut u32,
            UserContextSaveArea: state.wave_state as *mut u32,
            SaveAreaSizeInBytes: state.wave_state_used,
            ControlStackTop: state.control_stack_top as *mut u32,
            ControlStackUsedInBytes: state.control_stack_used,
            SaveAreaHeader: state.header as *mut _,
            Reserved2: 0,
        })
    }

    /// The driver's id of a queue.
    fn hsaKmtGetKernelQueueId(QueueId: HSA_QUEUEID, KernelInternalQueueId: *mut u32) {
        let services = process::services()?;
        KernelInternalQueueId.check()?;
        KernelInternalQueueId.write(services.queues.kernel_id(QueueId)?)
    }

    /// Second-level trap handler of a GPU.
    fn hsaKmtSetTrapHandler(
        NodeId: u32,
        TrapHandlerBaseAddress: *mut c_void,
        _TrapHandlerSizeInBytes: u64,
        TrapBufferBaseAddress: *mut c_void,
        _TrapBufferSizeInBytes: u64,
    ) {
        let services = process::services()?;
        let gpu = process::gpu_id(NodeId)?;
        services.queues.set_trap_handler(gpu, TrapHandlerBaseAddress.address(), TrapBufferBaseAddress.address())
    }

    /// Global wave sync resources for a queue.
    fn hsaKmtAllocQueueGWS(QueueId: HSA_QUEUEID, nGWS: u32, firstGWS: *mut u32) {
        let first = process::services()?.queues.allocate_gws(QueueId, nGWS)?;
        firstGWS.write_if_wanted(first);
        Ok(())
    }
}
