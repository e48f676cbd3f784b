//! Queues as C passes them to the functions that read and write indexes. These look nothing up: they are a few
//! instructions in every launch of a kernel, so the caller's pointer is all they go by, as upstream's.

use core::{
    ptr,
    sync::atomic::{AtomicU64, Ordering},
};

use super::FromC;
use crate::abi::{amd_queue_v2_t, hsa_queue_t};

/// The indexes of a queue, which its users and a GPU change.
#[derive(Clone, Copy)]
pub struct Indexes<'a> {
    /// Number of the packet behind the last one that a user has taken.
    pub write: &'a AtomicU64,
    /// Number of the packet that is worked at.
    pub read: &'a AtomicU64,
}

impl FromC<*const hsa_queue_t> for Option<Indexes<'_>> {
    unsafe fn from_c(raw: *const hsa_queue_t) -> Self {
        let mut queue: *mut amd_queue_v2_t = raw.cast_mut().cast();
        (!raw.is_null()).then(|| {
            // SAFETY: FromC's contract: a queue that one of our functions made and that is not destroyed; each is at the
            // head of an `amd_queue_v2_t`, whose indexes are aligned and accessed as atomics by everybody. Two of its
            // reserved words, which 8 divides, are zero, or in a handle of a shared queue the address of that queue's.
            unsafe {
                let shared =
                    AtomicU64::from_ptr((&raw mut (*queue).reserved1[1]).cast()).load(Ordering::Relaxed);
                if shared != 0 {
                    queue = ptr::with_exposed_provenance_mut(shared as usize);
                }
                Indexes {
                    write: AtomicU64::from_ptr(&raw mut (*queue).write_dispatch_id),
                    read: AtomicU64::from_ptr(&raw mut (*queue).read_dispatch_id),
                }
            }
        })
    }
}
