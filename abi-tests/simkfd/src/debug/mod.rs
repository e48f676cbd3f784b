//! AMDKFD_IOC_RUNTIME_ENABLE, _DBG_TRAP and _PROFILER: the runtime announces itself, a debugger attaches, a profiler
//! locks a device. The debugger's own operations on waves are not simulated. Mirrors amdkfd/kfd_debug.c and the last
//! part of kfd_chardev.c. Touches nothing but memory.
#![forbid(unsafe_code)]

mod profiler;
mod runtime;
#[cfg(test)]
mod tests;
mod trap;

pub(crate) use profiler::profiler;
pub(crate) use runtime::{Runtime, enable};
pub(crate) use trap::trap;
