//! Memory. Answers to upstream's `memory.c`.

use super::{exports, pointer::Pointer, process};
use hsakmt_thunk::{
    Result, Status,
    abi::{
        HsaAMDGPUDeviceHandle, HsaGpuTileConfig, HsaGraphicsResourceInfo, HsaMemFlags, HsaMemMapFlags,
        HsaMemoryRange, HsaSharedMemoryHandle,
    },
    kernel::drm_handle,
    memory::Request,
    topology::model::{self, GpuId},
};
use std::ffi::{c_int, c_void};

/// A mutable place for the caller's address: in for a fixed one, out for the result.
fn allocate(
    node: u32,
    size: u64,
    alignment: u64,
    flags: HsaMemFlags,
    place: Pointer<*mut c_void>,
) -> Result<()> {
    process::gpu_id(node)?;
    place.check()?;
    let fixed = if flags.has(HsaMemFlags::FIXED_ADDRESS) { Some(place.read()? as u64) } else { None };
    if fixed == Some(0) {
        return Err(Status::InvalidParameter.into());
    }
    let request = Request { node: model::NodeId(node), size, alignment, at: fixed, flags };
    let allocated = process::services()?.memory.allocate(request);
    let address = *allocated.as_ref().unwrap_or(&0);
    place.write(address as *mut c_void)?;
    allocated.map(drop)
}

/// Imports a graphics buffer.
pub(super) fn import_graphics(
    handle: u64,
    place: Pointer<HsaGraphicsResourceInfo>,
    nodes: &[u32],
    needs_address: bool,
) -> Result<()> {
    let memory = &process::services()?.memory;
    let gpus = if nodes.is_empty() { Vec::new() } else { memory.gpu_ids(nodes)? };
    let buffer = memory.import_graphics(handle as u32, &gpus, needs_address)?;
    let (metadata, bytes) = buffer.metadata;
    place.write(HsaGraphicsResourceInfo {
        MemoryAddress: buffer.address as *mut c_void,
        SizeInBytes: buffer.size,
        Metadata: metadata as *const c_void,
        MetadataSizeInBytes: bytes,
        NodeId: buffer.node,
    })
}

fn alternate(place: Pointer<u64>, address: Option<u64>) {
    if let Some(address) = address {
        place.write_if_wanted(address);
    }
}

fn map(address: u64, size: u64, place: Pointer<u64>) -> Result<()> {
    if address == 0 {
        return Err(Status::Error.into());
    }
    place.write_if_wanted(0);
    alternate(place, process::services()?.memory.map_to_gpus(address, size)?);
    Ok(())
}

fn import_shared(
    handle: Pointer<HsaSharedMemoryHandle>,
    address: Pointer<*mut c_void>,
    size: Pointer<u64>,
    gpus: &[u32],
) -> Result<()> {
    let services = process::services()?;
    let words = handle.read()?;
    address.check()?;
    size.check()?;
    let (start, bytes) = services.memory.import_shared(words, gpus)?;
    address.write(start as *mut c_void)?;
    size.write(bytes)
}

