//! The model of the topology as the C structures of hsakmttypes.h. Answers to `topology_sysfs_get_node_props` of
//! upstream's `topology.c`. Pure.
#![forbid(unsafe_code)]

use hsakmt_thunk::{
    abi::{
        HSA_CPU_SIBLINGS, HSA_PUBLIC_NAME_SIZE, HsaCacheProperties, HsaIoLinkProperties,
        HsaIoLinkProperties_6_2, HsaMemoryProperties, HsaNodeProperties, HsaNodeProperties_6_2, Zero,
    },
    quirks,
    topology::{
        asic,
        model::{Cache, GfxVersion, Link, MemoryBank, Node},
    },
    uapi::drm::AMDGPU_IDS_FLAGS_FUSION,
};

/// HSA_ENGINE_ID: firmware, major, minor, stepping, from the lowest bit.
fn engine_id(gfx: GfxVersion, firmware: u64) -> u32 {
    (firmware as u32 & 0x3ff)
        | (gfx.major & 0x3f) << 10
        | (gfx.minor & 0xff) << 16
        | (gfx.stepping & 0xff) << 24
}

/// UTF-16 up to the last place, which stays 0.
fn wide_name(name: &str) -> [u16; HSA_PUBLIC_NAME_SIZE] {
    let mut wide = [0; HSA_PUBLIC_NAME_SIZE];
    for (place, unit) in wide.iter_mut().take(HSA_PUBLIC_NAME_SIZE - 1).zip(name.encode_utf16()) {
        *place = unit;
    }
    wide
}

/// The CPU's model, the ASIC's name, or GFX and the version in hexadecimal.
fn amd_name(node: &Node) -> [u8; HSA_PUBLIC_NAME_SIZE] {
    let name = match node.kernel_gfx {
        None => node.marketing_name.clone(),
        Some(gfx) => asic::by_device_id(node.properties.device_id).filter(|_| gfx.major <= 10).map_or_else(
            || format!("GFX{:02x}{:02x}{:02x}", gfx.major, gfx.minor, gfx.stepping),
            |asic| asic.name.to_owned(),
        ),
    };
    let mut bytes = [0; HSA_PUBLIC_NAME_SIZE];
    for (place, byte) in bytes.iter_mut().take(HSA_PUBLIC_NAME_SIZE - 1).zip(name.bytes()) {
        *place = byte;
    }
    bytes
}

/// The newest structure. `memory_banks` counts the banks that hsaKmtGetNodeMemoryProperties adds, too.
pub fn properties(node: &Node, memory_banks: u32) -> HsaNodeProperties {
    let told = &node.properties;
    let gpu = node.kernel_gfx;
    HsaNodeProperties {
        NumCPUCores: told.cpu_cores_count as u32,
        NumFComputeCores: told.simd_count as u32,
        NumMemoryBanks: memory_banks,
        NumCaches: node.caches.len() as u32,
        NumIOLinks: node.links.len() as u32,
        CComputeIdLo: told.cpu_core_id_base as u32,
        FComputeIdLo: told.simd_id_base as u32,
        Capability: told.capability as u32,
        Capability2: told.capability2 as u32,
        MaxWavesPerSIMD: told.max_waves_per_simd as u32,
        LDSSizeInKB: told.lds_size_in_kb as u32,
        GDSSizeInKB: told.gds_size_in_kb as u32,
        WaveFrontSize: told.wave_front_size as u32,
        NumShaderBanks: told.array_count.checked_div(told.simd_arrays_per_engine).unwrap_or(0) as u32,
        NumArrays: told.simd_arrays_per_engine as u32,
        NumCUPerArray: told.cu_per_simd_array as u32,
        NumSIMDPerCU: told.simd_per_cu as u32,
        MaxSlotsScratchCU: told.max_slots_scratch_cu as u32,
        LocalMemSize: told.local_mem_size,
        VGPRSizePerCU: gpu.map_or(0, quirks::vgpr_bytes_per_cu),
        SGPRSizePerCU: gpu.map_or(0, quirks::sgpr_bytes_per_cu),
        NumXcc: if gpu.is_some() { told.num_xcc.max(1) as u32 } else { told.num_xcc as u32 },
        ..identified(node)
    }
}

