//! Sizes of the context save area, as amdkfd/kfd_queue.c (`kfd_queue_ctx_save_restore_size`) computes them from a
//! node's properties. Touches nothing.
#![forbid(unsafe_code)]

use super::properties::Properties;

/// `AMDGPU_GPU_PAGE_SIZE`
const GPU_PAGE: u32 = 4096;
/// `DEBUGGER_BYTES_PER_WAVE` and `DEBUGGER_BYTES_ALIGN`
const DEBUGGER_BYTES_PER_WAVE: u32 = 32;
const DEBUGGER_BYTES_ALIGN: u32 = 64;
/// `SIZEOF_HSA_USER_CONTEXT_SAVE_AREA_HEADER`
const SAVE_AREA_HEADER: u32 = 40;
/// The control stack of gfx10 is limited by hardware.
const GFX10_CONTROL_STACK_LIMIT: u32 = 0x7000;

/// What a compute queue of the node must bring, in bytes; all 0 where the kernel asks for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SaveArea {
    /// `cwsr_size`: the least save area of one XCC.
    pub cwsr_size: u32,
    /// `ctl_stack_size`: the control stack, exactly.
    pub ctl_stack_size: u32,
    /// `debug_memory_size`: what follows each save area.
    pub debug_memory_size: u32,
    /// `eop_buffer_size`: the least end-of-pipe buffer.
    pub eop_buffer_size: u32,
}

impl SaveArea {
    /// The sizes for a GPU node with these properties and `page_size` bytes in a page of the host. Until Linux 7.1 all
    /// were multiples of it, then of the GPU's pages. Kernels that do not tell the sizes are older, unless `granule`, what
    /// sizes are multiples of, says that they have got the change, as stable ones may.
    pub fn of(gfx: u32, properties: &Properties, page_size: u64, granule: Option<u32>) -> Self {
        if gfx < 80001 {
            return SaveArea::default();
        }
        let usual = if properties.has("ctl_stack_size") { GPU_PAGE } else { page_size as u32 };
        let granule = granule.unwrap_or(usual);
        let simd_per_cu = properties.get_u32("simd_per_cu").max(1);
        let xccs = properties.get_u32("num_xcc").max(1);
        let cus = properties.get_u32("simd_count") / simd_per_cu / xccs;
        let waves = waves(gfx, cus, properties);
        let group_data =
            u64::from(cus) * u64::from(group_data_per_cu(gfx, properties.get_u32("lds_size_in_kb")));
        let mut ctl_stack_size =
            (SAVE_AREA_HEADER + waves * control_stack_per_wave(gfx) + 8).next_multiple_of(granule);
        if gfx / 10000 == 10 {
            ctl_stack_size = ctl_stack_size.min(GFX10_CONTROL_STACK_LIMIT);
        }
        let unrounded = u64::from(ctl_stack_size) + group_data.next_multiple_of(u64::from(granule));
        SaveArea {
            cwsr_size: unrounded.next_multiple_of(page_size) as u32,
            ctl_stack_size,
            debug_memory_size: (waves * DEBUGGER_BYTES_PER_WAVE).next_multiple_of(DEBUGGER_BYTES_ALIGN),
            eop_buffer_size: if gfx == 80002 { 0x8000 } else { GPU_PAGE },
        }
    }
}

/// `get_num_waves`
fn waves(gfx: u32, cus: u32, properties: &Properties) -> u32 {
    if gfx < 100100 {
        let engines = properties.get_u32("array_count") / properties.get_u32("simd_arrays_per_engine").max(1);
        (cus * 40).min(engines * 512)
    } else if gfx < 120500 {
        cus * 32
    } else {
        cus * 64
    }
}

/// `WG_CONTEXT_DATA_SIZE_PER_CU`: vector and scalar registers, LDS and hardware registers.
fn group_data_per_cu(gfx: u32, lds_kib: u32) -> u32 {
    let vector = match gfx {
        90402 | 90010 | 90008 | 90500 | 120500 | 120501 => 0x80000,
        110000 | 110001 | 110501 | 120000 | 120001 => 0x60000,
        _ => 0x40000,
    };
    let scalar = if matches!(gfx, 120500 | 120501) { 0x8000 } else { 0x4000 };
    let lds = if matches!(gfx, 90500 | 120500 | 120501) { lds_kib << 10 } else { 0x10000 };
    let registers = if matches!(gfx, 120500 | 120501) { 0x8000 } else { 0x1000 };
    vector + scalar + lds + registers
}

/// `CNTL_STACK_BYTES_PER_WAVE`
fn control_stack_per_wave(gfx: u32) -> u32 {
    if gfx >= 100100 { 12 } else { 8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A whole MI300X prints cwsr_size 23203840 and ctl_stack_size 12288 (rocprofiler-sdk's recorded topology).
    #[test]
    fn mi300x_is_as_a_real_node_prints() {
        let node = "simd_count 1216\nsimd_per_cu 4\nnum_xcc 8\narray_count 32\nsimd_arrays_per_engine 1\n";
        let area = SaveArea::of(90402, &Properties::parse(node).unwrap(), 4096, None);
        assert_eq!((area.cwsr_size, area.ctl_stack_size), (23203840, 12288));
    }

    #[test]
    fn gfx10_control_stack_is_limited() {
        let node = "simd_count 160\nsimd_per_cu 2\nnum_xcc 1\n";
        let area = SaveArea::of(100300, &Properties::parse(node).unwrap(), 4096, None);
        assert_eq!((area.ctl_stack_size, area.debug_memory_size), (0x7000, 80 * 32 * 32));
    }

    #[test]
    fn chips_before_carrizo_need_nothing() {
        assert_eq!(SaveArea::of(70001, &Properties::default(), 4096, None), SaveArea::default());
    }
}
