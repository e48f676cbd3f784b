//! Allocation, accounts, mapping and sharing.
#![forbid(unsafe_code)]

use crate::contract::testing::*;
use crate::contract::{Errno, FileKind, Host, MapTarget};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::Layout;
use crate::uapi::table;

const VA: u64 = 1 << 32;
const GTT: u32 = KFD_IOC_ALLOC_MEM_FLAGS_GTT;
const VRAM: u32 = KFD_IOC_ALLOC_MEM_FLAGS_VRAM;
const USERPTR: u32 = KFD_IOC_ALLOC_MEM_FLAGS_USERPTR;

fn alloc_at(rig: &Rig, user: u64, size: u64) -> Result<i32, Errno> {
    let mut args = kfd_ioctl_alloc_memory_of_gpu_args {
        va_addr: VA,
        size,
        mmap_offset: user,
        gpu_id: GPU,
        flags: USERPTR,
        ..Default::default()
    };
    rig.ioctl(0x16, &mut args)
}

fn available(rig: &Rig) -> u64 {
    let mut args = kfd_ioctl_get_available_memory_args { gpu_id: GPU, ..Default::default() };
    assert_eq!(rig.ioctl(0x23, &mut args), Ok(0));
    args.available
}

fn free(rig: &Rig, handle: u64) -> Result<i32, Errno> {
    rig.ioctl(0x17, &mut kfd_ioctl_free_memory_of_gpu_args { handle })
}

#[test]
fn memory_is_mapped_for_some_of_its_devices_when_a_fault_plan_says_so() {
    let rig = Rig::bound();
    let handle = rig.alloc(VA, PAGE, GTT).expect("memory");
    rig.host_write(SCRATCH, &[GPU.to_ne_bytes(), PEER.to_ne_bytes()].concat());
    let args = kfd_ioctl_map_memory_to_gpu_args {
        handle,
        device_ids_array_ptr: SCRATCH,
        n_devices: 2,
        n_success: 0,
    };
    rig.host_write(USER, &args.to_bytes());
    let request = table::kfd(0x18).expect("known").kfd_request();
    assert_eq!(rig.kernel.ioctl_partly(rig.kfd, request, USER, 1, &rig.host), Ok(()));
    let mut bytes = vec![0; kfd_ioctl_map_memory_to_gpu_args::SIZE];
    rig.host.read_user(USER, &mut bytes).expect("mapped");
    assert_eq!(bytes, kfd_ioctl_map_memory_to_gpu_args { n_success: 1, ..args }.to_bytes());
    let mapped = [0, 1].map(|gpu| rig.kernel.gpu_view(gpu, &rig.host).ranges.len());
    assert_eq!(mapped, [1, 0]);
}

#[test]
fn handles_name_the_gpu_and_the_lowest_free_number() {
    let rig = Rig::bound();
    let first = rig.alloc(VA, PAGE, GTT).unwrap();
    assert_eq!(first, u64::from(GPU) << 32);
    assert_eq!(rig.alloc(VA, PAGE, GTT), Ok(first + 1));
    assert_eq!(free(&rig, first), Ok(0));
    assert_eq!(rig.alloc(VA, PAGE, VRAM), Ok(first));
}

#[test]
fn allocations_that_can_not_be_are_refused() {
    let rig = Rig::bound();
    assert_eq!(rig.alloc(VA, 0, GTT), Err(Errno::EINVAL));
    assert_eq!(rig.alloc(VA, PAGE, 0), Err(Errno::EINVAL), "no kind of memory");
    assert_eq!(rig.alloc(VA, 1, GTT | KFD_IOC_ALLOC_MEM_FLAGS_AQL_QUEUE_MEM), Err(Errno::EINVAL));
    assert_eq!(rig.alloc(VA, PAGE, KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL), Err(Errno::EINVAL));
    assert!(rig.alloc(VA, 2 * PAGE, KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL).is_ok());
    assert_eq!(rig.alloc(VA, 2 * PAGE, KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP), Err(Errno::EINVAL));
    assert!(rig.alloc(VA, PAGE, KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP).is_ok());
    assert_eq!(Rig::new().alloc(VA, PAGE, GTT), Err(Errno::ENODEV), "no address space");
}

#[test]
fn public_vram_needs_a_large_bar() {
    let mut small = gpu(GPU, 1, 110000);
    small.large_bar = false;
    let rig = Rig::on(machine(vec![small])).bind();
    assert_eq!(rig.alloc(VA, PAGE, VRAM | KFD_IOC_ALLOC_MEM_FLAGS_PUBLIC), Err(Errno::EINVAL));
    assert!(rig.alloc(VA, PAGE, VRAM).is_ok());
}

#[test]
fn the_callers_pages_must_be_there_and_writable() {
    let rig = Rig::bound();
    assert_eq!(alloc_at(&rig, 0, PAGE), Err(Errno::EINVAL));
    assert_eq!(alloc_at(&rig, 0x1000, PAGE), Err(Errno::EFAULT));
    assert_eq!(alloc_at(&rig, READ_ONLY, PAGE), Err(Errno::EPERM));
    assert_eq!(alloc_at(&rig, u64::MAX - 10, PAGE), Err(Errno::EOVERFLOW));
    assert_eq!(alloc_at(&rig, SCRATCH, PAGE), Ok(0));
}

