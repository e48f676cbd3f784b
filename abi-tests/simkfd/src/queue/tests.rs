//! What a queue must bring, and what it gets.
#![forbid(unsafe_code)]

use crate::contract::Errno;
use crate::contract::testing::*;
use crate::topology::SaveArea;
use crate::uapi::ioc::{Direction, request};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;

const POINTERS: u64 = 0x1_0000_0000;
const RING: u64 = 0x1_1000_0000;
const EOP: u64 = 0x1_2000_0000;
const AREA: u64 = 0x1_3000_0000;

/// Memory for one compute queue on a machine, and the arguments that fit it.
pub(crate) fn prepared(rig: &Rig, needs: SaveArea) -> kfd_ioctl_create_queue_args {
    rig.mapped(POINTERS, PAGE);
    rig.mapped(RING, PAGE);
    rig.mapped(EOP, PAGE);
    let area = u64::from(needs.cwsr_size + needs.debug_memory_size).next_multiple_of(PAGE);
    rig.mapped(AREA, area);
    kfd_ioctl_create_queue_args {
        ring_base_address: RING,
        write_pointer_address: POINTERS + 0x38,
        read_pointer_address: POINTERS + 0x80,
        ring_size: PAGE as u32,
        gpu_id: GPU,
        queue_type: KFD_IOC_QUEUE_TYPE_COMPUTE_AQL,
        queue_percentage: 100,
        queue_priority: 7,
        eop_buffer_address: EOP,
        eop_buffer_size: 4096,
        ctx_save_restore_address: AREA,
        ctx_save_restore_size: needs.cwsr_size,
        ctl_stack_size: needs.ctl_stack_size,
        ..Default::default()
    }
}

fn rig() -> (Rig, kfd_ioctl_create_queue_args) {
    let rig = Rig::bound();
    let args = prepared(&rig, gpu(GPU, 1, 110000).save_area(PAGE, None));
    (rig, args)
}

pub(crate) fn create(
    rig: &Rig,
    args: &kfd_ioctl_create_queue_args,
) -> Result<kfd_ioctl_create_queue_args, Errno> {
    let mut args = *args;
    rig.ioctl(0x02, &mut args).map(|_| args)
}

fn sdma(args: &kfd_ioctl_create_queue_args) -> kfd_ioctl_create_queue_args {
    kfd_ioctl_create_queue_args { queue_type: KFD_IOC_QUEUE_TYPE_SDMA, ..*args }
}

fn destroy(rig: &Rig, queue_id: u32) -> Result<i32, Errno> {
    rig.ioctl(0x03, &mut kfd_ioctl_destroy_queue_args { queue_id, pad: 0 })
}

#[test]
fn a_compute_queue_gets_the_first_id_and_doorbell() {
    let (rig, args) = rig();
    let made = create(&rig, &args).unwrap();
    assert_eq!((made.queue_id, made.doorbell_offset), (0, KFD_MMAP_TYPE_DOORBELL | kfd_mmap_gpu_id(GPU)));
    assert_eq!(destroy(&rig, 0), Ok(0));
    assert_eq!(destroy(&rig, 0), Err(Errno::EINVAL));
}

