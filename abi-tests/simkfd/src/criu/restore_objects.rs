//! Queues, events and ranges of shared virtual memory made from a checkpoint. Mirrors the `kfd_criu_restore_*` of
//! amdkfd/kfd_process_queue_manager.c, kfd_events.c and kfd_svm.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::data::*;
use super::objects::{COMMON, mqd_size};
use super::restore::Private;
use crate::contract::{Call, Errno};
use crate::event::{self, Event};
use crate::queue::{self, Kind, Numbers, Properties};
use crate::svm;
use crate::uapi::kfd::{kfd_ioctl_alloc_queue_gws_args, kfd_ioctl_svm_args, kfd_ioctl_svm_attribute};
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, c_structs};

c_structs! {
    /// What the private data of every object begins with.
    object_type: 4 { value: u32 }
}

/// `struct criu_svm_metadata`
pub(super) struct SavedRange {
    head: kfd_criu_svm_range_priv_data,
    attributes: Vec<kfd_ioctl_svm_attribute>,
}

/// The next object (`criu_restore_objects`).
pub(super) fn next(call: &mut Call, private: &mut Private) -> Result<(), Errno> {
    match private.peek::<object_type>(call)?.value {
        QUEUE => restore_queue(call, private),
        EVENT => restore_event(call, private),
        SVM_RANGE => restore_range(call, private),
        _ => Err(Errno::EINVAL),
    }
}

/// `kfd_criu_restore_queue`. The MQD and the control stack are passed over: nothing is in them.
fn restore_queue(call: &mut Call, private: &mut Private) -> Result<(), Errno> {
    let saved: kfd_criu_queue_priv_data = private.take(call)?;
    let device = call.device(saved.gpu_id)?;
    let gpu = call.gpu(device);
    let kind = match saved.type_ {
        KFD_IOC_QUEUE_TYPE_COMPUTE => Kind::Compute,
        KFD_IOC_QUEUE_TYPE_SDMA => Kind::Sdma,
        KFD_IOC_QUEUE_TYPE_SDMA_XGMI => Kind::SdmaXgmi,
        _ => return Err(Errno::EINVAL),
    };
    // One MQD, though a checkpoint has one for each XCC: queues on several are refused.
    if saved.mqd_size != mqd_size(gpu, kind == Kind::Compute) {
        return Err(Errno::EINVAL);
    }
    private.take_array::<u8>(call, saved.mqd_size as usize + saved.ctl_stack_size as usize)?;
    let numbers = Numbers { id: saved.q_id, doorbell: saved.doorbell_id, sdma: saved.sdma_id };
    let properties = properties(&saved, kind, gpu.xccs() as u32);
    queue::restore(call, device, properties, &numbers)?;
    if saved.gws != 0 {
        let mut wanted =
            kfd_ioctl_alloc_queue_gws_args { queue_id: saved.q_id, num_gws: 1, ..Default::default() };
        queue::ioctls::alloc_gws(call, &mut wanted)?;
    }
    Ok(())
}

/// `set_queue_properties_from_criu`
fn properties(saved: &kfd_criu_queue_priv_data, kind: Kind, xccs: u32) -> Properties {
    Properties {
        kind,
        aql: saved.format != 0,
        ring: saved.q_address,
        ring_size: saved.q_size,
        metadata_ring_size: 0,
        read_pointer: saved.read_ptr_addr,
        write_pointer: saved.write_ptr_addr,
        percentage: saved.q_percent,
        priority: saved.priority,
        eop_buffer: saved.eop_ring_buffer_address,
        eop_buffer_size: saved.eop_ring_buffer_size.into(),
        save_area: saved.ctx_save_restore_area_address,
        save_area_size: saved.ctx_save_restore_area_size,
        control_stack_size: saved.ctl_stack_size / if kind == Kind::Compute { xccs } else { 1 },
        sdma_engine: 0,
    }
}

/// `kfd_criu_restore_event`. Its age begins anew.
fn restore_event(call: &mut Call, private: &mut Private) -> Result<(), Errno> {
    let saved: kfd_criu_event_priv_data = private.take(call)?;
    let event = Event {
        kind: saved.type_,
        auto_reset: saved.auto_reset != 0,
        signaled: saved.signaled != 0,
        age: 0,
        data: saved.union_data,
    };
    event::restore(call, saved.event_id, event, saved.user_handle)
}

/// `kfd_criu_restore_svm`: kept until the process is let go on.
fn restore_range(call: &mut Call, private: &mut Private) -> Result<(), Errno> {
    let count = COMMON.len() + call.process().devices.len();
    private.check(kfd_criu_svm_range_priv_data::SIZE + count * kfd_ioctl_svm_attribute::SIZE)?;
    let head = private.take(call)?;
    let attributes = private.take_array(call, count)?;
    if let Some(restored) = &mut call.process().restored {
        restored.ranges.push(SavedRange { head, attributes });
    }
    Ok(())
}

/// `kfd_criu_resume_svm`, of one range.
pub(super) fn resume_range(call: &mut Call, range: &SavedRange) -> Result<(), Errno> {
    if range.head.size == 0 {
        return Ok(());
    }
    let mut attributes = range.attributes.clone();
    let mut set_flags = u32::MAX;
    for attribute in &mut attributes {
        match (attribute.kind, attribute.value) {
            // What was never prefetched has no place that could be asked for.
            (KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, KFD_IOCTL_SVM_LOCATION_UNDEFINED) => {
                *attribute = kfd_ioctl_svm_attribute { kind: KFD_IOCTL_SVM_ATTR_SET_FLAGS, value: 0 };
            }
            (KFD_IOCTL_SVM_ATTR_SET_FLAGS, value) => set_flags = value,
            _ => {}
        }
    }
    attributes.push(kfd_ioctl_svm_attribute { kind: KFD_IOCTL_SVM_ATTR_CLR_FLAGS, value: !set_flags });
    let page = call.host.page_size();
    let args = kfd_ioctl_svm_args {
        start_addr: range.head.start_addr.wrapping_mul(page),
        size: range.head.size.wrapping_mul(page),
        op: KFD_IOCTL_SVM_OP_SET_ATTR,
        nattr: attributes.len() as u32,
    };
    svm::set_attributes(call, &args, &attributes)
}
