//! AMDKFD_IOC_CREATE_EVENT, _DESTROY_EVENT, _SET_EVENT and _RESET_EVENT. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Event, has_slot, page};
use crate::contract::{Call, Errno};
use crate::uapi::kfd::{
    kfd_ioctl_create_event_args, kfd_ioctl_destroy_event_args, kfd_ioctl_reset_event_args,
    kfd_ioctl_set_event_args,
};
use crate::uapi::kfd_flags::{
    KFD_IOC_EVENT_HW_EXCEPTION, KFD_IOC_EVENT_MEMORY, KFD_IOC_EVENT_SIGNAL, KFD_MMAP_TYPE_EVENTS,
};

/// `kfd_ioctl_create_event` and `kfd_event_create`
pub(crate) fn create(call: &mut Call, args: &mut kfd_ioctl_create_event_args) -> Result<(), Errno> {
    if args.event_page_offset != 0 {
        page::set(call, args.event_page_offset)?;
    }
    args.event_page_offset = 0;
    let event = Event { kind: args.event_type, auto_reset: args.auto_reset != 0, age: 1, ..Event::default() };
    let id = add(call, event, None)?;
    if has_slot(args.event_type) {
        args.event_page_offset = KFD_MMAP_TYPE_EVENTS;
        args.event_slot_index = id;
    }
    (args.event_id, args.event_trigger_data) = (id, id);
    Ok(())
}

/// `create_signal_event` and `create_other_event`: a signal event's slot is made as not signalled.
fn add(call: &mut Call, event: Event, wanted: Option<u32>) -> Result<u32, Errno> {
    let slot = event.has_slot();
    if slot {
        page::ensure(call)?;
    }
    let id = call.process().events.add(event, wanted)?;
    let host = call.host;
    if let Some(page) = call.process().events.page.as_ref().filter(|_| slot) {
        page.clear(host, id);
    }
    Ok(id)
}

/// `kfd_criu_restore_event`: an event of a checkpoint, under its id. The first one may bring the signal page.
pub(crate) fn restore(call: &mut Call, id: u32, event: Event, page_handle: u64) -> Result<(), Errno> {
    if i32::try_from(id).is_err() {
        return Err(Errno::EINVAL);
    }
    if page_handle != 0 {
        page::set(call, page_handle)?;
    }
    let told = matches!(event.kind, KFD_IOC_EVENT_MEMORY | KFD_IOC_EVENT_HW_EXCEPTION);
    if !told && !event.has_slot() {
        return Err(Errno::EINVAL);
    }
    add(call, event, Some(id)).map(drop)
}

/// `kfd_event_destroy`
pub(crate) fn destroy(call: &mut Call, args: &mut kfd_ioctl_destroy_event_args) -> Result<(), Errno> {
    call.process().events.remove(args.event_id)?;
    call.wake();
    Ok(())
}

/// `kfd_set_event`
pub(crate) fn set(call: &mut Call, args: &mut kfd_ioctl_set_event_args) -> Result<(), Errno> {
    cpu_signaled(call, args.event_id)?;
    if call.process().events.set(args.event_id) {
        call.wake();
    }
    Ok(())
}

/// `kfd_reset_event`
pub(crate) fn reset(call: &mut Call, args: &mut kfd_ioctl_reset_event_args) -> Result<(), Errno> {
    cpu_signaled(call, args.event_id)?.signaled = false;
    Ok(())
}

/// The event, if it is one that the CPU may set (`event_can_be_cpu_signaled`).
fn cpu_signaled<'c>(call: &'c mut Call, id: u32) -> Result<&'c mut Event, Errno> {
    let event = call.process().events.events.get_mut(&id);
    event.filter(|event| event.kind == KFD_IOC_EVENT_SIGNAL).ok_or(Errno::EINVAL)
}
