//! The render node as libdrm_amdgpu sees it.
#![forbid(unsafe_code)]

use crate::contract::testing::*;
use crate::contract::{Errno, FileId, FileKind, Host};
use crate::uapi::drm::*;
use crate::uapi::ioc::{Direction, request};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

fn open(rig: &Rig) -> FileId {
    rig.kernel.open(FileKind::Render { minor: 128 }, &rig.host).unwrap()
}

fn query<T: Layout>(rig: &Rig, query: u32, union_data: [u32; 4]) -> Result<T, Errno> {
    let mut info =
        drm_amdgpu_info { return_pointer: SCRATCH, return_size: T::SIZE as u32, query, union_data };
    rig.drm(open(rig), 0x45, &mut info)?;
    let mut bytes = vec![0; T::SIZE];
    rig.host.read_user(SCRATCH, &mut bytes).unwrap();
    Ok(T::get(&bytes))
}

/// A buffer of KFD's on the first GPU, as a handle of an open render node.
fn imported(rig: &Rig, flags: u32) -> (FileId, u32) {
    let handle = rig.alloc(0, 2 * PAGE, flags).unwrap();
    let mut export = kfd_ioctl_export_dmabuf_args { handle, flags: 0, dmabuf_fd: 0 };
    assert_eq!(rig.ioctl(0x24, &mut export), Ok(0));
    let file = open(rig);
    let mut prime = drm_prime_handle { fd: export.dmabuf_fd as i32, ..Default::default() };
    assert_eq!(rig.drm(file, 0x2e, &mut prime), Ok(0));
    (file, prime.handle)
}

#[test]
fn the_driver_names_itself_and_tells_lengths() {
    let rig = Rig::new();
    let mut args = drm_version { name_len: 4, name: SCRATCH, ..Default::default() };
    assert_eq!(rig.drm(open(&rig), 0x00, &mut args), Ok(0));
    assert_eq!((args.version_major, args.version_minor, args.name_len), (3, 64, 6));
    let mut name = [0; 5];
    rig.host.read_user(SCRATCH, &mut name).unwrap();
    assert_eq!(&name, b"amdg\0", "cut to the room, without a terminator");
}

#[test]
fn unknown_numbers_types_and_queries_are_the_kernels_errors() {
    let rig = Rig::new();
    let file = open(&rig);
    let mut args = drm_gem_close::default();
    let driver = request(Direction::ReadWrite, b'd', 0x5f, 8);
    assert_eq!(rig.raw(file, driver, &mut args), Err(Errno::EINVAL));
    assert_eq!(rig.kernel.report(), "", "the kernel does not know it either");
    assert_eq!(rig.raw(file, request(Direction::ReadWrite, b'K', 0x01, 8), &mut args), Err(Errno::ENOTTY));
    assert_eq!(rig.raw(file, request(Direction::ReadWrite, b'd', 0x44, 8), &mut args), Err(Errno::EINVAL));
    assert!(rig.kernel.report().contains("NOT IMPLEMENTED: DRM ioctl 0x44 AMDGPU_CS"));
    assert_eq!(query::<drm_gem_close>(&rig, 0x99, [0; 4]), Err(Errno::EINVAL));
}

#[test]
fn device_info_is_the_machines() {
    let rig = Rig::new();
    let info: drm_amdgpu_info_device = query(&rig, AMDGPU_INFO_DEV_INFO, [0; 4]).unwrap();
    assert_eq!((info.gpu_counter_freq, info.cu_active_number), (100_000, 8));
    assert_eq!((info.virtual_address_max, info.high_va_offset), (1 << 47, 0xffff_8000_0000_0000));
}

#[test]
fn memory_shows_what_is_used() {
    let rig = Rig::bound();
    rig.alloc(1 << 32, 1 << 20, KFD_IOC_ALLOC_MEM_FLAGS_VRAM).unwrap();
    let memory: drm_amdgpu_memory_info = query(&rig, AMDGPU_INFO_MEMORY, [0; 4]).unwrap();
    assert_eq!((memory.vram.total_heap_size, memory.vram.heap_usage), (VRAM_BYTES, 1 << 20));
    assert_eq!(memory.gtt.total_heap_size, 32 << 30);
}

