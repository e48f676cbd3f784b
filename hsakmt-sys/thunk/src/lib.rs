//! The thunk: what both libraries say to the kernel driver amdkfd.

pub mod topology;
