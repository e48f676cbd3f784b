//! How much scratch memory a dispatch needs. Pure.
#![forbid(unsafe_code)]

use super::Shape;
use crate::isa::limit::WORKGROUP_SIZE;

/// Most bytes of a wave, in whatever generation (COMPUTE_TMPRING_SIZE.WAVESIZE of gfx9).
const MOST_OF_A_WAVE: u64 = 8191 * 1024;

/// A dispatch, as far as scratch memory is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Dispatch {
    /// Bytes of a work-item.
    pub private: u32,
    /// Work-items of a workgroup.
    pub group: [u16; 3],
    /// Work-items of the grid.
    pub grid: [u32; 3],
    /// Work-items of a wave: 32 or 64.
    pub lanes: u64,
}

/// What it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Bytes of a work-item, as the hardware counts them.
    pub lane_bytes: u64,
    /// Work-items of a wave.
    pub lanes: u64,
    /// Waves of a workgroup: either all of them run or none.
    pub group_waves: u64,
    /// Waves that the dispatch can have at work at once.
    pub waves: u64,
}

impl Need {
    /// What a dispatch needs; `None` for more than any hardware has.
    pub fn new(shape: &Shape, dispatch: &Dispatch) -> Option<Self> {
        let group_items = dispatch.group.iter().map(|&items| u64::from(items)).product::<u64>().max(1);
        if group_items > WORKGROUP_SIZE.into() {
            return None;
        }
        let group_waves = group_items.div_ceil(dispatch.lanes);
        let waves = groups(shape, dispatch, group_items).saturating_mul(group_waves).min(shape.slots());
        Self::of_lanes(shape, dispatch.private.into(), dispatch.lanes).map(|need| Self {
            group_waves,
            waves,
            ..need
        })
    }

    /// What as many waves as the GPU has need.
    pub fn of_lanes(shape: &Shape, bytes: u64, lanes: u64) -> Option<Self> {
        let lane_bytes = bytes.next_multiple_of(shape.granule() / lanes);
        let need = Self { lane_bytes, lanes, group_waves: 1, waves: shape.slots() };
        (need.wave_bytes() <= MOST_OF_A_WAVE).then_some(need)
    }

    /// Bytes of a wave.
    pub fn wave_bytes(&self) -> u64 {
        self.lane_bytes * self.lanes
    }
}

/// Workgroups that can be at work at once, if there is room: as many as the fullest engine has, on every engine.
fn groups(shape: &Shape, dispatch: &Dispatch, group_items: u64) -> u64 {
    let sides = dispatch.grid.iter().zip(dispatch.group);
    let groups = sides.map(|(&grid, group)| u64::from(grid.div_ceil(group.max(1).into())));
    let groups = groups.fold(1_u64, u64::saturating_mul);
    let extra_units = shape.units % shape.engines;
    let rounds = groups / shape.units;
    let even = (groups - rounds * extra_units).div_ceil(shape.engines);
    let mut most = even + if extra_units > 0 { rounds } else { 0 };
    // From gfx10 on an engine gets 256 work-items or 16 workgroups in a row before the next one's turn.
    if shape.major >= 10 && most < 16 && group_items * most < 256 {
        most = 256_u64.div_ceil(group_items).min(16);
    }
    most.saturating_mul(shape.engines)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Radeon RX 7900 XTX: 96 compute units in 6 engines.
    const NAVI31: Shape = Shape { major: 11, units: 96, engines: 6, dies: 1, slots_per_unit: 32 };

    #[test]
    fn a_dispatch_needs_memory_for_its_waves_and_at_most_for_the_gpus() {
        let dispatch = Dispatch { private: 20, group: [64, 1, 1], grid: [64 * 60, 1, 1], lanes: 32 };
        let need = Need::new(&NAVI31, &dispatch).unwrap();
        // 20 bytes are counted as 24: 32 of them are a multiple of 256. 60 workgroups are 10 an engine.
        assert_eq!(need, Need { lane_bytes: 24, lanes: 32, group_waves: 2, waves: 120 });
        let large = Dispatch { grid: [u32::MAX, u32::MAX, u32::MAX], ..dispatch };
        assert_eq!(Need::new(&NAVI31, &large).unwrap().waves, 96 * 32);
        let small = Dispatch { grid: [64, 1, 1], ..dispatch };
        // One workgroup, but four in a row go to each of the six engines.
        assert_eq!(Need::new(&NAVI31, &small).unwrap().waves, 6 * 4 * 2);
    }

    #[test]
    fn engines_that_have_fewer_units_get_as_much_as_the_others() {
        let gfx9 = Shape { major: 9, units: 110, engines: 8, dies: 1, slots_per_unit: 32 };
        assert_eq!(gfx9.slots(), 112 * 32);
        let dispatch = Dispatch { private: 4, group: [256, 1, 1], grid: [256 * 1100, 1, 1], lanes: 64 };
        // Ten rounds, of which six units' workgroups go to six engines.
        assert_eq!(Need::new(&gfx9, &dispatch).unwrap().waves, 3584);
        assert_eq!(groups(&gfx9, &dispatch, 256), (130 + 10) * 8);
    }

    #[test]
    fn what_no_wave_can_have_is_refused() {
        let dispatch = Dispatch { private: 4, group: [0; 3], grid: [0; 3], lanes: 64 };
        assert!(Need::new(&NAVI31, &dispatch).is_some());
        assert_eq!(Need::new(&NAVI31, &Dispatch { private: u32::MAX, ..dispatch }), None);
        assert_eq!(Need::new(&NAVI31, &Dispatch { group: [1024, 2, 1], ..dispatch }), None);
    }
}
