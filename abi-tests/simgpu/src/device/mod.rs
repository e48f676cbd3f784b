//! Queues and packets: what the command processors do.
//!
//! [`sdma`] consumes the packets of one kind of queue as pure functions over [`memory::Memory`] and
//! [`platform::Platform`]; [`dispatch`] tells what waves start with; [`vm`] is the memory of a real process.

pub mod compare;
pub mod dispatch;
pub mod gpu;
pub mod memory;
pub mod plain;
pub mod platform;
mod raw;
pub mod sdma;
pub mod stream;
#[cfg(test)]
mod testing;
pub mod vm;