#[test]
fn only_resets_lose_memory() {
    let rig = Rig::bound();
    let lost = || query::<drm_gem_close>(&rig, AMDGPU_INFO_VRAM_LOST_COUNTER, [0; 4]).map(|told| told.handle);
    assert_eq!(lost(), Ok(0));
    rig.kernel.happen(1, crate::contract::Incident::GpuReset, &rig.host);
    assert_eq!(lost(), Ok(0), "the other GPU");
    rig.kernel.happen(0, crate::contract::Incident::GpuReset, &rig.host);
    assert_eq!(lost(), Ok(1));
    let moved = query::<drm_amdgpu_gem_mmap>(&rig, AMDGPU_INFO_NUM_BYTES_MOVED, [0; 4]);
    assert_eq!(moved.map(|told| told.handle_or_addr_ptr), Ok(0));
}

#[test]
fn register_reads_are_checked() {
    let rig = Rig::new();
    let read = |count, instance| {
        query::<drm_gem_close>(&rig, AMDGPU_INFO_READ_MMR_REG, [0x263e, count, instance, 0]).map(drop)
    };
    assert_eq!(read(2, u32::MAX), Ok(()));
    assert_eq!(read(129, u32::MAX), Err(Errno::EINVAL));
    assert_eq!(read(2, 0xff00 | 4), Err(Errno::EINVAL), "no such engine");
}

#[test]
fn engines_are_counted() {
    let rig = Rig::new();
    let info: drm_amdgpu_info_hw_ip =
        query(&rig, AMDGPU_INFO_HW_IP_INFO, [AMDGPU_HW_IP_GFX, 0, 0, 0]).unwrap();
    assert_eq!((info.hw_ip_version_major, info.available_rings), (11, 1));
    let nothing = query::<drm_amdgpu_info_hw_ip>(&rig, AMDGPU_INFO_HW_IP_COUNT, [99, 0, 0, 0]);
    assert_eq!(nothing, Err(Errno::EINVAL));
}

#[test]
fn an_imported_buffer_has_one_handle_until_it_is_closed() {
    let rig = Rig::bound();
    let (file, handle) = imported(&rig, KFD_IOC_ALLOC_MEM_FLAGS_VRAM);
    let mut back = drm_prime_handle { handle, ..Default::default() };
    assert_eq!(rig.drm(file, 0x2d, &mut back), Ok(0));
    let mut again = drm_prime_handle { fd: back.fd, ..Default::default() };
    assert_eq!((rig.drm(file, 0x2e, &mut again), again.handle), (Ok(0), handle));
    let mut close = drm_gem_close { handle, pad: 0 };
    assert_eq!(rig.drm(file, 0x09, &mut close), Ok(0));
    assert_eq!(rig.drm(file, 0x09, &mut close), Err(Errno::EINVAL));
    assert_eq!(rig.drm(file, 0x2d, &mut back), Err(Errno::ENOENT));
}

#[test]
fn mappings_of_a_buffer_keep_to_it_and_to_free_addresses() {
    let rig = Rig::bound();
    let (file, handle) = imported(&rig, KFD_IOC_ALLOC_MEM_FLAGS_GTT);
    let map = |operation, va_address, map_size, flags| {
        let mut args =
            drm_amdgpu_gem_va { handle, operation, flags, va_address, map_size, ..Default::default() };
        rig.drm(file, 0x48, &mut args)
    };
    let (on, off, rw) = (AMDGPU_VA_OP_MAP, AMDGPU_VA_OP_UNMAP, AMDGPU_VM_PAGE_READABLE);
    assert_eq!(map(on, PAGE, PAGE, rw), Err(Errno::EINVAL), "reserved for the kernel");
    assert_eq!(map(on, 1 << 50, PAGE, rw), Err(Errno::EINVAL), "no canonical address");
    assert_eq!(map(on, 1 << 32, 3 * PAGE, rw), Err(Errno::EINVAL), "larger than the buffer");
    assert_eq!(map(on, 1 << 32, PAGE, 1 << 31), Err(Errno::EINVAL), "unknown flag");
    assert_eq!(map(on, 1 << 32, PAGE, rw), Ok(0));
    assert_eq!(map(on, 1 << 32, PAGE, rw), Err(Errno::EINVAL), "taken");
    assert_eq!((map(off, 1 << 32, PAGE, rw), map(off, 1 << 32, PAGE, rw)), (Ok(0), Err(Errno::EINVAL)));
}

