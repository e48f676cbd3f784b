//! The GPUs that memory can be mapped to.
//!
//! Touches `driver` and `render`. Answers to the first half of `hsakmt_fmm_init_process_apertures` in upstream's
//! `fmm.c`. A GPU whose address space cannot be bound is left out; the others work.

use crate::{
    driver::Driver,
    error::Result,
    kernel::Fd,
    message::{self, Level},
    render::RenderNodes,
    thunk::Apertures,
    topology::model::{GfxVersion, Node, NodeId, Snapshot},
    uapi::kfd::kfd_ioctl_acquire_vm_args,
    va::Bounds,
};
use std::sync::OnceLock;

/// A GPU with its apertures.
#[derive(Debug)]
pub struct Gpu {
    /// Kernel id.
    pub id: u32,
    /// Visible node.
    pub node: NodeId,
    /// GFX version that the hardware has.
    pub gfx: GfxVersion,
    /// Whether CPU and GPU are one node.
    pub has_cpu: bool,
    /// Local data share aperture.
    pub lds: Bounds,
    /// Scratch aperture.
    pub scratch: Bounds,
    /// Address space.
    pub gpuvm: Bounds,
    /// Smallest alignment of addresses, bytes.
    pub(super) alignment: u64,
    /// Render node.
    pub(super) render_fd: Fd,
    /// GPUs that may map this one's memory, itself first.
    pub(super) peers: Vec<u32>,
    /// Page of remapped registers, mapped on first use; `None` where the driver has none.
    pub(super) registers: OnceLock<Option<u64>>,
}

impl Gpu {
    /// Whether addresses of this GPU are the process's own.
    #[must_use]
    pub fn is_canonical(&self) -> bool {
        self.gpuvm.limit < 1 << 47
    }

    /// Whether memory lies in the aperture shared by all: discrete GPUs, and gfx9 and newer.
    pub(super) fn shares_aperture(&self, discrete: bool) -> bool {
        discrete || self.gfx.major >= 9
    }
}

/// Binds the address space of every visible GPU that the kernel gave apertures to.
pub(super) fn acquire(
    driver: &Driver,
    render: &RenderNodes,
    topology: &Snapshot,
    apertures: &[Apertures],
) -> Result<Vec<Gpu>> {
    let page = driver.kernel().page_size();
    let mut gpus = Vec::new();
    for aperture in apertures {
        let Some(node) = topology.nodes.iter().find(|node| node.gpu_id.0 == aperture.gpu_id) else {
            continue;
        };
        match bind(driver, render, node, aperture, page) {
            Ok(Some(gpu)) => gpus.push(gpu),
            Ok(None) => {}
            Err(error) => message::print(
                Level::Always,
                format_args!("node {} left out of memory: {error}", node.kernel_index),
            ),
        }
    }
    gpus.sort_by_key(|gpu| gpu.node);
    add_peers(&mut gpus, topology);
    Ok(gpus)
}

fn bind(
    driver: &Driver,
    render: &RenderNodes,
    node: &Node,
    aperture: &Apertures,
    page: u64,
) -> Result<Option<Gpu>> {
    let Some(gfx) = node.kernel_gfx else { return Ok(None) };
    let minor = node.properties.drm_render_minor as u32;
    let render_fd = render.get(minor).map_err(|errno| crate::driver::failed("render node", errno))?;
    let mut arguments = kfd_ioctl_acquire_vm_args { drm_fd: render_fd.0 as u32, gpu_id: aperture.gpu_id };
    driver.ask("ACQUIRE_VM", &mut arguments)?;
    let bounds = |(base, limit)| Bounds { base, limit };
    Ok(Some(Gpu {
        id: aperture.gpu_id,
        node: node.id,
        gfx,
        has_cpu: node.properties.cpu_cores_count > 0,
        lds: bounds(aperture.lds),
        scratch: bounds(aperture.scratch),
        gpuvm: bounds(aperture.gpuvm),
        alignment: page.max(crate::quirks::address_alignment(gfx)),
        render_fd,
        peers: vec![aperture.gpu_id],
        registers: OnceLock::new(),
    }))
}

/// A GPU with a link to another may map the other's memory.
fn add_peers(gpus: &mut [Gpu], topology: &Snapshot) {
    let linked: Vec<(u32, u32)> = gpus
        .iter()
        .flat_map(|gpu| {
            let links = &topology.nodes[gpu.node.0 as usize].links;
            links.iter().map(move |link| (gpu.id, link.to))
        })
        .collect();
    for (id, to) in linked {
        if let Some(target) = gpus.iter_mut().find(|gpu| gpu.node.0 == to) {
            if !target.peers.contains(&id) {
                target.peers.push(id);
            }
        }
    }
}
