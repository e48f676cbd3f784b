//! Text under a root path becomes one immutable snapshot of nodes, caches and links.
#![forbid(unsafe_code)]

pub mod model;