#[test]
fn vram_is_accounted_in_units_of_2_mib_and_runs_out() {
    let rig = Rig::bound();
    let before = available(&rig);
    // 64 GiB of system memory and two cards of 4 GiB need 8 MiB of page tables at least.
    assert_eq!(before, VRAM_BYTES - (8 << 20));
    let handle = rig.alloc(VA, PAGE, VRAM).unwrap();
    assert_eq!(available(&rig), before - (2 << 20));
    assert_eq!(rig.alloc(VA, VRAM_BYTES, VRAM), Err(Errno::ENOMEM));
    assert_eq!(free(&rig, handle), Ok(0));
    assert_eq!(available(&rig), before);
    assert_eq!(rig.host.backings(), 0, "memory is given back");
}

#[test]
fn gtt_runs_out_at_the_ttm_limit() {
    let rig = Rig::bound();
    // The trap handler of each of the two devices takes 8 KiB.
    let limit = (32 << 30) - 2 * (8 << 10);
    assert_eq!(rig.alloc(VA, limit + PAGE, GTT), Err(Errno::ENOMEM));
    assert!(rig.alloc(VA, limit, GTT).is_ok());
    assert_eq!(rig.alloc(VA, PAGE, GTT), Err(Errno::ENOMEM));
}

#[test]
fn an_apu_with_a_small_carve_out_allocates_from_system_memory() {
    let mut apu = gpu(GPU, 1, 110300);
    apu.facts.apu_prefer_gtt = Some(true);
    apu.local_bytes = 32 << 30;
    let rig = Rig::on(machine(vec![apu])).bind();
    let trap_handler = 8 << 10;
    assert_eq!(available(&rig), (32 << 30) - trap_handler);
    assert!(rig.alloc(VA, 1 << 30, GTT).is_ok());
    assert_eq!(available(&rig), (31 << 30) - trap_handler, "the same memory");
}

#[test]
fn memory_is_freed_only_when_it_is_mapped_nowhere() {
    let rig = Rig::bound();
    let handle = rig.mapped(VA, PAGE);
    assert_eq!(free(&rig, handle), Err(Errno::EBUSY));
    assert_eq!(rig.unmap(handle), Ok(0));
    assert_eq!(free(&rig, handle), Ok(0));
    assert_eq!(free(&rig, handle), Err(Errno::EINVAL));
    assert_eq!(free(&rig, 0), Err(Errno::EINVAL));
}

#[test]
fn mapping_checks_handle_devices_and_range() {
    let rig = Rig::bound();
    let handle = rig.alloc(VA, PAGE, GTT).unwrap();
    assert_eq!(rig.map(handle, &[]), (Err(Errno::EINVAL), 0));
    assert_eq!(rig.map(handle + 9, &[GPU]), (Err(Errno::ENOMEM), 0), "no such handle");
    assert_eq!(rig.map(handle, &[GPU, 1]), (Err(Errno::EINVAL), 1), "the first was mapped");
    assert_eq!(rig.map(handle, &[GPU, PEER]), (Ok(0), 2), "again is fine");
    let over_it = rig.alloc(VA, PAGE, GTT).unwrap();
    assert_eq!(rig.map(over_it, &[GPU]), (Err(Errno::EINVAL), 0), "taken");
    let nowhere = rig.alloc(0, PAGE, VRAM).unwrap();
    assert_eq!(rig.map(nowhere, &[GPU]), (Err(Errno::EINVAL), 0), "no address");
    let crooked = rig.alloc(VA + 0x10_0010, PAGE, GTT).unwrap();
    assert_eq!(rig.map(crooked, &[GPU]), (Err(Errno::EINVAL), 0), "no whole page");
    assert_eq!(rig.unmap(crooked), Err(Errno::EINVAL), "not mapped");
}

#[test]
fn a_peer_reaches_vram_by_a_link_or_a_hive_only() {
    let rig = Rig::bound();
    let handle = rig.alloc(VA, PAGE, VRAM).unwrap();
    assert_eq!(rig.map(handle, &[GPU, PEER]), (Err(Errno::EINVAL), 1));
    let (mut a, b) = (gpu(GPU, 1, 110000), gpu(PEER, 2, 110000));
    a.peers = vec![2];
    let linked = Rig::on(machine(vec![a, b])).bind();
    let handle = linked.alloc(VA, PAGE, VRAM).unwrap();
    assert_eq!(linked.map(handle, &[GPU, PEER]), (Ok(0), 2));
}

