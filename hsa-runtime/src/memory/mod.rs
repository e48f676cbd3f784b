//! Memory that programs allocate, lock and share, and who may reach it.
//!
//! Touches `driver` and `pool`. Answers to the allocation map of upstream's `runtime.cpp`. What is known stands in ordered
//! maps without locks: threads that look addresses up never wait for threads that allocate.
//!
//! * [`allocate`]: from pools, and who reaches it; [`fragments`]: many small ones in what the driver sees as one.
//! * [`lock`]: the process's own memory for GPUs.
//! * [`pointer`]: what is known of an address, and [`nearest`]: what is near one.
//! * [`share`]: with other libraries; [`ipc`]: with other processes.
//! * [`svm`]: attributes of memory that the kernel moves.
//! * [`transfer`]: copies and fills by the host.
//! * [`vmem`]: reserved addresses, and [`physical`]: memory that is mapped there.
//! * [`code`]: memory from which agents execute.
#![forbid(unsafe_code)]

pub mod allocate;
pub mod code;
mod fragments;
pub mod ipc;
pub mod lock;
pub mod nearest;
pub mod physical;
pub mod pointer;
mod record;
pub mod share;
pub mod svm;
pub mod transfer;
pub mod vmem;

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use parking_lot::Mutex;

pub use self::{
    allocate::{Owned, Wish},
    record::{Nodes, Origin, Record},
};
use self::{fragments::Fragments, ipc::Exports, lock::Locks, vmem::Vmem};
use crate::{boundary::Error, driver::Driver, handle::Pages};

/// The memory of a machine. Thread-safe.
pub struct Heap {
    driver: Arc<dyn Driver>,
    page_size: u64,
    /// Whether small pieces of GPUs' memory are parts of blocks.
    in_parts: bool,
    by_address: Pages<Record>,
    /// By pool.
    fragments: Mutex<BTreeMap<usize, Fragments>>,
    locks: Locks,
    /// What other processes may take in.
    pub exports: Exports,
    /// Reserved addresses and what is mapped there.
    pub vmem: Vmem,
    reserve: OnceLock<Reserve>,
}

/// Gives back memory that nobody uses now; whether there was any.
type Reserve = Box<dyn Fn() -> bool + Send + Sync>;

impl Heap {
    /// An empty one; `in_parts`: small pieces of GPUs' memory are parts of blocks.
    pub fn new(driver: Arc<dyn Driver>, in_parts: bool) -> Self {
        let vmem = Vmem::new(Arc::clone(&driver));
        Self {
            page_size: driver.page_size(),
            driver,
            in_parts,
            by_address: Pages::default(),
            fragments: Mutex::default(),
            locks: Locks::default(),
            exports: Exports::default(),
            vmem,
            reserve: OnceLock::new(),
        }
    }

    /// Has a function called, once an allocation, when there is no memory left.
    pub fn set_reserve(&self, reserve: impl Fn() -> bool + Send + Sync + 'static) {
        // A machine has one.
        let _ = self.reserve.set(Box::new(reserve));
    }

    /// Allocates. If that fails, asks once more without the blocks that nobody uses, for drivers refuse for a moment, too;
    /// and at last, if anything comes of it, without what queues keep.
    fn with_reserve<T>(&self, allocate: impl Fn() -> Result<T, Error>) -> Result<T, Error> {
        let reserve = || self.reserve.get().is_some_and(|reserve| reserve());
        let again = || {
            self.trim();
            allocate()
        };
        allocate().or_else(|_| again()).or_else(|error| if reserve() { allocate() } else { Err(error) })
    }

    /// The memory that begins at an address.
    pub fn at(&self, address: u64) -> Option<Arc<Record>> {
        self.containing(address).filter(|record| record.start == address)
    }

    /// The memory that an address lies in, by its whole pages.
    pub fn containing(&self, address: u64) -> Option<Arc<Record>> {
        self.by_address.get(address)
    }

    /// Makes memory known.
    fn insert(&self, record: Record) {
        self.by_address.insert(Arc::new(record));
    }

    /// Takes memory from a pool out of what is known; those who asked for it are to be notified before [`Heap::release`].
    ///
    /// # Errors
    /// `InvalidAllocation` if nothing begins there, `InvalidArgument` if it is no memory of a pool.
    pub fn withdraw(&self, address: u64) -> Result<Arc<Record>, Error> {
        let may_go = |record: &Record| record.start == address && matches!(record.origin, Origin::Pool(_));
        let Some(record) = self.by_address.take(address, may_go) else {
            let is_imported = self.at(address).is_some_and(|record| record.origin == Origin::Imported);
            return Err(if is_imported { Error::InvalidArgument } else { Error::InvalidAllocation });
        };
        self.exports.forget(address);
        Ok(record)
    }

    /// Gives back what was withdrawn.
    ///
    /// # Errors
    /// `Generic` when the driver says that it is in use.
    pub fn release(&self, record: &Record) -> Result<(), Error> {
        let Some(block) = record.block else { return self.return_to_driver(record.start) };
        let Origin::Pool(pool) = record.origin else { return Err(Error::Generic) };
        let mut all = self.fragments.lock();
        let is_needless =
            all.get_mut(&pool).is_some_and(|fragments| fragments.give(block, record.start, record.size));
        drop(all);
        if is_needless { self.return_to_driver(block) } else { Ok(()) }
    }

    fn return_to_driver(&self, address: u64) -> Result<(), Error> {
        // Memory that no GPU reaches is not unmapped; freeing tells what is wrong.
        let _ = self.driver.unmap(address);
        self.driver.free(address)
    }
}

#[cfg(test)]
mod tests;
