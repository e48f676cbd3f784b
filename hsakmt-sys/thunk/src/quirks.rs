//! Facts about hardware that no kernel file tells, by GFX version.
//!
//! Touches core only. Answers to Linux `kfd_queue.c` (`kfd_get_*_size_per_cu`, `get_num_waves`), which the kernel's
//! checks use, and to upstream's `queues.c` and `fmm.c` where the kernel has nothing to say.
#![forbid(unsafe_code)]

use crate::topology::model::GfxVersion;

/// One number to compare by, as in the kernel: major * 10000 + minor * 100 + stepping.
#[must_use]
pub const fn number(gfx: GfxVersion) -> u32 {
    gfx.major * 10_000 + gfx.minor * 100 + gfx.stepping
}

/// Bytes that addresses must be aligned to: a hardware fault of Tonga and Carrizo.
#[must_use]
pub const fn address_alignment(gfx: GfxVersion) -> u64 {
    match number(gfx) {
        80_001 | 80_002 => 0x8000,
        _ => 0,
    }
}

/// Alignment of large buffers as a power of two in pages: 1 GiB where all GPUs are gfx950, else 2 MiB.
pub fn alignment_order(mut gpus: impl Iterator<Item = GfxVersion>) -> u32 {
    let mut any = false;
    let all = gpus.all(|gfx| {
        any = true;
        number(gfx) == 90_500
    });
    if any && all { 18 } else { 9 }
}

/// Whether matrix instructions have a mode of high precision.
#[must_use]
pub const fn has_precision_modes(gfx: GfxVersion) -> bool {
    number(gfx) == 90_500
}

/// Vector registers of a compute unit, bytes (`kfd_get_vgpr_size_per_cu`).
#[must_use]
pub const fn vgpr_bytes_per_cu(gfx: GfxVersion) -> u32 {
    match number(gfx) {
        90_008 | 90_010 | 90_402 | 90_500 | 120_500 | 120_501 => 0x80000,
        110_000 | 110_001 | 110_501 | 120_000 | 120_001 => 0x60000,
        _ => 0x40000,
    }
}

/// Scalar registers of a compute unit, bytes (`kfd_get_sgpr_size_per_cu`).
#[must_use]
pub const fn sgpr_bytes_per_cu(gfx: GfxVersion) -> u32 {
    match number(gfx) {
        120_500 | 120_501 => 0x8000,
        _ => 0x4000,
    }
}

/// Other saved state of a compute unit, bytes (`kfd_get_hwreg_size_per_cu`).
#[must_use]
pub const fn hwreg_bytes_per_cu(gfx: GfxVersion) -> u32 {
    match number(gfx) {
        120_500 | 120_501 => 0x8000,
        _ => 0x1000,
    }
}

/// Local data share that a save takes, bytes a compute unit (`kfd_get_lds_size_per_cu`).
#[must_use]
pub const fn lds_bytes_per_cu(gfx: GfxVersion, lds_kib: u32) -> u32 {
    match number(gfx) {
        90_500 | 120_500 | 120_501 => lds_kib << 10,
        _ => 0x10000,
    }
}

/// Control stack of a wave, bytes (`CNTL_STACK_BYTES_PER_WAVE`).
#[must_use]
pub const fn control_stack_bytes_per_wave(gfx: GfxVersion) -> u32 {
    if number(gfx) >= 100_100 { 12 } else { 8 }
}

/// Most waves of a device with `cus` compute units in `arrays_per_engine`-wide engines (`get_num_waves`).
#[must_use]
pub const fn waves(gfx: GfxVersion, cus: u32, array_count: u32, arrays_per_engine: u32) -> u32 {
    match number(gfx) {
        0..100_100 => {
            let engines = match array_count.checked_div(arrays_per_engine) {
                Some(engines) => engines,
                None => 0,
            };
            let (by_cu, by_engine) = (cus * 40, engines * 512);
            if by_cu < by_engine { by_cu } else { by_engine }
        }
        100_100..120_500 => cus * 32,
        _ => cus * 64,
    }
}

/// Bytes of a doorbell: 64-bit from gfx9 on.
#[must_use]
pub const fn doorbell_bytes(gfx: GfxVersion) -> u64 {
    if gfx.major >= 9 { 8 } else { 4 }
}

/// Whether doorbells can be mapped into the GPU's address space; Tonga's TLB cannot.
#[must_use]
pub const fn has_gpu_doorbells(gfx: GfxVersion) -> bool {
    number(gfx) != 80_002
}

/// End-of-pipe buffer of a compute queue, bytes; gfx94x needs one for PM4 queues only.
#[must_use]
pub const fn end_of_pipe_bytes(gfx: GfxVersion, aql: bool) -> u32 {
    match number(gfx) {
        80_002 => 0x8000,
        90_400..90_500 if aql => 0,
        0..80_000 => 0,
        _ => 4096,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn gfx(major: u32, minor: u32, stepping: u32) -> GfxVersion {
        GfxVersion { major, minor, stepping }
    }

    #[test]
    fn large_buffers_are_aligned_for_gfx950_where_there_is_no_other() {
        let (newest, other) = (gfx(9, 5, 0), gfx(9, 4, 2));
        assert_eq!(alignment_order([newest, newest].into_iter()), 18);
        assert_eq!(alignment_order([newest, other].into_iter()), 9);
        assert_eq!(alignment_order([].into_iter()), 9);
        assert!(has_precision_modes(newest) && !has_precision_modes(other));
    }

    #[test]
    fn tonga_has_its_own_ways() {
        let (tonga, fiji) = (gfx(8, 0, 2), gfx(8, 0, 3));
        assert_eq!([address_alignment(tonga), address_alignment(fiji)], [0x8000, 0]);
        assert!(!has_gpu_doorbells(tonga) && has_gpu_doorbells(fiji));
        assert_eq!([end_of_pipe_bytes(tonga, true), end_of_pipe_bytes(fiji, true)], [0x8000, 4096]);
        assert_eq!(end_of_pipe_bytes(gfx(7, 0, 1), true), 0);
        assert_eq!([true, false].map(|aql| end_of_pipe_bytes(gfx(9, 4, 2), aql)), [0, 4096]);
    }
}
