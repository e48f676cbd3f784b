//! Where a compute queue's state goes when it is switched off: sizes and headers.
//!
//! The kernel refuses a queue whose sizes differ from its own (`kfd_queue_acquire_buffers`). Kernels that tell the
//! sizes are believed; for others they are worked out as the kernel does (`kfd_queue_ctx_save_restore_size`).
//! Touches nothing. Answers to `update_ctx_save_restore_size` and `fill_cwsr_header` of upstream's `queues.c`.
#![forbid(unsafe_code)]

use crate::{
    quirks,
    topology::model::{GfxVersion, Properties},
};

/// `HsaUserContextSaveAreaHeader`.
const HEADER: u64 = 40;
/// AMDGPU_GPU_PAGE_SIZE
const GPU_PAGE: u64 = 4096;
/// A control stack of gfx10 can be no larger.
const GFX10_CONTROL_STACK: u64 = 0x7000;
const DEBUGGER_ALIGNMENT: u64 = 64;
const DEBUGGER_BYTES_PER_WAVE: u64 = 32;

/// Sizes of a save area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaveArea {
    /// Control stack with header, bytes.
    pub control_stack: u64,
    /// The same for kernels that round it to the GPU's pages and do not tell: stable ones may have that change of Linux 7.1
    /// alone. The rest is large enough for these, too.
    pub other_control_stack: u64,
    /// Control stack and wave state of one die, bytes.
    pub die: u64,
    /// Debugger's memory of one die, bytes.
    pub debugger: u64,
    /// Dies.
    pub dies: u64,
}

impl SaveArea {
    /// Sizes for a node; `None` for hardware that does not switch queues off (before Carrizo) or is not described.
    #[must_use]
    pub fn new(gfx: GfxVersion, properties: &Properties, page: u64) -> Option<Self> {
        // No hardware has more of anything; the sums below stay far from their types' limits.
        let few = |value: u64| u16::try_from(value).ok();
        let dies = u64::from(few(properties.num_xcc)?.max(1));
        let cus = properties.simd_count.checked_div(properties.simd_per_cu)? / dies;
        if quirks::number(gfx) < 80_001 || cus == 0 {
            return None;
        }
        let waves = quirks::waves(
            gfx,
            few(cus)?.into(),
            few(properties.array_count)?.into(),
            few(properties.simd_arrays_per_engine)?.into(),
        );
        let waves = u64::from(waves);
        let debugger = (waves * DEBUGGER_BYTES_PER_WAVE).next_multiple_of(DEBUGGER_ALIGNMENT);
        if properties.cwsr_size != 0 && properties.ctl_stack_size != 0 {
            let told = |bytes: u64| u32::try_from(bytes).ok().map(u64::from);
            let (control_stack, die) = (told(properties.ctl_stack_size)?, told(properties.cwsr_size)?);
            return Some(Self { control_stack, other_control_stack: control_stack, die, debugger, dies });
        }
        let stack = waves * u64::from(quirks::control_stack_bytes_per_wave(gfx)) + 8;
        let limit = if gfx.major == 10 { GFX10_CONTROL_STACK } else { u64::MAX };
        let [control_stack, other_control_stack] =
            [page, GPU_PAGE].map(|granule| (HEADER + stack).next_multiple_of(granule).min(limit));
        let cu_bytes = quirks::vgpr_bytes_per_cu(gfx)
            + quirks::sgpr_bytes_per_cu(gfx)
            + quirks::lds_bytes_per_cu(gfx, few(properties.lds_size_in_kb)?.into())
            + quirks::hwreg_bytes_per_cu(gfx);
        let die = control_stack + (cus * u64::from(cu_bytes)).next_multiple_of(page);
        Some(Self { control_stack, other_control_stack, die: die.next_multiple_of(page), debugger, dies })
    }

    /// Bytes of the whole area.
    #[must_use]
    pub fn total(&self, page: u64) -> u64 {
        ((self.die + self.debugger) * self.dies).next_multiple_of(page)
    }

