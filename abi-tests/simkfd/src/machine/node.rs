//! A topology node as the kernel holds it before it prints it. Touches nothing but memory. Answers to struct
//! kfd_topology_device and kfd_node_properties (kfd_topology.h).
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use super::caches::Cache;

/// Names of all node properties, in the order in which node_show (kfd_topology.c) prints them.
pub const KEYS: [&str; 41] = [
    "cpu_cores_count",
    "simd_count",
    "mem_banks_count",
    "caches_count",
    "io_links_count",
    "p2p_links_count",
    "cpu_core_id_base",
    "simd_id_base",
    "max_waves_per_simd",
    "lds_size_in_kb",
    "gds_size_in_kb",
    "num_gws",
    "wave_front_size",
    "array_count",
    "simd_arrays_per_engine",
    "cu_per_simd_array",
    "simd_per_cu",
    "max_slots_scratch_cu",
    "gfx_target_version",
    "vendor_id",
    "device_id",
    "location_id",
    "domain",
    "drm_render_minor",
    "hive_id",
    "num_sdma_engines",
    "num_sdma_xgmi_engines",
    "num_sdma_queues_per_engine",
    "num_cp_queues",
    "cwsr_size",
    "ctl_stack_size",
    "max_engine_clk_fcompute",
    "local_mem_size",
    "fw_version",
    "capability",
    "capability2",
    "debug_prop",
    "sdma_fw_version",
    "unique_id",
    "num_xcc",
    "max_engine_clk_ccompute",
];

/// The part of [`KEYS`] that node_show prints for GPU nodes only.
pub const GPU_ONLY: std::ops::Range<usize> = 31..40;

/// A memory bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bank {
    /// HSA_MEM_HEAP_TYPE_*.
    pub heap_type: u32,
    /// Size in bytes.
    pub size: u64,
    /// Bus width in bits and clock in MHz.
    pub memory_type: [u32; 2],
}

/// A link between two nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// HSA_IOLINK_TYPE_*.
    pub kind: u32,
    /// The node whose list it stands in.
    pub from: u32,
    /// The node that it leads to.
    pub to: u32,
    /// NUMA distance.
    pub weight: u32,
    /// Bandwidth in MB/s, [lowest, highest].
    pub bandwidth: [u32; 2],
    /// SDMA engines to use, one bit each.
    pub sdma_mask: u32,
    /// HSA_IOLINK_FLAGS_*.
    pub flags: u32,
}

/// One node.
#[derive(Debug, Default)]
pub struct Node {
    /// KFD's number of the GPU; 0 on processor nodes.
    pub gpu_id: u32,
    /// Code name of the ASIC; empty on processor nodes.
    pub name: String,
    /// Properties that are not zero.
    pub properties: BTreeMap<&'static str, u64>,
    /// Memory banks.
    pub banks: Vec<Bank>,
    /// Caches; processors have theirs in /sys/devices/system.
    pub caches: Vec<Cache>,
    /// Links that one hop makes.
    pub io_links: Vec<Link>,
    /// Links over a processor.
    pub p2p_links: Vec<Link>,
}

impl Node {
    /// Sets a property.
    pub fn set(&mut self, key: &'static str, value: impl Into<u64>) {
        self.properties.insert(key, value.into());
    }

    /// The value of a property.
    pub fn get(&self, key: &str) -> u64 {
        self.properties.get(key).copied().unwrap_or(0)
    }

    /// Puts the description's own values over the derived ones. The error names a key that no kernel prints.
    pub fn override_with(&mut self, values: &BTreeMap<String, u64>) -> Result<(), String> {
        for (key, value) in values {
            let key =
                KEYS.iter().find(|known| *known == key).ok_or(format!("properties: unknown key {key:?}"))?;
            self.properties.insert(key, *value);
        }
        Ok(())
    }
}
