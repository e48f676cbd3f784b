//! The process's own memory for GPUs: locked, and unlocked as often.
//!
//! Touches `driver`. Answers to Lock and Unlock of upstream's `amd_memory_region.cpp` and to the registrations of its
//! thunk. Locking a range that is locked already adds one to a count and asks the driver for nothing.
#![forbid(unsafe_code)]

use std::{
    ops::Bound,
    ptr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use crossbeam_skiplist::SkipMap;
use hsakmt_thunk::topology::model::NodeId;
use parking_lot::Mutex;

use super::{Heap, Nodes, Origin, Record, Wish, allocate::attributes};
use crate::{
    agent::{Agent, machine::Machine},
    boundary::Error,
    driver::Attributes,
    pool::{Grain, Place},
};

/// A range that is locked.
pub(super) struct Lock {
    /// How often; 0 when the last has unlocked it, and nobody may lock it by this entry any more.
    times: AtomicU32,
    /// What GPUs see of it.
    record: Arc<Record>,
}

impl Lock {
    /// Locks it once more, unless the last has unlocked it. Relaxed suffices: that GPUs reach the range was made so
    /// before the entry was put into the map, from which it was read.
    fn again(&self) -> bool {
        let more = |times: u32| if times > 0 { times.checked_add(1) } else { None };
        self.times.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Unlocks it once; whether that was the last, and `None` if somebody else was.
    fn undo(&self) -> Option<bool> {
        self.times
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
            .ok()
            .map(|n| n == 1)
    }

    /// Whether it serves these nodes in this way. What GPUs reach by an address of its own is the same for all, and
    /// stays as it was locked first.
    fn serves(&self, attributes: Attributes, nodes: impl Iterator<Item = NodeId>) -> bool {
        let record = &self.record;
        !record.is_in_place() || record.attributes == attributes && record.is_reachable(nodes)
    }
}

/// All that is locked.
#[derive(Default)]
pub struct Locks {
    /// By address and bytes.
    pub(super) ranges: SkipMap<(u64, u64), Arc<Lock>>,
    /// Held while the driver is asked.
    changing: Mutex<()>,
}

impl Locks {
    fn get(&self, range: (u64, u64)) -> Option<Arc<Lock>> {
        self.ranges.get(&range).map(|entry| Arc::clone(entry.value()))
    }

    /// The shortest range that begins at an address.
    fn at(&self, address: u64) -> Option<((u64, u64), Arc<Lock>)> {
        let entry = self.ranges.lower_bound(Bound::Included(&(address, 0)))?;
        (entry.key().0 == address).then(|| (*entry.key(), Arc::clone(entry.value())))
    }

    /// The range that an address lies in: where it begins, and its bytes.
    pub fn range_of(&self, address: u64) -> Option<(u64, u64)> {
        let entry = self.ranges.upper_bound(Bound::Included(&(address, u64::MAX)))?;
        let (start, bytes) = *entry.key();
        (address - start < bytes).then_some((start, bytes))
    }

    /// What is told of the range that an address lies in, where GPUs reach it elsewhere. Of memory that they reach in
    /// place upstream tells nothing: the kernel does not know it.
    pub fn containing(&self, address: u64) -> Option<Arc<Record>> {
        let lock = self.get(self.range_of(address)?)?;
        Some(Arc::clone(&lock.record)).filter(|record| !record.is_in_place())
    }

    /// The range that begins at an address, likewise.
    pub fn record_at(&self, address: u64) -> Option<Arc<Record>> {
        self.at(address).map(|(_, lock)| Arc::clone(&lock.record)).filter(|record| !record.is_in_place())
    }
}

impl Record {
    /// Whether GPUs reach locked memory by the process's own addresses.
    fn is_in_place(&self) -> bool {
        self.origin == Origin::Locked(self.start)
    }
}

impl Heap {
    /// Locks a range for these nodes' GPUs, and tells where they find it.
    fn lock(
        &self,
        range: (u64, u64),
        attributes: Attributes,
        nodes: impl Iterator<Item = NodeId> + Clone,
    ) -> Result<u64, Error> {
        let reuse = || {
            let entry = self.locks.ranges.get(&range)?;
            let lock = entry.value();
            (lock.serves(attributes, nodes.clone()) && lock.again()).then_some(lock.record.start)
        };
        if let Some(start) = reuse() {
            return Ok(start);
        }
        let _changing = self.locks.changing.lock();
        if let Some(start) = reuse() {
            return Ok(start);
        }
        let nodes = &nodes.clone().collect::<Vec<_>>()[..];
        let (address, bytes) = range;
        let pinned = self.driver.lock(address, bytes, attributes, nodes)?;
        // In place for other nodes or in another way: the driver keeps no count of those, and what holds is the last.
        let before = self.locks.get(range);
        let mut reachable = before.as_ref().map_or_else(Nodes::new, |lock| lock.record.reachable());
        reachable.retain(|node| !pinned.nodes.contains(node));
        reachable.extend_from_slice(&pinned.nodes);
        let times = before.map_or(0, |lock| lock.times.swap(0, Ordering::Relaxed)) + 1;
        let place = (pinned.address, bytes, bytes);
        let record =
            Arc::new(Record::new(place, Origin::Locked(address), pinned.node, attributes, reachable));
        if !record.is_in_place() {
            self.by_address.insert(Arc::clone(&record));
        }
        let start = record.start;
        self.locks.ranges.insert(range, Arc::new(Lock { times: AtomicU32::new(times), record }));
        Ok(start)
    }

    /// Unlocks once what was locked at an address; nothing if nothing was, as upstream does.
    pub fn unlock(&self, address: u64) {
        while let Some((range, lock)) = self.locks.at(address) {
            match lock.undo() {
                Some(false) => return,
                Some(true) => {
                    let _changing = self.locks.changing.lock();
                    // Unless another thread has locked it anew meanwhile; the driver counts.
                    if self.locks.get(range).is_some_and(|now| Arc::ptr_eq(&now, &lock)) {
                        self.locks.ranges.remove(&range);
                        if !lock.record.is_in_place() {
                            self.by_address.take(lock.record.start, |there| ptr::eq(there, &*lock.record));
                        }
                    }
                    return self.driver.unlock(lock.record.start);
                }
                // Another thread was the last, or replaces it: wait until it has.
                None => drop(self.locks.changing.lock()),
            }
        }
    }
}

impl Machine {
    /// Lets GPUs of these agents (all, if there are none) reach memory of the process's own as if it was of the pool at
    /// an index, and tells where they find it.
    ///
    /// # Errors
    /// `Generic` if the driver does not know the memory, `OutOfResources`.
    pub fn lock<'a>(
        &'a self,
        index: usize,
        address: u64,
        bytes: u64,
        agents: impl Iterator<Item = &'a Agent> + Clone,
    ) -> Result<u64, Error> {
        let pool = self.pools.get(index).filter(|pool| pool.place == Place::System).ok_or(Error::Generic)?;
        let all = if agents.clone().next().is_none() { Some(self.gpus()) } else { None };
        let some = agents.filter(|agent| agent.is_gpu());
        let gpus = all.into_iter().flatten().chain(some);
        if gpus.clone().next().is_none() {
            return Ok(address);
        }
        // GPUs cache what is not the driver's own.
        let attributes = Attributes { uncached: false, ..attributes(pool, Wish::default()) };
        self.heap.lock((address, bytes), attributes, gpus.map(|gpu| gpu.node.id))
    }

    /// Index of the pool whose memory locked memory is like, if nothing else is said: the first coarse-grained one.
    pub fn locking_pool(&self) -> Option<usize> {
        self.pools.iter().position(|pool| (pool.place, pool.grain) == (Place::System, Grain::Coarse))
    }
}
