//! What the kernel's tables say of each device: numbers only. Touches nothing but memory. Each file names the
//! tables that it answers to.
#![forbid(unsafe_code)]

mod asics;
mod caches;
mod npus;

pub use asics::ASICS;
pub use caches::{CacheType, cache_types};
pub use npus::{NPUS, NpuKind};
