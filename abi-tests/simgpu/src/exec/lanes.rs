//! Thirty-two lanes side by side: what a vector instruction works on in one pass. A wave of 64 takes two passes, as
//! the hardware does. Plain loops over arrays of a known length, so that the compiler makes SIMD of them.
//! Touches nothing.

/// Lanes of one pass.
pub const LANES: usize = 32;

/// One 32-bit value a lane.
pub type Lanes = [u32; LANES];

/// One 64-bit value a lane.
pub type Wide = [u64; LANES];

/// A bit a lane, spread: 0 or 1 in each.
pub fn spread(mask: u32) -> Lanes {
    std::array::from_fn(|lane| mask >> lane & 1)
}

/// The lanes that are not 0, as a bit each.
pub fn collect(lanes: &Lanes) -> u32 {
    lanes.iter().enumerate().fold(0, |mask, (lane, &value)| mask | u32::from(value != 0) << lane)
}

/// Writes the lanes that `mask` names.
pub fn merge(into: &mut Lanes, from: &Lanes, mask: u32) {
    if mask == u32::MAX {
        *into = *from;
        return;
    }
    for (lane, (old, &new)) in into.iter_mut().zip(from).enumerate() {
        let keep = (mask >> lane & 1).wrapping_sub(1);
        *old = *old & keep | new & !keep;
    }
}

/// The low and high halves of 64-bit lanes.
pub fn split(wide: &Wide) -> [Lanes; 2] {
    [wide.map(|value| value as u32), wide.map(|value| (value >> 32) as u32)]
}

/// 64-bit lanes of their halves.
pub fn join(low: &Lanes, high: &Lanes) -> Wide {
    std::array::from_fn(|lane| u64::from(low[lane]) | u64::from(high[lane]) << 32)
}

/// The numbers of the lanes in a mask, lowest first.
pub fn each(mask: u32) -> impl Iterator<Item = usize> {
    let mut rest = mask;
    std::iter::from_fn(move || {
        let lane = rest.trailing_zeros();
        rest &= rest.wrapping_sub(1);
        (lane < 32).then_some(lane as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spread_is_collected_again() {
        for mask in [0, 1, 0x8000_0000, 0xdead_beef, u32::MAX] {
            assert_eq!(collect(&spread(mask)), mask);
            assert_eq!(each(mask).fold(0, |bits, lane| bits | 1 << lane), mask);
        }
    }

    #[test]
    fn only_lanes_of_the_mask_are_written() {
        let mut lanes = [7; LANES];
        merge(&mut lanes, &[9; LANES], 0x8000_0001);
        assert_eq!((lanes[0], lanes[1], lanes[31]), (9, 7, 9));
    }
}
