//! Pausing, counting, writing down and restoring a process.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering;

use super::data::*;
use crate::contract::testing::*;
use crate::contract::{Errno, FileKind, Host};
use crate::queue::tests::{create, prepared};
use crate::svm;
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::Layout;

const DEVICES: u64 = SCRATCH;
const BOS: u64 = SCRATCH + 0x1000;
const PRIVATE: u64 = SCRATCH + 0x2000;

/// A target whose queues are scheduled without MES, which takes none from a checkpoint.
const OLD: u32 = 100300;

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
    let queue = prepared(&rig, gpu(GPU, 1, 110000).save_area(PAGE, None));
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
    let queue = prepared(&rig, gpu(GPU, 1, 120000).save_area(PAGE, None));
    create(&rig, &queue).expect("a queue");
    let mut args = counted(&rig);
    assert_eq!(operation(&rig, &mut args), Err(Errno::EOPNOTSUPP));
}

/// A process of a gfx1030 machine with a queue, two events, user memory and two ranges of shared virtual memory; its
/// checkpoint.
fn written() -> (Rig, kfd_ioctl_criu_args) {
    let rig = privileged(Rig::on(machine(vec![gpu(GPU, 1, OLD), gpu(PEER, 2, OLD)])).bind());
    create(&rig, &prepared(&rig, gpu(GPU, 1, OLD).save_area(PAGE, None))).expect("a queue");
    for (event_type, auto_reset) in [(KFD_IOC_EVENT_SIGNAL, 1), (KFD_IOC_EVENT_MEMORY, 0)] {
        let mut event = kfd_ioctl_create_event_args { event_type, auto_reset, ..Default::default() };
        assert_eq!(rig.ioctl(0x08, &mut event), Ok(0));
    }
    let flags = KFD_IOC_ALLOC_MEM_FLAGS_USERPTR | KFD_IOC_ALLOC_MEM_FLAGS_WRITABLE;
    let mut user = kfd_ioctl_alloc_memory_of_gpu_args {
        va_addr: 7 << 32,
        size: PAGE,
        mmap_offset: SCRATCH + 0x8000,
        gpu_id: GPU,
        flags,
        ..Default::default()
    };
    assert_eq!(rig.ioctl(0x16, &mut user), Ok(0));
    let preferred = [(KFD_IOCTL_SVM_ATTR_PREFERRED_LOC, GPU), (KFD_IOCTL_SVM_ATTR_ACCESS, PEER)];
    svm::tests::set(&rig, SCRATCH + 0x1_0000, 2, &preferred).expect("a range");
    svm::tests::set(&rig, SCRATCH + 0x2_0000, 1, &[(KFD_IOCTL_SVM_ATTR_CLR_FLAGS, 2)]).expect("a range");
    let mut args = counted(&rig);
    assert_eq!(operation(&rig, &mut args), Ok(0));
    (rig, args)
}

/// A machine like the first, with the memory of that process and nothing open but /dev/kfd; its devices are to have
/// the ids that the process knows.
fn emptied(rig: &Rig, ids: [u32; 2], gfx: u32) -> Rig {
    let fresh = privileged(Rig::on(machine(vec![gpu(ids[0], 1, gfx), gpu(ids[1], 2, gfx)])));
    let mut bytes = vec![0; 0x10_0000];
    rig.host.read_user(USER, &mut bytes).expect("mapped");
    fresh.host_write(USER, &bytes);
    for (at, (minor, id)) in [(DEVICES, (128, ids[0])), (DEVICES + 16, (129, ids[1]))] {
        let file = fresh.kernel.open(FileKind::Render { minor }, &fresh.host).expect("a render node");
        let drm_fd = fresh.host.descriptor(Some(file)) as u32;
        let known: kfd_criu_device_bucket = read(&fresh, at);
        let bucket = kfd_criu_device_bucket { actual_gpu_id: id, drm_fd, ..known };
        fresh.host_write(at, &bucket.to_bytes());
    }
    fresh
}

fn restore(rig: &Rig, args: &kfd_ioctl_criu_args) -> Result<i32, Errno> {
    operation(rig, &mut kfd_ioctl_criu_args { op: KFD_CRIU_OP_RESTORE, ..*args })
}

/// What a checkpoint says, but for descriptors and places to map, which no two have in common.
fn told(rig: &Rig, args: &kfd_ioctl_criu_args) -> (Vec<kfd_criu_bo_bucket>, Vec<u8>) {
    let bucket = |i| {
        let bucket: kfd_criu_bo_bucket = read(rig, BOS + i * 48);
        kfd_criu_bo_bucket { offset: 0, restored_offset: 0, dmabuf_fd: 0, ..bucket }
    };
    let mut private = vec![0; args.priv_data_size as usize];
    rig.host.read_user(PRIVATE, &mut private).expect("mapped");
    ((0..u64::from(args.num_bos)).map(bucket).collect(), private)
}

