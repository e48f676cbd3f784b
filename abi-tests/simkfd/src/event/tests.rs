//! Creating, limits, setting, waiting.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering;

use crate::contract::testing::*;
use crate::contract::{Errno, Host};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

fn create(rig: &Rig, event_type: u32, auto_reset: bool) -> Result<u32, Errno> {
    let mut args =
        kfd_ioctl_create_event_args { event_type, auto_reset: auto_reset.into(), ..Default::default() };
    rig.ioctl(0x08, &mut args).map(|_| args.event_id)
}

fn create_on_page(rig: &Rig, handle: u64) -> Result<i32, Errno> {
    let mut args = kfd_ioctl_create_event_args { event_page_offset: handle, ..Default::default() };
    rig.ioctl(0x08, &mut args)
}

fn set(rig: &Rig, event_id: u32) -> Result<i32, Errno> {
    rig.ioctl(0x0a, &mut kfd_ioctl_set_event_args { event_id, pad: 0 })
}

/// Waits for events with the ages that the caller knows; the call's result, the outcome, the new ages.
fn wait(rig: &Rig, events: &[(u32, u64)], all: bool, timeout: u32) -> (Result<i32, Errno>, u32, Vec<u64>) {
    for (i, (event_id, age)) in events.iter().enumerate() {
        let data = kfd_event_data { event_id: *event_id, union_data: [*age, 0, 0, 0], ..Default::default() };
        let at = SCRATCH + (i * kfd_event_data::SIZE) as u64;
        rig.host.write_user(at, &data.to_bytes()).unwrap();
    }
    let mut args = kfd_ioctl_wait_events_args {
        events_ptr: SCRATCH,
        num_events: events.len() as u32,
        wait_for_all: all.into(),
        timeout,
        wait_result: 9,
    };
    let done = rig.ioctl(0x0c, &mut args);
    let ages = (0..events.len()).map(|i| {
        let mut bytes = [0; kfd_event_data::SIZE];
        rig.host.read_user(SCRATCH + (i * kfd_event_data::SIZE) as u64, &mut bytes).unwrap();
        kfd_event_data::get(&bytes).union_data[0]
    });
    (done, args.wait_result, ages.collect())
}

#[test]
fn ids_begin_at_one_for_signals_and_high_for_others() {
    let rig = Rig::bound();
    assert_eq!(create(&rig, KFD_IOC_EVENT_SIGNAL, true), Ok(1));
    assert_eq!(create(&rig, KFD_IOC_EVENT_DEBUG_EVENT, true), Ok(2));
    assert_eq!(create(&rig, KFD_IOC_EVENT_MEMORY, true), Ok(KFD_FIRST_NONSIGNAL_EVENT_ID));
}

#[test]
fn the_kernels_own_page_has_256_slots_until_more_is_mapped() {
    let rig = Rig::new();
    for id in 1..256 {
        assert_eq!(create(&rig, KFD_IOC_EVENT_SIGNAL, true), Ok(id));
    }
    assert_eq!(create(&rig, KFD_IOC_EVENT_SIGNAL, true), Err(Errno::ENOSPC));
    let map = |len| rig.kernel.mmap(rig.kfd, len, 3, 1, KFD_MMAP_TYPE_EVENTS, &rig.host);
    assert_eq!(map(16 * PAGE), Err(Errno::EINVAL), "more than there is");
    assert!(map(8 * PAGE).is_ok());
    assert_eq!(create(&rig, KFD_IOC_EVENT_SIGNAL, true), Ok(256));
}

#[test]
fn a_map_without_a_page_is_refused() {
    let rig = Rig::new();
    let map = rig.kernel.mmap(rig.kfd, PAGE, 3, 1, KFD_MMAP_TYPE_EVENTS, &rig.host);
    assert_eq!(map, Err(Errno::EINVAL));
}

