//! Node properties from the description of a card or processor. Touches nothing but memory. Answers to
//! kfd_create_vcrat_image_gpu (kfd_crat.c), kfd_topology_add_device and kfd_topology_set_capabilities
//! (kfd_topology.c), and kfd_queue_ctx_save_restore_size (kfd_queue.c).
#![forbid(unsafe_code)]

use super::caches::{self, ComputeUnits};
use super::card::Card;
use super::gpu_id::{self, Identity};
use super::node::{Bank, Node};
use super::processors::NumaNode;
use super::spec::{Feature, Kernel};
use super::tables;

/// What the kernel numbers compute units from (gpu_processor_id_low, kfd_crat.c).
pub const FIRST_SIMD_ID: u32 = 0x8000_1000;

/// HSA_CAP_* of kfd_sysfs.h.
mod cap {
    pub const WATCH_POINTS_SUPPORTED: u32 = 0x80;
    pub const WATCH_POINTS_SHIFT: u32 = 8;
    pub const DOORBELL_TYPE_SHIFT: u32 = 12;
    pub const AQL_QUEUE_DOUBLE_MAP: u32 = 0x4000;
    pub const TRAP_DEBUG: u32 = 0x8000 | 0x1_0000 | 0x2_0000;
    pub const PRECISE_MEMORY: u32 = 0x4_0000;
    pub const MEM_EDC: u32 = 0x10_0000;
    pub const RAS_EVENT: u32 = 0x20_0000;
    pub const ASIC_REVISION_SHIFT: u32 = 22;
    pub const SRAM_EDC: u32 = 0x400_0000;
    pub const SVM_API: u32 = 0x800_0000;
    pub const COHERENT_HOST_ACCESS: u32 = 0x1000_0000;
    pub const DEBUG_FIRMWARE: u32 = 0x2000_0000;
    pub const PRECISE_ALU: u32 = 0x4000_0000;
    pub const QUEUE_RESET: u32 = 0x8000_0000;
    pub const CAP2_SDMA_QUEUE_RESET: u32 = 0x1;
}

/// PCI vendor of every card here.
pub const AMD: u32 = 0x1002;

/// A processor node.
pub fn cpu_node(numa: &NumaNode<'_>, first: bool, clock_mhz: u32) -> Result<Node, String> {
    let mut node = Node::default();
    node.set("cpu_cores_count", numa.spec.threads);
    node.set("cpu_core_id_base", numa.processors[0].hardware_id);
    node.set("max_engine_clk_ccompute", clock_mhz);
    // DMI is read for the first node only (kfd_add_non_crat_information).
    let memory_type = if first { numa.spec.memory_type } else { [0; 2] };
    node.banks.push(Bank { heap_type: 0, size: numa.spec.memory_kib << 10, memory_type });
    node.override_with(&numa.spec.properties)?;
    Ok(node)
}

/// Where a GPU node stands among the others.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Which part of the card it is.
    pub partition: u32,
    /// Number of its first compute unit.
    pub simd_id_base: u32,
    /// Frequency of the first processor.
    pub clock_mhz: u32,
}

/// A GPU node: one partition of a card. `taken` are the numbers that other nodes have.
pub fn gpu_node(card: &Card<'_>, place: &Place, taken: &[u32], kernel: &Kernel) -> Result<Node, String> {
    let Place { partition, simd_id_base, clock_mhz } = *place;
    let mut node = Node { name: card.asic.name.into(), ..Node::default() };
    set_compute(&mut node, card, simd_id_base);
    set_identity(&mut node, card, partition);
    set_engines(&mut node, card);
    set_save_area(&mut node, card);
    node.set("max_engine_clk_ccompute", clock_mhz);
    let [capability, capability2] = capabilities(card);
    node.set("capability", capability);
    node.set("capability2", capability2);
    node.set("debug_prop", debug_properties(card));
    node.override_with(&card.spec.properties)?;
    node.gpu_id = gpu_id_of(card, partition, taken);
    let heap_type = if card.large_bar() { 1 } else { 2 };
    node.banks.push(Bank { heap_type, size: card.memory(partition), memory_type: card.spec.memory_type });
    let masks = card.cu_masks(partition);
    let units = ComputeUnits { first_id: simd_id_base, masks: &masks, per_array: card.cu_per_array() };
    let mut types = tables::cache_types(card.asic, card.spec);
    types.retain(|kind| kind.level <= kernel.cache_levels);
    if !kernel.cache_line_sizes {
        types.iter_mut().for_each(|kind| kind.line = 0);
    }
    node.caches = caches::enumerate(&types, &units);
    Ok(node)
}

