//! Allocations of a machine without a kernel.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use hsakmt_thunk::topology::model::{NodeId, Snapshot};

use super::*;
use crate::{
    abi::*,
    agent::{discovery, fixture, machine::Machine},
    config::Config,
    driver::{
        fake::{FakeDriver, npu::FakeNpu},
        npu::{HEAP_BYTES, Part},
        virtual_memory,
    },
    handle::Epoch,
    loader::executable::CodeMemory,
    memory::transfer::Side,
    pool::{Grain, Place},
};

fn machine() -> (Arc<FakeDriver>, Machine) {
    machine_with(FakeDriver::default())
}

fn machine_with(driver: FakeDriver) -> (Arc<FakeDriver>, Machine) {
    let driver = Arc::new(driver);
    let nodes = vec![fixture::cpu(0, 1 << 30), fixture::gpu(1, (11, 0, 0), 1 << 30).0];
    let snapshot = Snapshot { nodes, ..Snapshot::default() };
    let shared: Arc<dyn Driver> = Arc::clone(&driver) as _;
    (driver, discovery::discover(Config::new(|_| None), shared, &snapshot, false, Epoch::new(0)))
}

fn pool(machine: &Machine, place: Place, grain: Grain) -> usize {
    machine.pools.iter().position(|pool| (pool.place, pool.grain) == (place, grain)).expect("a pool")
}

#[test]
fn what_is_allocated_is_freed_once() {
    let (driver, machine) = machine();
    let address = machine.allocate(pool(&machine, Place::System, Grain::Fine), 5000, Wish::default());
    let address = address.expect("memory");
    assert_eq!(machine.heap.at(address).map(|allocation| allocation.size), Some(8192));
    assert_eq!(driver.mapped(address), Some(vec![]), "no GPU reaches it before one is allowed to");
    let record = machine.heap.withdraw(address).expect("it is known");
    assert!(record.last_words().is_empty());
    assert_eq!(machine.heap.withdraw(address).err(), Some(Error::InvalidAllocation));
    assert_eq!(machine.heap.release(&record), Ok(()));
    assert_eq!(driver.mapped(address), None);
}

#[test]
fn a_neural_processors_memory_is_its_own_drivers() {
    let (driver, mut machine) = machine();
    machine.add_npu(Arc::new(FakeNpu::default()));
    let names: Vec<&str> = machine.agents.iter().map(|agent| agent.name()).collect();
    assert_eq!(names, ["Test CPU", "gfx1100", "aie2"]);
    let heap = pool(&machine, Place::Npu(Part::Heap), Grain::Coarse);
    assert_eq!(machine.allocate(heap, HEAP_BYTES + 1, Wish::default()), Err(Error::OutOfResources));
    let address = machine.allocate(heap, 4096, Wish::default()).expect("memory");
    assert_eq!(driver.mapped(address), None, "amdkfd knows nothing of it");
    let allow = |agent: usize| machine.allow_access(address, &[&machine.agents[agent]]);
    assert_eq!([allow(0), allow(1)], [Ok(()), Err(Error::OutOfResources)]);
    assert!(machine.npu().is_some_and(|npu| npu.free(address) && !npu.free(address)));
}

#[test]
fn who_has_memory_to_spare_gives_it_back_when_there_is_none_left() {
    let (driver, machine) = machine_with(FakeDriver { room: AtomicU64::new(4096), ..FakeDriver::default() });
    let calls = Arc::new(AtomicU64::new(0));
    let (spare, seen) = (Arc::clone(&driver), Arc::clone(&calls));
    machine.heap.set_reserve(move || {
        let first = seen.fetch_add(1, SeqCst) == 0;
        spare.room.fetch_add(if first { 4096 } else { 0 }, SeqCst);
        first
    });
    let allocate = || machine.allocate(pool(&machine, Place::System, Grain::Fine), 4096, Wish::default());
    assert!(allocate().is_ok() && calls.load(SeqCst) == 0);
    assert!(allocate().is_ok() && calls.load(SeqCst) == 1);
    assert_eq!((allocate(), calls.load(SeqCst)), (Err(Error::OutOfResources), 2));
}

#[test]
fn a_driver_that_refuses_once_is_asked_again() {
    let (driver, machine) = machine_with(FakeDriver { refusals: AtomicU64::new(1), ..FakeDriver::default() });
    let allocate = || machine.allocate(pool(&machine, Place::System, Grain::Fine), 4096, Wish::default());
    assert!(allocate().is_ok());
    driver.refusals.store(2, SeqCst);
    assert_eq!(allocate(), Err(Error::OutOfResources));
}

