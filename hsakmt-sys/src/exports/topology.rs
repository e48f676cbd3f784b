//! The snapshot of the topology. Answers to the exported half of upstream's `topology.c`.

use super::{
    exports,
    layout::{self, Layout, NODE_PROPERTIES_7_0},
    node, process,
};
use hsakmt_thunk::{
    Result, Status, Thunk,
    abi::{
        HsaCacheProperties, HsaIoLinkProperties, HsaIoLinkProperties_6_2, HsaMemoryProperties,
        HsaNodeProperties, HsaNodeProperties_6_2, HsaSystemProperties, heap_type,
    },
    memory::Gpu,
    topology::model::Node,
    va::Bounds,
};

/// LDS, scratch and shared memory: banks that a GPU has besides the kernel's.
const ADDED_BANKS: u32 = 3;

fn take_snapshot(state: &process::Change) -> Result<HsaSystemProperties> {
    let thunk = state.acquire()?;
    let topology = thunk.topology();
    Ok(HsaSystemProperties {
        NumNodes: topology.nodes.len() as u32,
        PlatformOem: topology.system.platform_oem as u32,
        PlatformId: topology.system.platform_id as u32,
        PlatformRev: topology.system.platform_rev as u32,
    })
}

fn is_used(bounds: Bounds) -> bool {
    bounds.base != 0 && bounds.base < bounds.limit
}

fn aperture(heap: u32, bounds: Bounds, bytes: u64) -> HsaMemoryProperties {
    HsaMemoryProperties {
        HeapType: heap,
        SizeInBytes: bytes,
        Flags: 0,
        Width: 0,
        MemoryClockMax: 0,
        VirtualBaseAddress: bounds.base,
    }
}

fn whole(heap: u32, bounds: Bounds) -> HsaMemoryProperties {
    aperture(heap, bounds, bounds.limit - bounds.base + 1)
}

/// The kernel's banks, then the apertures that exist.
fn banks(thunk: &Thunk, node: &Node) -> Result<Vec<HsaMemoryProperties>> {
    let mut banks: Vec<_> = node.memory.iter().map(node::bank).collect();
    let services = thunk.services()?;
    let Some(gpu) = services.memory.gpu_of(node.id) else { return Ok(banks) };
    let lds_bytes = node.properties.lds_size_in_kb << 10;
    if is_used(gpu.lds) {
        banks.push(aperture(heap_type::GPU_LDS, gpu.lds, lds_bytes));
    }
    if is_used(gpu.scratch) {
        banks.push(whole(heap_type::GPU_SCRATCH, gpu.scratch));
    }
    let shared = services.memory.svm_aperture().filter(|bounds| is_used(*bounds));
    if let Some(shared) = shared.filter(|_| services.memory.is_discrete() || gpu.gfx.major >= 9) {
        banks.push(whole(heap_type::DEVICE_SVM, shared));
    }
    banks.extend(registers(thunk, gpu)?.map(|page| whole(heap_type::MMIO_REMAP, page)));
    Ok(banks)
}

fn registers(thunk: &Thunk, gpu: &Gpu) -> Result<Option<Bounds>> {
    Ok(thunk.services()?.memory.registers(gpu))
}

fn bank_count(thunk: &Thunk, node: &Node) -> Result<u32> {
    let kernel = node.memory.len() as u32;
    let services = thunk.services()?;
    let Some(gpu) = services.memory.gpu_of(node.id) else { return Ok(kernel) };
    Ok(kernel + ADDED_BANKS + u32::from(registers(thunk, gpu)?.is_some()))
}

exports! {
    /// Takes a snapshot of the topology, or finds the one taken.
    fn hsaKmtAcquireSystemProperties(SystemProperties: *mut HsaSystemProperties) {
        let state = process::change();
        process::thunk()?;
        SystemProperties.check()?;
        SystemProperties.write(take_snapshot(&state)?)
    }

    /// Gives the snapshot back.
    fn hsaKmtReleaseSystemProperties() {
        process::change().release();
        Ok(())
    }

    /// Properties of a node.
    fn hsaKmtGetNodeProperties(NodeId: u32, NodeProperties: *mut HsaNodeProperties) {
        NodeProperties.check()?;
        let thunk = process::thunk()?;
        let known = process::with_node(NodeId, Node::clone)?;
        let banks = bank_count(thunk, &known)?;
        match layout::of_caller() {
            Layout::Rocm6 => {
                NodeProperties.cast::<HsaNodeProperties_6_2>().write(node::properties_6_2(&known, banks))
            }
            Layout::Rocm7 => NodeProperties.write_prefix(&node::properties(&known, banks), NODE_PROPERTIES_7_0),
        }
    }

    /// Memory banks of a node.
    fn hsaKmtGetNodeMemoryProperties(
        NodeId: u32,
        NumBanks: u32,
        MemoryProperties: *mut HsaMemoryProperties,
    ) {
        MemoryProperties.check()?;
        let thunk = process::thunk()?;
        let known = process::with_node(NodeId, Node::clone)?;
        let nothing = aperture(0, Bounds { base: 0, limit: 0 }, 0);
        let banks = banks(thunk, &known)?;
        MemoryProperties.write_all(banks.into_iter().chain(std::iter::repeat(nothing)), NumBanks as usize)
    }

    /// Caches of a node.
    fn hsaKmtGetNodeCacheProperties(
        NodeId: u32,
        _ProcessorId: u32,
        NumCaches: u32,
        CacheProperties: *mut HsaCacheProperties,
    ) {
        CacheProperties.check()?;
        process::thunk()?;
        let caches = process::with_node(NodeId, |node| node.caches.clone())?;
        if NumCaches as usize > caches.len() {
            return Err(Status::InvalidParameter.into());
        }
        CacheProperties.write_all(caches.iter().map(node::cache), NumCaches as usize)
    }

    /// Links of a node.
    fn hsaKmtGetNodeIoLinkProperties(
        NodeId: u32,
        NumIoLinks: u32,
        IoLinkProperties: *mut HsaIoLinkProperties,
    ) {
        IoLinkProperties.check()?;
        process::thunk()?;
        let links = process::with_node(NodeId, |node| node.links.clone())?;
        let room = NumIoLinks as usize;
        if room > links.len() {
            return Err(Status::InvalidParameter.into());
        }
        match layout::of_caller() {
            Layout::Rocm6 => {
                IoLinkProperties.cast::<HsaIoLinkProperties_6_2>().write_all(links.iter().map(node::link_6_2), room)
            }
            Layout::Rocm7 => IoLinkProperties.write_all(links.iter().map(node::link), room),
        }
    }
}