#[test]
fn queue_memory_shows_twice() {
    let rig = Rig::bound();
    let handle = rig.alloc(VA, 2 * PAGE, GTT | KFD_IOC_ALLOC_MEM_FLAGS_AQL_QUEUE_MEM).unwrap();
    assert_eq!(rig.map(handle, &[GPU]), (Ok(0), 1));
    let second_half = rig.alloc(VA + PAGE, PAGE, GTT).unwrap();
    assert_eq!(rig.map(second_half, &[GPU]), (Err(Errno::EINVAL), 0));
}

#[test]
fn only_the_file_that_acquired_may_mmap() {
    let rig = Rig::new();
    let file = rig.kernel.open(FileKind::Render { minor: 128 }, &rig.host).unwrap();
    let drm_fd = rig.host.descriptor(Some(file)) as u32;
    assert_eq!(rig.ioctl(0x15, &mut kfd_ioctl_acquire_vm_args { drm_fd, gpu_id: GPU }), Ok(0));
    let other = rig.kernel.open(FileKind::Render { minor: 128 }, &rig.host).unwrap();
    let mut args = kfd_ioctl_alloc_memory_of_gpu_args {
        va_addr: VA,
        size: 2 * PAGE,
        gpu_id: GPU,
        flags: GTT,
        ..Default::default()
    };
    assert_eq!(rig.ioctl(0x16, &mut args), Ok(0));
    let (shared, private, read_write, none) = (1, 2, 3, 0);
    let map = |file, len, prot, flags, offset| rig.kernel.mmap(file, len, prot, flags, offset, &rig.host);
    assert!(matches!(map(file, PAGE, read_write, shared, args.mmap_offset), Ok(MapTarget { offset: 0, .. })));
    assert_eq!(map(other, PAGE, read_write, shared, args.mmap_offset), Err(Errno::EACCES));
    assert_eq!(map(file, 3 * PAGE, read_write, shared, args.mmap_offset), Err(Errno::EINVAL));
    assert_eq!(map(file, PAGE, read_write, shared, args.mmap_offset + PAGE), Err(Errno::EINVAL));
    assert_eq!(map(file, PAGE, read_write, private, args.mmap_offset), Err(Errno::EINVAL));
    assert!(map(file, PAGE, none, private, args.mmap_offset).is_ok());
}

#[test]
fn an_exported_buffer_can_be_imported_and_outlives_its_handle() {
    let rig = Rig::bound();
    let handle = rig.alloc(VA, PAGE, VRAM | KFD_IOC_ALLOC_MEM_FLAGS_PUBLIC).unwrap();
    let mut export = kfd_ioctl_export_dmabuf_args { handle, flags: 0, dmabuf_fd: 0 };
    assert_eq!(rig.ioctl(0x24, &mut export), Ok(0));
    assert_eq!(free(&rig, handle), Ok(0));
    assert_eq!(rig.host.backings(), 1);
    let mut info = kfd_ioctl_get_dmabuf_info_args { dmabuf_fd: export.dmabuf_fd, ..Default::default() };
    assert_eq!(rig.ioctl(0x1c, &mut info), Ok(0));
    assert_eq!((info.size, info.gpu_id), (PAGE, GPU));
    assert_eq!(info.flags, VRAM | KFD_IOC_ALLOC_MEM_FLAGS_PUBLIC);
    let mut import =
        kfd_ioctl_import_dmabuf_args { va_addr: VA, gpu_id: GPU, dmabuf_fd: export.dmabuf_fd, handle: 0 };
    assert_eq!(rig.ioctl(0x1d, &mut import), Ok(0));
    let file = rig.host.file_behind(export.dmabuf_fd as i32).unwrap().unwrap();
    rig.kernel.close(file, &rig.host);
    assert_eq!(free(&rig, import.handle), Ok(0));
    assert_eq!(rig.host.backings(), 0);
}

#[test]
fn what_is_no_dmabuf_is_refused() {
    let rig = Rig::bound();
    let mut info = kfd_ioctl_get_dmabuf_info_args { dmabuf_fd: 77, ..Default::default() };
    assert_eq!(rig.ioctl(0x1c, &mut info), Err(Errno::EBADF));
    info.dmabuf_fd = rig.host.descriptor(None) as u32;
    assert_eq!(rig.ioctl(0x1c, &mut info), Err(Errno::EINVAL));
    assert_eq!(alloc_at(&rig, SCRATCH, PAGE), Ok(0));
    let mut export = kfd_ioctl_export_dmabuf_args { handle: u64::from(GPU) << 32, flags: 0, dmabuf_fd: 0 };
    assert_eq!(rig.ioctl(0x24, &mut export), Err(Errno::EPERM), "the caller's own pages");
}

#[test]
fn gfx8_has_40_address_bits() {
    let rig = Rig::on(machine(vec![gpu(GPU, 1, 80003)])).bind();
    let beyond = rig.alloc(1 << 40, PAGE, GTT).unwrap();
    assert_eq!(rig.map(beyond, &[GPU]), (Err(Errno::EINVAL), 0));
    let below = rig.alloc((1 << 40) - PAGE, PAGE, GTT).unwrap();
    assert_eq!(rig.map(below, &[GPU]), (Ok(0), 1));
}