#[test]
fn a_page_of_the_users_holds_4095_events_and_can_not_be_freed() {
    let rig = Rig::bound();
    let small = rig.alloc(1 << 32, PAGE, KFD_IOC_ALLOC_MEM_FLAGS_GTT).unwrap();
    assert_eq!(create_on_page(&rig, small), Err(Errno::EINVAL), "too small");
    let vram = rig.alloc(1 << 32, 8 * PAGE, KFD_IOC_ALLOC_MEM_FLAGS_VRAM).unwrap();
    assert_eq!(create_on_page(&rig, vram), Err(Errno::EINVAL));
    let page = rig.alloc(1 << 32, 8 * PAGE, KFD_IOC_ALLOC_MEM_FLAGS_GTT).unwrap();
    assert_eq!(create_on_page(&rig, page), Ok(0));
    assert_eq!(create_on_page(&rig, page), Err(Errno::EINVAL), "there is one already");
    for id in 2..4096 {
        assert_eq!(create(&rig, KFD_IOC_EVENT_SIGNAL, true), Ok(id));
    }
    assert_eq!(create(&rig, KFD_IOC_EVENT_SIGNAL, true), Err(Errno::ENOSPC));
    let freed = rig.ioctl(0x17, &mut kfd_ioctl_free_memory_of_gpu_args { handle: page });
    assert_eq!(freed, Err(Errno::EPERM));
}

#[test]
fn only_signal_events_are_set_by_the_cpu() {
    let rig = Rig::new();
    let memory = create(&rig, KFD_IOC_EVENT_MEMORY, true).unwrap();
    assert_eq!(set(&rig, memory), Err(Errno::EINVAL));
    assert_eq!(set(&rig, 77), Err(Errno::EINVAL));
    let reset = |event_id| rig.ioctl(0x0b, &mut kfd_ioctl_reset_event_args { event_id, pad: 0 });
    assert_eq!(reset(memory), Err(Errno::EINVAL));
    let destroy = |event_id| rig.ioctl(0x09, &mut kfd_ioctl_destroy_event_args { event_id, pad: 0 });
    assert_eq!((destroy(memory), destroy(memory)), (Ok(0), Err(Errno::EINVAL)));
}

#[test]
fn an_auto_reset_event_wakes_once() {
    let rig = Rig::new();
    let event = create(&rig, KFD_IOC_EVENT_SIGNAL, true).unwrap();
    assert_eq!(set(&rig, event), Ok(0));
    assert_eq!(wait(&rig, &[(event, 0)], true, 0).1, KFD_IOC_WAIT_RESULT_COMPLETE);
    let (done, outcome, _) = wait(&rig, &[(event, 0)], true, 0);
    assert_eq!((done, outcome), (Ok(0), KFD_IOC_WAIT_RESULT_TIMEOUT));
}

#[test]
fn a_manual_event_stays_until_it_is_reset() {
    let rig = Rig::new();
    let event = create(&rig, KFD_IOC_EVENT_SIGNAL, false).unwrap();
    assert_eq!(set(&rig, event), Ok(0));
    for _ in 0..2 {
        assert_eq!(wait(&rig, &[(event, 0)], true, 0).1, KFD_IOC_WAIT_RESULT_COMPLETE);
    }
    assert_eq!(rig.ioctl(0x0b, &mut kfd_ioctl_reset_event_args { event_id: event, pad: 0 }), Ok(0));
    assert_eq!(wait(&rig, &[(event, 0)], true, 0).1, KFD_IOC_WAIT_RESULT_TIMEOUT);
}

#[test]
fn an_old_age_completes_at_once_and_the_new_one_is_told() {
    let rig = Rig::new();
    let event = create(&rig, KFD_IOC_EVENT_SIGNAL, true).unwrap();
    assert_eq!(wait(&rig, &[(event, 1)], true, 0).1, KFD_IOC_WAIT_RESULT_TIMEOUT);
    assert_eq!(set(&rig, event), Ok(0));
    assert_eq!(wait(&rig, &[(event, 1)], true, 0).2, [2]);
    assert_eq!(wait(&rig, &[(event, 1)], true, 0).2, [2], "set before the caller looked");
    assert_eq!(wait(&rig, &[(event, 2)], true, 0).1, KFD_IOC_WAIT_RESULT_TIMEOUT);
}

