//! The dispatcher, files, processes and the simple queries.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering;

use super::testing::*;
use super::*;
use crate::uapi::ioc::{Direction, request};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::Layout;
use crate::uapi::table::{self, AMDKFD_IOCTL_BASE, KFD_IOCTLS};

#[test]
fn the_machines_version_is_told() {
    let mut args = kfd_ioctl_get_version_args::default();
    assert_eq!(Rig::new().ioctl(0x01, &mut args), Ok(0));
    assert_eq!(args, kfd_ioctl_get_version_args { major_version: 1, minor_version: 23 });
}

#[test]
fn numbers_outside_the_table_are_no_ioctls() {
    let rig = Rig::new();
    for nr in [0x00, 0x29, 0x80, 0x86] {
        let request = request(Direction::ReadWrite, AMDKFD_IOCTL_BASE, nr, 8);
        assert_eq!(rig.raw(rig.kfd, request, &mut kfd_ioctl_set_event_args::default()), Err(Errno::ENOTTY));
    }
}

#[test]
fn an_older_kernel_does_not_know_what_came_later() {
    let mut machine = machine(vec![gpu(GPU, 1, 110000)]);
    machine.kernel.kfd_version = [1, 12];
    let rig = Rig::on(machine);
    let mut runtime = kfd_ioctl_runtime_enable_args::default();
    assert_eq!(rig.ioctl(0x25, &mut runtime), Err(Errno::ENOTTY));
    let mut memory = kfd_ioctl_get_available_memory_args { gpu_id: GPU, ..Default::default() };
    assert_eq!(rig.ioctl(0x23, &mut memory), Ok(0));
}

#[test]
fn every_entry_of_the_table_is_served() {
    for ioctl in KFD_IOCTLS {
        // A fresh machine each: CREATE_PROCESS would take the file away.
        let rig = Rig::new();
        let _ = rig.raw(rig.kfd, ioctl.kfd_request(), &mut kfd_ioctl_get_process_apertures_args::default());
    }
}

#[test]
fn a_shorter_argument_is_filled_with_zeros_and_not_written_beyond() {
    let rig = Rig::new();
    let request = request(Direction::Read, AMDKFD_IOCTL_BASE, 0x01, 4);
    let mut args = kfd_ioctl_get_version_args { major_version: 9, minor_version: 9 };
    assert_eq!(rig.raw(rig.kfd, request, &mut args), Ok(0));
    assert_eq!(args, kfd_ioctl_get_version_args { major_version: 1, minor_version: 9 });
}

#[test]
fn a_bad_pointer_is_efault() {
    let rig = Rig::new();
    let request = KFD_IOCTLS[0].kfd_request();
    assert_eq!(rig.kernel.ioctl(rig.kfd, request, 0, &rig.host), Err(Errno::EFAULT));
}

#[test]
fn a_forked_child_can_not_use_the_parents_file() {
    let rig = Rig::new();
    rig.host.pid.store(101, Ordering::Relaxed);
    let mut args = kfd_ioctl_get_version_args::default();
    assert_eq!(rig.ioctl(0x01, &mut args), Err(Errno::EBADF));
    let events = rig.kernel.mmap(rig.kfd, PAGE, 3, 1, KFD_MMAP_TYPE_EVENTS, &rig.host);
    assert_eq!(events, Err(Errno::EBADF));
    let own = rig.kernel.open(FileKind::Kfd, &rig.host).unwrap();
    assert_eq!(rig.raw(own, KFD_IOCTLS[0].kfd_request(), &mut args), Ok(0));
}

#[test]
fn a_second_open_finds_the_same_process() {
    let rig = Rig::bound();
    rig.kernel.close(rig.kfd, &rig.host);
    let again = rig.kernel.open(FileKind::Kfd, &rig.host).unwrap();
    let mut args = kfd_ioctl_alloc_memory_of_gpu_args {
        va_addr: 1 << 32,
        size: PAGE,
        gpu_id: GPU,
        flags: KFD_IOC_ALLOC_MEM_FLAGS_GTT,
        ..Default::default()
    };
    assert_eq!(rig.raw(again, KFD_IOCTLS[0x15].kfd_request(), &mut args), Ok(0));
}

#[test]
fn a_machine_without_gpus_has_no_process_on_a_new_kernel() {
    let mut empty = machine(Vec::new());
    let open = |machine| Kernel::of(machine).open(FileKind::Kfd, &FakeHost::new());
    assert_eq!(open(empty.clone()), Err(Errno::EINVAL));
    empty.kernel.kfd_version = [1, 18];
    assert!(open(empty).is_ok());
}