exports! {
    /// Default and alternate caching; only Kaveri had it.
    fn hsaKmtSetMemoryPolicy(
        Node: u32,
        _DefaultPolicy: u32,
        _AlternatePolicy: u32,
        _MemoryAddressAlternate: *mut c_void,
        _MemorySizeInBytes: u64,
    ) {
        process::gpu_id(Node)?;
        Err(Status::NotImplemented.into())
    }

    /// Allocates memory.
    fn hsaKmtAllocMemory(
        PreferredNode: u32,
        SizeInBytes: u64,
        MemFlags: HsaMemFlags,
        MemoryAddress: *mut *mut c_void,
    ) {
        allocate(PreferredNode, SizeInBytes, 0, MemFlags, MemoryAddress)
    }

    /// Allocates memory with an alignment.
    fn hsaKmtAllocMemoryAlign(
        PreferredNode: u32,
        SizeInBytes: u64,
        Alignment: u64,
        MemFlags: HsaMemFlags,
        MemoryAddress: *mut *mut c_void,
    ) {
        allocate(PreferredNode, SizeInBytes, Alignment, MemFlags, MemoryAddress)
    }

    /// Frees memory.
    fn hsaKmtFreeMemory(MemoryAddress: *mut c_void, _SizeInBytes: u64) {
        let services = process::services()?;
        if MemoryAddress.is_null() {
            return Err(Status::Error.into());
        }
        services.memory.free(MemoryAddress.address())
    }

    /// Video memory that can still be allocated.
    fn hsaKmtAvailableMemory(Node: u32, AvailableBytes: *mut u64) {
        let thunk = process::thunk()?;
        process::gpu_id(Node)?;
        AvailableBytes.write(thunk.available_memory(model::NodeId(Node))?)
    }

    /// Registers the process's memory for all GPUs, coarse-grained.
    fn hsaKmtRegisterMemory(MemoryAddress: *mut c_void, MemorySizeInBytes: u64) {
        let services = process::services()?;
        if !services.memory.is_discrete() {
            return Ok(());
        }
        services.memory.register(MemoryAddress.address(), MemorySizeInBytes, &[], true, false)
    }

    /// Registers the process's memory for some GPUs, coarse-grained.
    fn hsaKmtRegisterMemoryToNodes(
        MemoryAddress: *mut c_void,
        MemorySizeInBytes: u64,
        NumberOfNodes: u64,
        NodeArray: *mut u32,
    ) {
        let services = process::services()?;
        if !services.memory.is_discrete() {
            return Err(Status::NotSupported.into());
        }
        let gpus = services.memory.gpu_ids(&NodeArray.read_all(NumberOfNodes as usize)?)?;
        services.memory.register(MemoryAddress.address(), MemorySizeInBytes, &gpus, true, false)
    }

    /// Registers the process's memory with flags.
    fn hsaKmtRegisterMemoryWithFlags(
        MemoryAddress: *mut c_void,
        MemorySizeInBytes: u64,
        MemFlags: HsaMemFlags,
    ) {
        let services = process::services()?;
        let coarse = MemFlags.has(HsaMemFlags::COARSE_GRAIN);
        let extended = MemFlags.has(HsaMemFlags::EXTENDED_COHERENT);
        if coarse && extended {
            return Err(Status::InvalidParameter.into());
        }
        // Registered memory is ordinary paged host memory.
        let ordinary = MemFlags.has(HsaMemFlags::HOST_ACCESS) && !MemFlags.has(HsaMemFlags::NON_PAGED);
        if !ordinary || !services.memory.is_discrete() {
            return Err(Status::NotSupported.into());
        }
        services.memory.register(MemoryAddress.address(), MemorySizeInBytes, &[], coarse, extended)
    }

    /// Imports a graphics buffer (dma-buf).
    fn hsaKmtRegisterGraphicsHandleToNodes(
        GraphicsResourceHandle: u64,
        GraphicsResourceInfo: *mut HsaGraphicsResourceInfo,
        NumberOfNodes: u64,
        NodeArray: *mut u32,
    ) {
        process::services()?;
        let nodes = NodeArray.read_all(NumberOfNodes as usize)?;
        import_graphics(GraphicsResourceHandle, GraphicsResourceInfo, &nodes, false)
    }

    /// Exports memory as a dma-buf.
    fn hsaKmtExportDMABufHandle(
        MemoryAddress: *mut c_void,
        MemorySizeInBytes: u64,
        DMABufFd: *mut c_int,
        Offset: *mut u64,
    ) {
        let services = process::services()?;
        DMABufFd.check()?;
        Offset.check()?;
        let (descriptor, offset) = services.memory.export_dmabuf(MemoryAddress.address(), MemorySizeInBytes)?;
        DMABufFd.write(descriptor)?;
        Offset.write(offset)
    }

    /// Shares memory by a handle of AMD's own kernel.
    fn hsaKmtShareMemory(
        MemoryAddress: *mut c_void,
        SizeInBytes: u64,
        SharedMemoryHandle: *mut HsaSharedMemoryHandle,
    ) {
        let services = process::services()?;
        SharedMemoryHandle.check()?;
        SharedMemoryHandle.write(services.memory.share(MemoryAddress.address(), SizeInBytes)?)
    }

    /// Imports such a handle.
    fn hsaKmtRegisterSharedHandle(
        SharedMemoryHandle: *const HsaSharedMemoryHandle,
        MemoryAddress: *mut *mut c_void,
        SizeInBytes: *mut u64,
    ) {
        import_shared(SharedMemoryHandle, MemoryAddress, SizeInBytes, &[])
    }

    /// Imports such a handle for some GPUs.
    fn hsaKmtRegisterSharedHandleToNodes(
        SharedMemoryHandle: *const HsaSharedMemoryHandle,
        MemoryAddress: *mut *mut c_void,
        SizeInBytes: *mut u64,
        NumberOfNodes: u64,
        NodeArray: *mut u32,
    ) {
        SharedMemoryHandle.check()?;
        let gpus = if NodeArray.is_null() && NumberOfNodes == 0 {
            Vec::new()
        } else {
            process::services()?.memory.gpu_ids(&NodeArray.read_all(NumberOfNodes as usize)?)?
        };
        import_shared(SharedMemoryHandle, MemoryAddress, SizeInBytes, &gpus)
    }

    /// Deprecated upstream, and refused there.
    fn hsaKmtProcessVMRead(
        _Pid: u32,
        _LocalMemoryArray: *mut HsaMemoryRange,
        _LocalMemoryArrayCount: u64,
        _RemoteMemoryArray: *mut HsaMemoryRange,
        _RemoteMemoryArrayCount: u64,
        _SizeCopied: *mut u64,
    ) {
        Err(Status::NotImplemented.into())
    }

    /// Deprecated upstream, and refused there.
    fn hsaKmtProcessVMWrite(
        _Pid: u32,
        _LocalMemoryArray: *mut HsaMemoryRange,
        _LocalMemoryArrayCount: u64,
        _RemoteMemoryArray: *mut HsaMemoryRange,
        _RemoteMemoryArrayCount: u64,
        _SizeCopied: *mut u64,
    ) {
        Err(Status::NotImplemented.into())
    }

    /// Takes a registration back.
    fn hsaKmtDeregisterMemory(MemoryAddress: *mut c_void) {
        process::services()?.memory.deregister(MemoryAddress.address())
    }

    /// Maps memory to its GPUs.
    fn hsaKmtMapMemoryToGPU(MemoryAddress: *mut c_void, MemorySizeInBytes: u64, AlternateVAGPU: *mut u64) {
        process::thunk()?;
        map(MemoryAddress.address(), MemorySizeInBytes, AlternateVAGPU)
    }

    /// Maps memory to exactly these GPUs.
    fn hsaKmtMapMemoryToGPUNodes(
        MemoryAddress: *mut c_void,
        MemorySizeInBytes: u64,
        AlternateVAGPU: *mut u64,
        _MemMapFlags: HsaMemMapFlags,
        NumberOfNodes: u64,
        NodeArray: *mut u32,
    ) {
        let services = process::services()?;
        if MemoryAddress.is_null() {
            return Err(Status::Error.into());
        }
        if !services.memory.is_discrete() && NumberOfNodes == 1 {
            return map(MemoryAddress.address(), MemorySizeInBytes, AlternateVAGPU);
        }
        let gpus = services.memory.gpu_ids(&NodeArray.read_all(NumberOfNodes as usize)?)?;
        let mapped = services.memory.map_to_these(MemoryAddress.address(), MemorySizeInBytes, &gpus)?;
        alternate(AlternateVAGPU, mapped);
        Ok(())
    }

    /// Takes memory from the GPUs.
    fn hsaKmtUnmapMemoryToGPU(MemoryAddress: *mut c_void) {
        let services = process::services()?;
        if MemoryAddress.is_null() {
            return Ok(());
        }
        services.memory.unmap_from_gpus(MemoryAddress.address())
    }

    /// Never reached Linux; refused upstream.
    fn hsaKmtMapGraphicHandle(
        _NodeId: u32,
        _GraphicDeviceHandle: u64,
        _GraphicResourceHandle: u64,
        _GraphicResourceOffset: u64,
        _GraphicResourceSize: u64,
        _FlatMemoryAddress: *mut u64,
    ) {
        Err(Status::NotImplemented.into())
    }

    /// Takes a graphics buffer from the GPUs.
    fn hsaKmtUnmapGraphicHandle(_NodeId: u32, FlatMemoryAddress: u64, _SizeInBytes: u64) {
        let services = process::services()?;
        if FlatMemoryAddress == 0 { Ok(()) } else { services.memory.unmap_from_gpus(FlatMemoryAddress) }
    }

    /// Tiling registers.
    fn hsaKmtGetTileConfig(NodeId: u32, config: *mut HsaGpuTileConfig) {
        let thunk = process::thunk()?;
        let gpu = GpuId(process::gpu_id(NodeId)?);
        let mut answer = config.read()?;
        let told = thunk.tile_config(gpu, answer.NumTileConfigs, answer.NumMacroTileConfigs)?;
        Pointer::adopted(answer.TileConfig).write_all(told.tile.iter().copied(), told.tile.len())?;
        Pointer::adopted(answer.MacroTileConfig)
            .write_all(told.macro_tile.iter().copied(), told.macro_tile.len())?;
        answer.NumTileConfigs = told.tile.len() as u32;
        answer.NumMacroTileConfigs = told.macro_tile.len() as u32;
        (answer.GbAddrConfig, answer.NumBanks, answer.NumRanks) = (told.gb_addr_config, told.banks, told.ranks);
        config.write(answer)
    }

    /// Only in builds for the address sanitizer, as upstream.
    fn hsaKmtReplaceAsanHeaderPage(_addr: *mut c_void) {
        Err(Status::NotSupported.into())
    }

    /// Only in builds for the address sanitizer, as upstream.
    fn hsaKmtReturnAsanHeaderPage(_addr: *mut c_void) {
        Err(Status::NotSupported.into())
    }

    /// libdrm_amdgpu's handle of a GPU, for callers that use libdrm themselves.
    fn hsaKmtGetAMDGPUDeviceHandle(NodeId: u32, DeviceHandle: *mut HsaAMDGPUDeviceHandle) {
        let thunk = process::thunk()?;
        DeviceHandle.check()?;
        let minor = process::with_node(NodeId, |node| node.gfx.map(|_| node.properties.drm_render_minor))?;
        let minor = minor.ok_or(Status::InvalidNodeUnit)? as u32;
        let render = thunk.render_nodes().get(minor).map_err(|_| Status::InvalidHandle)?;
        let handle = drm_handle::of(minor, render).ok_or(Status::InvalidHandle)?;
        DeviceHandle.write(handle as HsaAMDGPUDeviceHandle)
    }
}
