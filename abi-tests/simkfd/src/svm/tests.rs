//! Attributes, splits, and the XNACK mode.
#![forbid(unsafe_code)]

use crate::contract::testing::*;
use crate::contract::{Errno, Host};
use crate::queue::tests::{create, prepared};
use crate::uapi::ioc::{Direction, request};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

/// Where the ranges lie: in the fake process's memory, as SVM needs it.
const START: u64 = SCRATCH + 0x10_000;

type Attribute = (u32, u32);

fn call(
    rig: &Rig,
    op: u32,
    start: u64,
    pages: u64,
    attributes: &[Attribute],
) -> Result<Vec<Attribute>, Errno> {
    let head =
        kfd_ioctl_svm_args { start_addr: start, size: pages * PAGE, op, nattr: attributes.len() as u32 };
    let mut bytes = head.to_bytes();
    for (kind, value) in attributes {
        bytes.extend(kfd_ioctl_svm_attribute { kind: *kind, value: *value }.to_bytes());
    }
    rig.host.write_user(SCRATCH, &bytes).unwrap();
    let request = request(Direction::ReadWrite, b'K', 0x20, bytes.len());
    rig.kernel.ioctl(rig.kfd, request, SCRATCH, &rig.host)?;
    rig.host.read_user(SCRATCH, &mut bytes).unwrap();
    let answers = bytes[kfd_ioctl_svm_args::SIZE..].chunks_exact(8).map(kfd_ioctl_svm_attribute::get);
    Ok(answers.map(|answer| (answer.kind, answer.value)).collect())
}

pub(crate) fn set(rig: &Rig, start: u64, pages: u64, attributes: &[Attribute]) -> Result<(), Errno> {
    call(rig, KFD_IOCTL_SVM_OP_SET_ATTR, start, pages, attributes).map(drop)
}

fn get(rig: &Rig, start: u64, pages: u64, kind: u32, value: u32) -> Result<Attribute, Errno> {
    call(rig, KFD_IOCTL_SVM_OP_GET_ATTR, start, pages, &[(kind, value)]).map(|answers| answers[0])
}

#[test]
fn bad_ranges_are_refused() {
    let rig = Rig::bound();
    assert_eq!(set(&rig, START + 1, 1, &[]), Err(Errno::EINVAL));
    assert_eq!(set(&rig, 0, 1, &[]), Err(Errno::EINVAL));
    assert_eq!(set(&rig, START, 0, &[]), Err(Errno::EINVAL));
    assert_eq!(set(&rig, 1 << 40, 1, &[]), Err(Errno::EFAULT), "nothing mapped");
    assert_eq!(call(&rig, 2, START, 1, &[]), Err(Errno::EINVAL), "no such operation");
    assert_eq!(set(&Rig::new(), START, 1, &[]), Err(Errno::EINVAL), "no address space acquired");
}

#[test]
fn the_request_must_hold_the_attributes_that_it_announces() {
    let rig = Rig::bound();
    let mut head = kfd_ioctl_svm_args { start_addr: START, size: PAGE, op: 0, nattr: 1 };
    assert_eq!(rig.ioctl(0x20, &mut head), Err(Errno::EINVAL));
    head.nattr = 0;
    assert_eq!(rig.ioctl(0x20, &mut head), Ok(0));
}

#[test]
fn bad_attributes_are_refused() {
    let rig = Rig::bound();
    assert_eq!(set(&rig, START, 1, &[(8, 0)]), Err(Errno::EINVAL));
    assert_eq!(set(&rig, START, 1, &[(KFD_IOCTL_SVM_ATTR_ACCESS, 7)]), Err(Errno::EINVAL), "no such GPU");
    let undefined = (KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, KFD_IOCTL_SVM_LOCATION_UNDEFINED);
    assert_eq!(set(&rig, START, 1, &[undefined]), Err(Errno::EINVAL));
    assert_eq!(set(&rig, START, 1, &[(KFD_IOCTL_SVM_ATTR_PREFERRED_LOC, u32::MAX)]), Ok(()));
    assert_eq!(get(&rig, START, 1, KFD_IOCTL_SVM_ATTR_NO_ACCESS, GPU), Err(Errno::EINVAL));
}

