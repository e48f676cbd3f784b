//! hsa.h: the HSA core API, version 1.1 with AMD's additions. Split by subject; order as in the header.

mod agent;
mod code_object;
mod executable;
mod interop;
mod isa;
mod memory;
mod packet;
mod queue;
mod signal;
mod status;
mod system;

pub use self::{
    agent::*, code_object::*, executable::*, interop::*, isa::*, memory::*, packet::*, queue::*, signal::*,
    status::*, system::*,
};
