//! The environment variables that say how copies are carried.
#![forbid(unsafe_code)]

use super::{choice, leading_number};

/// How copies are carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copies {
    /// HSA_ENABLE_SDMA: whether SDMA engines are used; by default where they work.
    pub sdma: Option<bool>,
    /// HSA_ENABLE_PEER_SDMA=0 has kernels copy between GPUs.
    pub peers: bool,
    /// HSA_ENABLE_SDMA_HDP_FLUSH=0: engines do not flush the host data path.
    pub flush_host_data: bool,
    /// HSA_ENABLE_SDMA_RECOMMENDED_ENG=0: what the kernel recommends does not count.
    pub recommended: bool,
    /// HSA_FORCE_SDMA_SIZE: bytes from which on a kernel copies within a GPU's memory.
    pub kernel_bytes: u64,
}

impl Copies {
    /// Reads the variables through `look_up`.
    pub fn new(look_up: &impl Fn(&str) -> Option<String>) -> Self {
        let may = |name: &str| choice(look_up, name) != Some(false);
        let size = look_up("HSA_FORCE_SDMA_SIZE").filter(|text| !text.is_empty());
        Self {
            sdma: choice(look_up, "HSA_ENABLE_SDMA"),
            peers: may("HSA_ENABLE_PEER_SDMA"),
            flush_host_data: may("HSA_ENABLE_SDMA_HDP_FLUSH"),
            recommended: may("HSA_ENABLE_SDMA_RECOMMENDED_ENG"),
            kernel_bytes: size.map_or(1 << 20, |text| leading_number(&text).unwrap_or(0)),
        }
    }
}