#[test]
fn each_pool_lets_those_reach_its_memory_that_it_should() {
    let (driver, machine) = machine();
    let (cpu, gpu) = (&machine.agents[0], &machine.agents[1]);
    let local =
        machine.allocate(pool(&machine, Place::Local, Grain::Coarse), 1, Wish::default()).expect("memory");
    assert_eq!(driver.mapped(local), Some(vec![NodeId(1)]));
    machine.allow_access(local, &[cpu]).expect("the host is no GPU");
    assert_eq!(driver.mapped(local), Some(vec![NodeId(1)]), "a GPU keeps its own");
    let fine = pool(&machine, Place::System, Grain::Fine);
    let shared = machine.allocate(fine, 1, Wish { shared: true, ..Wish::default() }).expect("memory");
    assert_eq!(driver.mapped(shared), Some(vec![NodeId(1)]));
    machine.allow_access(shared, &[cpu]).expect("the host alone");
    assert_eq!(driver.mapped(shared), Some(vec![]));
    machine.allow_access(shared, &[gpu, cpu]).expect("both");
    assert_eq!(driver.mapped(shared), Some(vec![NodeId(1)]));
    assert_eq!(machine.allow_access(shared + 4096, &[gpu]), Err(Error::InvalidAllocation));
}

#[test]
fn more_than_a_pool_ever_has_is_refused_before_the_driver_is_asked() {
    let (_, machine) = machine();
    let fine = pool(&machine, Place::System, Grain::Fine);
    assert_eq!(machine.allocate(fine, 0, Wish::default()), Err(Error::InvalidArgument));
    assert_eq!(machine.allocate(fine, (1 << 30) + 1, Wish::default()), Err(Error::InvalidAllocation));
    assert_eq!(machine.allocate(fine, u64::MAX, Wish::default()), Err(Error::InvalidAllocation));
    let group = pool(&machine, Place::Group, Grain::Coarse);
    assert_eq!(machine.allocate(group, 16, Wish::default()), Err(Error::InvalidAllocation));
    assert_eq!(machine.allocate(99, 16, Wish::default()), Err(Error::InvalidMemoryPool));
}

#[test]
fn code_is_written_whole_and_freed_with_its_block() {
    let (driver, machine) = machine();
    let block = CodeMemory::allocate(&machine, &machine.agents[1], 11).expect("memory");
    let address = block.address();
    block.write(b"hello world").expect("the host reaches it");
    assert_eq!(
        driver.stored(address),
        [u64::from_ne_bytes(*b"hello wo"), u64::from_ne_bytes(*b"rld\0\0\0\0\0")]
    );
    drop(block);
    assert_eq!(driver.mapped(address), None);
}

#[test]
fn a_range_is_locked_by_one_call_however_often_and_unlocked_by_the_last() {
    for alias in [0, 0x10_0000] {
        let (driver, machine) = machine_with(FakeDriver { alias, ..FakeDriver::default() });
        let pool = machine.locking_pool().expect("the host's");
        let lock = |bytes| machine.lock(pool, 0x5000, bytes, [].into_iter());
        assert_eq!([lock(100), lock(100), lock(100)], [Ok(0x5000 + alias); 3]);
        assert_eq!(driver.locked(0x5000 + alias), (1, 0), "of calls, of them taken back");
        machine.heap.unlock(0x5000);
        machine.heap.unlock(0x5000);
        assert_eq!(driver.locked(0x5000 + alias), (1, 0));
        machine.heap.unlock(0x5000);
        machine.heap.unlock(0x5000);
        assert_eq!(driver.locked(0x5000 + alias), (1, 1));
        assert_eq!(lock(200), Ok(0x5000 + alias));
        assert_eq!(driver.locked(0x5000 + alias), (2, 1));
    }
}

#[test]
fn in_place_a_range_is_locked_anew_for_other_nodes_and_in_other_ways() {
    let (driver, machine) = machine();
    let fine = pool(&machine, Place::System, Grain::Fine);
    let coarse = machine.locking_pool().expect("the host's");
    for pool in [coarse, fine, fine] {
        assert_eq!(machine.lock(pool, 0x5000, 100, [].into_iter()), Ok(0x5000));
    }
    assert_eq!(driver.locked(0x5000), (2, 0));
    (0..3).for_each(|_| machine.heap.unlock(0x5000));
    assert_eq!(driver.locked(0x5000), (2, 1), "the driver keeps no count of it");
    assert_eq!(
        machine.lock(coarse, 0x5000, 100, [&machine.agents[0]].into_iter()),
        Ok(0x5000),
        "the host needs no lock"
    );
    assert_eq!(driver.locked(0x5000), (2, 1));
}

