//! Events. Answers to upstream's `events.c`.

use super::{
    exports,
    pointer::{self, Pointer},
    process,
};
use hsakmt_thunk::{
    Result, Status,
    abi::{
        HSA_EVENTID_MEMORY_FATAL_PROCESS, HsaEvent, HsaEventData, HsaEventDescriptor, HsaEventUnion,
        HsaHwException, HsaMemoryAccessFault, access_failure, event_type,
    },
    event::{HardwareException, MemoryFault, Wait, is_signal},
    message::{self, Level},
    topology::model,
};
use std::ffi::c_int;

fn handle(event: Pointer<HsaEvent>) -> Result<HsaEvent> {
    process::thunk()?;
    event.read().map_err(|_| Status::InvalidHandle.into())
}

fn create(wanted: HsaEventDescriptor, auto_reset: bool, signaled: bool) -> Result<HsaEvent> {
    if wanted.EventType >= event_type::MAXID {
        return Err(Status::InvalidParameter.into());
    }
    let thunk = process::thunk()?;
    let services = thunk.services()?;
    let node = model::NodeId(wanted.NodeId);
    let event = thunk.events().create(&services.memory, wanted.EventType, node, auto_reset, signaled)?;
    Ok(HsaEvent {
        EventId: event.id,
        EventData: HsaEventData {
            EventType: wanted.EventType,
            EventData: HsaEventUnion { SyncVar: wanted.SyncVar },
            HWData1: u64::from(event.id),
            HWData2: event.slot,
            HWData3: event.trigger,
        },
    })
}

fn memory_fault(fault: &MemoryFault) -> Result<HsaMemoryAccessFault> {
    message::print(
        Level::Error,
        format_args!("GPU {:#x} could not access address {:#x}: {fault:?}", fault.gpu_id, fault.address),
    );
    let bit = |set: bool, bit: u32| if set { bit } else { 0 };
    let failure = bit(fault.not_present, access_failure::NOT_PRESENT)
        | bit(fault.read_only, access_failure::READ_ONLY)
        | bit(fault.no_execute, access_failure::NO_EXECUTE)
        | bit(fault.imprecise, access_failure::IMPRECISE)
        | bit(matches!(fault.error_type, 1 | 2), access_failure::ECC)
        | (fault.error_type & 7) << access_failure::ERROR_TYPE_SHIFT;
    Ok(HsaMemoryAccessFault {
        NodeId: process::node_of_gpu(fault.gpu_id)?,
        VirtualAddress: fault.address,
        Failure: failure,
        Flags: HSA_EVENTID_MEMORY_FATAL_PROCESS,
    })
}

fn hardware_exception(exception: &HardwareException) -> Result<HsaHwException> {
    Ok(HsaHwException {
        NodeId: process::node_of_gpu(exception.gpu_id)?,
        ResetType: exception.reset_type,
        MemoryLost: exception.memory_lost,
        ResetCause: exception.reset_cause,
    })
}

/// Tells the caller's event what happened.
fn tell(place: Pointer<HsaEvent>, mut event: HsaEvent, wait: &Wait) -> Result<()> {
    let fault = if event.EventData.EventType == event_type::MEMORY { wait.memory_fault() } else { None };
    let exception =
        if event.EventData.EventType == event_type::HW_EXCEPTION { wait.hardware_exception() } else { None };
    if let Some(fault) = fault {
        event.EventData.EventData.MemoryAccessFault = memory_fault(&fault)?;
    } else if let Some(exception) = exception {
        event.EventData.EventData.HwException = hardware_exception(&exception)?;
    } else {
        return Ok(());
    }
    place.write(event)
}

