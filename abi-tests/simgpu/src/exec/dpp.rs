//! DPP: the first source's lanes come from other lanes of the row. Rows have 16 lanes, so a pass holds two and
//! nothing crosses from one pass to the other. Touches `isa`'s control and `lanes`.

use super::lanes::{LANES, Lanes};
use crate::isa::Dpp;

/// The lane that a lane reads, or `None` where there is none.
fn from(ctrl: u16, lane: usize) -> Option<usize> {
    let (row, at) = (lane & !15, lane & 15);
    let count = usize::from(ctrl & 15);
    let within = |at: Option<usize>| at.filter(|&at| at < 16).map(|at| row | at);
    match ctrl {
        0..=0xff => Some(lane & !3 | usize::from(ctrl >> (2 * (lane & 3)) & 3)),
        0x101..=0x10f => within(Some(at + count)),
        0x111..=0x11f => within(at.checked_sub(count)),
        0x121..=0x12f => within(Some((at + 16 - count) & 15)),
        0x140 => Some(row | (15 - at)),
        0x141 => Some(lane & !7 | (7 - (lane & 7))),
        0x150..=0x15f => Some(row | count),
        0x160..=0x16f => Some(row | (at ^ count)),
        _ => None,
    }
}

/// The lane of eight that a lane reads by DPP8.
fn from8(lanes: u32, lane: usize) -> usize {
    lane & !7 | (lanes >> (3 * (lane & 7)) & 7) as usize
}

/// Moves lanes. Also tells which lanes of `exec` still write: rows and banks may be off, and a lane without a source
/// writes only if `bound_ctrl` gives it zero.
pub fn moved(lanes: &Lanes, dpp: &Dpp, exec: u32) -> (Lanes, u32) {
    let mut result = [0; LANES];
    let mut writes = exec;
    for (lane, out) in result.iter_mut().enumerate() {
        let (source, any, zero, enabled) = match *dpp {
            Dpp::Dpp8 { lanes, fi } => (Some(from8(lanes, lane)), fi, true, true),
            Dpp::Dpp16 { ctrl, row_mask, bank_mask, bound_ctrl, fi } => {
                let enabled = row_mask >> (lane / 16) & 1 != 0 && bank_mask >> (lane / 4 % 4) & 1 != 0;
                (from(ctrl, lane), fi, bound_ctrl, enabled)
            }
        };
        let source = source.filter(|&source| any || exec >> source & 1 != 0);
        *out = source.map_or(0, |source| lanes[source]);
        if !enabled || source.is_none() && !zero {
            writes &= !(1 << lane);
        }
    }
    (result, writes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered() -> Lanes {
        std::array::from_fn(|lane| lane as u32)
    }

    fn full(ctrl: u16, bound_ctrl: bool) -> Dpp {
        Dpp::Dpp16 { ctrl, row_mask: 15, bank_mask: 15, bound_ctrl, fi: false }
    }

    #[test]
    fn rows_shift_rotate_and_mirror() {
        let lanes = numbered();
        let (shifted, writes) = moved(&lanes, &full(0x111, false), u32::MAX);
        assert_eq!((shifted[1], shifted[17], writes), (0, 16, 0xfffe_fffe));
        assert_eq!(moved(&lanes, &full(0x121, false), u32::MAX).0[16], 31);
        assert_eq!(moved(&lanes, &full(0x140, false), u32::MAX).0[16], 31);
        assert_eq!(moved(&lanes, &full(0x1b, false), u32::MAX).0[4..8], [7, 6, 5, 4]);
    }

    #[test]
    fn lanes_that_are_off_are_no_source() {
        let (lanes, writes) = moved(&numbered(), &full(0x161, true), !2);
        assert_eq!((lanes[0], writes), (0, !2));
    }
}