#[test]
fn a_render_node_that_is_not_there_is_enodev() {
    let rig = Rig::new();
    assert_eq!(rig.kernel.open(FileKind::Render { minor: 200 }, &rig.host), Err(Errno::ENODEV));
}

#[test]
fn an_address_space_is_acquired_once() {
    let rig = Rig::new();
    let file = rig.kernel.open(FileKind::Render { minor: 128 }, &rig.host).unwrap();
    let (render, foreign) = (rig.host.descriptor(Some(file)), rig.host.descriptor(None));
    let acquire =
        |fd: i32, gpu_id| rig.ioctl(0x15, &mut kfd_ioctl_acquire_vm_args { drm_fd: fd as u32, gpu_id });
    assert_eq!(acquire(99, GPU), Err(Errno::EINVAL), "not open");
    assert_eq!(acquire(foreign, GPU), Err(Errno::EINVAL), "no render node");
    assert_eq!(acquire(render, 0), Err(Errno::EINVAL), "no such GPU");
    assert_eq!(acquire(render, GPU), Ok(0));
    assert_eq!(acquire(render, GPU), Ok(0), "the same again");
    assert_eq!(acquire(render, PEER), Err(Errno::EINVAL), "taken by the first GPU");
    assert_eq!(rig.acquire(GPU, 128), Err(Errno::EBUSY), "another file");
}

#[test]
fn what_needs_an_address_space_says_so_without() {
    let rig = Rig::new();
    let mut scratch = kfd_ioctl_set_scratch_backing_va_args { gpu_id: GPU, ..Default::default() };
    assert_eq!(rig.ioctl(0x11, &mut scratch), Err(Errno::ENODEV));
    let mut trap = kfd_ioctl_set_trap_handler_args { gpu_id: GPU, ..Default::default() };
    assert_eq!(rig.ioctl(0x13, &mut trap), Err(Errno::ESRCH));
    let mut policy = kfd_ioctl_set_memory_policy_args { gpu_id: GPU, ..Default::default() };
    assert_eq!(rig.ioctl(0x04, &mut policy), Err(Errno::ESRCH));
    policy.default_policy = 2;
    assert_eq!(rig.ioctl(0x04, &mut policy), Err(Errno::EINVAL));
}

#[test]
fn apertures_are_counted_then_filled() {
    let rig = Rig::new();
    let mut args = kfd_ioctl_get_process_apertures_new_args::default();
    assert_eq!(rig.ioctl(0x14, &mut args), Ok(0));
    assert_eq!(args.num_of_nodes, 2);
    args.num_of_nodes = 4;
    assert_eq!(rig.ioctl(0x14, &mut args), Err(Errno::EINVAL), "more than there are nodes");
    args = kfd_ioctl_get_process_apertures_new_args {
        kfd_process_device_apertures_ptr: SCRATCH,
        num_of_nodes: 3,
        pad: 0,
    };
    assert_eq!(rig.ioctl(0x14, &mut args), Ok(0));
    assert_eq!(args.num_of_nodes, 2);
    let mut bytes = [0; kfd_process_device_apertures::SIZE];
    rig.host.read_user(SCRATCH, &mut bytes).unwrap();
    let first = <kfd_process_device_apertures as crate::uapi::layout::Plain>::get(&bytes);
    assert_eq!((first.gpu_id, first.lds_base, first.scratch_base), (GPU, 1 << 48, 2 << 48));
    assert_eq!((first.gpuvm_base, first.gpuvm_limit), (1 << 16, (1 << 47) - 1));
}

#[test]
fn the_old_aperture_call_stops_at_seven_of_64() {
    let gpus: Vec<_> = (1..=64).map(|node| gpu(0x1000 + node, node, 90402)).collect();
    let mut args = kfd_ioctl_get_process_apertures_args::default();
    assert_eq!(Rig::on(machine(gpus)).ioctl(0x06, &mut args), Ok(0));
    assert_eq!((args.num_of_nodes, args.process_apertures[6].gpu_id), (7, 0x1007));
}

#[test]
fn clocks_run_for_nodes_with_and_without_a_gpu() {
    let rig = Rig::new();
    let mut args = kfd_ioctl_get_clock_counters_args { gpu_id: GPU, ..Default::default() };
    assert_eq!(rig.ioctl(0x05, &mut args), Ok(0));
    assert_eq!((args.gpu_clock_counter, args.system_clock_counter), (700_000, 7_000_000));
    args.gpu_id = 0;
    assert_eq!(rig.ioctl(0x05, &mut args), Ok(0));
    assert_eq!((args.gpu_clock_counter, args.cpu_clock_counter), (0, 5_000_000));
}

