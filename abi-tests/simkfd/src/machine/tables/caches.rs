//! Which caches a GPU has, by graphics core. Touches nothing but memory. Answers to the kfd_gpu_cache_info
//! tables, kfd_fill_gpu_cache_info_from_gfx_config(_v2) and kfd_get_gpu_cache_info in kfd_crat.c.
#![forbid(unsafe_code)]

use crate::machine::asic::Asic;
use crate::machine::spec::Gpu;

/// Cache type bits of kfd_sysfs.h.
const DATA: u32 = 1;
const INSTRUCTION: u32 = 2;
const HSACU: u32 = 8;

/// One kind of cache: a row of the kernel's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheType {
    /// 1, 2 or 3.
    pub level: u32,
    /// Size in KiB.
    pub kib: u32,
    /// Line size in bytes.
    pub line: u32,
    /// HSA_CACHE_TYPE_* bits.
    pub bits: u32,
    /// Compute units that share one.
    pub shared: u32,
}

const fn data(level: u32, kib: u32, line: u32, shared: u32) -> CacheType {
    CacheType { level, kib, line, bits: DATA | HSACU, shared }
}

const fn instruction(kib: u32, line: u32, shared: u32) -> CacheType {
    CacheType { level: 1, kib, line, bits: INSTRUCTION | HSACU, shared }
}

/// The caches of gfx7 and gfx8: scalar caches of `scalar_kib` shared by `shared` units, no word of the second
/// level.
fn gfx7_8(instruction_kib: u32, scalar_kib: u32, shared: u32) -> Vec<CacheType> {
    vec![data(1, 16, 64, 1), instruction(instruction_kib, 64, shared), data(1, scalar_kib, 64, shared)]
}

/// The caches of gfx9 before 9.4.3.
fn gfx9(scalar_shared: u32, l2: CacheType) -> Vec<CacheType> {
    vec![data(1, 16, 64, 1), instruction(32, 64, scalar_shared), data(1, 16, 64, scalar_shared), l2]
}

/// The caches of gfx10: a second vector level per array of `array` units; `l3_kib` is 0 without Infinity
/// Cache.
fn gfx10(array: u32, l2_kib: u32, l3_kib: u32) -> Vec<CacheType> {
    let mut types = vec![
        data(1, 16, 128, 1),
        instruction(32, 64, 2),
        data(1, 16, 64, 2),
        data(1, 128, 128, array),
        data(2, l2_kib, 128, array),
    ];
    if l3_kib != 0 {
        types.push(data(3, l3_kib, 64, array));
    }
    types
}

/// The devices whose discovery table tells: sizes from the description, the rest as real captures show it.
fn discovered(asic: &Asic, gpu: &Gpu) -> Vec<CacheType> {
    let [l2_kib, l3_kib] = gpu.caches_kib;
    let array = gpu.cu_per_array.unwrap_or(asic.cu_per_array);
    let l2_line = if asic.at_least((12, 0, 0)) { 256 } else { 128 };
    let mut types = if asic.is_gfx9_4_3() {
        vec![data(1, 32, 128, 1), instruction(64, 64, 2), data(1, 16, 64, 2)]
    } else {
        vec![data(1, 32, 128, 1), instruction(32, 128, 2), data(1, 16, 64, 2)]
    };
    if (11..12).contains(&asic.gc.0) {
        types.push(data(1, 256, 128, array));
    }
    types.push(data(2, l2_kib, l2_line, array));
    if l3_kib != 0 {
        types.push(data(3, l3_kib, 64, array));
    }
    types
}

/// The kinds of caches of a device, in the kernel's order.
pub fn cache_types(asic: &Asic, gpu: &Gpu) -> Vec<CacheType> {
    match asic.gc {
        (7, ..) => gfx7_8(16, 8, 2),
        (8, ..) => gfx7_8(32, 16, 4),
        (9, 0, 1) => gfx9(3, data(2, 4096, 64, 16)),
        (9, 2, 1) => gfx9(3, data(2, 2048, 64, 5)),
        (9, 4, 0 | 1) => gfx9(3, data(2, 8192, 64, 16)),
        (9, 4, 2) => gfx9(2, data(2, 8192, 128, 14)),
        (9, 1, 0) | (9, 2, 2) => gfx9(3, data(2, 1024, 64, 11)),
        (9, 3, 0) => gfx9(3, data(2, 1024, 64, 8)),
        (10, 1, 1) => gfx10(12, 2048, 0),
        (10, 1, _) => gfx10(10, 4096, 0),
        (10, 3, 0) => gfx10(10, 4096, 128 << 10),
        (10, 3, 2) => gfx10(10, 3072, 96 << 10),
        (10, 3, 4) => gfx10(8, 2048, 32 << 10),
        (10, 3, 1) => gfx10(8, 1024, 0),
        (10, 3, 5) => gfx10(8, 1024, 16 << 10),
        (10, 3, 3) => gfx10(6, 2048, 0),
        (10, 3, 6 | 7) => gfx10(2, 256, 0),
        _ => discovered(asic, gpu),
    }
}
