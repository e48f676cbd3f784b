//! How the hardware is told of scratch memory: COMPUTE_TMPRING_SIZE, and the buffer descriptor (SQ_BUF_RSRC) by which
//! waves up to gfx10 reach it. Pure. Answers to InitScratchSRD of upstream's `amd_aql_queue.cpp`.
#![forbid(unsafe_code)]

use super::{Shape, need::Need};

/// What stands in a queue's descriptor about its scratch memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// COMPUTE_TMPRING_SIZE.
    pub tmpring_size: u32,
    /// The buffer descriptor.
    pub resource: [u32; 4],
    /// Address of the memory.
    pub location: u64,
    /// Bytes of the memory.
    pub bytes: u64,
    /// Bytes of a work-item if waves had 64: a wave of 32 has twice as much.
    pub wave64_lane_bytes: u32,
}

impl Registers {
    /// For memory at an address, divided as `need` says.
    pub fn new(shape: &Shape, need: &Need, location: u64, bytes: u64) -> Self {
        Self {
            tmpring_size: tmpring_size(shape, need, bytes),
            resource: [
                location as u32,
                (location >> 32) as u32 & 0xffff | swizzle(shape.major),
                (bytes / shape.dies) as u32,
                format(shape.major),
            ],
            location,
            bytes,
            wave64_lane_bytes: (need.wave_bytes() / 64) as u32,
        }
    }

    /// For none. The descriptor still says of what kind the buffer is.
    pub fn none(shape: &Shape) -> Self {
        Self { resource: [0, swizzle(shape.major), 0, format(shape.major)], ..Self::default() }
    }
}

/// WAVES in the lower 12 bits, WAVESIZE above them; from gfx11 on the waves of one engine.
fn tmpring_size(shape: &Shape, need: &Need, bytes: u64) -> u32 {
    let size = need.wave_bytes().div_ceil(shape.granule());
    let parts = if shape.major >= 11 { shape.engines } else { shape.dies };
    let units = if shape.major >= 11 { shape.units / shape.dies } else { shape.units };
    let waves = bytes.checked_div(size * shape.granule() * parts).unwrap_or(0);
    (waves.min(units * shape.slots_per_unit).min(0xfff) | size << 12) as u32
}

/// SWIZZLE_ENABLE of word 1: one bit, since gfx11 two.
fn swizzle(major: u32) -> u32 {
    if major >= 11 { 1 << 30 } else { 1 << 31 }
}

/// Word 3: components in order, 32-bit unsigned integers, the work-item's number added.
fn format(major: u32) -> u32 {
    /// DST_SEL_X to DST_SEL_W: the components X, Y, Z, W.
    const COMPONENTS: u32 = 4 | 5 << 3 | 6 << 6 | 7 << 9;
    const ADD_TID_ENABLE: u32 = 1 << 23;
    /// BUF_FORMAT_32_UINT, and OOB_SELECT: no bounds in swizzled buffers.
    const FORMAT_32_UINT: u32 = 0x14 << 12;
    const UNBOUNDED: u32 = 2 << 28;
    const RESOURCE_LEVEL: u32 = 1 << 24;
    /// BUF_NUM_FORMAT_UINT, BUF_DATA_FORMAT_32, elements of 4 bytes, an index stride of 64.
    const BEFORE_GFX10: u32 = 4 << 12 | 4 << 15 | 1 << 19 | 3 << 21;
    let rest = match major {
        ..10 => BEFORE_GFX10,
        10 => FORMAT_32_UINT | RESOURCE_LEVEL | UNBOUNDED,
        _ => FORMAT_32_UINT | UNBOUNDED,
    };
    COMPONENTS | ADD_TID_ENABLE | rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEED: Need = Need { lane_bytes: 64, lanes: 64, group_waves: 1, waves: 100 };

    #[test]
    fn every_generation_counts_waves_in_its_way() {
        let shape = |major| Shape { major, units: 96, engines: 6, dies: 2, slots_per_unit: 32 };
        let bytes = 1200 * NEED.wave_bytes();
        let told = |major| Registers::new(&shape(major), &NEED, 0x12_3456_7000, bytes);
        // 4096 bytes a wave: 16 times 256, 4 times 1024.
        assert_eq!(told(11).tmpring_size, 200 | 16 << 12);
        assert_eq!(told(9).tmpring_size, 600 | 4 << 12);
        assert_eq!(told(9).resource, [0x3456_7000, 0x8000_0012, (bytes / 2) as u32, 0x00ea_4fac]);
        assert_eq!(told(10).resource[3], 0x2181_4fac);
        assert_eq!((told(12).resource[1], told(12).resource[3]), (0x4000_0012, 0x2081_4fac));
        assert_eq!((told(9).location, told(9).wave64_lane_bytes), (0x12_3456_7000, 64));
    }

    #[test]
    fn a_wave_of_32_has_half_of_what_one_of_64_would_have() {
        let shape = Shape { major: 11, units: 96, engines: 6, dies: 1, slots_per_unit: 32 };
        let told = Registers::new(&shape, &Need { lanes: 32, ..NEED }, 0, 1 << 40);
        assert_eq!((told.wave64_lane_bytes, told.tmpring_size & 0xfff), (32, 96 * 32));
        assert_eq!(Registers::none(&shape).tmpring_size, 0);
    }
}