fn wait(places: &[Pointer<HsaEvent>], all: bool, milliseconds: u32, ages: Pointer<u64>) -> Result<()> {
    let thunk = process::thunk()?;
    let events = places.iter().map(|place| handle(*place)).collect::<Result<Vec<_>>>()?;
    let mut known = if ages.is_null() { vec![0; events.len()] } else { ages.read_all(events.len())? };
    let has_age = |event: &HsaEvent| event.EventData.EventType == event_type::SIGNAL;
    let mut waits: Vec<Wait> = events
        .iter()
        .zip(&known)
        .map(|(event, age)| Wait::new(event.EventId, if has_age(event) { *age } else { 0 }))
        .collect();
    let waited = thunk.events().wait(&mut waits, all, milliseconds);
    let told = waited.and_then(|()| {
        let mut all = places.iter().zip(&events).zip(&waits);
        all.try_for_each(|((place, event), wait)| tell(*place, *event, wait))
    });
    for ((age, event), wait) in known.iter_mut().zip(&events).zip(&waits) {
        if has_age(event) {
            *age = wait.age();
        }
    }
    if !ages.is_null() {
        let room = known.len();
        ages.write_all(known.into_iter(), room)?;
    }
    told
}

fn wait_many(
    events: Pointer<*mut HsaEvent>,
    count: u32,
    all: bool,
    milliseconds: u32,
    ages: Pointer<u64>,
) -> Result<()> {
    process::thunk()?;
    let events = events.read_all(count as usize).map_err(|_| Status::InvalidHandle)?;
    let places: Vec<_> = events.into_iter().map(Pointer::adopted).collect();
    wait(&places, all, milliseconds, ages)
}

exports! {
    /// Creates an event.
    fn hsaKmtCreateEvent(
        EventDesc: *mut HsaEventDescriptor,
        ManualReset: bool,
        IsSignaled: bool,
        Event: *mut *mut HsaEvent,
    ) {
        process::thunk()?;
        Event.check()?;
        let created = create(EventDesc.read()?, !ManualReset, IsSignaled);
        let event = created.as_ref().map_or(std::ptr::null_mut(), |event| pointer::hand_over(*event));
        Event.write(event)?;
        created.map(drop)
    }

    /// Destroys an event.
    fn hsaKmtDestroyEvent(Event: *mut HsaEvent) {
        let event = handle(Event)?;
        process::thunk()?.events().destroy(event.EventId)?;
        pointer::take_back(Event).map(drop)
    }

    /// Raises a signal event.
    fn hsaKmtSetEvent(Event: *mut HsaEvent) {
        let event = handle(Event)?;
        if !is_signal(event.EventData.EventType) {
            return Err(Status::Error.into());
        }
        process::thunk()?.events().set(event.EventId)
    }

    /// Resets a signal event.
    fn hsaKmtResetEvent(Event: *mut HsaEvent) {
        let event = handle(Event)?;
        if !is_signal(event.EventData.EventType) {
            return Err(Status::Error.into());
        }
        process::thunk()?.events().reset(event.EventId)
    }

    /// Tells nothing, as upstream.
    fn hsaKmtQueryEventState(Event: *mut HsaEvent) {
        handle(Event).map(drop)
    }

    /// Waits for an event.
    fn hsaKmtWaitOnEvent(Event: *mut HsaEvent, Milliseconds: u32) {
        wait(&[Event], true, Milliseconds, Pointer::adopted(std::ptr::null_mut()))
    }

    /// Waits for an event newer than an age.
    fn hsaKmtWaitOnEvent_Ext(Event: *mut HsaEvent, Milliseconds: u32, event_age: *mut u64) {
        wait(&[Event], true, Milliseconds, event_age)
    }

    /// Waits for one or all of several events.
    fn hsaKmtWaitOnMultipleEvents(
        Events: *mut *mut HsaEvent,
        NumEvents: u32,
        WaitOnAll: bool,
        Milliseconds: u32,
    ) {
        wait_many(Events, NumEvents, WaitOnAll, Milliseconds, Pointer::adopted(std::ptr::null_mut()))
    }

    /// Waits for one or all of several events newer than their ages.
    fn hsaKmtWaitOnMultipleEvents_Ext(
        Events: *mut *mut HsaEvent,
        NumEvents: u32,
        WaitOnAll: bool,
        Milliseconds: u32,
        event_age: *mut u64,
    ) {
        wait_many(Events, NumEvents, WaitOnAll, Milliseconds, event_age)
    }

    /// A descriptor that delivers system management events.
    fn hsaKmtOpenSMI(NodeId: u32, fd: *mut c_int) {
        let thunk = process::thunk()?;
        process::gpu_id(NodeId)?;
        fd.check()?;
        fd.write(thunk.open_smi(model::NodeId(NodeId))?)
    }
}
