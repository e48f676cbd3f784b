//! hsa_ext_amd.h: the AMD extension, interface version 1.31. Split by subject; order as in the header.

mod access;
mod agent;
mod copy;
mod event;
mod misc;
mod packet;
mod pointer;
mod pool;
mod profiling;
mod queue;
mod svm;
mod vmem;

pub use self::{
    access::*, agent::*, copy::*, event::*, misc::*, packet::*, pointer::*, pool::*, profiling::*, queue::*,
    svm::*, vmem::*,
};
