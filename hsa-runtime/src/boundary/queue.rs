//! Queues as C passes them to the functions that read and write indexes. These look nothing up: they are a few
//! instructions in every launch of a kernel, so the caller's pointer is all they go by, as upstream's.

use core::sync::atomic::AtomicU64;

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
        let queue: *mut amd_queue_v2_t = raw.cast_mut().cast();
        (!raw.is_null()).then(|| {
            // SAFETY: FromC's contract: a queue that one of our functions made and that is not destroyed; each is at the
            // head of an `amd_queue_v2_t`, whose indexes are aligned and accessed as atomics by everybody.
            unsafe {
                Indexes {
                    write: AtomicU64::from_ptr(&raw mut (*queue).write_dispatch_id),
                    read: AtomicU64::from_ptr(&raw mut (*queue).read_dispatch_id),
                }
            }
        })
    }
}
