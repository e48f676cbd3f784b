//! Memory that GPUs can reach: allocation, mapping, registration, sharing, pointer information.
//!
//! `space` sets up the address space, `object` knows what lies where, `flags` translates, and one file holds each
//! service. Touches `driver` and `va`. Answers to upstream's `fmm.c` and `memory.c`: same requests, same flags, same
//! order. Thread-safe: the map of objects is behind one lock that no allocation request is made under.
//!
//! Old APUs, where CPU and GPU are one node and share page tables (kernels before 6.6 with IOMMUv2), need no driver for
//! host memory; `discrete` is false there, as in upstream.
#![forbid(unsafe_code)]

mod allocate;
mod file;
mod flags;
mod gpu;
mod gpu_list;
mod ipc;
mod map;
mod object;
mod ordered;
mod pointer;
mod register;
mod release;
mod scratch;
mod share;
mod space;
mod sparse;

#[cfg(test)]
mod failure_tests;
#[cfg(test)]
mod model_test;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod thread_tests;

use crate::{
    config::Config,
    driver::Driver,
    error::{Error, Result, Status},
    render::RenderNodes,
    thunk::Apertures,
    topology::model::{NodeId, SVM_API_SUPPORTED, Snapshot},
};
use object::Objects;
use parking_lot::{Mutex, RwLock};
use space::Space;
use std::{collections::BTreeMap, sync::Arc};

pub use allocate::Request;
pub use file::{Direction, FilePart, Transferred};
pub use gpu::Gpu;
pub use pointer::{Kind, PointerInfo};
pub use share::{GraphicsBuffer, METADATA_SIZE};

use crate::va::Bounds;

/// The memory services of an open driver.
pub struct Memory {
    driver: Arc<Driver>,
    topology: Arc<Snapshot>,
    config: Config,
    gpus: Vec<Gpu>,
    /// GPUs in the kernel's order: where memory goes that nobody restricted.
    all_gpus: Vec<u32>,
    /// A GPU that is a node of its own; then all memory is the driver's.
    discrete: bool,
    /// Every GPU takes part in the kernel's shared virtual memory.
    svm_api: bool,
    space: Space,
    objects: RwLock<Objects>,
    /// Scratch backing by GPU.
    scratch: Mutex<BTreeMap<u32, Bounds>>,
}

impl Memory {
    /// Binds the render nodes' address spaces, sets up the apertures and their cache policy.
    ///
    /// # Errors
    /// `Error` when the driver refuses, `NoMemory` when no address space can be had.
    pub(crate) fn new(
        driver: Arc<Driver>,
        render: &RenderNodes,
        topology: Arc<Snapshot>,
        config: Config,
        apertures: &[Apertures],
    ) -> Result<Self> {
        let gpus = gpu::acquire(&driver, render, &topology, apertures)?;
        let mut all_gpus: Vec<u32> = apertures.iter().map(|aperture| aperture.gpu_id).collect();
        all_gpus.retain(|id| gpus.iter().any(|gpu| gpu.id == *id));
        let space = Space::new(&driver, &config, &gpus, apertures)?;
        space.set_policies(&driver, &config, &gpus)?;
        let svm_api = config.use_svm
            && topology
                .nodes
                .iter()
                .filter(|node| node.gfx.is_some())
                .all(|node| node.properties.capability & SVM_API_SUPPORTED != 0);
        let discrete =
            topology.nodes.iter().any(|node| node.gfx.is_some() && node.properties.cpu_cores_count == 0);
        Ok(Self {
            driver,
            topology,
            config,
            gpus,
            all_gpus,
            discrete,
            svm_api,
            space,
            objects: RwLock::default(),
            scratch: Mutex::default(),
        })
    }

    /// GPUs whose address space is bound.
    #[must_use]
    pub fn gpus(&self) -> &[Gpu] {
        &self.gpus
    }

    /// The GPU with this kernel id.
    #[must_use]
    pub fn gpu(&self, id: u32) -> Option<&Gpu> {
        self.gpus.iter().find(|gpu| gpu.id == id)
    }

    /// The GPU of a node.
    #[must_use]
    pub fn gpu_of(&self, node: NodeId) -> Option<&Gpu> {
        self.gpus.iter().find(|gpu| gpu.node == node)
    }

    /// Whether some GPU is a node of its own.
    #[must_use]
    pub fn is_discrete(&self) -> bool {
        self.discrete
    }

    /// Whether system memory can be shared by the kernel's shared virtual memory.
    #[must_use]
    pub fn has_svm_api(&self) -> bool {
        self.svm_api
    }

    /// The aperture that all GPUs and the CPU share, if any GPU has one.
    #[must_use]
    pub fn svm_aperture(&self) -> Option<Bounds> {
        self.space.svm()
    }

    fn page_size(&self) -> u64 {
        self.driver.kernel().page_size()
    }

    fn page_down(&self, address: u64) -> u64 {
        address & !(self.page_size() - 1)
    }

    /// Kernel ids of GPUs from visible nodes.
    ///
    /// # Errors
    /// `InvalidParameter` for none, `InvalidNodeUnit` for one that is not there.
    pub fn gpu_ids(&self, nodes: &[u32]) -> Result<Vec<u32>> {
        if nodes.is_empty() {
            return Err(Status::InvalidParameter.into());
        }
        let id = |node: &u32| self.topology.nodes.get(*node as usize).map(|node| node.gpu_id.0);
        nodes.iter().map(|node| id(node).ok_or_else(|| Status::InvalidNodeUnit.into())).collect()
    }

    /// Visible nodes of GPUs.
    fn nodes_of<'a>(&'a self, gpu_ids: &'a [u32]) -> impl Iterator<Item = u32> + Clone + 'a {
        gpu_ids.iter().filter_map(|id| self.gpu(*id)).map(|gpu| gpu.node.0)
    }

    fn first_gpu(&self) -> Result<&Gpu> {
        self.gpus.first().ok_or_else(|| Error::new(Status::Error, "there is no GPU to serve memory"))
    }
}