#[test]
fn what_user_mode_says_is_checked_in_the_kernels_order() {
    let (rig, good) = rig();
    type Change = fn(&mut kfd_ioctl_create_queue_args);
    let cases: [(Errno, Change); 15] = [
        (Errno::EINVAL, |args| args.queue_percentage = 101),
        (Errno::EINVAL, |args| args.queue_priority = 16),
        (Errno::EFAULT, |args| args.ring_base_address = 1 << 63),
        (Errno::EINVAL, |args| args.ring_size = 4097),
        (Errno::EINVAL, |args| args.metadata_ring_size = 3),
        (Errno::EFAULT, |args| args.read_pointer_address = u64::MAX),
        (Errno::EFAULT, |args| args.eop_buffer_address = u64::MAX),
        (Errno::ENOTSUPP, |args| args.queue_type = 9),
        (Errno::EINVAL, |args| args.gpu_id = 1),
        (Errno::EINVAL, |args| args.write_pointer_address = RING + (1 << 30)),
        (Errno::EINVAL, |args| args.ring_size = 8192),
        (Errno::EINVAL, |args| args.eop_buffer_size = 2048),
        (Errno::EINVAL, |args| args.ctl_stack_size += 4096),
        (Errno::EINVAL, |args| args.ctx_save_restore_size -= 1),
        (Errno::EINVAL, |args| args.ctx_save_restore_address += PAGE),
    ];
    for (i, (errno, change)) in cases.into_iter().enumerate() {
        let mut args = good;
        change(&mut args);
        assert_eq!(create(&rig, &args).unwrap_err(), errno, "case {i}");
    }
    assert!(create(&rig, &good).is_ok(), "refusals leave nothing behind");
}

#[test]
fn a_queue_needs_an_address_space() {
    let args = kfd_ioctl_create_queue_args { gpu_id: GPU, ..Default::default() };
    assert_eq!(create(&Rig::new(), &args).unwrap_err(), Errno::ESRCH);
}

#[test]
fn a_kernel_before_1_17_takes_88_bytes_and_does_not_look_at_buffers() {
    let mut machine = machine(vec![gpu(GPU, 1, 90006)]);
    machine.kernel.kfd_version = [1, 14];
    let rig = Rig::on(machine).bind();
    let args = kfd_ioctl_create_queue_args { gpu_id: GPU, ring_size: 4096, ..Default::default() };
    assert!(create(&rig, &args).is_ok());
    let by_engine = KFD_IOC_QUEUE_TYPE_SDMA_BY_ENG_ID;
    let args = kfd_ioctl_create_queue_args { queue_type: by_engine, ..args };
    assert_eq!(create(&rig, &args).unwrap_err(), Errno::ENOTSUPP);
}

#[test]
fn memory_of_a_queue_stays_mapped_while_it_lives() {
    let (rig, args) = rig();
    let ring = u64::from(GPU) << 32 | 1;
    create(&rig, &args).unwrap();
    assert_eq!(rig.unmap(ring), Err(Errno::EBUSY));
    assert_eq!(destroy(&rig, 0), Ok(0));
    assert_eq!(rig.unmap(ring), Ok(0));
}

#[test]
fn a_process_has_127_queues_on_a_device() {
    let (rig, args) = rig();
    for id in 0..127 {
        assert_eq!(create(&rig, &args).unwrap().queue_id, id);
    }
    assert_eq!(create(&rig, &args).unwrap_err(), Errno::ENOSPC);
}

#[test]
fn sdma_queues_run_out_and_come_back() {
    let (rig, args) = rig();
    let doorbells: Vec<u64> =
        (0..4).map(|_| create(&rig, &sdma(&args)).unwrap().doorbell_offset & 0x1fff).collect();
    // Engines take turns; the second queue of each lies in the mirror.
    assert_eq!(doorbells, [0x100 * 8, 0x10a * 8, 0x300 * 8, 0x30a * 8]);
    assert_eq!(create(&rig, &sdma(&args)).unwrap_err(), Errno::ENOMEM);
    assert_eq!(destroy(&rig, 2), Ok(0));
    assert_eq!(create(&rig, &sdma(&args)).unwrap().queue_id, 2);
}

#[test]
fn an_engine_can_be_asked_for() {
    let (rig, args) = rig();
    let ask = |sdma_engine_id| kfd_ioctl_create_queue_args {
        queue_type: KFD_IOC_QUEUE_TYPE_SDMA_BY_ENG_ID,
        sdma_engine_id,
        ..args
    };
    assert_eq!(create(&rig, &ask(1)).unwrap().doorbell_offset & 0x1fff, 0x10a * 8);
    assert_eq!(create(&rig, &ask(1)).unwrap().doorbell_offset & 0x1fff, 0x30a * 8);
    assert_eq!(create(&rig, &ask(1)).unwrap_err(), Errno::ENOMEM);
    assert_eq!(create(&rig, &ask(2)).unwrap_err(), Errno::EINVAL);
}