#[test]
fn threads_that_lock_and_unlock_one_range_leave_nothing_behind() {
    let (driver, machine) = machine_with(FakeDriver { alias: 0x1000, ..FakeDriver::default() });
    let pool = machine.locking_pool().expect("the host's");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    assert_eq!(machine.lock(pool, 0x5000, 100, [].into_iter()), Ok(0x6000));
                    machine.heap.unlock(0x5000);
                }
            });
        }
    });
    let (locked, unlocked) = driver.locked(0x6000);
    assert_eq!(locked, unlocked);
    assert!(
        machine.heap.at(0x6000).is_none()
            && machine.pointer_info(0x5000, true).0.r#type == HSA_EXT_POINTER_TYPE_UNKNOWN
    );
}

#[test]
fn small_pieces_of_a_gpus_memory_are_parts_of_a_block() {
    let (driver, machine) = machine_with(FakeDriver { room: (3 << 20).into(), ..FakeDriver::default() });
    let index = pool(&machine, Place::Local, Grain::Coarse);
    let allocate = |bytes, wish| machine.allocate(index, bytes, wish).expect("memory");
    let free = |address| {
        let record = machine.heap.withdraw(address).expect("it is known");
        assert_eq!(machine.heap.release(&record), Ok(()));
    };
    let [first, second] = [5000, 4096].map(|bytes| allocate(bytes, Wish::default()));
    assert_eq!((second, driver.mapped(first)), (first + 8192, Some(vec![NodeId(1)])));
    assert_eq!(driver.mapped(second), None, "the driver knows of the block only");
    assert_eq!(machine.pointer_info(second + 4095, true).0.sizeInBytes, 4096);
    let code = allocate(4096, Wish { executable: true, ..Wish::default() });
    assert!(driver.mapped(code).is_some(), "what is not like the others is by itself");
    [code, first, second].into_iter().for_each(free);
    assert!(driver.mapped(first).is_some(), "the block is kept");
    let large = allocate(3 << 20, Wish::default());
    assert!(driver.mapped(first).is_none(), "until there is no room");
    assert_eq!(machine.allocate(index, 4096, Wish::default()), Err(Error::OutOfResources));
    free(large);
    assert_eq!(machine.heap.kept(index), 0);
}

