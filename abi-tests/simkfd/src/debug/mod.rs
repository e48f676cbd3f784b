//! AMDKFD_IOC_RUNTIME_ENABLE, _DBG_TRAP, _PROFILER and _PC_SAMPLE: the runtime announces itself, a debugger attaches and
//! steers queues and launches, a profiler locks a device or samples it. No wave runs here, so what waves would raise never comes. Mirrors
//! amdkfd/kfd_debug.c and the last part of kfd_chardev.c. Touches nothing but memory.
#![forbid(unsafe_code)]

mod exceptions;
mod interrupt;
mod launch;
mod profiler;
mod queues;
mod runtime;
pub(crate) mod sampling;
mod session;
mod snapshot;
mod target;
#[cfg(test)]
mod tests;
mod trap;
mod watch;

pub(crate) use exceptions::{queue_created, queue_destroyed};
pub(crate) use interrupt::queue_exception;
pub(crate) use profiler::profiler;
pub(crate) use queues::wait_until_resumed;
pub(crate) use runtime::{Runtime, enable};
pub(crate) use session::masks_queues;
pub(crate) use target::DeviceDebug;
pub(crate) use trap::trap;