#[test]
fn what_was_never_set_has_the_defaults() {
    let rig = Rig::bound();
    let defaults = KFD_IOCTL_SVM_FLAG_HOST_ACCESS | KFD_IOCTL_SVM_FLAG_COHERENT;
    assert_eq!(get(&rig, START, 1, KFD_IOCTL_SVM_ATTR_SET_FLAGS, 0), Ok((5, defaults)));
    assert_eq!(get(&rig, START, 1, KFD_IOCTL_SVM_ATTR_CLR_FLAGS, 0), Ok((6, !defaults)));
    assert_eq!(get(&rig, START, 1, KFD_IOCTL_SVM_ATTR_GRANULARITY, 0), Ok((7, 9)));
    assert_eq!(get(&rig, START, 1, KFD_IOCTL_SVM_ATTR_ACCESS, GPU), Ok((4, GPU)), "no access without XNACK");
}

#[test]
fn a_change_in_the_middle_splits_and_sums_are_of_all_parts() {
    let rig = Rig::bound();
    assert_eq!(set(&rig, START, 4, &[(KFD_IOCTL_SVM_ATTR_ACCESS, GPU)]), Ok(()));
    let middle = [(KFD_IOCTL_SVM_ATTR_GRANULARITY, 3), (KFD_IOCTL_SVM_ATTR_PREFERRED_LOC, GPU)];
    assert_eq!(set(&rig, START + PAGE, 2, &middle), Ok(()));
    assert_eq!(get(&rig, START, 1, KFD_IOCTL_SVM_ATTR_GRANULARITY, 0), Ok((7, 9)));
    assert_eq!(get(&rig, START + 3 * PAGE, 1, KFD_IOCTL_SVM_ATTR_GRANULARITY, 0), Ok((7, 9)));
    assert_eq!(get(&rig, START, 4, KFD_IOCTL_SVM_ATTR_GRANULARITY, 0), Ok((7, 3)));
    assert_eq!(get(&rig, START + PAGE, 2, KFD_IOCTL_SVM_ATTR_PREFERRED_LOC, 0), Ok((0, GPU)));
    assert_eq!(get(&rig, START, 2, KFD_IOCTL_SVM_ATTR_PREFERRED_LOC, 0), Ok((0, u32::MAX)), "not the same");
    assert_eq!(get(&rig, START, 4, KFD_IOCTL_SVM_ATTR_ACCESS, GPU), Ok((2, GPU)));
    assert_eq!(get(&rig, START, 4, KFD_IOCTL_SVM_ATTR_ACCESS, PEER), Ok((4, PEER)));
}

#[test]
fn allocator_and_ranges_do_not_share_addresses() {
    let rig = Rig::bound();
    assert_eq!(set(&rig, START, 1, &[]), Ok(()));
    assert_eq!(rig.alloc(START, PAGE, KFD_IOC_ALLOC_MEM_FLAGS_GTT), Err(Errno::EADDRINUSE));
    rig.mapped(START + PAGE, PAGE);
    assert_eq!(set(&rig, START + PAGE, 1, &[]), Err(Errno::EADDRINUSE));
    rig.kernel.unmapped(START, PAGE, &rig.host);
    assert!(rig.alloc(START, PAGE, KFD_IOC_ALLOC_MEM_FLAGS_GTT).is_ok());
}

#[test]
fn xnack_is_asked_for_and_refused_where_gpus_can_not_retry() {
    let rig = Rig::bound();
    let mut args = kfd_ioctl_set_xnack_mode_args { xnack_enabled: -1 };
    assert_eq!((rig.ioctl(0x21, &mut args), args.xnack_enabled), (Ok(0), 0));
    args.xnack_enabled = 1;
    assert_eq!(rig.ioctl(0x21, &mut args), Err(Errno::EPERM));
    let mi300 = Rig::on(machine(vec![gpu(GPU, 1, 90402)])).bind();
    assert_eq!(mi300.ioctl(0x21, &mut args), Ok(0));
    args.xnack_enabled = -1;
    assert_eq!((mi300.ioctl(0x21, &mut args), args.xnack_enabled), (Ok(0), 1));
    assert_eq!(set(&mi300, START, 1, &[]), Ok(()));
    assert_eq!(get(&mi300, START, 1, KFD_IOCTL_SVM_ATTR_ACCESS, GPU), Ok((2, GPU)), "access by retry");
}

#[test]
fn xnack_defaults_follow_the_chip() {
    let default = |gfx| {
        let mut args = kfd_ioctl_set_xnack_mode_args { xnack_enabled: -1 };
        Rig::on(machine(vec![gpu(GPU, 1, gfx)])).ioctl(0x21, &mut args).map(|_| args.xnack_enabled)
    };
    assert_eq!([90002, 90006, 90402, 100300].map(default), [Ok(1), Ok(0), Ok(0), Ok(0)]);
}

