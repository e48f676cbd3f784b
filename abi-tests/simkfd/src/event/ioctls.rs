//! AMDKFD_IOC_CREATE_EVENT, _DESTROY_EVENT, _SET_EVENT and _RESET_EVENT. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Event, has_slot, page};
use crate::contract::{Call, Errno};
use crate::uapi::kfd::{
    kfd_ioctl_create_event_args, kfd_ioctl_destroy_event_args, kfd_ioctl_reset_event_args,
    kfd_ioctl_set_event_args,
};
use crate::uapi::kfd_flags::{KFD_IOC_EVENT_SIGNAL, KFD_MMAP_TYPE_EVENTS};

/// `kfd_ioctl_create_event` and `kfd_event_create`
pub(crate) fn create(call: &mut Call, args: &mut kfd_ioctl_create_event_args) -> Result<(), Errno> {
    if args.event_page_offset != 0 {
        page::set(call, args.event_page_offset)?;
    }
    args.event_page_offset = 0;
    let slot = has_slot(args.event_type);
    if slot {
        page::ensure(call)?;
    }
    let event = Event { kind: args.event_type, auto_reset: args.auto_reset != 0, age: 1, ..Event::default() };
    let id = call.process().events.add(event)?;
    if slot {
        args.event_page_offset = KFD_MMAP_TYPE_EVENTS;
        args.event_slot_index = id;
        let backing = call.process().events.page.take();
        if let Some(page) = &backing {
            page.clear(call, id);
        }
        call.process().events.page = backing;
    }
    (args.event_id, args.event_trigger_data) = (id, id);
    Ok(())
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
