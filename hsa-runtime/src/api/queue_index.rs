//! The indexes of queues. Answers to upstream's `hsa.cpp` and the index functions of `amd_aql_queue.cpp`.
//!
//! Each is one access in the order that its name says. What a producer writes into a packet is ordered before the packet's
//! header by its own release store, and before the doorbell by `arch::device`; an index by itself hands out a place in
//! the ring, for which `relaxed` is enough as long as whoever takes it has read the read index with `acquire`.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release};

use crate::boundary::Indexes;

type Queue<'a> = Option<Indexes<'a>>;

pub fn load_read_acquire(queue: Queue) -> u64 {
    queue.map_or(0, |queue| queue.read.load(Acquire))
}

pub fn load_read_relaxed(queue: Queue) -> u64 {
    queue.map_or(0, |queue| queue.read.load(Relaxed))
}

pub fn load_write_acquire(queue: Queue) -> u64 {
    queue.map_or(0, |queue| queue.write.load(Acquire))
}

pub fn load_write_relaxed(queue: Queue) -> u64 {
    queue.map_or(0, |queue| queue.write.load(Relaxed))
}

pub fn store_write_relaxed(queue: Queue, value: u64) {
    if let Some(queue) = queue {
        queue.write.store(value, Relaxed);
    }
}

pub fn store_write_release(queue: Queue, value: u64) {
    if let Some(queue) = queue {
        queue.write.store(value, Release);
    }
}

/// Of queues that programs read.
pub fn store_read_relaxed(queue: Queue, value: u64) {
    if let Some(queue) = queue {
        queue.read.store(value, Relaxed);
    }
}

pub fn store_read_release(queue: Queue, value: u64) {
    if let Some(queue) = queue {
        queue.read.store(value, Release);
    }
}

pub fn add_write_acq_rel(queue: Queue, value: u64) -> u64 {
    queue.map_or(0, |queue| queue.write.fetch_add(value, AcqRel))
}

pub fn add_write_acquire(queue: Queue, value: u64) -> u64 {
    queue.map_or(0, |queue| queue.write.fetch_add(value, Acquire))
}

pub fn add_write_relaxed(queue: Queue, value: u64) -> u64 {
    queue.map_or(0, |queue| queue.write.fetch_add(value, Relaxed))
}

pub fn add_write_release(queue: Queue, value: u64) -> u64 {
    queue.map_or(0, |queue| queue.write.fetch_add(value, Release))
}

/// Answers with the index before, whether or not it was the expected one.
fn cas(queue: Queue, expected: u64, value: u64, success: Ordering, failure: Ordering) -> u64 {
    queue.map_or(0, |queue| {
        queue.write.compare_exchange(expected, value, success, failure).unwrap_or_else(|before| before)
    })
}

pub fn cas_write_acq_rel(queue: Queue, expected: u64, value: u64) -> u64 {
    cas(queue, expected, value, AcqRel, Acquire)
}

pub fn cas_write_acquire(queue: Queue, expected: u64, value: u64) -> u64 {
    cas(queue, expected, value, Acquire, Acquire)
}

pub fn cas_write_relaxed(queue: Queue, expected: u64, value: u64) -> u64 {
    cas(queue, expected, value, Relaxed, Relaxed)
}

pub fn cas_write_release(queue: Queue, expected: u64, value: u64) -> u64 {
    cas(queue, expected, value, Release, Relaxed)
}
