//! One node: properties, memory banks, caches, links, and what the render node tells.
//!
//! Each file is read once. Touches files through `kernel`. Answers to Linux `kfd_topology.c` (`node_show`, `mem_show`,
//! `kfd_cache_show`, `iolink_show`) and upstream's `topology_sysfs_get_*`.

use super::{
    asic,
    cpu::CpuInfo,
    model::{Cache, GpuId, Link, MemoryBank, Node, NodeId, Properties},
    read::node_text,
    skip::{Cause, Fault},
};
use crate::{
    kernel::{Errno, Kernel},
    message::{self, Level},
    render::RenderNodes,
    sysfs,
};
use std::path::Path;

/// More entries of a kind than any kernel shows; a larger count is garbage.
const MOST_ENTRIES: u64 = 4096;

/// What reading a node needs.
pub(super) struct Context<'a> {
    pub kernel: &'a dyn Kernel,
    pub render: &'a RenderNodes,
    pub cpus: &'a CpuInfo,
}

/// A node whose links still name nodes by the kernel's numbers.
pub(super) struct RawNode {
    pub node: Node,
    pub links: Vec<Link>,
}

fn narrow(value: u64) -> u32 {
    value as u32
}

impl Context<'_> {
    pub(super) fn read(&self, directory: &Path, kernel_index: u32) -> Result<RawNode, Fault> {
        let gpu_id = self.gpu_id(directory)?;
        let (properties, has_peer_links) = self.properties(directory)?;
        let asic_name = self.optional_text(&directory.join("name"));
        let mut node = Node {
            id: NodeId(0),
            kernel_index,
            gpu_id,
            asic_name,
            marketing_name: String::new(),
            gfx: None,
            kernel_gfx: None,
            memory: self.entries(directory, "mem_banks", properties.mem_banks_count, memory_bank)?,
            caches: self.entries(directory, "caches", properties.caches_count, cache)?,
            links: Vec::new(),
            has_peer_links,
            drm: None,
            properties,
        };
        if node.properties.simd_count > 0 {
            self.add_gpu(directory, &mut node)?;
        }
        // The combined node of an old APU goes by its CPU's name, as upstream has it.
        let cpu = (node.properties.cpu_cores_count > 0).then_some(node.properties.cpu_core_id_base);
        if let Some(model) = cpu.and_then(|id| self.cpus.model_of(id)) {
            model.clone_into(&mut node.marketing_name);
        }
        let mut links = self.links(directory, "io_links", node.properties.io_links_count)?;
        links.extend(self.links(directory, "p2p_links", node.properties.p2p_links_count)?);
        links.retain(|link| link.from == kernel_index);
        Ok(RawNode { node, links })
    }

    fn gpu_id(&self, directory: &Path) -> Result<GpuId, Fault> {
        let path = directory.join("gpu_id");
        let text = node_text(self.kernel, &path)?;
        let number = sysfs::number(&text).and_then(|number| u32::try_from(number).ok());
        number.map(GpuId).ok_or_else(|| Fault::content(&path, "not a number"))
    }

    /// The properties, and whether the kernel knows of peer links at all (since 5.20 it does).
    fn properties(&self, directory: &Path) -> Result<(Properties, bool), Fault> {
        let path = directory.join("properties");
        let text = node_text(self.kernel, &path)?;
        let mut properties = Properties::default();
        let (mut any, mut peers) = (false, false);
        for (name, value) in sysfs::pairs(&text) {
            any |= properties.set(name, value);
            peers |= name == "p2p_links_count";
        }
        if any { Ok((properties, peers)) } else { Err(Fault::content(&path, "empty")) }
    }

    fn optional_text(&self, path: &Path) -> String {
        node_text(self.kernel, path).map(|text| text.trim_end().to_owned()).unwrap_or_default()
    }

    /// GFX version, render node and marketing name.
    fn add_gpu(&self, directory: &Path, node: &mut Node) -> Result<(), Fault> {
        let properties = &node.properties;
        let path = directory.join("properties");
        let gfx = asic::gfx_version(properties.device_id, properties.gfx_target_version)
            .ok_or_else(|| Fault::content(&path, "no GFX version"))?;
        let minor = u32::try_from(properties.drm_render_minor).ok().filter(|minor| *minor != 0);
        let minor = minor.ok_or_else(|| Fault::content(&path, "no drm_render_minor"))?;
        let device = RenderNodes::path(minor);
        self.render.get(minor).map_err(|errno| Fault::errno(&device, errno))?;
        match self.render.info(minor) {
            Ok(drm) => {
                node.marketing_name =
                    asic::marketing_name(properties.device_id, &drm, self.cpus.first_model());
                node.drm = Some(drm);
            }
            Err(errno) => message::print(
                Level::Info,
                format_args!("{}: AMDGPU_INFO: {errno:?} ({})", device.display(), errno.desc()),
            ),
        }
        (node.gfx, node.kernel_gfx) = (Some(gfx), Some(gfx));
        Ok(())
    }

    fn entries<T>(
        &self,
        directory: &Path,
        kind: &str,
        count: u64,
        parse: fn(&str) -> T,
    ) -> Result<Vec<T>, Fault> {
        let directory = directory.join(kind);
        (0..count.min(MOST_ENTRIES))
            .map(|index| {
                let path = directory.join(index.to_string()).join("properties");
                let text = node_text(self.kernel, &path)?;
                if text.is_empty() {
                    return Err(Fault::content(&path, "empty"));
                }
                Ok(parse(&text))
            })
            .collect()
    }

    /// Links; one that a cgroup hides is passed over, like the node at its other end.
    fn links(&self, directory: &Path, kind: &str, count: u64) -> Result<Vec<Link>, Fault> {
        let mut links = Vec::new();
        for index in 0..count.min(MOST_ENTRIES) {
            let path = directory.join(kind).join(index.to_string()).join("properties");
            match node_text(self.kernel, &path) {
                Ok(text) => links.push(link(&text)),
                Err(fault) if fault.cause == Cause::Errno(Errno::EPERM) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(links)
    }
}

fn memory_bank(text: &str) -> MemoryBank {
    let mut bank = MemoryBank::default();
    for (name, value) in sysfs::pairs(text) {
        match name {
            "heap_type" => bank.heap_type = narrow(value),
            "size_in_bytes" => bank.size_in_bytes = value,
            "flags" => bank.flags = narrow(value),
            "width" => bank.width = narrow(value),
            "mem_clk_max" => bank.mem_clk_max = narrow(value),
            _ => {}
        }
    }
    bank
}

fn cache(text: &str) -> Cache {
    let mut cache = Cache::default();
    for (name, value) in sysfs::pairs(text) {
        let value = narrow(value);
        match name {
            "processor_id_low" => cache.processor_id_low = value,
            "level" => cache.level = value,
            "size" => cache.size = value,
            "cache_line_size" => cache.cache_line_size = value,
            "cache_lines_per_tag" => cache.cache_lines_per_tag = value,
            "association" => cache.association = value,
            "latency" => cache.latency = value,
            "type" => cache.kind = value,
            _ => {}
        }
    }
    let map = text.lines().find_map(|line| line.strip_prefix("sibling_map "));
    cache.sibling_map = map
        .into_iter()
        .flat_map(|map| map.split(','))
        .map_while(|entry| sysfs::number(entry).map(narrow))
        .collect();
    cache
}

fn link(text: &str) -> Link {
    let mut link = Link::default();
    for (name, value) in sysfs::pairs(text) {
        let value = narrow(value);
        match name {
            "type" => link.kind = value,
            "version_major" => link.version_major = value,
            "version_minor" => link.version_minor = value,
            "node_from" => link.from = value,
            "node_to" => link.to = value,
            "weight" => link.weight = value,
            "min_latency" => link.min_latency = value,
            "max_latency" => link.max_latency = value,
            "min_bandwidth" => link.min_bandwidth = value,
            "max_bandwidth" => link.max_bandwidth = value,
            "recommended_transfer_size" => link.recommended_transfer_size = value,
            "recommended_sdma_engine_id_mask" => link.recommended_sdma_engine_id_mask = value,
            "flags" => link.flags = value,
            _ => {}
        }
    }
    link
}
