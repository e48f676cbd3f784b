//! What the kernel's tables say of each device: numbers only. Touches nothing but memory. Each file names the
//! tables that it answers to.
#![forbid(unsafe_code)]

mod asics;
mod caches;

pub use asics::ASICS;
pub use caches::{CacheType, cache_types};
