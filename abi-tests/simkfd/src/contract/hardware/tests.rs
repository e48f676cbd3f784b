//! The run list, the page tables and interrupts, as a GPU would have them.
#![forbid(unsafe_code)]

use super::*;
use crate::contract::testing::*;
use crate::queue::tests::{create, prepared};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;

/// An event of a kind, signalled by nobody yet.
fn event(rig: &Rig, event_type: u32) -> u32 {
    let mut args = kfd_ioctl_create_event_args { event_type, ..Default::default() };
    rig.ioctl(0x08, &mut args).expect("there is room");
    args.event_id
}

/// Whether an event is set, without waiting, and what it tells.
fn look(rig: &Rig, event_id: u32) -> (bool, kfd_event_data) {
    let data = kfd_event_data { event_id, ..Default::default() };
    rig.host_write(SCRATCH, &data.to_bytes());
    let mut args =
        kfd_ioctl_wait_events_args { events_ptr: SCRATCH, num_events: 1, timeout: 0, ..Default::default() };
    rig.ioctl(0x0c, &mut args).expect("a known event");
    let mut bytes = [0; kfd_event_data::SIZE];
    rig.host.read_user(SCRATCH, &mut bytes).expect("mapped");
    (args.wait_result == KFD_IOC_WAIT_RESULT_COMPLETE, crate::uapi::layout::Plain::get(&bytes))
}

#[test]
fn a_gpu_sees_its_mappings_and_queues() {
    let rig = Rig::bound();
    assert_eq!(rig.kernel.gpu_view(0, &rig.host), GpuView::default());
    let area = gpu(GPU, 1, 110000).save_area(PAGE, None);
    let args = prepared(&rig, area);
    let made = create(&rig, &args).unwrap();
    let view = rig.kernel.gpu_view(0, &rig.host);
    let ring = view.ranges.iter().find(|range| range.address == args.ring_base_address).unwrap();
    assert_eq!((ring.bytes, ring.writable), (PAGE, false), "nobody asked for more than reading");
    assert!(matches!(ring.shown, Shown::Backing(_, 0)));
    let [queue] = view.queues.as_slice() else { panic!("one queue") };
    assert_eq!((queue.id, queue.format, queue.active), (made.queue_id, QueueFormat::Aql, true));
    assert_eq!(queue.ring, (args.ring_base_address, PAGE));
    assert_eq!(queue.read_pointer, args.read_pointer_address);
    assert_eq!(rig.kernel.gpu_view(1, &rig.host).queues, [], "it is the first GPU's");

    assert!(!queue.global_sync);
    let mut sync =
        kfd_ioctl_alloc_queue_gws_args { queue_id: made.queue_id, num_gws: 1, ..Default::default() };
    rig.ioctl(0x1e, &mut sync).unwrap();
    assert!(rig.kernel.gpu_view(0, &rig.host).queues[0].global_sync);

    let mut stop = kfd_ioctl_update_queue_args {
        queue_id: made.queue_id,
        ring_base_address: args.ring_base_address,
        ring_size: args.ring_size,
        queue_percentage: 0,
        ..Default::default()
    };
    rig.ioctl(0x07, &mut stop).unwrap();
    let stopped = rig.kernel.gpu_view(0, &rig.host).queues[0];
    assert!(!stopped.active && stopped.remaps == queue.remaps + 1);
    rig.ioctl(0x03, &mut kfd_ioctl_destroy_queue_args { queue_id: made.queue_id, pad: 0 }).unwrap();
    assert_eq!(rig.kernel.gpu_view(0, &rig.host).queues, []);
    let again = create(&rig, &args).unwrap();
    let newer = rig.kernel.gpu_view(0, &rig.host).queues[0];
    assert_eq!(again.queue_id, made.queue_id);
    assert!(newer.age > queue.age, "another queue with the same id");
}

#[test]
fn an_interrupt_sets_the_event_whose_slot_is_written() {
    let rig = Rig::bound();
    let (first, second) = (event(&rig, KFD_IOC_EVENT_SIGNAL), event(&rig, KFD_IOC_EVENT_SIGNAL));
    let page = rig.kernel.mmap(rig.kfd, 256 * 8, 3, 1, KFD_MMAP_TYPE_EVENTS, &rig.host).unwrap();
    let write =
        |id: u32| rig.host.write_backing(page.backing, 8 * u64::from(id), &u64::from(id).to_ne_bytes());
    rig.kernel.interrupt(first, &rig.host);
    assert!(!look(&rig, first).0, "no slot is written");
    write(first);
    write(second);
    rig.kernel.interrupt(first, &rig.host);
    assert_eq!((look(&rig, first).0, look(&rig, second).0), (true, false));
    rig.kernel.interrupt(0, &rig.host);
    assert!(look(&rig, second).0, "an interrupt without a name finds it");
    let mut slot = [0; 8];
    rig.host.read_backing(page.backing, 8 * u64::from(second), &mut slot);
    assert_eq!(slot, [0xff; 8], "the slot is acknowledged");
}

#[test]
fn a_lost_interrupt_is_made_up_for_by_the_next() {
    let rig = Rig::bound();
    let signal = event(&rig, KFD_IOC_EVENT_SIGNAL);
    let page = rig.kernel.mmap(rig.kfd, 256 * 8, 3, 1, KFD_MMAP_TYPE_EVENTS, &rig.host).unwrap();
    rig.host.write_backing(page.backing, 8 * u64::from(signal), &1u64.to_ne_bytes());
    rig.host.deaf.store(true, std::sync::atomic::Ordering::Relaxed);
    rig.kernel.interrupt(signal, &rig.host);
    assert!(!look(&rig, signal).0);
    rig.host.deaf.store(false, std::sync::atomic::Ordering::Relaxed);
    rig.kernel.interrupt(0, &rig.host);
    assert!(look(&rig, signal).0);
}

#[test]
fn a_page_fault_is_told_by_memory_events_and_takes_the_queues_off_its_gpu() {
    let rig = Rig::bound();
    let area = gpu(GPU, 1, 110000).save_area(PAGE, None);
    create(&rig, &prepared(&rig, area)).unwrap();
    let runs = || rig.kernel.gpu_view(0, &rig.host).queues[0].active;
    let memory = event(&rig, KFD_IOC_EVENT_MEMORY);
    rig.kernel.page_fault(1, PageFault { address: 0x7123, read_only: true }, &rig.host);
    let (set, data) = look(&rig, memory);
    let words: [u64; 4] = data.union_data;
    assert_eq!((set, words[0] >> 32, words[2], words[3] as u32), (true, 1, 0x7000, PEER));
    assert!(runs(), "it was the other GPU's");
    rig.kernel.page_fault(0, PageFault { address: 0x7123, read_only: false }, &rig.host);
    assert!(!runs());
}