#[test]
fn all_and_any_differ() {
    let rig = Rig::new();
    let pair = [create(&rig, 0, false).unwrap(), create(&rig, 0, false).unwrap()].map(|id| (id, 0));
    assert_eq!(set(&rig, pair[1].0), Ok(0));
    assert_eq!(wait(&rig, &pair, false, 0).1, KFD_IOC_WAIT_RESULT_COMPLETE);
    assert_eq!(wait(&rig, &pair, true, 0).1, KFD_IOC_WAIT_RESULT_TIMEOUT);
}

#[test]
fn waiting_for_nothing_known_or_for_too_much_fails() {
    let rig = Rig::new();
    let (done, outcome, _) = wait(&rig, &[(5, 0)], true, 0);
    assert_eq!((done, outcome), (Err(Errno::EINVAL), KFD_IOC_WAIT_RESULT_FAIL));
    let mut args = kfd_ioctl_wait_events_args { num_events: 4097, ..Default::default() };
    assert_eq!(rig.ioctl(0x0c, &mut args), Err(Errno::ENOMEM));
    args = kfd_ioctl_wait_events_args { num_events: 1, ..Default::default() };
    assert_eq!(rig.ioctl(0x0c, &mut args), Err(Errno::EFAULT));
}

#[test]
fn a_sleeper_is_woken_by_set_and_fails_on_destroy() {
    let rig = Rig::new();
    let (first, second) = (create(&rig, 0, true).unwrap(), create(&rig, 0, true).unwrap());
    // Arguments of two threads must not share a place: the other thread goes in below the rig.
    let other = |nr: u8, event_id: u32| {
        let at = SCRATCH + 0x4000;
        rig.host.write_user(at, &event_id.to_ne_bytes()).unwrap();
        let request = crate::uapi::table::kfd(nr).unwrap().kfd_request();
        rig.kernel.ioctl(rig.kfd, request, at, &rig.host)
    };
    std::thread::scope(|threads| {
        threads.spawn(|| assert_eq!(other(0x0a, first), Ok(0)));
        let (done, outcome, _) = wait(&rig, &[(first, 0)], true, u32::MAX);
        assert_eq!((done, outcome), (Ok(0), KFD_IOC_WAIT_RESULT_COMPLETE));
    });
    std::thread::scope(|threads| {
        let sleeper = threads.spawn(|| wait(&rig, &[(second, 0)], true, u32::MAX));
        // Whether the sleeper came first (EIO) or found the event gone (EINVAL), it must not sleep on.
        assert_eq!(other(0x09, second), Ok(0));
        let (done, outcome, _) = sleeper.join().unwrap();
        assert!(matches!(done, Err(Errno::EIO | Errno::EINVAL)));
        assert_eq!(outcome, KFD_IOC_WAIT_RESULT_FAIL);
    });
}

#[test]
fn a_signal_ends_a_wait_and_gives_back_what_it_had_consumed() {
    let rig = Rig::new();
    let [consumed, missing] = [(); 2].map(|()| create(&rig, KFD_IOC_EVENT_SIGNAL, true).unwrap());
    assert_eq!(set(&rig, consumed), Ok(0));
    rig.host.signals.store(true, Ordering::Relaxed);
    let both = [(consumed, 0), (missing, 0)];
    let (done, outcome, _) = wait(&rig, &both, true, KFD_EVENT_TIMEOUT_INFINITE);
    assert_eq!((done, outcome), (Err(Errno::EINTR), KFD_IOC_WAIT_RESULT_FAIL));
    let (done, outcome, _) = wait(&rig, &[(consumed, 0)], true, 0);
    assert_eq!((done, outcome), (Ok(0), KFD_IOC_WAIT_RESULT_COMPLETE));
}
