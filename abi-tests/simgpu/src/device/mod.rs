//! Queues and packets: what the command processors do.
//!
//! [`aql`], [`pm4`] and [`sdma`] consume the packets of one kind of queue each, as functions over [`memory::Memory`] and
//! [`platform::Platform`]; [`dispatch`] tells what waves start with; [`machine`] runs queues on threads, over the memory of a real process: [`vm`].

pub mod aql;
pub mod compare;
pub mod dispatch;
pub mod gpu;
pub mod machine;
pub mod memory;
pub mod platform;
pub mod pm4;
pub mod sdma;
pub mod seen;
pub mod signal;
pub mod stream;
#[cfg(test)]
mod testing;
mod transfer;
pub mod vm;