#[test]
fn an_update_needs_the_queue_and_a_mapped_ring() {
    let (rig, args) = rig();
    create(&rig, &args).unwrap();
    let update = |queue_id, ring_base_address, queue_percentage| {
        let mut args = kfd_ioctl_update_queue_args {
            ring_base_address,
            queue_id,
            ring_size: PAGE as u32,
            queue_percentage,
            queue_priority: 7,
        };
        rig.ioctl(0x07, &mut args)
    };
    assert_eq!(update(5, RING, 100), Err(Errno::EFAULT));
    assert_eq!(update(0, RING, 200), Err(Errno::EINVAL));
    assert_eq!(update(0, RING + (1 << 30), 100), Err(Errno::EFAULT));
    assert_eq!(update(0, EOP, 100), Ok(0));
    assert_eq!(update(0, 0, 0), Ok(0), "disables it");
    let mut state = kfd_ioctl_get_queue_wave_state_args::default();
    assert_eq!(rig.ioctl(0x1b, &mut state), Err(Errno::EFAULT), "the header's place");
    state.ctl_stack_address = SCRATCH;
    assert_eq!(rig.ioctl(0x1b, &mut state), Ok(0));
    assert_eq!(update(0, RING, 100), Ok(0));
    assert_eq!(rig.ioctl(0x1b, &mut state), Err(Errno::EINVAL), "active");
}

#[test]
fn cu_masks_are_whole_words_and_pairs() {
    let (rig, args) = rig();
    create(&rig, &args).unwrap();
    let mask = |queue_id, num_cu_mask, word: u32| {
        rig.host_write(SCRATCH, &word.to_ne_bytes());
        rig.ioctl(0x1a, &mut kfd_ioctl_set_cu_mask_args { queue_id, num_cu_mask, cu_mask_ptr: SCRATCH })
    };
    assert_eq!(mask(0, 31, 3), Err(Errno::EINVAL));
    assert_eq!(mask(0, 0, 3), Err(Errno::EINVAL));
    assert_eq!(mask(7, 32, 3), Err(Errno::EFAULT));
    assert_eq!(mask(0, 32, 1), Err(Errno::EINVAL), "half a pair");
    assert_eq!(mask(0, 32, 0xf), Ok(0));
}

#[test]
fn global_wave_sync_is_for_one_queue() {
    let (rig, args) = rig();
    create(&rig, &args).unwrap();
    create(&rig, &args).unwrap();
    let gws = |queue_id, num_gws| {
        rig.ioctl(0x1e, &mut kfd_ioctl_alloc_queue_gws_args { queue_id, num_gws, ..Default::default() })
    };
    assert_eq!(gws(9, 1), Err(Errno::EINVAL));
    assert_eq!(gws(0, 0), Err(Errno::EINVAL), "nothing to give back");
    assert_eq!(gws(0, 1), Ok(0));
    assert_eq!(gws(1, 1), Err(Errno::EBUSY));
    assert_eq!(gws(0, 0), Ok(0));
    assert_eq!(gws(1, 1), Ok(0));
}

#[test]
fn a_short_request_of_an_old_library_is_served_by_a_new_kernel() {
    let (rig, args) = rig();
    let short = request(Direction::ReadWrite, b'K', 0x02, 88);
    let mut args = kfd_ioctl_create_queue_args { sdma_engine_id: 7, metadata_ring_size: 3, ..args };
    assert_eq!(rig.raw(rig.kfd, short, &mut args), Ok(0), "what lies behind is not looked at");
}
