//! Pausing, counting and writing down a process.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering;

use super::data::*;
use crate::contract::testing::*;
use crate::contract::{Errno, Host};
use crate::queue::tests::{create, prepared};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::Layout;

const DEVICES: u64 = SCRATCH;
const BOS: u64 = SCRATCH + 0x1000;
const PRIVATE: u64 = SCRATCH + 0x2000;

fn operation(rig: &Rig, args: &mut kfd_ioctl_criu_args) -> Result<i32, Errno> {
    rig.ioctl(0x22, args)
}

fn simple(rig: &Rig, op: u32) -> Result<i32, Errno> {
    operation(rig, &mut kfd_ioctl_criu_args { op, pid: 100, ..Default::default() })
}

fn privileged(rig: Rig) -> Rig {
    rig.host.privileged.store(true, Ordering::Relaxed);
    rig
}

/// A paused process, and the arguments that fit it.
fn counted(rig: &Rig) -> kfd_ioctl_criu_args {
    let mut args = kfd_ioctl_criu_args { op: KFD_CRIU_OP_PROCESS_INFO, ..Default::default() };
    assert_eq!(operation(rig, &mut args), Ok(0));
    kfd_ioctl_criu_args { op: KFD_CRIU_OP_CHECKPOINT, devices: DEVICES, bos: BOS, priv_data: PRIVATE, ..args }
}

fn read<T: Layout>(rig: &Rig, addr: u64) -> T {
    let mut bytes = vec![0; T::SIZE];
    rig.host.read_user(addr, &mut bytes).expect("mapped");
    T::get(&bytes)
}

#[test]
fn without_the_capability_nothing_is_asked_for() {
    assert_eq!(simple(&Rig::bound(), KFD_CRIU_OP_PROCESS_INFO), Err(Errno::EACCES));
    assert_eq!(simple(&privileged(Rig::bound()), 77), Err(Errno::EINVAL));
}

#[test]
fn a_process_is_paused_until_it_is_let_go_on() {
    let rig = privileged(Rig::bound());
    assert_eq!(simple(&rig, KFD_CRIU_OP_UNPAUSE), Err(Errno::EINVAL), "not paused");
    let args = counted(&rig);
    assert_eq!((args.pid, args.num_devices, args.num_bos, args.num_objects), (100, 2, 0, 0));
    assert_eq!(args.priv_data_size, 8 + 2 * 8);
    assert_eq!(simple(&rig, KFD_CRIU_OP_UNPAUSE), Ok(0));
    assert_eq!(simple(&rig, KFD_CRIU_OP_UNPAUSE), Err(Errno::EINVAL));
    assert_eq!(operation(&rig, &mut args.clone()), Err(Errno::EINVAL), "not paused any more");
}

#[test]
fn a_checkpoint_has_all_memory_queues_and_events() {
    let rig = privileged(Rig::bound());
    let queue = prepared(&rig, gpu(GPU, 1, 110000).save_area(PAGE));
    create(&rig, &queue).expect("a queue");
    let mut event = kfd_ioctl_create_event_args { event_type: KFD_IOC_EVENT_MEMORY, ..Default::default() };
    assert_eq!(rig.ioctl(0x08, &mut event), Ok(0));
    let mut args = counted(&rig);
    assert_eq!((args.num_bos, args.num_objects), (4, 2));
    assert_eq!(args.priv_data_size, 8 + 2 * 8 + 4 * 272 + (120 + 2048) + 64);
    assert_eq!(operation(&rig, &mut args), Ok(0));
    assert_eq!(read::<kfd_criu_device_bucket>(&rig, DEVICES + 16).actual_gpu_id, PEER);
    let bucket: kfd_criu_bo_bucket = read(&rig, BOS + 48);
    assert_eq!((bucket.addr, bucket.size, bucket.gpu_id), (queue.ring_base_address, PAGE, GPU));
    assert!(rig.host.file_behind(bucket.dmabuf_fd as i32).is_ok_and(|file| file.is_some()));
    let bo: kfd_criu_bo_priv_data = read(&rig, PRIVATE + 24 + 272);
    assert_eq!((bo.idr_handle, bo.mapped_gpuids[..2].to_vec()), (1, vec![GPU, 0]));
    let saved: kfd_criu_queue_priv_data = read(&rig, PRIVATE + 24 + 4 * 272);
    assert_eq!((saved.object_type, saved.format, saved.q_address), (QUEUE, 1, queue.ring_base_address));
    let last: kfd_criu_event_priv_data = read(&rig, PRIVATE + args.priv_data_size - 64);
    assert_eq!((last.object_type, last.type_, last.event_id), (EVENT, KFD_IOC_EVENT_MEMORY, event.event_id));
}

#[test]
fn a_checkpoint_must_be_of_what_was_counted_and_have_room() {
    let rig = privileged(Rig::bound());
    rig.mapped(1 << 32, PAGE);
    let good = counted(&rig);
    let refused = |change: fn(&mut kfd_ioctl_criu_args)| {
        let mut args = good;
        change(&mut args);
        operation(&rig, &mut args).expect_err("refused")
    };
    assert_eq!(refused(|args| args.bos = 0), Errno::EINVAL);
    assert_eq!(refused(|args| args.num_bos = 2), Errno::EINVAL);
    assert_eq!(refused(|args| args.priv_data_size += 8), Errno::EINVAL);
    assert_eq!(refused(|args| args.priv_data = 8), Errno::EFAULT);
    assert_eq!(refused(|args| args.devices = 8), Errno::EFAULT);
    assert_eq!(refused(|args| args.bos = 8), Errno::EFAULT);
}

#[test]
fn queues_of_gfx12_are_not_written_down() {
    let rig = privileged(Rig::on(machine(vec![gpu(GPU, 1, 120000)])).bind());
    let queue = prepared(&rig, gpu(GPU, 1, 120000).save_area(PAGE));
    create(&rig, &queue).expect("a queue");
    let mut args = counted(&rig);
    assert_eq!(operation(&rig, &mut args), Err(Errno::EOPNOTSUPP));
}

#[test]
fn restoring_wants_devices_and_resuming_a_restored_process() {
    let rig = privileged(Rig::bound());
    assert_eq!(simple(&rig, KFD_CRIU_OP_RESTORE), Err(Errno::EINVAL));
    assert_eq!(simple(&rig, KFD_CRIU_OP_RESUME), Err(Errno::EINVAL));
    let mut other = kfd_ioctl_criu_args { op: KFD_CRIU_OP_RESUME, pid: 1, ..Default::default() };
    assert_eq!(operation(&rig, &mut other), Err(Errno::ESRCH));
}
