//! Runtime, debugger and profiler.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering;

use crate::contract::testing::*;
use crate::contract::{Errno, FileKind, Host};
use crate::queue::tests as queue;
use crate::topology::Machine;
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

fn enable(rig: &Rig, mode_mask: u32) -> Result<i32, Errno> {
    rig.ioctl(0x25, &mut kfd_ioctl_runtime_enable_args { r_debug: 0x77, mode_mask, capabilities_mask: 0 })
}

/// An operation with its own arguments, which come back.
fn operate<T: Layout>(rig: &Rig, op: u32, own: &mut T) -> Result<i32, Errno> {
    let mut words = own.to_bytes();
    words.resize(24, 0);
    let mut args =
        kfd_ioctl_dbg_trap_args { pid: rig.host.process_id(), op, union_data: <[u64; 3]>::get(&words) };
    let done = rig.ioctl(0x26, &mut args);
    *own = T::get(&args.union_data.map(u64::to_ne_bytes).concat());
    done
}

fn trap(rig: &Rig, pid: u32, op: u32) -> Result<i32, Errno> {
    let fd = rig.host.descriptor(None);
    let enable = kfd_ioctl_dbg_trap_enable_args {
        exception_mask: 0,
        rinfo_ptr: SCRATCH,
        rinfo_size: 64,
        dbg_fd: fd as u32,
    };
    let union_data = <[u64; 3]>::get(&enable.to_bytes());
    rig.ioctl(0x26, &mut kfd_ioctl_dbg_trap_args { pid, op, union_data })
}

/// A machine with an enabled runtime, a debugger and these many compute queues.
fn debugged(mut machine: Machine, queues: usize) -> Rig {
    machine.gpus.truncate(1);
    let needs = machine.gpus[0].save_area(PAGE, None);
    let rig = Rig::on(machine).bind();
    let args = queue::prepared(&rig, needs);
    assert_eq!(enable(&rig, 1), Ok(0), "the runtime comes before its queues");
    for _ in 0..queues {
        queue::create(&rig, &args).unwrap();
    }
    assert_eq!(trap(&rig, rig.host.process_id(), KFD_IOC_DBG_TRAP_ENABLE), Ok(0));
    rig
}

fn of(gfx: u32) -> Machine {
    machine(vec![gpu(GPU, 1, gfx)])
}

#[test]
fn the_runtime_is_enabled_once() {
    let rig = Rig::new();
    assert_eq!(enable(&rig, 1), Ok(0));
    assert_eq!(enable(&rig, 1), Err(Errno::EBUSY));
    assert_eq!(enable(&rig, 0), Ok(0));
    assert_eq!(enable(&rig, 3), Ok(0));
}

#[test]
fn a_debugger_learns_of_the_runtime() {
    let rig = Rig::new();
    let me = rig.host.process_id();
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_DISABLE), Err(Errno::EINVAL), "not enabled");
    assert_eq!(enable(&rig, 3), Ok(0));
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_ENABLE), Ok(0));
    let mut bytes = [0; kfd_runtime_info::SIZE];
    rig.host.read_user(SCRATCH, &mut bytes).unwrap();
    let expected = kfd_runtime_info { r_debug: 0x77, runtime_state: 1, ttmp_setup: 1 };
    assert_eq!(kfd_runtime_info::get(&bytes), expected);
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_ENABLE), Err(Errno::EALREADY));
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_DISABLE), Ok(0));
}

#[test]
fn hardware_operations_need_the_runtime() {
    let rig = Rig::new();
    let me = rig.host.process_id();
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_ENABLE), Ok(0));
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_SET_FLAGS), Err(Errno::EPERM));
    assert_eq!(trap(&rig, me, 15), Err(Errno::EINVAL));
}

#[test]
fn others_can_not_be_debugged() {
    let rig = Rig::new();
    assert_eq!(trap(&rig, 4711, KFD_IOC_DBG_TRAP_ENABLE), Err(Errno::ESRCH));
    rig.host.pid.store(4711, Ordering::Relaxed);
    rig.kernel.open(FileKind::Kfd, &rig.host).unwrap();
    rig.host.pid.store(100, Ordering::Relaxed);
    assert_eq!(trap(&rig, 4711, KFD_IOC_DBG_TRAP_ENABLE), Err(Errno::EPERM));
}

