//! AMDGPU_INFO_DEV_INFO: what the driver tells of the chip, from the machine's facts and the node's properties.
//! Touches nothing.
#![forbid(unsafe_code)]

use crate::topology::Gpu;
use crate::uapi::drm::drm_amdgpu_info_device;

/// `AMDGPU_VA_RESERVED_BOTTOM`
const RESERVED_BOTTOM: u64 = 1 << 16;
/// `AMDGPU_VA_RESERVED_TOP`: the trap handler's, the scheduler's and the sequence numbers' 2 MiB each.
const RESERVED_TOP: u64 = 6 << 20;
/// `AMDGPU_GMC_HOLE_START` and `AMDGPU_GMC_HOLE_END`
const HOLE_START: u64 = 0x0000_8000_0000_0000;
const HOLE_END: u64 = 0xffff_8000_0000_0000;
/// The smallest page of the GPU.
const GPU_PAGE: u64 = 4096;

/// The answer for a GPU node; what neither sysfs nor `sim.toml` tells is 0.
pub(super) fn of(gpu: &Gpu, page_size: u64) -> drm_amdgpu_info_device {
    let (facts, node) = (&gpu.facts, &gpu.properties);
    let arrays_per_engine = node.get_u32("simd_arrays_per_engine").max(1);
    let alignment = page_size.max(GPU_PAGE) as u32;
    // KFD's memory clock and engine clock are in MHz, DRM's in kHz.
    let engine_clock = node.get("max_engine_clk_fcompute") * 1000;
    let mut info = drm_amdgpu_info_device {
        device_id: facts.device_id.unwrap_or(node.get_u32("device_id")),
        chip_rev: facts.chip_rev,
        external_rev: facts.external_rev,
        pci_rev: facts.pci_rev,
        family: facts.family,
        num_shader_engines: node.get_u32("array_count") / arrays_per_engine / gpu.xccs() as u32,
        num_shader_arrays_per_engine: arrays_per_engine,
        gpu_counter_freq: facts.counter_frequency_khz,
        max_engine_clock: engine_clock,
        num_hw_gfx_contexts: facts.num_hw_gfx_contexts,
        ids_flags: facts.ids_flags,
        virtual_address_offset: RESERVED_BOTTOM,
        virtual_address_alignment: alignment,
        gart_page_size: alignment,
        vram_type: facts.vram_type,
        vram_bit_width: gpu.memory_width,
        max_memory_clock: facts.max_memory_clock_khz.unwrap_or(u64::from(gpu.memory_clock_mhz) * 1000),
        cu_bitmap: cu_bitmap(&facts.cu_masks, arrays_per_engine as usize),
        cu_active_number: node.get_u32("simd_count") / node.get_u32("simd_per_cu").max(1),
        num_cu_per_sh: node.get_u32("cu_per_simd_array"),
        wave_front_size: node.get_u32("wave_front_size"),
        num_tcc_blocks: facts.num_tcc_blocks,
        mall_size: facts.mall_size,
        ..drm_amdgpu_info_device::default()
    };
    // gfx9 and later have 48 bits, of which the upper half lies beyond the hole.
    let vm_size = if gpu.is_soc15() { (1 << 48) - RESERVED_TOP } else { gpu.gpuvm_size() - RESERVED_TOP };
    info.virtual_address_max = vm_size.min(HOLE_START);
    if vm_size > HOLE_START {
        (info.high_va_offset, info.high_va_max) = (HOLE_END, HOLE_END | vm_size);
    }
    info
}

/// `cu_info.bitmap`: four engines of four arrays. Engines from the fifth on take the second pair of arrays of the
/// first four (gfx_v9_4 and later `get_cu_info`).
fn cu_bitmap(masks: &[u32], arrays_per_engine: usize) -> [u32; 16] {
    let mut bitmap = [0; 16];
    for (i, mask) in masks.iter().enumerate() {
        let (engine, array) = (i / arrays_per_engine, i % arrays_per_engine);
        if let Some(slot) = bitmap.get_mut(engine % 4 * 4 + array + engine / 4 * 2) {
            *slot = *mask;
        }
    }
    bitmap
}
