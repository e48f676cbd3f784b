//! SDWA: parts of registers as sources and result, in a second word (gfx10).
#![forbid(unsafe_code)]

use super::super::table::{Class, Row, Slot};
use super::super::{Op, Sdwa};
use super::fields::{Instead, Words};
use super::{Encoding, Illegal, Inst, Operand, Reg, source as register};

/// Reads the second word; signs go to the operands.
pub(super) fn modifiers(inst: &mut Inst, words: &mut Words, row: &Row) -> Result<(), Illegal> {
    let word = words.next()?;
    words.set_instead(Instead::Parts(word));
    let field = |low: u32, width: u32| (word >> low & ((1 << width) - 1)) as u8;
    let mut sdwa = Sdwa {
        dst: 6,
        unused: 2,
        src: [field(16, 3), field(24, 3)],
        sext: [field(19, 1) != 0, field(27, 1) != 0],
    };
    // VOP1 has no second source, and comparisons that write EXEC name nothing.
    let idle = match inst.encoding {
        Encoding::Vop1 => word >> 24 & 0xbf,
        Encoding::Vopc if row.results == 0 => word >> 15 & 1,
        _ => 0,
    };
    if inst.encoding != Encoding::Vopc {
        // The fourth kind of filling is the first, as LLVM reads it.
        (sdwa.dst, sdwa.unused) = (field(8, 3), field(11, 2) % 3);
        inst.mods.clamp = field(13, 1) != 0;
        inst.mods.omod = field(14, 2);
    }
    if idle != 0 || sdwa.dst > 6 || sdwa.src.iter().any(|&part| part > 6) {
        return Err(Illegal);
    }
    inst.mods.sdwa = Some(sdwa);
    let (neg, abs) = (field(20, 1) | field(28, 1) << 1, field(21, 1) | field(29, 1) << 1);
    words.set_signs(neg, abs);
    // Floats have signs, integers are extended.
    let allowed = |source: usize| {
        let (float, signs) = (row.used >> source & 1 != 0, (neg | abs) >> source & 1 != 0);
        if float { !sdwa.sext[source] } else { !signs }
    };
    let multiplied = inst.mods.omod != 0 && (row.used & 0x300 == 0 || gives_integer(row.op));
    if allowed(0) && allowed(1) && !multiplied { Ok(()) } else { Err(Illegal) }
}

/// Floats in, an integer out: no output multiplier.
fn gives_integer(op: Op) -> bool {
    const NAMES: [&str; 6] =
        ["v_cvt_i", "v_cvt_u", "v_cvt_norm", "v_cvt_floor", "v_cvt_nearest", "v_frexp_exp"];
    NAMES.iter().any(|start| op.name().starts_with(start))
}

/// A source: a vector register, or where a bit says so a scalar one or a constant.
pub(super) fn source(
    inst: &Inst,
    words: &mut Words,
    slot: Slot,
    word: u32,
    class: Class,
) -> Result<Operand, Illegal> {
    let (number, scalar) = match slot {
        Slot::A(_) => (word & 0xff, word >> 23 & 1),
        _ => (words.field(9, 8), word >> 31 & 1),
    };
    let integer = inst.op.name().ends_with("i16") || inst.op.name().ends_with("u16");
    match (scalar, class) {
        (0, _) => Ok(register::vector(number, class.bits())),
        (_, Class::I16 | Class::V16) if integer => register::short_integer(number, words),
        _ => register::any(number, class.bits(), words),
    }
}

/// The result of a comparison: VCC, or what the second word names.
pub(super) fn mask(words: &Words) -> Result<Operand, Illegal> {
    match words.instead() {
        Instead::Parts(word) if word >> 15 & 1 != 0 => register::scalar(word >> 8 & 0x7f, 32, words.target()),
        _ => Ok(Operand { reg: Reg::Vcc, bits: 32, ..Operand::default() }),
    }
}
