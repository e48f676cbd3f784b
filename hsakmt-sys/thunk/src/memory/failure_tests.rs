//! Memory when something fails half-way, or is asked for what it cannot be: the status, and that nothing is left.

use super::{
    tests::{Fake, GFX8, GPU, PAGE, WHOLE, memory, node, video},
    *,
};
use crate::{
    abi::HsaMemFlags,
    doorbell::Doorbells,
    kernel::Errno,
    topology::model::{GfxVersion, GpuId},
};
use std::sync::atomic::Ordering;

const SYSTEM: u32 = HsaMemFlags::NON_PAGED | HsaMemFlags::HOST_ACCESS;

fn of(node: u32, flags: u32) -> Request {
    Request { node: NodeId(node), flags: HsaMemFlags(flags), ..video(16 * PAGE) }
}

/// Video memory, system memory, pages of the process.
fn kinds() -> [Request; 3] {
    [video(16 * PAGE), of(0, SYSTEM), of(0, HsaMemFlags::HOST_ACCESS)]
}

fn assert_nothing_left(fake: &Fake, memory: &Memory, what: &str) {
    assert!(fake.state.lock().live.is_empty(), "{what}: a buffer is left");
    assert_eq!(fake.state.lock().mapped, 0, "{what}: a mapping is left");
    assert!(memory.space.is_unused(), "{what}: addresses are left");
}

#[test]
fn an_allocation_that_cannot_be_mapped_leaves_nothing_behind() {
    let (fake, mut memory) = memory(GFX8);
    memory.config.userptr_for_paged_memory = true;
    for request in kinds() {
        fake.maps_nothing.store(true, Ordering::Relaxed);
        assert!(memory.allocate(request).is_err(), "{request:?}");
        assert_nothing_left(&fake, &memory, &format!("{request:?}"));
        fake.maps_nothing.store(false, Ordering::Relaxed);
        let start = memory.allocate(request).unwrap();
        memory.free(start).unwrap();
        assert_nothing_left(&fake, &memory, &format!("{request:?}, freed"));
    }
}

#[test]
fn an_allocation_that_the_driver_refuses_leaves_nothing_behind() {
    let (fake, mut memory) = memory(GFX8);
    memory.config.userptr_for_paged_memory = true;
    *fake.fails.lock() = Some((0x16, Errno::ENOMEM));
    let statuses = kinds().map(|request| memory.allocate(request).unwrap_err().status);
    assert_eq!(statuses, [Status::NoMemory, Status::Error, Status::Error]);
    assert_eq!(memory.register(0x7000_0000, PAGE, &[], false, false).unwrap_err().status, Status::Error);
    assert_nothing_left(&fake, &memory, "refused");
}

#[test]
fn memory_of_a_file_is_there_until_it_is_freed() {
    let (fake, memory) = memory(GFX8);
    let allocate = || memory.allocate_file(5, PAGE, HsaMemFlags(HsaMemFlags::HOST_ACCESS));
    let start = allocate().unwrap();
    assert!(memory.map_to_gpus(start, PAGE).is_ok() && memory.unmap_from_gpus(start).is_ok());
    memory.free(start).unwrap();
    assert_nothing_left(&fake, &memory, "freed");
    *fake.fails.lock() = Some((0x16, Errno::ENOMEM));
    assert_eq!(allocate().unwrap_err().status, Status::Error);
    *fake.fails.lock() = None;
    fake.maps_nothing.store(true, Ordering::Relaxed);
    assert!(allocate().is_err());
    assert_nothing_left(&fake, &memory, "refused");
}

#[test]
fn device_pages_need_driver_mapping_and_gpu() {
    let (fake, memory) = memory(GFX8);
    let gpu = &memory.gpus()[0];
    fake.maps_nothing.store(true, Ordering::Relaxed);
    assert!(memory.allocate_doorbells(gpu, 2 * PAGE, 0).is_err());
    assert_nothing_left(&fake, &memory, "doorbells");
    fake.maps_nothing.store(false, Ordering::Relaxed);
    *fake.fails.lock() = Some((0x18, Errno::ENOMEM));
    assert_eq!(memory.registers(gpu), None);
    assert_nothing_left(&fake, &memory, "registers");
}

#[test]
fn doorbells_that_gpus_cannot_reach_are_the_processors_alone() {
    let (fake, memory) = memory(WHOLE);
    let gpu = &memory.gpus()[0];
    let doorbells = || Doorbells::new(Arc::clone(&memory.driver));
    fake.maps_nothing.store(true, Ordering::Relaxed);
    assert_eq!(doorbells().address(&memory, gpu, 0, 0).unwrap_err().status, Status::Error);
    fake.maps_nothing.store(false, Ordering::Relaxed);
    *fake.fails.lock() = Some((0x18, Errno::ENOMEM));
    let known = doorbells();
    let first = known.address(&memory, gpu, 8, 0).unwrap();
    assert!(fake.state.lock().live.is_empty(), "a buffer that no GPU reaches is left");
    assert_eq!(known.address(&memory, gpu, 24, 1).unwrap(), first + 16);
}

