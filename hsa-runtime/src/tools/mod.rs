//! Libraries that the runtime looks for at run time.
//!
//! Touches the dynamic linker.

pub mod aqlprofile;
