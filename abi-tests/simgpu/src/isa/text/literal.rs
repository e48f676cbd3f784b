//! Literals: LLVM writes `lit()` around those that a constant within the encoding could stand for.
#![forbid(unsafe_code)]

use super::super::{Encoding, Inst, Op};
use super::constant;

/// The floats within the encoding, in the order of their codes.
const FLOATS: [u32; 9] = [
    0x3f00_0000,
    0xbf00_0000,
    0x3f80_0000,
    0xbf80_0000,
    0x4000_0000,
    0xc000_0000,
    0x4080_0000,
    0xc080_0000,
    0x3e22_f983,
];
/// The same of 16 bits.
pub(super) const HALVES: [u32; 9] = [0x3800, 0xb800, 0x3c00, 0xbc00, 0x4000, 0xc000, 0x4400, 0xc400, 0x3118];
/// The upper halves of those of 64 bits whose lower halves are zero.
const WIDE: [u32; 8] =
    [0x3fe0_0000, 0xbfe0_0000, 0x3ff0_0000, 0xbff0_0000, 0x4000_0000, 0xc000_0000, 0x4010_0000, 0xc010_0000];

fn small(value: i32) -> bool {
    (-16..=64).contains(&value)
}

/// The literal that is operand number `at` and feeds an operand of so many bits.
pub(super) fn text(inst: &Inst, at: usize, bits: u16, word: u32) -> String {
    let name = inst.op.name();
    let (low, integer) = (word & 0xffff, word as i32);
    let halves = name.ends_with("f16");
    let packed = inst.encoding == Encoding::Vop3p || matches!(inst.op, Op::VPkFmacF16 | Op::VDot2accF32F16);
    // The operand that is always a literal.
    let named = match name {
        "v_fmamk_f32" | "v_fmamk_f16" | "v_madmk_f32" => at == 2,
        "v_fmaak_f32" | "v_fmaak_f16" | "v_madak_f32" => at == 3,
        _ => false,
    };
    let (within, shown) = match bits {
        _ if inst.op == Op::SSetregImm32B32 => return immediate(word),
        _ if named => (false, word),
        16 if halves => short(low, word),
        _ if name.starts_with("v_fma_mix") => short(low, word),
        16 if small(integer) || FLOATS.contains(&word) => (true, word),
        16 => (false, low),
        64 if name.contains("f64") => match WIDE.iter().position(|value| *value == word) {
            Some(at) => return constant::float(240 + at as u8, 64),
            None if word == 0 => return "0".to_owned(),
            None => (false, word),
        },
        64 => (word <= 64, word),
        // gfx11's has the constant in both halves.
        _ if inst.op == Op::VPkFmacF16 && !inst.target.is_gfx10() => {
            let both = word >> 16 == low && (low <= 64 || HALVES.contains(&low));
            (small(integer) || both, word)
        }
        _ if halves && packed => (small(integer) || HALVES.contains(&word), word),
        _ => (small(integer) || FLOATS.contains(&word), word),
    };
    if within { format!("lit({shown:#x})") } else { format!("{shown:#x}") }
}

/// Of half floats, the lower half says whether there is such a constant.
fn short(low: u32, word: u32) -> (bool, u32) {
    let within = small(i32::from(low as i16)) || HALVES.contains(&low);
    (within, if within { word } else { low })
}

/// As a constant within the encoding is written.
fn immediate(word: u32) -> String {
    match FLOATS.iter().position(|value| *value == word) {
        Some(at) => constant::float(240 + at as u8, 32),
        None if small(word as i32) => (word as i32).to_string(),
        None => format!("{word:#x}"),
    }
}