#[test]
fn a_device_is_locked_by_one_profiler() {
    let rig = Rig::new();
    let profiler = |op, union_data| rig.ioctl(0x28, &mut kfd_ioctl_profiler_args { op, union_data });
    let lock = |on| profiler(KFD_IOC_PROFILER_PMC, [GPU, on, 0]);
    assert_eq!(profiler(1, [0; 3]), Err(Errno::EINVAL));
    assert_eq!(profiler(KFD_IOC_PROFILER_PMC, [1, 1, 0]), Err(Errno::EINVAL), "no such GPU");
    assert_eq!(lock(0), Err(Errno::EINVAL), "not locked");
    assert_eq!((lock(1), lock(1)), (Ok(0), Err(Errno::EALREADY)));
    assert_eq!(lock(0), Ok(0));
    let mut version = kfd_ioctl_profiler_args { op: KFD_IOC_PROFILER_VERSION, union_data: [0; 3] };
    assert_eq!((rig.ioctl(0x28, &mut version), version.union_data[0]), (Ok(0), 1));
}

#[test]
fn without_a_device_operations_find_nothing_to_act_on() {
    let mut bare = machine(Vec::new());
    // The newest kernels do not open without a GPU.
    bare.kernel.kfd_version = [1, 17];
    let rig = Rig::on(bare);
    let me = rig.host.process_id();
    assert_eq!((enable(&rig, 1), trap(&rig, me, KFD_IOC_DBG_TRAP_ENABLE)), (Ok(0), Ok(0)));
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_SET_FLAGS), Ok(0));
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_SET_NODE_ADDRESS_WATCH), Err(Errno::ENODEV));
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_QUERY_DEBUG_EVENT), Err(Errno::EAGAIN));
}

#[test]
fn one_who_is_traced_can_be_debugged() {
    let rig = Rig::new();
    rig.host.tracer.store(true, Ordering::Relaxed);
    assert_eq!(trap(&rig, 4711, KFD_IOC_DBG_TRAP_ENABLE), Ok(0));
    rig.host.tracer.store(false, Ordering::Relaxed);
    assert_eq!(trap(&rig, 4711, KFD_IOC_DBG_TRAP_DISABLE), Ok(0), "who attached may go on");
    assert_eq!(trap(&rig, 4711, KFD_IOC_DBG_TRAP_ENABLE), Err(Errno::EPERM), "and no more when it has ended");
}

#[test]
fn the_debuggers_file_is_kept_as_long_as_the_session() {
    let rig = debugged(of(110000), 0);
    let kept = || rig.host.kept.load(Ordering::Relaxed);
    assert_eq!(kept(), 1);
    assert_eq!(trap(&rig, rig.host.process_id(), KFD_IOC_DBG_TRAP_DISABLE), Ok(0));
    assert_eq!(kept(), 0);
    let mut closed = kfd_ioctl_dbg_trap_enable_args { dbg_fd: 99, ..Default::default() };
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_ENABLE, &mut closed), Err(Errno::EBADF));
    let fd = rig.host.descriptor(None) as u32;
    let mut nowhere = kfd_ioctl_dbg_trap_enable_args { dbg_fd: fd, rinfo_size: 4, ..Default::default() };
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_ENABLE, &mut nowhere), Err(Errno::EFAULT));
    assert_eq!((kept(), nowhere.rinfo_size), (0, 16));
}

#[test]
fn the_runtime_waits_for_its_debugger() {
    let rig = Rig::new();
    let me = rig.host.process_id();
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_ENABLE), Ok(0));
    let runtime = kfd_ec_mask(EC_PROCESS_RUNTIME);
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_SET_EXCEPTIONS_ENABLED, &mut mask(runtime)), Ok(0));
    rig.host.signals.store(true, Ordering::Relaxed);
    assert_eq!(enable(&rig, 1), Err(Errno::EINTR));
    assert_eq!(rig.host.notified.lock().as_slice(), b".");
    let mut info = kfd_ioctl_dbg_trap_query_exception_info_args {
        info_ptr: SCRATCH,
        info_size: 8,
        exception_code: EC_PROCESS_RUNTIME,
        clear_exception: 1,
        ..Default::default()
    };
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_QUERY_EXCEPTION_INFO, &mut info), Ok(0));
    assert_eq!(info.info_size, 16, "what there is, not what was copied");
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_QUERY_EXCEPTION_INFO, &mut info), Err(Errno::ENODATA));
    let mut event =
        kfd_ioctl_dbg_trap_send_runtime_event_args { exception_mask: runtime, ..Default::default() };
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_SEND_RUNTIME_EVENT, &mut event), Ok(0));
    assert_eq!(enable(&rig, 1), Ok(0), "goes on where the signal ended it");
    assert_eq!(enable(&rig, 1), Err(Errno::EBUSY));
    assert_eq!(rig.host.notified.lock().as_slice(), b".", "nothing is told twice");
}