#[test]
fn ranges_are_cleared_and_replaced_whatever_is_there() {
    let rig = Rig::bound();
    let (file, handle) = imported(&rig, KFD_IOC_ALLOC_MEM_FLAGS_GTT);
    let there = |operation, page: u64, pages: u64| {
        let (va_address, map_size) = ((1 << 32) + page * PAGE, pages * PAGE);
        let flags = AMDGPU_VM_PAGE_READABLE;
        // To clear no object is needed.
        let handle = if operation == AMDGPU_VA_OP_CLEAR { 0 } else { handle };
        let args = drm_amdgpu_gem_va { handle, operation, flags, va_address, map_size, ..Default::default() };
        rig.drm(file, 0x48, &mut { args })
    };
    assert_eq!(there(AMDGPU_VA_OP_MAP, 0, 2), Ok(0));
    assert_eq!(there(AMDGPU_VA_OP_CLEAR, 0, 0), Err(Errno::EINVAL), "no pages");
    assert_eq!(there(AMDGPU_VA_OP_CLEAR, 1, 5), Ok(0));
    assert_eq!(there(AMDGPU_VA_OP_MAP, 0, 1), Err(Errno::EINVAL), "the first page stays");
    assert_eq!(there(AMDGPU_VA_OP_MAP, 1, 1), Ok(0), "the second is free");
    assert_eq!(there(AMDGPU_VA_OP_REPLACE, 0, 3), Err(Errno::EINVAL), "larger than the buffer");
    assert_eq!(there(AMDGPU_VA_OP_UNMAP, 1, 1), Ok(0), "and nothing was taken away for that");
    assert_eq!(there(AMDGPU_VA_OP_REPLACE, 0, 2), Ok(0));
    assert_eq!(there(AMDGPU_VA_OP_MAP, 1, 1), Err(Errno::EINVAL), "taken again");
    assert_eq!(there(AMDGPU_VA_OP_CLEAR, 0, 1), Ok(0));
    assert_eq!(there(AMDGPU_VA_OP_UNMAP, 1, 1), Ok(0), "what is left begins here");
}

/// Maps a page of a buffer with a point of a timeline.
fn map_with_point(
    rig: &Rig,
    (file, handle): (FileId, u32),
    page: u64,
    (syncobj, point): (u32, u64),
) -> Result<i32, Errno> {
    let mut args = drm_amdgpu_gem_va {
        handle,
        operation: AMDGPU_VA_OP_MAP,
        flags: AMDGPU_VM_PAGE_READABLE,
        va_address: (1 << 32) + page * PAGE,
        map_size: PAGE,
        vm_timeline_syncobj_out: syncobj,
        vm_timeline_point: point,
        ..Default::default()
    };
    rig.drm(file, 0x48, &mut args)
}

fn wait(
    rig: &Rig,
    file: FileId,
    (syncobj, point): (u32, u64),
    flags: u32,
    timeout_nsec: u64,
) -> Result<i32, Errno> {
    rig.host_write(SCRATCH, &syncobj.to_ne_bytes());
    rig.host_write(SCRATCH + 8, &point.to_ne_bytes());
    let (handles, points) = (SCRATCH, SCRATCH + 8);
    let mut args = drm_syncobj_timeline_wait {
        handles,
        points,
        timeout_nsec,
        count_handles: 1,
        flags,
        ..Default::default()
    };
    rig.drm(file, 0xca, &mut args)
}