#[test]
fn tile_configurations_are_cut_to_what_there_is() {
    let rig = Rig::new();
    let mut args = kfd_ioctl_get_tile_config_args {
        tile_config_ptr: SCRATCH,
        macro_tile_config_ptr: SCRATCH,
        num_tile_configs: 100,
        num_macro_tile_configs: 8,
        gpu_id: GPU,
        ..Default::default()
    };
    assert_eq!(rig.ioctl(0x12, &mut args), Ok(0));
    assert_eq!((args.num_tile_configs, args.num_macro_tile_configs), (32, 8));
    args.tile_config_ptr = READ_ONLY;
    assert_eq!(rig.ioctl(0x12, &mut args), Err(Errno::EFAULT));
    assert_eq!(args.num_tile_configs, 0);
}

#[test]
fn the_old_debugger_interface_refuses() {
    let rig = Rig::new();
    assert_eq!(rig.ioctl(0x0d, &mut kfd_ioctl_dbg_register_args::default()), Err(Errno::EPERM));
    assert_eq!(rig.ioctl(0x10, &mut kfd_ioctl_dbg_wave_control_args::default()), Err(Errno::EPERM));
}

#[test]
fn a_second_context_is_a_process_of_its_own_and_goes_with_its_file() {
    let rig = Rig::bound();
    let create = KFD_IOCTLS[0x26].kfd_request();
    assert_eq!(rig.kernel.ioctl(rig.kfd, create, 0, &rig.host), Ok(0));
    assert_eq!(rig.kernel.ioctl(rig.kfd, create, 0, &rig.host), Err(Errno::EINVAL), "one a file");
    assert_eq!(rig.alloc(1 << 32, PAGE, KFD_IOC_ALLOC_MEM_FLAGS_GTT), Err(Errno::ENODEV), "has no VM yet");
    assert_eq!(rig.acquire(GPU, 128), Ok(0));
    assert!(rig.alloc(1 << 32, PAGE, KFD_IOC_ALLOC_MEM_FLAGS_GTT).is_ok());
    assert_eq!(rig.alloc(1 << 33, PAGE, KFD_IOC_ALLOC_MEM_FLAGS_USERPTR), Err(Errno::EOPNOTSUPP));
    assert_eq!(rig.host.backings(), 1);
    rig.kernel.close(rig.kfd, &rig.host);
    assert_eq!(rig.host.backings(), 0);
}

#[test]
fn maps_of_kfd_have_the_kernels_sizes() {
    let rig = Rig::bound();
    let map = |len, offset| rig.kernel.mmap(rig.kfd, len, 3, 1, offset, &rig.host).map(|_| ());
    let doorbells = KFD_MMAP_TYPE_DOORBELL | kfd_mmap_gpu_id(GPU);
    assert_eq!(map(8192, doorbells), Ok(()));
    assert_eq!(map(PAGE, doorbells), Err(Errno::EINVAL));
    assert_eq!(map(8192, KFD_MMAP_TYPE_DOORBELL | kfd_mmap_gpu_id(1)), Err(Errno::ENODEV));
    assert_eq!(map(PAGE, KFD_MMAP_TYPE_MMIO | kfd_mmap_gpu_id(GPU)), Ok(()));
    assert_eq!(map(2 * PAGE, KFD_MMAP_TYPE_MMIO | kfd_mmap_gpu_id(GPU)), Err(Errno::EINVAL));
    assert_eq!(map(PAGE, KFD_MMAP_TYPE_MMIO), Err(Errno::ENODEV));
    assert_eq!(map(PAGE, KFD_MMAP_TYPE_RESERVED_MEM), Err(Errno::EINVAL));
    rig.host.page_size.store(65536, Ordering::Relaxed);
    assert_eq!(map(65536, doorbells), Ok(()));
    assert_eq!(map(65536, KFD_MMAP_TYPE_MMIO | kfd_mmap_gpu_id(GPU)), Err(Errno::EINVAL));
}

#[test]
fn an_smi_stream_needs_a_gpu() {
    let rig = Rig::new();
    let mut args = kfd_ioctl_smi_events_args { gpuid: 7, anon_fd: 0 };
    assert_eq!(rig.ioctl(0x1f, &mut args), Err(Errno::EINVAL));
    args.gpuid = GPU;
    assert_eq!(rig.ioctl(0x1f, &mut args), Ok(0));
    assert!(rig.host.file_behind(args.anon_fd as i32).unwrap().is_some());
}