/// What the node is, and where.
fn identified(node: &Node) -> HsaNodeProperties {
    let told = &node.properties;
    let drm = node.drm.unwrap_or_default();
    let gpu = node.kernel_gfx;
    let override_id = node.gfx.filter(|gfx| Some(*gfx) != gpu).map_or(0, |gfx| engine_id(gfx, 0));
    HsaNodeProperties {
        EngineId: gpu.map_or(told.fw_version as u32 & 0x3ff, |gfx| engine_id(gfx, told.fw_version)),
        OverrideEngineId: override_id,
        VendorId: told.vendor_id as u16,
        DeviceId: told.device_id as u16,
        LocationId: told.location_id as u32,
        DrmRenderMinor: told.drm_render_minor as i32,
        MarketingName: wide_name(&node.marketing_name),
        AMDName: amd_name(node),
        uCodeEngineVersions: told.sdma_fw_version as u32 & 0x3ff,
        DebugProperties: told.debug_prop,
        HiveID: told.hive_id,
        Integrated: u8::from(drm.ids_flags & AMDGPU_IDS_FLAGS_FUSION != 0),
        Domain: told.domain as u32,
        UniqueID: told.unique_id,
        KFDGpuID: node.gpu_id.0,
        FamilyID: node.drm.map_or(told.family_id as u32, |drm| drm.family),
        ..scheduled(node)
    }
}

/// Its clocks and queues; what nobody tells stays 0.
fn scheduled(node: &Node) -> HsaNodeProperties {
    let told = &node.properties;
    HsaNodeProperties {
        MaxEngineClockMhzFCompute: told.max_engine_clk_fcompute as u32,
        MaxEngineClockMhzCCompute: told.max_engine_clk_ccompute as u32,
        NumSdmaEngines: told.num_sdma_engines as u32,
        NumSdmaXgmiEngines: told.num_sdma_xgmi_engines as u32,
        NumSdmaQueuesPerEngine: told.num_sdma_queues_per_engine as u8,
        NumCpQueues: told.num_cp_queues as u8,
        NumGws: told.num_gws as u8,
        CwsrSize: told.cwsr_size as u32,
        CtlStackSize: told.ctl_stack_size as u32,
        WallClockKHz: u64::from(node.drm.unwrap_or_default().counter_frequency_khz),
        ..HsaNodeProperties::ZERO
    }
}

/// The structure of 6.2, whose engine id is the overridden one.
pub fn properties_6_2(node: &Node, memory_banks: u32) -> HsaNodeProperties_6_2 {
    let new = properties(node, memory_banks);
    HsaNodeProperties_6_2 {
        EngineId: node.gfx.map_or(new.EngineId, |gfx| engine_id(gfx, node.properties.fw_version)),
        NumCPUCores: new.NumCPUCores,
        NumFComputeCores: new.NumFComputeCores,
        NumMemoryBanks: new.NumMemoryBanks,
        NumCaches: new.NumCaches,
        NumIOLinks: new.NumIOLinks,
        CComputeIdLo: new.CComputeIdLo,
        FComputeIdLo: new.FComputeIdLo,
        Capability: new.Capability,
        MaxWavesPerSIMD: new.MaxWavesPerSIMD,
        LDSSizeInKB: new.LDSSizeInKB,
        GDSSizeInKB: new.GDSSizeInKB,
        WaveFrontSize: new.WaveFrontSize,
        NumShaderBanks: new.NumShaderBanks,
        NumArrays: new.NumArrays,
        NumCUPerArray: new.NumCUPerArray,
        NumSIMDPerCU: new.NumSIMDPerCU,
        MaxSlotsScratchCU: new.MaxSlotsScratchCU,
        LocalMemSize: new.LocalMemSize,
        VGPRSizePerCU: new.VGPRSizePerCU,
        SGPRSizePerCU: new.SGPRSizePerCU,
        NumXcc: new.NumXcc,
        ..identified_6_2(&new)
    }
}

