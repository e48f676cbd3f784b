//! Copies and fills by the SDMA engines.
#![forbid(unsafe_code)]

pub mod packet;
