//! Runtime, debugger and profiler.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering;

use crate::contract::testing::*;
use crate::contract::{Errno, FileKind, Host};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

fn enable(rig: &Rig, mode_mask: u32) -> Result<i32, Errno> {
    rig.ioctl(0x25, &mut kfd_ioctl_runtime_enable_args { r_debug: 0x77, mode_mask, capabilities_mask: 0 })
}

fn trap(rig: &Rig, pid: u32, op: u32) -> Result<i32, Errno> {
    let fd = rig.host.descriptor(None);
    let enable = kfd_ioctl_dbg_trap_enable_args {
        exception_mask: 1,
        rinfo_ptr: SCRATCH,
        rinfo_size: 64,
        dbg_fd: fd as u32,
    };
    let union_data = <[u64; 3]>::get(&enable.to_bytes());
    rig.ioctl(0x26, &mut kfd_ioctl_dbg_trap_args { pid, op, union_data })
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
