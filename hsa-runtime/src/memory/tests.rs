//! Allocations of a machine without a kernel.

use super::*;
use crate::{
    agent::{discovery, fixture},
    config::Config,
    driver::fake::FakeDriver,
    handle::Epoch,
    loader::executable::CodeMemory,
};
use hsakmt_thunk::topology::model::Snapshot;

fn machine() -> (Arc<FakeDriver>, Machine) {
    let driver = Arc::new(FakeDriver::default());
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
    assert_eq!(machine.heap.free(address), Ok(()));
    assert_eq!(machine.heap.free(address), Err(Error::InvalidAllocation));
    assert_eq!(machine.heap.free(0), Ok(()));
    assert_eq!(driver.mapped(address), None);
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
