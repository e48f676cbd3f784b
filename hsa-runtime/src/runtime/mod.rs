//! The life of the runtime: `hsa_init` and `hsa_shut_down`, their count, and the machine between them.
//!
//! Touches every room below. Answers to Acquire, Release and Load of upstream's `runtime.cpp`. Queries take no lock:
//! they load the machine from one atomic. Nothing is made before the first `hsa_init`, nothing runs at exit.
#![forbid(unsafe_code)]

use std::{
    collections::HashMap,
    mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwapOption;
use hsakmt_thunk::kernel::{environment, fork};
use parking_lot::Mutex;

use crate::{
    agent::{discovery, machine::Machine},
    boundary::Error,
    config::Config,
    driver::kfd::Kfd,
    handle::Epoch,
};

/// Most `hsa_init` without `hsa_shut_down`: the count is an `int` in upstream, and programs test for the overflow.
const MOST: u32 = i32::MAX as u32;

/// The runtime in one process. A child made by fork gets a new one: the driver serves only the process that opened it,
/// and another thread of the parent may have held the lock.
struct Life {
    /// Which process it is of.
    process: u64,
    /// `hsa_init` without `hsa_shut_down`; held while the machine is made or ended.
    count: Mutex<u32>,
    /// What queries see; none while the count is 0.
    machine: ArcSwapOption<Machine>,
}

static LIFE: ArcSwapOption<Life> = ArcSwapOption::const_empty();

/// The life of this process.
fn life() -> Arc<Life> {
    let process = fork::generation();
    loop {
        let current = LIFE.load();
        if let Some(life) = current.as_ref().filter(|life| life.process == process) {
            return Arc::clone(life);
        }
        let new = Life { process, count: Mutex::new(0), machine: ArcSwapOption::const_empty() };
        // The parent's is never ended here: what it would close or unmap is the parent's.
        mem::forget(current.clone());
        LIFE.compare_and_swap(&current, Some(Arc::new(new)));
    }
}

/// The machine, between `hsa_init` and the last `hsa_shut_down`.
///
/// # Errors
/// `NotInitialized`.
pub fn machine() -> Result<Arc<Machine>, Error> {
    let life = LIFE.load();
    let life =
        life.as_ref().filter(|life| life.process == fork::generation()).ok_or(Error::NotInitialized)?;
    life.machine.load_full().ok_or(Error::NotInitialized)
}

/// `hsa_init`: the first finds the machine, the others count. `r_debug` is the address that debuggers look at.
///
/// # Errors
/// `OutOfResources` if there is no driver, `RefcountOverflow`.
pub fn init(r_debug: u64) -> Result<(), Error> {
    let life = life();
    let mut count = life.count.lock();
    match *count {
        MOST => return Err(Error::RefcountOverflow),
        0 => life.machine.store(Some(Arc::new(start(r_debug)?))),
        _ => {}
    }
    *count += 1;
    Ok(())
}

/// `hsa_shut_down`: the last one ends the machine.
///
/// # Errors
/// `NotInitialized`.
pub fn shut_down() -> Result<(), Error> {
    let life = life();
    let mut count = life.count.lock();
    *count = count.checked_sub(1).ok_or(Error::NotInitialized)?;
    if *count == 0
        && let Some(machine) = life.machine.swap(None)
    {
        machine.driver.close();
    }
    Ok(())
}

fn start(r_debug: u64) -> Result<Machine, Error> {
    static STARTS: AtomicU64 = AtomicU64::new(0);
    let variables: HashMap<String, String> = environment::variables().into_iter().collect();
    let config = Config::new(|name| variables.get(name).cloned());
    let driver = Kfd::open(r_debug, config.debug)?;
    let xnack = driver.settle_xnack(config.xnack);
    let topology = driver.topology();
    let epoch = Epoch::new(STARTS.fetch_add(1, Ordering::Relaxed));
    Ok(discovery::discover(config, Arc::new(driver), &topology, xnack, epoch))
}