#[test]
fn a_kernel_may_be_built_without() {
    let mut without = machine(vec![gpu(GPU, 1, 110000)]);
    without.kernel.svm = Some(false);
    let rig = Rig::on(without);
    assert_eq!(call(&rig, KFD_IOCTL_SVM_OP_GET_ATTR, START, 1, &[]), Err(Errno::EPERM));
    let mut ask = kfd_ioctl_set_xnack_mode_args { xnack_enabled: -1 };
    assert_eq!(rig.ioctl(0x21, &mut ask), Err(Errno::EPERM));
}

/// Lets a stream of a GPU hear everything, from now on.
fn listen(rig: &Rig, gpuid: u32) {
    let mut args = kfd_ioctl_smi_events_args { gpuid, anon_fd: 0 };
    assert_eq!(rig.ioctl(0x1f, &mut args), Ok(0));
    rig.host.listened_to.store(u64::MAX, std::sync::atomic::Ordering::Relaxed);
}

/// What was told since the last time.
fn heard(rig: &Rig) -> String {
    String::from_utf8(std::mem::take(&mut rig.host.readable.lock())).unwrap()
}

#[test]
fn unmapped_ranges_are_told_of_to_those_who_listen() {
    let rig = Rig::bound();
    listen(&rig, GPU);
    let access = [(KFD_IOCTL_SVM_ATTR_ACCESS, GPU), (KFD_IOCTL_SVM_ATTR_ACCESS, PEER)];
    assert_eq!(set(&rig, SCRATCH, 2, &access), Ok(()));
    rig.kernel.unmapped(SCRATCH + PAGE, PAGE, &rig.host);
    let page = (SCRATCH + PAGE) / PAGE;
    assert_eq!(
        heard(&rig),
        format!("b 7000000 -100 @{page:x}(1) 1234 2\n"),
        "in pages, once a device that listens"
    );
    assert_eq!(set(&rig, SCRATCH + PAGE, 1, &[]), Ok(()));
    rig.kernel.unmapped(SCRATCH + PAGE, PAGE, &rig.host);
    assert_eq!(heard(&rig), "", "nobody had it mapped");
}

#[test]
fn a_queue_whose_save_area_is_unmapped_runs_no_more() {
    let rig = Rig::bound();
    let needs = gpu(GPU, 1, 110000).save_area(PAGE, None);
    let pages = u64::from(needs.cwsr_size + needs.debug_memory_size).div_ceil(PAGE);
    let always = (KFD_IOCTL_SVM_ATTR_SET_FLAGS, KFD_IOCTL_SVM_FLAG_GPU_ALWAYS_MAPPED);
    assert_eq!(set(&rig, START, pages, &[(KFD_IOCTL_SVM_ATTR_ACCESS, GPU), always]), Ok(()));
    let queue = prepared(&rig, needs);
    create(&rig, &kfd_ioctl_create_queue_args { ctx_save_restore_address: START, ..queue }).expect("a queue");
    listen(&rig, GPU);
    let active = || rig.kernel.gpu_view(0, &rig.host).queues[0].active;
    assert!(active());
    rig.kernel.unmapped(START, PAGE, &rig.host);
    assert!(!active());
    assert!(heard(&rig).lines().any(|line| line == "9 7000000 -100 1234 0"));
}

#[test]
fn prefetched_pages_are_told_of_and_stop_queues_that_had_them_mapped() {
    let rig = Rig::bound();
    listen(&rig, GPU);
    let first = START / PAGE;
    let to_gpu = (KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, GPU);
    assert_eq!(set(&rig, START, 2, &[(KFD_IOCTL_SVM_ATTR_ACCESS, GPU), to_gpu]), Ok(()));
    let way = format!("7000000 -100 @{first:x}(2) 0->1234");
    assert_eq!(heard(&rig), format!("5 {way} 1234:ffffffff 0\n6 {way} 0 0\n"));
    assert_eq!(set(&rig, START, 2, &[(KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, 0)]), Ok(()));
    let way = format!("7000000 -100 @{first:x}(2) 1234->0");
    let queues = ["9 7000000 -100 1234 0\n", "a 7000000 -100 1234 0\n"];
    let told = format!("5 {way} 0:ffffffff 0\n{}6 {way} 0 0\n{}", queues[0], queues[1]);
    assert_eq!(heard(&rig), told);
    assert_eq!(set(&rig, START, 2, &[(KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, 0)]), Ok(()));
    assert_eq!(heard(&rig), "", "it is there already");
}

#[test]
fn nothing_migrates_where_another_user_would_not_reach_it() {
    let rig = Rig::bound();
    listen(&rig, GPU);
    let attributes = [(KFD_IOCTL_SVM_ATTR_ACCESS, PEER), (KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, GPU)];
    assert_eq!(set(&rig, START, 1, &attributes), Ok(()));
    assert_eq!(heard(&rig), "");
}