#[test]
fn a_timeline_tells_that_page_tables_are_up_to_date() {
    let rig = Rig::bound();
    let buffer = imported(&rig, KFD_IOC_ALLOC_MEM_FLAGS_GTT);
    let (file, submitted) = (buffer.0, DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT);
    let mut made = drm_syncobj_create::default();
    assert_eq!((rig.drm(file, 0xbf, &mut made), made.handle), (Ok(0), 1));
    assert_eq!(wait(&rig, file, (1, 0), 0, 0), Err(Errno::EINVAL), "no fence yet");
    assert_eq!(map_with_point(&rig, buffer, 0, (9, 1)), Err(Errno::ENOENT), "no such object");
    assert_eq!(map_with_point(&rig, buffer, 0, (1, 3)), Ok(0), "nothing was mapped before");
    assert_eq!(wait(&rig, file, (1, 3), submitted, 0), Ok(0));
    assert_eq!(wait(&rig, file, (1, 2), submitted, 0), Ok(0), "earlier points are reached, too");
    assert_eq!(wait(&rig, file, (1, 4), submitted, 0), Err(Errno::ETIME));
    assert_eq!(rig.kernel.report().lines().filter(|line| line.contains("NOT IMPLEMENTED")).count(), 0);
    assert_eq!(wait(&rig, file, (1, 4), submitted, u64::MAX / 2), Err(Errno::ETIME));
    assert!(rig.kernel.report().contains("NOT IMPLEMENTED: waiting for a point"), "it would sleep for ever");
    let mut gone = drm_syncobj_destroy { handle: 1, pad: 0 };
    assert_eq!((rig.drm(file, 0xc0, &mut gone), rig.drm(file, 0xc0, &mut gone)), (Ok(0), Err(Errno::EINVAL)));
    assert_eq!(wait(&rig, file, (1, 3), submitted, 0), Err(Errno::ENOENT));
}

#[test]
fn drivers_from_before_the_timeline_do_not_look_at_it() {
    let mut machine = machine(vec![gpu(GPU, 1, 110000)]);
    machine.kernel.drm_version = [3, 63, 0];
    let rig = Rig::on(machine).bind();
    let buffer = imported(&rig, KFD_IOC_ALLOC_MEM_FLAGS_GTT);
    assert_eq!(map_with_point(&rig, buffer, 0, (9, 1)), Ok(0), "there is no object 9");
}

#[test]
fn metadata_is_kept_with_the_buffer() {
    let rig = Rig::bound();
    let (file, handle) = imported(&rig, KFD_IOC_ALLOC_MEM_FLAGS_VRAM);
    let mut args =
        drm_amdgpu_gem_metadata { handle, op: 1, flags: 3, data_size_bytes: 5, ..Default::default() };
    args.data[0] = 0x0403_0201;
    assert_eq!(rig.drm(file, 0x46, &mut args), Ok(0));
    args = drm_amdgpu_gem_metadata { handle, op: 2, ..Default::default() };
    assert_eq!(rig.drm(file, 0x46, &mut args), Ok(0));
    assert_eq!((args.flags, args.data_size_bytes, args.data[0]), (3, 5, 0x0403_0201));
    args = drm_amdgpu_gem_metadata { handle, op: 1, data_size_bytes: 257, ..Default::default() };
    assert_eq!(rig.drm(file, 0x46, &mut args), Err(Errno::EINVAL));
    args = drm_amdgpu_gem_metadata { handle, op: 1, ..Default::default() };
    assert_eq!(rig.drm(file, 0x46, &mut args), Ok(0));
    args = drm_amdgpu_gem_metadata { handle, op: 2, ..Default::default() };
    assert_eq!(rig.drm(file, 0x46, &mut args), Ok(0));
    assert_eq!((args.flags, args.data_size_bytes), (3, 0), "setting none takes the bytes away");
}