#[test]
fn what_is_mapped_to_a_gpu_must_be_memory() {
    let (fake, memory) = memory(WHOLE);
    let invalid = Status::InvalidParameter;
    let addresses = memory.allocate(of(0, SYSTEM | HsaMemFlags::ONLY_ADDRESS)).unwrap();
    assert_eq!(memory.map_to_gpus(addresses, 16 * PAGE).unwrap_err().status, invalid);
    assert_eq!(memory.map_to_these(addresses, 16 * PAGE, &[GPU]).unwrap_err().status, invalid);
    memory.free(addresses).unwrap();
    assert_eq!(memory.map_to_gpus(0x9000_0000, PAGE).unwrap_err().status, invalid);
    assert_eq!(memory.map_to_these(0x9000_0000, PAGE, &[GPU]).unwrap_err().status, Status::Error);
    assert_eq!(memory.unmap_from_gpus(0x9000_0000).unwrap_err().status, Status::Error);
    let start = memory.allocate(video(PAGE)).unwrap();
    assert_eq!(memory.map_to_these(start, PAGE, &[GPU + 1]).unwrap_err().status, Status::Error);
    *fake.fails.lock() = Some((0x18, Errno::ENOMEM));
    assert_eq!(memory.map_to_these(start, PAGE, &[GPU]).unwrap_err().status, Status::Error);
    *fake.fails.lock() = None;
    memory.map_to_these(start, PAGE, &[GPU]).unwrap();
    *fake.fails.lock() = Some((0x19, Errno::EINVAL));
    assert_eq!(memory.unmap_from_gpus(start).unwrap_err().status, Status::Error);
    *fake.fails.lock() = None;
    memory.unmap_from_gpus(start).unwrap();
    memory.free(start).unwrap();
    assert_nothing_left(&fake, &memory, "in the end");
}

#[test]
fn registrations_keep_their_gpus() {
    let (fake, memory) = memory(WHOLE);
    let user = 0x7000_0000;
    assert_eq!(
        memory.register(user, PAGE, &[], true, true).unwrap_err().status,
        Status::InvalidParameter,
        "coarse-grained and coherent"
    );
    assert_eq!(
        memory.register(user, u64::MAX, &[], false, false).unwrap_err().status,
        Status::InvalidParameter
    );
    memory.register(user, PAGE, &[GPU], false, false).unwrap();
    let other = memory.register(user, PAGE, &[GPU + 1], false, false);
    assert_eq!(other.unwrap_err().status, Status::MemoryAlreadyRegistered);
    assert!(memory.map_to_these(user, PAGE, &[GPU]).unwrap().is_some(), "at an address of its own");
    let allocated = memory.allocate(video(PAGE)).unwrap();
    let registered = memory.register(allocated, PAGE, &[], false, false);
    assert_eq!(registered.unwrap_err().status, Status::InvalidHandle);
    assert_eq!(memory.deregister(allocated).unwrap_err().status, Status::MemoryNotRegistered);
    assert_eq!(fake.state.lock().live.len(), 2);
}

fn scratch(size: u64) -> Request {
    Request { size, ..of(1, SYSTEM | HsaMemFlags::SCRATCH) }
}

#[test]
fn a_gpu_has_one_range_of_scratch() {
    let (fake, memory) = memory(GFX8);
    let aligned = Request { alignment: PAGE, ..scratch(1 << 20) };
    assert_eq!(memory.allocate(aligned).unwrap_err().status, Status::NotImplemented);
    *fake.fails.lock() = Some((0x11, Errno::EINVAL));
    assert_eq!(memory.allocate(scratch(1 << 20)).unwrap_err().status, Status::NoMemory);
    assert_nothing_left(&fake, &memory, "refused");
    *fake.fails.lock() = None;
    let start = memory.allocate(scratch(1 << 20)).unwrap();
    assert_eq!(memory.allocate(scratch(1 << 20)).unwrap_err().status, Status::NoMemory);
    memory.map_to_gpus(start, 1 << 16).unwrap();
    assert_eq!(fake.state.lock().live.len(), 1);
    memory.free(start).unwrap();
    assert_nothing_left(&fake, &memory, "freed");
}