#[test]
fn a_restored_process_has_all_that_was_written_down() {
    let (rig, args) = written();
    assert_eq!((args.num_bos, args.num_objects), (5, 5));
    let before = told(&rig, &args);
    let fresh = emptied(&rig, [GPU, PEER], OLD);
    assert_eq!(restore(&fresh, &args), Ok(0));
    assert_eq!(simple(&fresh, KFD_CRIU_OP_RESUME), Ok(0));
    assert_eq!(simple(&fresh, KFD_CRIU_OP_RESUME), Err(Errno::EINVAL), "it goes on already");
    fresh.host_write(PRIVATE, &vec![0; args.priv_data_size as usize]);
    let mut again = counted(&fresh);
    assert_eq!((again.num_bos, again.num_objects, again.priv_data_size), (5, 5, args.priv_data_size));
    assert_eq!(operation(&fresh, &mut again), Ok(0));
    assert_eq!(told(&fresh, &again), before);
}

#[test]
fn queues_of_a_restored_process_run_when_it_goes_on() {
    let (rig, args) = written();
    let fresh = emptied(&rig, [GPU, PEER], OLD);
    assert_eq!(restore(&fresh, &args), Ok(0));
    let active = || fresh.kernel.gpu_view(0, &fresh.host).queues[0].active;
    assert!(!active());
    assert_eq!(simple(&fresh, KFD_CRIU_OP_RESUME), Ok(0));
    assert!(active());
}

#[test]
fn a_process_calls_its_devices_as_on_the_machine_that_it_came_from() {
    let (rig, args) = written();
    let fresh = emptied(&rig, [0xabcd, 0xef01], OLD);
    assert_eq!(restore(&fresh, &args), Ok(0));
    assert!(fresh.alloc(9 << 32, PAGE, KFD_IOC_ALLOC_MEM_FLAGS_GTT).is_ok(), "by its old id");
    let offset = KFD_MMAP_TYPE_DOORBELL | kfd_mmap_gpu_id(0xabcd);
    let mapped = fresh.kernel.mmap(fresh.kfd, 2 * PAGE, 3, 1, offset, &fresh.host);
    assert!(mapped.is_ok(), "by the new one");
}

#[test]
fn what_can_not_be_restored_is_refused() {
    let (rig, args) = written();
    let refused = |change: &dyn Fn(&Rig, &mut kfd_ioctl_criu_args)| {
        let fresh = emptied(&rig, [GPU, PEER], OLD);
        let mut args = args;
        change(&fresh, &mut args);
        restore(&fresh, &args).expect_err("refused")
    };
    let word = |offset: u64, value: u32| {
        refused(&move |fresh, _| fresh.host_write(PRIVATE + offset, &value.to_ne_bytes()))
    };
    let objects = 24 + 5 * 272;
    let events = objects + 120 + 2048;
    assert_eq!(word(0, 7), Errno::EINVAL, "another version");
    assert_eq!(word(4, 1), Errno::EPERM, "XNACK");
    assert_eq!(refused(&|_, args| args.num_devices = 1), Errno::EINVAL);
    assert_eq!(refused(&|_, args| args.priv_data_size -= 1), Errno::EINVAL);
    assert_eq!(refused(&|_, args| args.num_objects -= 1), Errno::EINVAL, "more private data than objects");
    assert_eq!(refused(&|_, args| args.bos = 8), Errno::EFAULT);
    assert_eq!(word(24 + 8, u32::MAX), Errno::EINVAL, "a handle that no idr gives");
    assert_eq!(word(24 + 272 + 8, 0), Errno::ENOMEM, "a handle that is taken");
    assert_eq!(word(objects, 9), Errno::EINVAL, "an unknown object");
    assert_eq!(word(objects + 76, 1024), Errno::EINVAL, "no slot of a queue");
    assert_eq!(word(objects + 88, 0x100), Errno::EINVAL, "a doorbell that is not free");
    assert_eq!(word(events + 16, 4096), Errno::EINVAL, "no slot of an event");
    assert_eq!(word(events + 16, 0), Errno::ENOSPC, "the kernel's own event");
}

#[test]
fn mes_takes_no_queue_from_a_checkpoint() {
    let rig = privileged(Rig::bound());
    create(&rig, &prepared(&rig, gpu(GPU, 1, 110000).save_area(PAGE, None))).expect("a queue");
    let mut args = counted(&rig);
    assert_eq!(operation(&rig, &mut args), Ok(0));
    let fresh = emptied(&rig, [GPU, PEER], 110000);
    assert_eq!(restore(&fresh, &args), Err(Errno::EINVAL));
}

#[test]
fn restoring_wants_devices_and_resuming_a_restored_process() {
    let rig = privileged(Rig::bound());
    assert_eq!(simple(&rig, KFD_CRIU_OP_RESTORE), Err(Errno::EINVAL));
    assert_eq!(simple(&rig, KFD_CRIU_OP_RESUME), Err(Errno::EINVAL));
    let mut other = kfd_ioctl_criu_args { op: KFD_CRIU_OP_RESUME, pid: 1, ..Default::default() };
    assert_eq!(operation(&rig, &mut other), Err(Errno::ESRCH));
}