/// The arguments of KFD_IOC_DBG_TRAP_SET_EXCEPTIONS_ENABLED, whose one field stands first.
fn mask(exception_mask: u64) -> kfd_ioctl_dbg_trap_send_runtime_event_args {
    kfd_ioctl_dbg_trap_send_runtime_event_args { exception_mask, ..Default::default() }
}

#[test]
fn new_queues_are_told_of_the_newest_first() {
    let rig = debugged(of(110000), 2);
    let ask = |clear| {
        let mut event =
            kfd_ioctl_dbg_trap_query_debug_event_args { exception_mask: clear, gpu_id: 9, queue_id: 9 };
        operate(&rig, KFD_IOC_DBG_TRAP_QUERY_DEBUG_EVENT, &mut event).map(|_| event)
    };
    assert_eq!(ask(0), Err(Errno::EAGAIN), "nothing is enabled");
    let new = kfd_ec_mask(EC_QUEUE_NEW);
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_SET_EXCEPTIONS_ENABLED, &mut mask(new)), Ok(0));
    assert_eq!(rig.host.notified.lock().len(), 1, "told when it is enabled");
    let told = |queue_id| {
        Ok(kfd_ioctl_dbg_trap_query_debug_event_args { exception_mask: new, gpu_id: GPU, queue_id })
    };
    assert_eq!((ask(0), ask(new), ask(new), ask(new)), (told(1), told(1), told(0), Err(Errno::EAGAIN)));
    let mut info = kfd_ioctl_dbg_trap_query_exception_info_args { info_ptr: SCRATCH, ..Default::default() };
    for (code, source, errno) in [
        (0, 0, Errno::EINVAL),
        (EC_QUEUE_NEW, 7, Errno::EINVAL),
        (EC_QUEUE_NEW, 0, Errno::ENODATA),
        (EC_DEVICE_QUEUE_DELETE, PEER, Errno::EINVAL),
        (EC_DEVICE_QUEUE_DELETE, GPU, Errno::ENODATA),
        (64, 0, Errno::EINVAL),
    ] {
        (info.exception_code, info.source_id) = (code, source);
        assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_QUERY_EXCEPTION_INFO, &mut info), Err(errno), "{code}");
    }
}

#[test]
fn queues_are_suspended_once_somebody_knows_them() {
    let rig = debugged(of(110000), 1);
    let suspend = |mask, ids: [u32; 2]| {
        rig.host_write(SCRATCH, &ids.map(u32::to_ne_bytes).concat());
        let mut args = kfd_ioctl_dbg_trap_suspend_queues_args {
            exception_mask: mask,
            queue_array_ptr: SCRATCH,
            num_queues: 2,
            grace_period: 0,
        };
        let done = operate(&rig, KFD_IOC_DBG_TRAP_SUSPEND_QUEUES, &mut args);
        let mut told = [0; 8];
        rig.host.read_user(SCRATCH, &mut told).unwrap();
        (done, <[u32; 2]>::get(&told))
    };
    let invalid = KFD_DBG_QUEUE_INVALID_MASK;
    assert_eq!(suspend(0, [0, 5]), (Ok(0), [invalid, invalid | 5]), "new, unknown");
    let mut buffer = kfd_ioctl_dbg_trap_snapshot_args {
        exception_mask: kfd_ec_mask(EC_QUEUE_NEW),
        snapshot_buf_ptr: SCRATCH,
        count: 4,
        entry_size: 100,
    };
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_GET_QUEUE_SNAPSHOT, &mut buffer), Ok(0));
    assert_eq!((buffer.count, buffer.entry_size), (1, 64));
    assert_eq!(suspend(0, [0, 5]), (Ok(1), [0, invalid | 5]));
    assert_eq!(rig.ioctl(0x1b, &mut wave_state()), Ok(0), "a suspended queue has saved its waves");
    rig.host.signals.store(true, Ordering::Relaxed);
    let mut destroy = kfd_ioctl_destroy_queue_args::default();
    assert_eq!(rig.ioctl(0x03, &mut destroy), Err(Errno::EINTR), "waits until it is resumed");
    let mut resume =
        kfd_ioctl_dbg_trap_resume_queues_args { queue_array_ptr: SCRATCH, num_queues: 1, pad: 0 };
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_RESUME_QUEUES, &mut resume), Ok(1));
    assert_eq!(rig.ioctl(0x1b, &mut wave_state()), Err(Errno::EINVAL));
    assert_eq!(rig.ioctl(0x03, &mut destroy), Ok(0));
    resume.num_queues = 1025;
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_RESUME_QUEUES, &mut resume), Err(Errno::EINVAL));
}

