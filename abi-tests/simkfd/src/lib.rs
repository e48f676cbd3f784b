//! A simulated amdkfd/amdgpu kernel interface. It takes its definitions from the kernel's side and shares no
//! type with the libraries under test. Everything in here is pure; the package simkfd-preload beside it puts it
//! under a client (LD_PRELOAD), the binary `simkfd` is its command line.

mod accel;
pub mod capture;
pub mod contract;
mod criu;
mod debug;
mod drm;
mod event;
pub mod faults;
pub mod machine;
mod memory;
pub mod paths;
mod queue;
mod svm;
pub mod topology;
pub mod trace;
pub mod uapi;
