//! SDWA: the parts of registers that a vector operation reads and writes. Touches `isa`'s selection and `lanes`.

use super::lanes::Lanes;
use crate::isa::Sdwa;

/// First bit and width of a part: four bytes, two halves, the whole.
fn place(part: u8) -> (u32, u32) {
    match part {
        0..=3 => (8 * u32::from(part), 8),
        4 | 5 => (16 * (u32::from(part) - 4), 16),
        _ => (0, 32),
    }
}

/// What source number `index` gives of a register.
pub fn chosen(sdwa: &Sdwa, index: usize, lanes: &Lanes) -> Lanes {
    let (first, width) = place(sdwa.src[index]);
    let above = 32 - width;
    lanes.map(|word| {
        let top = word >> first << above;
        if sdwa.sext[index] { ((top as i32) >> above) as u32 } else { top >> above }
    })
}

/// A register after a result was put into its part.
pub fn placed(sdwa: &Sdwa, result: u32, old: u32) -> u32 {
    const SIGN: u8 = 1;
    const KEEP: u8 = 2;
    let (first, width) = place(sdwa.dst);
    if width == 32 {
        return result;
    }
    let mask = ((1 << width) - 1) << first;
    let part = result << first & mask;
    match sdwa.unused {
        KEEP => part | old & !mask,
        SIGN => ((part << (32 - first - width)) as i32 >> (32 - first - width)) as u32,
        _ => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::lanes::LANES;

    #[test]
    fn parts_are_read_with_and_without_sign() {
        let mut sdwa = Sdwa { dst: 6, unused: 0, src: [1, 5], sext: [true, false] };
        let lanes = [0x8765_9321; LANES];
        assert_eq!((chosen(&sdwa, 0, &lanes)[3], chosen(&sdwa, 1, &lanes)[3]), (0xffff_ff93, 0x8765));
        (sdwa.src[1], sdwa.sext[1]) = (6, true);
        assert_eq!(chosen(&sdwa, 1, &lanes)[0], 0x8765_9321);
    }

    #[test]
    fn what_is_not_written_is_zero_the_sign_or_kept() {
        let part = |dst, unused| {
            placed(&Sdwa { dst, unused, src: [6; 2], sext: [false; 2] }, 0x1234_5680, 0xaaaa_aaaa)
        };
        assert_eq!((part(1, 0), part(1, 1), part(1, 2)), (0x8000, 0xffff_8000, 0xaaaa_80aa));
        assert_eq!((part(5, 0), part(5, 2), part(6, 2)), (0x5680_0000, 0x5680_aaaa, 0x1234_5680));
    }
}