#[test]
fn a_piece_of_scratch_that_fails_leaves_the_range() {
    let (fake, memory) = memory(GFX8);
    let start = memory.allocate(scratch(1 << 20)).unwrap();
    let too_long = memory.map_to_gpus(start + (1 << 16), 1 << 20);
    assert_eq!(too_long.unwrap_err().status, Status::InvalidParameter);
    for (number, status) in [(0x16, Status::InvalidHandle), (0x18, Status::Error)] {
        *fake.fails.lock() = Some((number, Errno::ENOMEM));
        assert_eq!(memory.map_to_gpus(start, 1 << 16).unwrap_err().status, status);
        assert!(fake.state.lock().live.is_empty());
    }
    *fake.fails.lock() = None;
    assert_eq!(memory.unmap_from_gpus(start).unwrap_err().status, Status::Error, "nothing is mapped");
    memory.map_to_gpus(start, 1 << 16).unwrap();
    *fake.fails.lock() = Some((0x19, Errno::EINVAL));
    assert_eq!(memory.unmap_from_gpus(start).unwrap_err().status, Status::Error);
    *fake.fails.lock() = None;
    memory.unmap_from_gpus(start).unwrap();
    memory.free(start).unwrap();
    assert_nothing_left(&fake, &memory, "freed");
}

/// An APU of before gfx9, whose GPU shares the CPU's page tables: one node, no aperture for both.
fn old_apu() -> (Arc<Fake>, Memory) {
    let fake = Arc::new(Fake::default());
    let kernel: Arc<dyn crate::kernel::Kernel> = fake.clone();
    let mut only = node(0, Some(GfxVersion { major: 8, minor: 0, stepping: 1 }));
    (only.properties.cpu_cores_count, only.gpu_id) = (4, GpuId(GPU));
    let snapshot = Snapshot { nodes: vec![only], kernel_nodes: 1, ..Default::default() };
    let aperture = |base: u64| (base << 48, (base << 48) + 0xffff_ffff);
    let apertures =
        Apertures { gpu_id: GPU, lds: aperture(1), scratch: aperture(2), gpuvm: (3 << 47, (4 << 47) - 1) };
    let driver = Arc::new(Driver::open(Arc::clone(&kernel)).unwrap());
    let config = Config { use_svm: false, ..Config::default() };
    let render = RenderNodes::new(kernel);
    let memory = Memory::new(driver, &render, Arc::new(snapshot), config, &[apertures]).unwrap();
    (fake, memory)
}

#[test]
fn an_old_apu_sees_the_processs_memory_and_has_no_other() {
    let (fake, memory) = old_apu();
    assert_eq!(memory.svm_aperture(), None);
    assert_eq!(memory.allocate(of(0, SYSTEM)).unwrap_err().status, Status::NoMemory, "video memory");
    assert_eq!(memory.registers(&memory.gpus()[0]), None);
    let host = of(0, HsaMemFlags::HOST_ACCESS);
    let aligned = memory.allocate(Request { alignment: 1 << 20, ..host });
    assert_eq!(aligned.unwrap_err().status, Status::Error);
    let start = memory.allocate(host).unwrap();
    assert_eq!(memory.map_to_gpus(start, PAGE).unwrap(), None);
    assert_eq!(memory.map_to_these(start, PAGE, &[GPU]).unwrap_err().status, Status::Error);
    memory.unmap_from_gpus(start).unwrap();
    memory.deregister(start).unwrap();
    memory.free(start).unwrap();
    memory.register(0x7000_0000, PAGE, &[], false, false).unwrap();
    assert_eq!(memory.map_to_gpus(0x7000_0000, PAGE).unwrap(), None);
    memory.unmap_from_gpus(0x7000_0000).unwrap();
    memory.deregister(0x7000_0000).unwrap();
    assert_nothing_left(&fake, &memory, "in the end");
}

#[test]
fn an_address_of_ones_own_choice_is_given_once() {
    let (fake, memory) = memory(GFX8);
    let first = memory.allocate(video(PAGE)).unwrap();
    memory.free(first).unwrap();
    let there = Request { at: Some(first), ..video(PAGE) };
    assert_eq!(memory.allocate(there).unwrap(), first);
    assert_eq!(memory.allocate(there).unwrap_err().status, Status::NoMemory);
    memory.free(first).unwrap();
    assert_nothing_left(&fake, &memory, "freed");
}

#[test]
fn pages_of_the_process_that_cannot_be_had_are_told() {
    let (fake, memory) = memory(WHOLE);
    assert_eq!(memory.map_process(2 * PAGE, 1 << 21).unwrap() % (1 << 21), 0);
    fake.maps_nothing.store(true, Ordering::Relaxed);
    assert_eq!(memory.map_process(PAGE, 1 << 21).unwrap_err().status, Status::Error);
}