fn set_compute(node: &mut Node, card: &Card<'_>, simd_id_base: u32) {
    let [simds, waves, width] = card.asic.simd;
    node.set("simd_count", simds * card.spec.compute_units);
    node.set("simd_id_base", simd_id_base);
    node.set("max_waves_per_simd", waves);
    node.set("lds_size_in_kb", 64u32);
    node.set("num_gws", if has_global_sync(card) { 64u32 } else { 0 });
    node.set("wave_front_size", width);
    node.set("array_count", card.arrays() * card.xcc_per_node());
    node.set("simd_arrays_per_engine", card.spec.shader_arrays);
    node.set("cu_per_simd_array", card.cu_per_array());
    node.set("simd_per_cu", simds);
    node.set("max_slots_scratch_cu", 32u32);
    node.set("gfx_target_version", card.asic.target);
    node.set("num_xcc", card.xcc_per_node());
}

/// `kfd_gws_init`: since gfx9, by what the scheduler's firmware can; gfx10.1's never could. Assumed: other generations'
/// firmware is new enough.
fn has_global_sync(card: &Card<'_>) -> bool {
    match card.asic.gc {
        (10, 0..3, _) => false,
        (10, ..) => card.spec.firmware[0] >= 0x6b,
        (major, ..) => major >= 9,
    }
}

fn set_identity(node: &mut Node, card: &Card<'_>, partition: u32) {
    node.set("vendor_id", AMD);
    node.set("device_id", card.spec.device_id);
    node.set("location_id", card.pci.location() | partition);
    node.set("domain", card.pci.domain);
    node.set("drm_render_minor", card.minor + partition);
    node.set("hive_id", card.spec.hive.0);
    node.set("unique_id", card.unique_id);
}

fn set_engines(node: &mut Node, card: &Card<'_>) {
    let [pcie, xgmi] = card.asic.sdma_engines;
    let here = (pcie + xgmi) / card.spec.partitions;
    // Two engines for PCIe in both directions, the rest for XGMI, if there is any (kfd_get_num_sdma_engines).
    let for_pcie = if xgmi == 0 { here } else { here.min(2) };
    node.set("num_sdma_engines", for_pcie);
    node.set("num_sdma_xgmi_engines", here - for_pcie);
    node.set("num_sdma_queues_per_engine", card.asic.sdma_queues);
    node.set("num_cp_queues", card.asic.cp_queues);
    node.set("max_engine_clk_fcompute", card.spec.clock_mhz);
    let [compute, sdma] = card.spec.firmware;
    node.set("fw_version", compute);
    node.set("sdma_fw_version", sdma);
}