    /// Each die's header: its offset in the area, and its words (`HsaUserContextSaveAreaHeader`).
    ///
    /// `error_reason` is the address of the queue's error payload, `error_event` the event to raise with it.
    pub fn headers(&self, error_reason: u64, error_event: u32) -> impl Iterator<Item = (u64, [u64; 5])> + '_ {
        (0..self.dies).map(move |die| {
            let debug_offset = (self.dies - die) * self.die;
            let debug_size = self.debugger * self.dies;
            let words = [0, 0, pair(debug_offset, debug_size), error_reason, pair(u64::from(error_event), 0)];
            (die * self.die, words)
        })
    }
}

/// Two neighbouring 32-bit fields as one 64-bit store.
fn pair(first: u64, second: u64) -> u64 {
    let (first, second) = ((first as u32).to_ne_bytes(), (second as u32).to_ne_bytes());
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&first);
    bytes[4..].copy_from_slice(&second);
    u64::from_ne_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: u64 = 4096;

    fn gfx(major: u32, minor: u32, stepping: u32) -> GfxVersion {
        GfxVersion { major, minor, stepping }
    }

    fn properties(simds: u64, simd_per_cu: u64, arrays: u64, arrays_per_engine: u64, xcc: u64) -> Properties {
        Properties {
            simd_count: simds,
            simd_per_cu,
            array_count: arrays,
            simd_arrays_per_engine: arrays_per_engine,
            num_xcc: xcc,
            lds_size_in_kb: 64,
            ..Default::default()
        }
    }

    #[test]
    fn what_the_kernel_tells_is_believed() {
        let mut told = properties(192, 2, 12, 2, 1);
        (told.cwsr_size, told.ctl_stack_size) = (0x123_4000, 0x5000);
        let area = SaveArea::new(gfx(11, 0, 0), &told, PAGE).unwrap();
        assert_eq!((area.die, area.control_stack), (0x123_4000, 0x5000));
    }

    /// Every `gfx_target_version` that Linux 7.2 knows (`kgd2kfd_probe`, and gfx1251 of `kfd_queue.c`), KiB of local data
    /// share, and what its `kfd_queue_ctx_save_restore_size` makes of 40 compute units in four engines on 4 KiB pages:
    /// ctl_stack_size, cwsr_size, debug_memory_size. All 0: not switched off.
    const KERNEL: &[(u32, u64, u64, u64, u64)] = &[
        (70_000, 64, 0, 0, 0),
        (70_001, 64, 0, 0, 0),
        (80_001, 64, 16_384, 13_942_784, 51_200),
        (80_002, 64, 16_384, 13_942_784, 51_200),
        (80_003, 64, 16_384, 13_942_784, 51_200),
        (90_000, 64, 16_384, 13_942_784, 51_200),
        (90_002, 64, 16_384, 13_942_784, 51_200),
        (90_004, 64, 16_384, 13_942_784, 51_200),
        (90_006, 64, 16_384, 13_942_784, 51_200),
        (90_008, 64, 16_384, 24_428_544, 51_200),
        (90_010, 64, 16_384, 24_428_544, 51_200),
        (90_012, 64, 16_384, 13_942_784, 51_200),
        (90_402, 64, 16_384, 24_428_544, 51_200),
        (90_500, 160, 16_384, 28_360_704, 51_200),
        (100_100, 64, 16_384, 13_942_784, 40_960),
        (100_101, 64, 16_384, 13_942_784, 40_960),
        (100_102, 64, 16_384, 13_942_784, 40_960),
        (100_103, 64, 16_384, 13_942_784, 40_960),
        (100_300, 64, 16_384, 13_942_784, 40_960),
        (100_301, 64, 16_384, 13_942_784, 40_960),
        (100_302, 64, 16_384, 13_942_784, 40_960),
        (100_303, 64, 16_384, 13_942_784, 40_960),
        (100_304, 64, 16_384, 13_942_784, 40_960),
        (100_305, 64, 16_384, 13_942_784, 40_960),
        (100_306, 64, 16_384, 13_942_784, 40_960),
        (110_000, 64, 16_384, 19_185_664, 40_960),
        (110_001, 64, 16_384, 19_185_664, 40_960),
        (110_002, 64, 16_384, 13_942_784, 40_960),
        (110_003, 64, 16_384, 13_942_784, 40_960),
        (110_500, 64, 16_384, 13_942_784, 40_960),
        (110_501, 64, 16_384, 19_185_664, 40_960),
        (110_502, 64, 16_384, 13_942_784, 40_960),
        (110_503, 64, 16_384, 13_942_784, 40_960),
        (110_504, 64, 16_384, 13_942_784, 40_960),
        (110_700, 64, 16_384, 13_942_784, 40_960),
        (110_701, 64, 16_384, 13_942_784, 40_960),
        (120_000, 64, 16_384, 19_185_664, 40_960),
        (120_001, 64, 16_384, 19_185_664, 40_960),
        (120_500, 320, 32_768, 36_732_928, 81_920),
        (120_501, 320, 32_768, 36_732_928, 81_920),
    ];

    #[test]
    fn every_target_needs_what_the_kernel_works_out() {
        for &(number, lds_size_in_kb, control_stack, die, debugger) in KERNEL {
            let target = gfx(number / 10_000, number / 100 % 100, number % 100);
            let node = Properties { lds_size_in_kb, ..properties(160, 4, 8, 2, 1) };
            let expected = (die > 0).then_some(SaveArea {
                control_stack,
                other_control_stack: control_stack,
                die,
                debugger,
                dies: 1,
            });
            assert_eq!(SaveArea::new(target, &node, PAGE), expected, "{number}");
        }
    }

    /// `cwsr_size` and `ctl_stack_size` of a real MI300X (kernel that tells), worked out from its other properties.
    #[test]
    fn an_mi300x_needs_what_its_kernel_told() {
        let area = SaveArea::new(gfx(9, 4, 2), &properties(1216, 4, 32, 1, 8), PAGE).unwrap();
        assert_eq!((area.control_stack, area.die), (12_288, 23_203_840));
    }

    #[test]
    fn small_gfx10_devices_and_large_control_stacks() {
        // gfx1013 with 24 compute units, gfx1012 with 22, gfx1010 with 40.
        let sizes = |gfx, simds| SaveArea::new(gfx, &properties(simds, 2, 2, 2, 1), PAGE).unwrap();
        assert_eq!(sizes(gfx(10, 1, 3), 48).control_stack, (24u64 * 32 * 12 + 48).next_multiple_of(PAGE));
        assert_eq!(sizes(gfx(10, 1, 2), 44).die, sizes(gfx(10, 1, 2), 44).control_stack + 22 * 0x5_5000);
        assert_eq!(sizes(gfx(10, 3, 0), 160).control_stack, GFX10_CONTROL_STACK);
    }

    #[test]
    fn large_pages_leave_two_control_stacks_to_try_unless_the_kernel_tells() {
        let mut node = properties(192, 2, 12, 2, 1);
        let stacks = |gfx, node: &Properties| {
            let area = SaveArea::new(gfx, node, 64 << 10).unwrap();
            (area.control_stack, area.other_control_stack)
        };
        assert_eq!(stacks(gfx(11, 0, 0), &node), (64 << 10, 40 << 10));
        assert_eq!(stacks(gfx(10, 3, 0), &node), (GFX10_CONTROL_STACK, GFX10_CONTROL_STACK));
        (node.cwsr_size, node.ctl_stack_size) = (0x123_4000, 0x9000);
        assert_eq!(stacks(gfx(11, 0, 0), &node), (0x9000, 0x9000));
    }

    #[test]
    fn hardware_without_context_switch_has_no_save_area() {
        assert_eq!(SaveArea::new(gfx(7, 0, 0), &properties(32, 4, 2, 2, 1), PAGE), None);
        assert_eq!(SaveArea::new(gfx(9, 0, 0), &properties(32, 0, 2, 2, 1), PAGE), None);
        assert_eq!(SaveArea::new(gfx(9, 0, 0), &properties(u64::MAX, 1, 2, 2, 1), PAGE), None);
    }

    #[test]
    fn each_die_points_at_the_debuggers_memory_behind_the_last() {
        let area =
            SaveArea { control_stack: PAGE, other_control_stack: PAGE, die: 4 * PAGE, debugger: 64, dies: 2 };
        let headers: Vec<_> = area.headers(0xabc0, 5).collect();
        assert_eq!(headers[0], (0, [0, 0, pair(8 * PAGE, 128), 0xabc0, pair(5, 0)]));
        assert_eq!(headers[1].0, 4 * PAGE);
        assert_eq!(headers[1].1[2], pair(4 * PAGE, 128));
        assert_eq!(area.total(PAGE), 9 * PAGE);
    }
}
