//! The registers of a wave at its first instruction. Pure.
#![forbid(unsafe_code)]

use super::Dispatch;

/// What a wave starts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialWave {
    /// SGPRs from s0 on.
    pub sgprs: Vec<u32>,
    /// VGPRs from v0 on, each of all lanes.
    pub vgprs: Vec<Vec<u32>>,
    /// Which lanes have a work-item.
    pub exec: u64,
    /// FLAT_SCRATCH, where the hardware sets it.
    pub flat_scratch: Option<u64>,
}

/// Bits of COMPUTE_PGM_RSRC2.
mod rsrc2 {
    pub const SCRATCH: u32 = 1 << 0;
    pub const WORKGROUP_ID: [u32; 3] = [1 << 7, 1 << 8, 1 << 9];
    pub const WORKGROUP_INFO: u32 = 1 << 10;
    pub const WORK_ITEM_ID: u32 = 11;
}

impl Dispatch {
    /// The state of wave number `wave` of a workgroup, which has scratch slot `slot`. Nothing when the workgroup, at
    /// the grid's end, is too small to have such a wave.
    pub fn initial_wave(&self, group: [u32; 3], wave: u32, slot: u32) -> Option<InitialWave> {
        let size = self.size_of_group(group);
        let items: u64 = size.iter().map(|axis| u64::from(*axis)).product();
        let first = u64::from(wave) * u64::from(self.lanes());
        if first >= items {
            return None;
        }
        let count = (items - first).min(self.lanes().into()) as u32;
        let offset = self.scratch.map_or(0, |scratch| u64::from(slot) * u64::from(scratch.wave_bytes));
        let architected = self.gfx.architected_flat_scratch();
        Some(InitialWave {
            sgprs: self.sgprs(group, wave, offset as u32),
            vgprs: self.vgprs_of_ids(size, first as u32, count),
            exec: u64::MAX >> (64 - count),
            flat_scratch: self
                .scratch
                .filter(|_| architected)
                .map(|scratch| scratch.base.wrapping_add(offset)),
        })
    }

    /// User SGPRs, and behind them the system's: workgroup ids, information, and where the wave's scratch is.
    fn sgprs(&self, group: [u32; 3], wave: u32, scratch_offset: u32) -> Vec<u32> {
        let mut sgprs = self.user_sgprs.clone();
        let asked = |bit: u32| self.rsrc[1] & bit != 0;
        // gfx12 has them in trap temporaries instead.
        if self.gfx.major < 12 {
            let ids = group.iter().zip(rsrc2::WORKGROUP_ID);
            sgprs.extend(ids.filter(|(_, bit)| asked(*bit)).map(|(id, _)| *id));
        }
        if asked(rsrc2::WORKGROUP_INFO) {
            // First wave of the group, and how many waves it has; ordered append is not modelled.
            sgprs.push(u32::from(wave == 0) << 31 | self.waves_per_group() & 0x3f);
        }
        if asked(rsrc2::SCRATCH) && !self.gfx.architected_flat_scratch() {
            sgprs.push(scratch_offset);
        }
        sgprs
    }

    /// Work-item ids of the lanes from item `first` of the workgroup on.
    fn vgprs_of_ids(&self, size: [u32; 3], first: u32, count: u32) -> Vec<Vec<u32>> {
        let axes = (self.rsrc[1] >> rsrc2::WORK_ITEM_ID & 3).min(2) as usize + 1;
        let mut ids = vec![vec![0; self.lanes() as usize]; axes];
        for lane in 0..count {
            let item = first + lane;
            let position = [item % size[0], item / size[0] % size[1], item / size[0] / size[1]];
            for (axis, id) in ids.iter_mut().enumerate() {
                id[lane as usize] = position[axis];
            }
        }
        if !self.gfx.packed_work_item_ids() {
            return ids;
        }
        let pack = |lane: usize| ids.iter().enumerate().map(|(axis, id)| id[lane] << (10 * axis)).sum();
        vec![(0..self.lanes() as usize).map(pack).collect()]
    }
}