fn wave_state() -> kfd_ioctl_get_queue_wave_state_args {
    kfd_ioctl_get_queue_wave_state_args { ctl_stack_address: SCRATCH + 64, ..Default::default() }
}

#[test]
fn a_device_has_four_watch_points() {
    let rig = debugged(of(110000), 0);
    let mut watch =
        kfd_ioctl_dbg_trap_set_node_address_watch_args { gpu_id: GPU, address: 64, ..Default::default() };
    for id in 0..4 {
        assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_SET_NODE_ADDRESS_WATCH, &mut watch), Ok(0));
        assert_eq!(watch.id, id);
    }
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_SET_NODE_ADDRESS_WATCH, &mut watch), Err(Errno::ENOMEM));
    let clear = |gpu_id, id| {
        let mut args = kfd_ioctl_dbg_trap_clear_node_address_watch_args { gpu_id, id };
        operate(&rig, KFD_IOC_DBG_TRAP_CLEAR_NODE_ADDRESS_WATCH, &mut args)
    };
    assert_eq!((clear(PEER, 1), clear(GPU, 4)), (Err(Errno::ENODEV), Err(Errno::EINVAL)));
    assert_eq!((clear(GPU, 1), clear(GPU, 1)), (Ok(0), Err(Errno::EINVAL)));
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_SET_NODE_ADDRESS_WATCH, &mut watch), Ok(0));
    assert_eq!(watch.id, 1);
}

#[test]
fn what_traps_from_the_launch_on_depends_on_the_generation() {
    let attempt = |gfx, override_mode, support_request_mask| {
        let rig = debugged(of(gfx), 0);
        let mut args = kfd_ioctl_dbg_trap_set_wave_launch_override_args {
            override_mode,
            support_request_mask,
            enable_mask: support_request_mask,
            pad: 0,
        };
        operate(&rig, KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_OVERRIDE, &mut args)?;
        let first = args.enable_mask;
        operate(&rig, KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_OVERRIDE, &mut args)?;
        Ok((first, args.support_request_mask))
    };
    assert_eq!(attempt(110000, 1, 3), Ok((0, 0x1ff)));
    assert_eq!(attempt(110000, 2, 3), Err(Errno::EPERM));
    assert_eq!(attempt(110000, 0, u32::MAX), Err(Errno::EACCES));
    assert_eq!(attempt(120000, 0, 1 << 31), Ok((0, 0xc000_01ff)));
    assert_eq!(attempt(110501, 0, 1 << 30), Ok((0, 0xc000_01ff)));
    assert_eq!(attempt(100300, 0, 0x80), Ok((0, 0x80)));
    assert_eq!(attempt(100300, 1, 0), Err(Errno::EINVAL));
    assert_eq!(attempt(90010, 1, 4), Ok((0, 0x1ff)));
}

#[test]
fn launch_modes_and_flags_are_checked() {
    let rig = debugged(of(110000), 0);
    let set =
        |op, value: u32| operate(&rig, op, &mut kfd_ioctl_dbg_trap_set_flags_args { flags: value, pad: 0 });
    let mode = |value| set(KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_MODE, value);
    assert_eq!((mode(1), mode(3), mode(0), mode(2)), (Ok(0), Ok(0), Ok(0), Err(Errno::EINVAL)));
    let flags = |value| set(KFD_IOC_DBG_TRAP_SET_FLAGS, value);
    assert_eq!((flags(0), flags(1), flags(4)), (Ok(0), Err(Errno::EACCES), Err(Errno::EACCES)));
}

#[test]
fn queues_with_masks_hinder_the_debugger_and_the_other_way_round() {
    let rig = debugged(of(110000), 1);
    rig.host_write(SCRATCH, &[0xff; 4]);
    let mut mask = kfd_ioctl_set_cu_mask_args { queue_id: 0, num_cu_mask: 32, cu_mask_ptr: SCRATCH };
    assert_eq!(rig.ioctl(0x1a, &mut mask), Err(Errno::EBUSY));
    let me = rig.host.process_id();
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_DISABLE), Ok(0));
    rig.host_write(SCRATCH, &[0xff; 4]);
    assert_eq!(rig.ioctl(0x1a, &mut mask), Ok(0));
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_ENABLE), Ok(0));
    assert_eq!(trap(&rig, me, KFD_IOC_DBG_TRAP_SET_FLAGS), Err(Errno::EPERM), "enabled, but busy");
}