#[test]
fn with_retries_pages_leave_the_gpus_and_queues_go_on() {
    let rig = Rig::on(machine(vec![gpu(GPU, 1, 90402)])).bind();
    assert_eq!(rig.ioctl(0x21, &mut kfd_ioctl_set_xnack_mode_args { xnack_enabled: 1 }), Ok(0));
    listen(&rig, GPU);
    assert_eq!(set(&rig, START, 1, &[(KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, GPU)]), Ok(()));
    assert_eq!(heard(&rig).lines().count(), 2, "a start and an end");
    assert_eq!(set(&rig, START, 1, &[(KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, 0)]), Ok(()));
    let told = heard(&rig);
    let kinds: Vec<&str> = told.lines().map(|line| &line[..1]).collect();
    assert_eq!(kinds, ["5", "b", "6"]);
    assert!(told.lines().nth(1).is_some_and(|line| line.ends_with("(1) 1234 1")), "{told}");
}

#[test]
fn a_super_user_hears_of_other_processes() {
    for (admin, lines) in [(false, 0), (true, 2)] {
        let rig = Rig::bound();
        rig.host.privileged.store(admin, std::sync::atomic::Ordering::Relaxed);
        rig.host.pid.store(200, std::sync::atomic::Ordering::Relaxed);
        let other = rig.kernel.open(crate::contract::FileKind::Kfd, &rig.host).expect("another process");
        let mut args = kfd_ioctl_smi_events_args { gpuid: GPU, anon_fd: 0 };
        let request = request(Direction::ReadWrite, b'K', 0x1f, 8);
        assert_eq!(rig.raw(other, request, &mut args), Ok(0));
        rig.host.listened_to.store(u64::MAX, std::sync::atomic::Ordering::Relaxed);
        rig.host.pid.store(100, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(set(&rig, START, 1, &[(KFD_IOCTL_SVM_ATTR_PREFETCH_LOC, GPU)]), Ok(()));
        assert_eq!(heard(&rig).lines().count(), lines);
    }
}

#[test]
fn gpus_see_the_ranges_that_they_may_access() {
    let rig = Rig::bound();
    let seen = |gpu| -> Vec<_> {
        let ranges = rig.kernel.gpu_view(gpu, &rig.host).ranges;
        ranges.iter().map(|range| (range.address, range.bytes, range.writable)).collect()
    };
    set(&rig, START, 4, &[]).unwrap();
    assert_eq!(seen(0), [], "nobody was given access");
    set(&rig, START, 4, &[(KFD_IOCTL_SVM_ATTR_ACCESS, GPU)]).unwrap();
    let read_only = (KFD_IOCTL_SVM_ATTR_SET_FLAGS, KFD_IOCTL_SVM_FLAG_GPU_RO);
    set(&rig, START + PAGE, 1, &[read_only]).unwrap();
    let after = START + 2 * PAGE;
    assert_eq!(seen(0), [(START, PAGE, true), (START + PAGE, PAGE, false), (after, 2 * PAGE, true)]);
    assert_eq!(seen(1), [], "it was not named");
    rig.kernel.unmapped(START, 3 * PAGE, &rig.host);
    assert_eq!(seen(0), [(after + PAGE, PAGE, true)]);
}

/// The last page of one range is the first of the next, as where HIP locks a buffer in pieces.
#[test]
fn a_range_that_stays_as_it_is_stays_whole() {
    let rig = Rig::bound();
    let pages = || -> Vec<_> {
        let ranges = rig.kernel.gpu_view(0, &rig.host).ranges;
        ranges.iter().map(|range| ((range.address - START) / PAGE, range.bytes / PAGE)).collect()
    };
    let in_place = [(KFD_IOCTL_SVM_ATTR_ACCESS_IN_PLACE, GPU)];
    set(&rig, START + PAGE, 4, &in_place).unwrap();
    set(&rig, START + 4 * PAGE, 3, &in_place).unwrap();
    assert_eq!(pages(), [(1, 4), (5, 2)]);
    set(&rig, START, 2, &in_place).unwrap();
    assert_eq!(pages(), [(0, 1), (1, 4), (5, 2)]);
    set(&rig, START + 2 * PAGE, 4, &[(KFD_IOCTL_SVM_ATTR_SET_FLAGS, KFD_IOCTL_SVM_FLAG_GPU_RO)]).unwrap();
    assert_eq!(pages(), [(0, 1), (1, 1), (2, 3), (5, 1), (6, 1)], "what changes is taken out");
}