/// What the node is, where, and its clocks and queues, as above.
fn identified_6_2(new: &HsaNodeProperties) -> HsaNodeProperties_6_2 {
    HsaNodeProperties_6_2 {
        VendorId: new.VendorId,
        DeviceId: new.DeviceId,
        LocationId: new.LocationId,
        MaxEngineClockMhzFCompute: new.MaxEngineClockMhzFCompute,
        MaxEngineClockMhzCCompute: new.MaxEngineClockMhzCCompute,
        DrmRenderMinor: new.DrmRenderMinor,
        MarketingName: new.MarketingName,
        AMDName: new.AMDName,
        uCodeEngineVersions: new.uCodeEngineVersions,
        DebugProperties: new.DebugProperties,
        HiveID: new.HiveID,
        NumSdmaEngines: new.NumSdmaEngines,
        NumSdmaXgmiEngines: new.NumSdmaXgmiEngines,
        NumSdmaQueuesPerEngine: new.NumSdmaQueuesPerEngine,
        NumCpQueues: new.NumCpQueues,
        NumGws: new.NumGws,
        Integrated: new.Integrated,
        Domain: new.Domain,
        UniqueID: new.UniqueID,
        KFDGpuID: new.KFDGpuID,
        FamilyID: new.FamilyID,
        ..HsaNodeProperties_6_2::ZERO
    }
}

/// A memory bank of the kernel's.
pub fn bank(bank: &MemoryBank) -> HsaMemoryProperties {
    HsaMemoryProperties {
        HeapType: bank.heap_type,
        SizeInBytes: bank.size_in_bytes,
        Flags: bank.flags,
        Width: bank.width,
        MemoryClockMax: bank.mem_clk_max,
        VirtualBaseAddress: 0,
    }
}

/// A cache.
pub fn cache(cache: &Cache) -> HsaCacheProperties {
    let mut siblings = [0; HSA_CPU_SIBLINGS];
    for (place, sibling) in siblings.iter_mut().zip(&cache.sibling_map) {
        *place = *sibling;
    }
    HsaCacheProperties {
        ProcessorIdLow: cache.processor_id_low,
        CacheLevel: cache.level,
        CacheSize: cache.size,
        CacheLineSize: cache.cache_line_size,
        CacheLinesPerTag: cache.cache_lines_per_tag,
        CacheAssociativity: cache.association,
        CacheLatency: cache.latency,
        CacheType: cache.kind,
        SiblingMap: siblings,
    }
}

/// A link.
pub fn link(link: &Link) -> HsaIoLinkProperties {
    HsaIoLinkProperties {
        IoLinkType: link.kind,
        VersionMajor: link.version_major,
        VersionMinor: link.version_minor,
        NodeFrom: link.from,
        NodeTo: link.to,
        Weight: link.weight,
        MinimumLatency: link.min_latency,
        MaximumLatency: link.max_latency,
        MinimumBandwidth: link.min_bandwidth,
        MaximumBandwidth: link.max_bandwidth,
        RecTransferSize: link.recommended_transfer_size,
        RecSdmaEngIdMask: link.recommended_sdma_engine_id_mask,
        Flags: link.flags,
    }
}

/// A link as 6.2 knows it.
pub fn link_6_2(known: &Link) -> HsaIoLinkProperties_6_2 {
    let new = link(known);
    HsaIoLinkProperties_6_2 {
        IoLinkType: new.IoLinkType,
        VersionMajor: new.VersionMajor,
        VersionMinor: new.VersionMinor,
        NodeFrom: new.NodeFrom,
        NodeTo: new.NodeTo,
        Weight: new.Weight,
        MinimumLatency: new.MinimumLatency,
        MaximumLatency: new.MaximumLatency,
        MinimumBandwidth: new.MinimumBandwidth,
        MaximumBandwidth: new.MaximumBandwidth,
        RecTransferSize: new.RecTransferSize,
        Flags: new.Flags,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_id_has_the_firmware_in_its_low_bits() {
        let gfx = GfxVersion { major: 9, minor: 0, stepping: 10 };
        assert_eq!(engine_id(gfx, 0xffff), 0x3ff | 9 << 10 | 10 << 24);
    }

    #[test]
    fn long_names_end_with_zero() {
        let wide = wide_name(&"x".repeat(100));
        assert_eq!((wide[62], wide[63]), (u16::from(b'x'), 0));
    }
}