#[test]
fn devices_without_registers_of_their_own_serve_one_debugger() {
    let rig = debugged(of(100300), 0);
    rig.host.pid.store(4711, Ordering::Relaxed);
    let other = rig.kernel.open(FileKind::Kfd, &rig.host).unwrap();
    let second = Rig { kfd: other, ..rig };
    assert_eq!(enable(&second, 1), Ok(0));
    assert_eq!(trap(&second, 4711, KFD_IOC_DBG_TRAP_ENABLE), Ok(0));
    assert_eq!(trap(&second, 4711, KFD_IOC_DBG_TRAP_SET_FLAGS), Err(Errno::EPERM), "enabled, but busy");
}

#[test]
fn a_debugger_that_comes_late_finds_devices() {
    let rig = debugged(of(110000), 0);
    let mut buffer = kfd_ioctl_dbg_trap_snapshot_args {
        snapshot_buf_ptr: SCRATCH,
        count: 9,
        entry_size: 200,
        ..Default::default()
    };
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_GET_DEVICE_SNAPSHOT, &mut buffer), Ok(0));
    assert_eq!((buffer.count, buffer.entry_size), (1, 128));
    let mut bytes = [0; kfd_dbg_device_info_entry::SIZE];
    rig.host.read_user(SCRATCH, &mut bytes).unwrap();
    let entry = kfd_dbg_device_info_entry::get(&bytes);
    assert_eq!((entry.gpu_id, entry.gfx_target_version, entry.simd_count), (GPU, 110000, 16));
    buffer.snapshot_buf_ptr = 0;
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_GET_DEVICE_SNAPSHOT, &mut buffer), Err(Errno::EINVAL));
    buffer.entry_size = 0;
    assert_eq!(operate(&rig, KFD_IOC_DBG_TRAP_GET_QUEUE_SNAPSHOT, &mut buffer), Err(Errno::EINVAL));
}

#[test]
fn exceptions_reach_the_runtime_by_its_save_area() {
    let rig = debugged(of(110000), 1);
    let send = |exception_mask, gpu_id| {
        let mut args = kfd_ioctl_dbg_trap_send_runtime_event_args { exception_mask, gpu_id, queue_id: 0 };
        operate(&rig, KFD_IOC_DBG_TRAP_SEND_RUNTIME_EVENT, &mut args)
    };
    assert_eq!(send(1, GPU), Ok(0), "no memory behind the save area: passed over");
    assert_eq!(send(kfd_ec_mask(EC_DEVICE_MEMORY_VIOLATION), 1), Err(Errno::ENODEV));
    let mut event = kfd_ioctl_create_event_args { event_type: KFD_IOC_EVENT_MEMORY, ..Default::default() };
    assert_eq!(rig.ioctl(0x08, &mut event), Ok(0));
    assert_eq!(send(kfd_ec_mask(EC_DEVICE_MEMORY_VIOLATION), GPU), Ok(0));
    let data = kfd_event_data { event_id: event.event_id, ..Default::default() };
    rig.host_write(SCRATCH, &data.to_bytes());
    let mut wait =
        kfd_ioctl_wait_events_args { events_ptr: SCRATCH, num_events: 1, timeout: 0, ..Default::default() };
    assert_eq!((rig.ioctl(0x0c, &mut wait), wait.wait_result), (Ok(0), KFD_IOC_WAIT_RESULT_COMPLETE));
    let mut bytes = [0; kfd_hsa_memory_exception_data::SIZE];
    rig.host.read_user(SCRATCH, &mut bytes).unwrap();
    let told = kfd_hsa_memory_exception_data::get(&bytes);
    assert_eq!((told.imprecise, told.gpu_id), (1, GPU));
}

#[test]
fn processes_of_other_kernels_are_known_but_no_more() {
    let rig = Rig::bound();
    let stranger = |op| trap(&rig, 4711, op);
    assert_eq!(stranger(KFD_IOC_DBG_TRAP_ENABLE), Err(Errno::ESRCH), "it does not use the driver");
    rig.host.others_use_kfd.store(true, Ordering::Relaxed);
    assert_eq!(stranger(KFD_IOC_DBG_TRAP_ENABLE), Err(Errno::EPERM), "it is not traced");
    rig.host.tracer.store(true, Ordering::Relaxed);
    assert_eq!(stranger(KFD_IOC_DBG_TRAP_DISABLE), Err(Errno::EINVAL), "it is not debugged");
    assert_eq!(stranger(KFD_IOC_DBG_TRAP_ENABLE), Ok(0));
}