fn capabilities(card: &Card<'_>) -> [u32; 2] {
    let asic = card.asic;
    let has = |feature| card.spec.features.contains(&feature);
    let bit = |on: bool, mask: u32| if on { mask } else { 0 };
    let soc15 = asic.gc.0 >= 9;
    let doorbell_type = match asic.name {
        _ if soc15 => 2,
        "kaveri" | "hawaii" | "tonga" => 0,
        _ => 1,
    };
    let precise_memory = asic.gc.0 == 9 && asic.at_least((9, 4, 2)) || has(Feature::PreciseMemory);
    let capability = cap::WATCH_POINTS_SUPPORTED
        | 4u32.ilog2() << cap::WATCH_POINTS_SHIFT
        | doorbell_type << cap::DOORBELL_TYPE_SHIFT
        | card.spec.revision << cap::ASIC_REVISION_SHIFT
        | bit(asic.name == "tonga", cap::AQL_QUEUE_DOUBLE_MAP)
        | bit(soc15, cap::TRAP_DEBUG)
        | bit(precise_memory, cap::PRECISE_MEMORY)
        | bit(has(Feature::MemEcc), cap::MEM_EDC)
        | bit(has(Feature::Ras), cap::RAS_EVENT)
        | bit(has(Feature::SramEcc), cap::SRAM_EDC)
        | bit(has(Feature::Svm), cap::SVM_API)
        | bit(card.xgmi_to_cpu(), cap::COHERENT_HOST_ACCESS)
        | bit(has(Feature::Debug), cap::DEBUG_FIRMWARE)
        | bit(asic.at_least((12, 0, 0)), cap::PRECISE_ALU)
        | bit(has(Feature::QueueReset), cap::QUEUE_RESET);
    [capability, bit(has(Feature::SdmaQueueReset), cap::CAP2_SDMA_QUEUE_RESET)]
}

/// Watch-point mask bits, and whether dispatch details are always valid (gfx11: with firmware of the last
/// years).
fn debug_properties(card: &Card<'_>) -> u32 {
    const DISPATCH_INFO_ALWAYS_VALID: u32 = 0x400;
    let asic = card.asic;
    if asic.gc.0 < 9 {
        return 0;
    }
    let (low, high) = match asic.gc.0 {
        9 if asic.is_gfx9_4_3() => (7, 30),
        9 => (6, 29),
        _ => (7, 29),
    };
    let always_valid = if asic.gc == (9, 4, 2) { 0 } else { DISPATCH_INFO_ALWAYS_VALID };
    low | high << 4 | always_valid
}

/// Sizes of the area into which a queue's waves are saved (kfd_queue_ctx_save_restore_size), of one XCC.
fn set_save_area(node: &mut Node, card: &Card<'_>) {
    const PAGE: u32 = 4096;
    const HEADER: u32 = 40;
    let target = card.asic.target;
    if target < 80001 {
        return;
    }
    let compute_units = card.spec.compute_units / card.xcc_per_node();
    let waves = match target {
        0..100_100 => (compute_units * 40).min(card.spec.shader_engines * 512),
        _ => compute_units * 32,
    };
    let vector_registers: u32 = match target {
        90008 | 90010 | 90402 | 90500 => 0x8_0000,
        110_000 | 110_001 | 110_501 | 120_000 | 120_001 => 0x6_0000,
        _ => 0x4_0000,
    };
    let (scalar_registers, lds, hardware_registers) = (0x4000, 0x1_0000, 0x1000);
    let per_unit = vector_registers + scalar_registers + lds + hardware_registers;
    let bytes_per_wave = if target >= 100_100 { 12 } else { 8 };
    let mut stack = (HEADER + waves * bytes_per_wave + 8).next_multiple_of(PAGE);
    if target / 10_000 == 10 {
        stack = stack.min(0x7000);
    }
    node.set("ctl_stack_size", stack);
    node.set("cwsr_size", (stack + (compute_units * per_unit).next_multiple_of(PAGE)).next_multiple_of(PAGE));
}

fn gpu_id_of(card: &Card<'_>, partition: u32, taken: &[u32]) -> u32 {
    if let Some(id) = card.gpu_ids.get(partition as usize) {
        return *id;
    }
    let xcc = card.xcc_per_node();
    let identity = Identity {
        subsystem: card.spec.subsystem,
        domain: card.pci.domain,
        bus: card.pci.bus,
        devfn: card.pci.devfn,
        device: card.spec.device_id,
        memory: card.memory(partition),
        xcc: [xcc * partition, xcc],
    };
    gpu_id::generate(&identity, taken)
}