#[test]
fn a_buffer_tells_how_it_was_made_and_where_it_maps() {
    let rig = Rig::bound();
    let (file, handle) = imported(&rig, KFD_IOC_ALLOC_MEM_FLAGS_VRAM);
    let mut op = drm_amdgpu_gem_op { handle, value: SCRATCH, ..Default::default() };
    assert_eq!(rig.drm(file, 0x50, &mut op), Ok(0));
    let mut bytes = [0; drm_amdgpu_gem_create_in::SIZE];
    rig.host.read_user(SCRATCH, &mut bytes).unwrap();
    let made = drm_amdgpu_gem_create_in::get(&bytes);
    assert_eq!((made.bo_size, made.domains), (2 * PAGE, AMDGPU_GEM_DOMAIN_VRAM));
    let mut mmap = drm_amdgpu_gem_mmap { handle_or_addr_ptr: handle.into() };
    assert_eq!(rig.drm(file, 0x41, &mut mmap), Ok(0));
    assert!(rig.kernel.mmap(file, PAGE, 3, 1, mmap.handle_or_addr_ptr, &rig.host).is_ok());
}

#[test]
fn every_entry_of_the_table_is_served() {
    let rig = Rig::new();
    for ioctl in crate::uapi::table::DRM_IOCTLS {
        let _ = rig.raw(open(&rig), ioctl.drm_request(), &mut drm_amdgpu_gem_metadata::default());
    }
}

#[test]
fn closing_a_handle_leaves_kfds_mapping() {
    let rig = Rig::new();
    let file = open(&rig);
    let drm_fd = rig.host.descriptor(Some(file)) as u32;
    assert_eq!(rig.ioctl(0x15, &mut kfd_ioctl_acquire_vm_args { drm_fd, gpu_id: GPU }), Ok(0));
    let handle = rig.mapped(1 << 32, PAGE);
    let mut export = kfd_ioctl_export_dmabuf_args { handle, flags: 0, dmabuf_fd: 0 };
    assert_eq!(rig.ioctl(0x24, &mut export), Ok(0));
    let mut prime = drm_prime_handle { fd: export.dmabuf_fd as i32, ..Default::default() };
    assert_eq!(rig.drm(file, 0x2e, &mut prime), Ok(0));
    assert_eq!(rig.drm(file, 0x09, &mut drm_gem_close { handle: prime.handle, pad: 0 }), Ok(0));
    let over_it = rig.alloc(1 << 32, PAGE, KFD_IOC_ALLOC_MEM_FLAGS_GTT).unwrap();
    assert_eq!(rig.map(over_it, &[GPU]), (Err(Errno::EINVAL), 0), "still taken");
}

#[test]
fn what_is_for_primary_nodes_is_refused_once_its_argument_is_read() {
    let rig = Rig::new();
    let said = |nr: u8, arg: u64| {
        let asked = request(Direction::ReadWrite, DRM_IOCTL_BASE, nr, 40);
        rig.kernel.ioctl(open(&rig), asked, arg, &rig.host)
    };
    // GET_CLIENT, names, SET_MASTER, displays, dumb buffers, leases, AMDGPU_SCHED.
    let refused = [0x05, 0x0a, 0x0b, 0x1e, 0xa0, 0xb2, 0xc6, 0x55];
    for nr in refused {
        assert_eq!(said(nr, SCRATCH), Err(Errno::EACCES), "{nr:#x}");
        assert_eq!(said(nr, 8), Err(Errno::EFAULT), "{nr:#x}");
    }
    for nr in [0x03, 0x15, 0x4a, 0x5a, 0xd3, 0xff] {
        assert_eq!(said(nr, SCRATCH), Err(Errno::EINVAL), "{nr:#x}: there is none such");
    }
    assert!(!rig.kernel.report().contains("NOT IMPLEMENTED"));
    assert_eq!(said(0x42, SCRATCH), Err(Errno::EINVAL));
    assert!(rig.kernel.report().contains("NOT IMPLEMENTED: DRM ioctl 0x42 AMDGPU_CTX"));
}