#[test]
fn an_address_tells_of_the_memory_that_it_lies_in() {
    let (_, machine) = machine_with(FakeDriver { alias: 0x1000, ..FakeDriver::default() });
    let local = pool(&machine, Place::Local, Grain::Coarse);
    let address = machine.allocate(local, 5000, Wish::default()).expect("memory");
    let (info, agents) = machine.pointer_info(address + 4999, true);
    assert_eq!((info.r#type, info.sizeInBytes, info.global_flags), (HSA_EXT_POINTER_TYPE_HSA, 5000, 4));
    assert_eq!((info.agentOwner, agents), (machine.handle_of(&machine.agents[1]), vec![info.agentOwner]));
    assert_eq!(machine.pointer_info(address + 5000, true).0.r#type, HSA_EXT_POINTER_TYPE_UNKNOWN);
    assert_eq!((machine.side(address, 5000), machine.side(address, 5001)), (Side::Gpu(1), Side::Process));
    machine.lock(machine.locking_pool().expect("the host's"), 0x5000, 100, [].into_iter()).expect("locked");
    assert_eq!(machine.heap.set_word(0x5000, 7), Ok(()));
    for at in [0x5063, 0x6063] {
        let info = machine.pointer_info(at, true).0;
        assert_eq!((info.r#type, info.userData.addr()), (HSA_EXT_POINTER_TYPE_LOCKED, 7));
        assert_eq!((info.hostBaseAddress.addr(), info.agentBaseAddress.addr()), (0x5000, 0x6000));
    }
    assert_eq!(machine.heap.set_word(0x5001, 7), Err(Error::InvalidArgument));
    assert_eq!((machine.side(0x5000, 100), machine.side(0x6000, 100)), (Side::Host, Side::Gpu(1)));
    assert_eq!(machine.heap.withdraw(0x6000).err(), Some(Error::InvalidAllocation));
}

#[test]
fn memory_is_mapped_seen_and_freed_when_neither_handle_nor_mapping_is_left() {
    let (driver, machine) = machine();
    let (vmem, gpu) = (&machine.heap.vmem, &machine.agents[1]);
    let handle =
        machine.create_physical(pool(&machine, Place::Local, Grain::Coarse), 0x4000, true).expect("memory");
    let start = vmem.reserve(0x8000, 0, 0, true).expect("addresses");
    let part = |inside, offset, bytes| virtual_memory::Part { offset, bytes, address: start + inside };
    assert_eq!(machine.map_physical(part(0, 0, 0x4000), handle), Ok(()));
    for wrong in [part(0x3000, 0, 0x1000), part(0x8000, 0, 0x1000), part(0x4000, 0x1000, 0x4000)] {
        assert_eq!(machine.map_physical(wrong, handle), Err(Error::InvalidArgument), "{wrong:?}");
    }
    let (info, agents) = machine.pointer_info(start + 5, true);
    assert_eq!((info.r#type, info.sizeInBytes, agents), (HSA_EXT_POINTER_TYPE_HSA_VMEM, 0x4000, vec![]));
    assert_eq!(machine.allow_access(start, &[gpu]), Ok(()));
    assert_eq!(driver.shown.lock().len(), 1);
    assert_eq!(machine.pointer_info(start, true).1, [machine.handle_of(gpu)]);
    for held in [true, false] {
        assert_eq!(vmem.handles().release(handle), held);
    }
    assert_eq!(vmem.free(start, 0x8000), Err(Error::ResourceFree));
    assert_eq!(driver.blocks.lock().len(), 1, "the mapping keeps it");
    assert_eq!(vmem.unmap(start, 0x2000), Err(Error::InvalidAllocation));
    assert_eq!(vmem.unmap(start, 0x4000), Ok(()));
    assert_eq!((driver.blocks.lock().len(), driver.shown.lock().len()), (0, 0));
    assert_eq!(machine.pointer_info(start, true).0.r#type, HSA_EXT_POINTER_TYPE_RESERVED_ADDR);
    assert_eq!((vmem.free(start, 0x1000), vmem.free(start, 0x8000)), (Err(Error::InvalidArgument), Ok(())));
    assert_eq!(vmem.free(start, 0x8000), Err(Error::InvalidAllocation));
}

#[test]
fn attributes_of_svm_become_the_kernels_and_flags_are_put_together() {
    let (driver, machine) = machine();
    let pair = |name: hsa_amd_svm_attribute_t, value| hsa_amd_svm_attribute_pair_t {
        attribute: name.0.into(),
        value,
    };
    let [cpu, gpu] = [0, 1].map(|index| machine.handle_of(&machine.agents[index]).handle);
    let wishes = [
        pair(HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS, gpu),
        pair(HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, cpu),
        pair(HSA_AMD_SVM_ATTRIB_READ_ONLY, 0),
        pair(HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY, 99),
    ];
    let range = machine.pages(0x5001, 1).expect("pages");
    assert_eq!(range, (0x5000, 0x1000));
    assert_eq!(machine.set_svm(range, &wishes), Ok(()));
    assert_eq!(*driver.svm.lock(), [(4, 101), (7, 18), (6, 8), (5, 1)]);
    let mut asked =
        [pair(HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY, 0), pair(HSA_AMD_SVM_ATTRIB_ACCESS_QUERY, cpu)];
    assert_eq!(machine.get_svm(range, &mut asked), Ok(()));
    assert_eq!((asked[0].value, asked[1].attribute), (18, u64::from(HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE.0)));
    let calls = driver.calls.load(std::sync::atomic::Ordering::Relaxed);
    let twice = [wishes[0], pair(HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, gpu)];
    assert_eq!(machine.set_svm(range, &twice), Err(Error::IncompatibleArguments));
    assert_eq!(
        machine.set_svm(range, &[pair(HSA_AMD_SVM_ATTRIB_ACCESS_QUERY, gpu)]),
        Err(Error::InvalidArgument)
    );
    assert_eq!(machine.pages(u64::MAX, 1), Err(Error::InvalidArgument));
    assert_eq!(
        driver.calls.load(std::sync::atomic::Ordering::Relaxed),
        calls,
        "refused before the driver is asked"
    );
}

#[test]
fn the_nearest_memory_is_on_either_side_or_around() {
    let (_, machine) = machine();
    assert_eq!(machine.heap.nearest(0x5000), None);
    let index = pool(&machine, Place::System, Grain::Fine);
    let mut both = [5000; 2].map(|bytes| machine.allocate(index, bytes, Wish::default()).expect("memory"));
    both.sort_unstable();
    let [low, high] = both;
    let near = |address| machine.heap.nearest(address).map(|near| (near.start, near.distance(address)));
    assert_eq!((near(low), near(low + 4999)), (Some((low, 0)), Some((low, 0))));
    assert_eq!((near(low + 5000), near(low - 7)), (Some((low, 1)), Some((low, 7))));
    assert_eq!((near(high - 1), near(u64::MAX).map(|(start, _)| start)), (Some((high, 1)), Some(high)));
    let own = [0_u8; 64];
    let address = own.as_ptr().addr() as u64;
    let agents: Vec<_> = machine.gpus().collect();
    machine.lock(machine.locking_pool().expect("a pool"), address, 64, agents.into_iter()).expect("locked");
    assert_eq!(near(address + 66), Some((address, 3)));
}
