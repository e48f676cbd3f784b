//! Exceptions that come from the hardware. Mirrors `kfd_set_dbg_ev_from_interrupt`. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::exceptions::{report_in_save_area, tell};
use super::target::Target;
use crate::contract::Call;
use crate::uapi::kfd_flags::DEBUG_RUNTIME_STATE_ENABLED;

/// An exception of a queue: for the debugger when it listens, otherwise for the runtime.
pub(crate) fn queue_exception(call: &mut Call, queue: u32, mask: u64) {
    let id = call.process;
    let mut target = Target { call, id };
    let runtime = target.process().runtime;
    if runtime.traps {
        if let Some(queue) = target.process().queues.get(queue) {
            queue.exceptions |= mask;
        }
        tell(&mut target, mask);
        if runtime.enabled & mask != 0 {
            return;
        }
    }
    if runtime.info.runtime_state == DEBUG_RUNTIME_STATE_ENABLED {
        report_in_save_area(&mut target, queue, mask);
        target.call.wake();
    }
}
