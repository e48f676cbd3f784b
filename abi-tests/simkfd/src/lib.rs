//! A simulated amdkfd/amdgpu kernel interface. It takes its definitions from the kernel's side and shares no
//! type with the libraries under test.

pub mod contract;
pub mod faults;
pub mod machine;
pub mod preload;
pub mod trace;
pub mod uapi;
