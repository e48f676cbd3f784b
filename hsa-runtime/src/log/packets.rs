//! What the runtime tells of its own work, when the user asks: the packets of its copy kernels. Answers to LogPrint of
//! upstream's `utils.h`.
#![forbid(unsafe_code)]

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
};

use arc_swap::ArcSwapOption;

use crate::{abi::HSA_AMD_LOG_FLAG_BLIT_KERNEL_PKTS, boundary::Stream};

static PACKETS: AtomicBool = AtomicBool::new(false);
static STREAM: ArcSwapOption<Stream> = ArcSwapOption::const_empty();

/// From now on tells of the work that these bits name, there.
pub fn follow(bits: u64, stream: Stream) {
    STREAM.store(Some(Arc::new(stream)));
    PACKETS.store(bits >> HSA_AMD_LOG_FLAG_BLIT_KERNEL_PKTS.0 & 1 != 0, Relaxed);
}

/// Whether somebody wants to hear.
#[inline]
pub fn are_followed() -> bool {
    PACKETS.load(Relaxed)
}

/// Tells of one packet.
pub fn tell(what: &str) {
    if let Some(stream) = &*STREAM.load() {
        let (process, thread) = (process::id(), thread::current().id());
        stream.write(&format!("libhsa-runtime64: process {process}, {thread:?}: packet {what}\n"));
    }
}