#[test]
fn an_smi_stream_tells_what_was_asked_for() {
    let rig = Rig::new();
    let mut args = kfd_ioctl_smi_events_args { gpuid: GPU, anon_fd: 0 };
    assert_eq!(rig.ioctl(0x1f, &mut args), Ok(0));
    rig.host.listened_to.store(1 << 11, Ordering::Relaxed);
    assert_eq!(rig.acquire(PEER, 129), Ok(0));
    assert_eq!(*rig.host.readable.lock(), b"", "another GPU");
    assert_eq!(rig.acquire(GPU, 128), Ok(0));
    assert_eq!(*rig.host.readable.lock(), b"c 64 client\n");
}

#[test]
fn an_smi_stream_tells_what_unmapping_does() {
    let rig = Rig::bound();
    let mut args = kfd_ioctl_smi_events_args { gpuid: GPU, anon_fd: 0 };
    assert_eq!(rig.ioctl(0x1f, &mut args), Ok(0));
    rig.host.listened_to.store(u64::MAX, Ordering::Relaxed);
    let mut user = kfd_ioctl_alloc_memory_of_gpu_args {
        va_addr: 0x9_0000_0000,
        size: PAGE,
        mmap_offset: SCRATCH,
        gpu_id: PEER,
        flags: KFD_IOC_ALLOC_MEM_FLAGS_USERPTR,
        ..Default::default()
    };
    assert_eq!(rig.ioctl(0x16, &mut user), Ok(0));
    rig.kernel.unmapped(SCRATCH + PAGE, PAGE, &rig.host);
    assert_eq!(*rig.host.readable.lock(), b"", "beside it");
    rig.kernel.unmapped(SCRATCH, PAGE, &rig.host);
    let told = String::from_utf8(rig.host.readable.lock().clone()).unwrap();
    assert_eq!(told, "9 7000000 -100 1234 1\na 7000000 -100 1234 0\n", "all devices of the process stop");
}

#[test]
fn an_smi_stream_tells_of_contexts_that_end() {
    let rig = Rig::new();
    let mut args = kfd_ioctl_smi_events_args { gpuid: GPU, anon_fd: 0 };
    assert_eq!(rig.ioctl(0x1f, &mut args), Ok(0));
    rig.host.listened_to.store(1 << 12, Ordering::Relaxed);
    let second = Rig { kfd: rig.kernel.open(FileKind::Kfd, &rig.host).unwrap(), ..rig };
    let create = table::kfd(0x27).unwrap().kfd_request();
    assert_eq!(second.kernel.ioctl(second.kfd, create, 0, &second.host), Ok(0));
    assert_eq!(second.acquire(GPU, 128), Ok(0));
    second.kernel.close(second.kfd, &second.host);
    assert_eq!(*second.host.readable.lock(), b"d 64 client\n");
}

#[test]
fn an_smi_stream_tells_of_processes_that_end() {
    let rig = Rig::new();
    let mut args = kfd_ioctl_smi_events_args { gpuid: GPU, anon_fd: 0 };
    assert_eq!(rig.ioctl(0x1f, &mut args), Ok(0));
    rig.host.listened_to.store(1 << 12, Ordering::Relaxed);
    rig.kernel.process_ends(&rig.host);
    assert_eq!(*rig.host.readable.lock(), b"", "it used no GPU");
    assert_eq!(rig.acquire(GPU, 128), Ok(0));
    rig.kernel.process_ends(&rig.host);
    assert_eq!(*rig.host.readable.lock(), b"d 64 client\n");
}

#[test]
fn the_report_counts_and_complains() {
    let rig = Rig::on(machine(vec![gpu(GPU, 1, 80003)]));
    let _ = rig.ioctl(0x01, &mut kfd_ioctl_get_version_args::default());
    let mut tiles = kfd_ioctl_get_tile_config_args {
        gpu_id: GPU,
        tile_config_ptr: SCRATCH,
        macro_tile_config_ptr: SCRATCH,
        ..Default::default()
    };
    assert_eq!(rig.ioctl(0x12, &mut tiles), Ok(0));
    let report = rig.kernel.report();
    assert!(report.contains("1 KFD GET_VERSION\n"));
    assert!(report.contains("NOT IMPLEMENTED: GET_TILE_CONFIG"));
}

#[test]
fn a_gpu_that_the_device_cgroup_forbids_is_not_there() {
    let mut hidden = gpu(GPU, 1, 110000);
    hidden.forbidden = true;
    let rig = Rig::on(machine(vec![hidden, gpu(PEER, 2, 110000)]));
    let mut count = kfd_ioctl_get_process_apertures_new_args::default();
    assert_eq!((rig.ioctl(0x14, &mut count), count.num_of_nodes), (Ok(0), 1));
    assert_eq!(rig.acquire(GPU, 128), Err(Errno::EINVAL));
    assert_eq!(rig.acquire(PEER, 129), Ok(0));
}
