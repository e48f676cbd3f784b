//! Operands out of their fields: the numbering of registers and constants.
#![forbid(unsafe_code)]

use super::super::operand::Half;
use super::super::table::{Class, Row, Slot};
use super::fields::{self, Instead, Words};
use super::{Encoding, Illegal, Inst, Operand, Reg, Target, sdwa};

/// A vector register.
pub(super) fn vector(number: u32, bits: u16) -> Operand {
    Operand { reg: Reg::Vgpr(number as u8), bits, ..Operand::default() }
}

/// A scalar register, special or not, by the numbering that all encodings share. Wide registers are aligned: lower
/// bits of the number are ignored.
pub(super) fn scalar(number: u32, bits: u16, target: Target) -> Result<Operand, Illegal> {
    let align = match bits {
        0..=32 => 1,
        64 => 2,
        _ => 4,
    };
    let span = u32::from(bits.div_ceil(32)).max(1);
    let first = number / align * align;
    let reg = match number {
        0..=105 if first + span <= 106 => Reg::Sgpr(first as u8),
        106 if span <= 2 => Reg::Vcc,
        107 if span == 1 => Reg::VccHi,
        108..=123 => {
            let first = (number - 108) / align * align;
            if first + span > 16 {
                return Err(Illegal);
            }
            Reg::Ttmp(first as u8)
        }
        124 | 125 if number == fields::null(target) => Reg::Null,
        124 | 125 if span == 1 => Reg::M0,
        126 if span <= 2 => Reg::Exec,
        127 if span == 1 => Reg::ExecHi,
        _ => return Err(Illegal),
    };
    Ok(Operand { reg, bits, ..Operand::default() })
}

/// Any source: what a field of 8 or 9 bits may name.
pub(super) fn any(number: u32, bits: u16, words: &mut Words) -> Result<Operand, Illegal> {
    let reg = match number {
        0..=127 => return scalar(number, bits, words.target()),
        128..=192 => Reg::Int((number - 128) as i8),
        193..=208 => Reg::Int(-((number - 192) as i8)),
        235 => Reg::SharedBase,
        236 => Reg::SharedLimit,
        237 => Reg::PrivateBase,
        238 => Reg::PrivateLimit,
        239 => Reg::PopsExitingWaveId,
        240..=248 => Reg::Float(number as u8),
        251 => Reg::Vccz,
        252 => Reg::Execz,
        253 => Reg::Scc,
        254 if bits <= 32 => Reg::LdsDirect,
        255 => Reg::Literal(words.literal()?),
        256..=511 => Reg::Vgpr((number - 256) as u8),
        _ => return Err(Illegal),
    };
    Ok(Operand { reg, bits, ..Operand::default() })
}

/// The same for integers of 16 bits: a float constant is the half float's bits.
pub(super) fn short_integer(number: u32, words: &mut Words) -> Result<Operand, Illegal> {
    const BITS: [u32; 9] = [0x3800, 0xb800, 0x3c00, 0xbc00, 0x4000, 0xc000, 0x4400, 0xc400, 0x3118];
    match number {
        240..=248 => {
            let reg = Reg::Literal(BITS[number as usize - 240]);
            Ok(Operand { reg, bits: 16, ..Operand::default() })
        }
        _ => any(number, 16, words),
    }
}

/// Reads an operand of the encodings without particular rules.
pub(super) fn read(inst: &Inst, words: &mut Words, slot: Slot, class: Class) -> Result<Operand, Illegal> {
    let (low, width) = fields::place(inst.encoding, slot).ok_or(Illegal)?;
    let number = words.field(low, width);
    let mixed = || inst.op.name().starts_with("v_fma_mix");
    let operand = match (slot, words.instead()) {
        (Slot::A(_), Instead::Lanes(lane)) => vector(lane, class.bits()),
        // Mixed precision whose lanes move has a vector register as second source.
        (Slot::B(_), Instead::Lanes(_)) if number < 256 && mixed() => return Err(Illegal),
        (Slot::A(_) | Slot::B(_), Instead::Parts(word)) => {
            return sdwa::source(inst, words, slot, word, class);
        }
        // Bases are counted in pairs; M0 and EXEC are no result.
        (Slot::A(_), _) if inst.encoding == Encoding::Smem => scalar(number << 1, class.bits(), inst.target)?,
        (Slot::D(_), _) if inst.encoding == Encoding::Smem && !loadable(inst, class, number) => {
            return Err(Illegal);
        }
        _ => named(inst, words, class, number, width)?,
    };
    halved(inst, operand, slot, class)
}

fn loadable(inst: &Inst, class: Class, number: u32) -> bool {
    class == Class::Number || !matches!(number, 124..=127) || number == fields::null(inst.target)
}

/// What a class makes of the number in a field of so many bits.
fn named(inst: &Inst, words: &mut Words, class: Class, number: u32, width: u32) -> Result<Operand, Illegal> {
    use Class::*;
    let bits = class.bits();
    Ok(match class {
        V16 | V32 | V64 | V96 | V128 | V256 if width == 8 => vector(number, bits),
        // Interpolation reads halves of vector registers whatever the top bit says.
        V16 if inst.encoding == Encoding::Vinterp => vector(number & 0xff, bits),
        V16 | V32 | V64 | V96 | V128 | V256 if number >= 256 => vector(number - 256, bits),
        I16 => short_integer(number, words)?,
        X16 | X32 | X64 => any(number, bits, words)?,
        // Scalar instructions cannot read LDS.
        C32 | C64 if number < 254 || number == 255 => any(number, bits, words)?,
        M32 if number < 128 => scalar(number, bits, inst.target)?,
        W256 if matches!(number, 128..=208 | 240..=248 | 256..) => any(number, bits, words)?,
        S32 | S64 | S128 | S256 | S512 => scalar(number, bits, inst.target)?,
        Number => Operand { reg: Reg::Imm(number as i32), ..Operand::default() },
        _ => return Err(Illegal),
    })
}

/// Which half of a register 16 bits are in, since gfx11: in VOP3 as op_sel says, in the short encodings by the top bit of the
/// register's number.
fn halved(inst: &Inst, mut operand: Operand, slot: Slot, class: Class) -> Result<Operand, Illegal> {
    if inst.target.is_gfx10() || !matches!(class, Class::V16 | Class::X16 | Class::I16) {
        return Ok(operand);
    }
    let Reg::Vgpr(number) = operand.reg else { return Ok(operand) };
    let high = match inst.encoding {
        Encoding::Vop3 | Encoding::Vinterp => inst.mods.op_sel >> index(slot) & 1 != 0,
        _ => {
            operand.reg = Reg::Vgpr(number & 127);
            number >= 128
        }
    };
    operand.half = if high { Half::High } else { Half::Low };
    Ok(operand)
}

/// The place of a slot in op_sel: sources, then the result.
pub(super) fn index(slot: Slot) -> u32 {
    match slot {
        Slot::A(_) => 0,
        Slot::B(_) => 1,
        Slot::C(_) => 2,
        _ => 3,
    }
}

/// Puts neg and abs to the operands.
pub(super) fn finish(inst: &mut Inst, words: &Words, row: &Row) {
    let (neg, abs) = words.signs();
    if neg | abs == 0 {
        return;
    }
    for (at, slot) in row.slots.iter().enumerate().take(usize::from(inst.count)) {
        if let Slot::A(_) | Slot::B(_) | Slot::C(_) = slot {
            inst.list[at].neg = neg >> index(*slot) & 1 != 0;
            inst.list[at].abs = abs >> index(*slot) & 1 != 0;
        }
    }
}
