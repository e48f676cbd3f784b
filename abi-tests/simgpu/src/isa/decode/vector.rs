//! What vector instructions add: signs, halves, clamping, DPP, and two operations in one.
#![forbid(unsafe_code)]

use super::super::table::{self, Row, Slot, Table};
use super::super::{Dpp, Op, Pair};
use super::fields::{Instead, Words};
use super::{Encoding, Illegal, Inst, Operand, Reg};
use super::{sdwa, source};

/// Bits 8 to 15 and 59 to 63 of VOP3 and VOP3P in one number: the order of [`Row::used`]. In VOP3: abs, op_sel with
/// the result's bit last, clamp, output multiplier, neg. In VOP3P: neg_hi, op_sel, op_sel_hi of the third source,
/// clamp, op_sel_hi, neg_lo.
fn gathered(words: &Words) -> u16 {
    (words.field(8, 8) | words.field(59, 5) << 8) as u16
}

/// Modifiers of VOP1, VOP2, VOPC, VOP3 and VOP3P. Must come before the operands, which depend on them.
pub(super) fn modifiers(inst: &mut Inst, words: &mut Words, row: &Row) -> Result<(), Illegal> {
    let long = matches!(inst.encoding, Encoding::Vop3 | Encoding::Vop3p);
    if long {
        let bits = gathered(words);
        if bits & refused(inst, row) != 0 {
            return Err(Illegal);
        }
        three(inst, words, bits & row.used & if second(row) { !0x7f } else { !0 });
    }
    let from = if long { words.field(32, 9) } else { words.field(0, 9) };
    let lanes = row.has(table::DPP) && !(inst.target.is_gfx10() && (long || inst.encoding == Encoding::Vopc));
    match from {
        249 if row.has(table::SDWA) && !long && inst.target.is_gfx10() => sdwa::modifiers(inst, words, row),
        250 if lanes => dpp16(inst, words, row, long),
        233 | 234 if lanes => dpp8(inst, words, from == 234),
        _ => Ok(()),
    }
}

/// The bits of [`Row::used`] that choose halves.
const HALVES: u16 = 0x78;

/// Whether there is a second result: its register is where abs and op_sel are.
fn second(row: &Row) -> bool {
    row.slots.iter().any(|slot| matches!(slot, Slot::E(_)))
}

/// The bits that must be zero. Signs that a source does not have are ignored where it has others, or a half.
fn refused(inst: &Inst, row: &Row) -> u16 {
    if inst.encoding == Encoding::Vop3p {
        // op_sel_hi never matters.
        return !row.used & 0x1cbf;
    }
    let signs = |source: u16| 0x401 << source;
    let has = |at: u16| {
        row.slots.iter().any(|slot| match slot {
            Slot::A(_) => at == 0,
            Slot::B(_) => at == 1,
            Slot::C(_) => at == 2,
            _ => false,
        })
    };
    let halves = row.slots.iter().any(|slot| {
        matches!(slot, Slot::A(class) | Slot::C(class) | Slot::D(class) if class.bits() == 16)
            && row.used & HALVES != 0
    });
    let ignored = |at: u16| {
        (row.used | ignored_signs(row.op)) & signs(at) != 0 || halves && has(at) && !inst.target.is_gfx10()
    };
    let mut bits = (0..3).filter(|&at| !ignored(at)).fold(0, |bits, at| bits | signs(at));
    bits |= !row.used & 0x80;
    bits |= if row.used & 0x300 == 0 { 0x300 } else { 0 };
    bits |= if halves { HALVES & !row.used } else { 0 };
    if second(row) { bits & !0x7f } else { bits }
}

/// Signs of integers that are encoded all the same.
fn ignored_signs(op: Op) -> u16 {
    match op {
        Op::VCmpxClassF16 | Op::VCmpxClassF32 | Op::VCmpxClassF64 => 0x802,
        Op::VLdexpF16 | Op::VLdexpF32 | Op::VLdexpF64 | Op::VTrigPreopF64 => 0x802,
        Op::VCvtPkU8F32 => 0x1806,
        _ => 0,
    }
}

fn three(inst: &mut Inst, words: &mut Words, bits: u16) {
    let field = |low: u16, width: u16| (bits >> low & ((1 << width) - 1)) as u8;
    let (abs, neg) = (field(0, 3), field(10, 3));
    inst.mods.clamp = field(7, 1) != 0;
    if inst.encoding == Encoding::Vop3 {
        inst.mods.op_sel = field(3, 4);
        inst.mods.omod = field(8, 2);
        words.set_signs(neg, abs);
        return;
    }
    inst.mods.op_sel = field(3, 3);
    inst.mods.op_sel_hi = field(8, 2) | field(6, 1) << 2;
    if matches!(inst.op, Op::VFmaMixF32 | Op::VFmaMixloF16 | Op::VFmaMixhiF16) {
        words.set_signs(neg, abs);
    } else {
        (inst.mods.neg_lo, inst.mods.neg_hi) = (neg, abs);
    }
}

fn dpp16(inst: &mut Inst, words: &mut Words, row: &Row, long: bool) -> Result<(), Illegal> {
    let word = words.next()?;
    words.set_instead(Instead::Lanes(word & 0xff));
    let ctrl = (word >> 8 & 0x1ff) as u16;
    if !matches!(ctrl, 0..=0xff | 0x101..=0x10f | 0x111..=0x11f | 0x121..=0x12f | 0x140 | 0x141 | 0x150..=0x16f)
    {
        return Err(Illegal);
    }
    inst.mods.dpp = Some(Dpp::Dpp16 {
        ctrl,
        row_mask: (word >> 28) as u8,
        bank_mask: (word >> 24 & 15) as u8,
        bound_ctrl: word >> 19 & 1 != 0,
        fi: word >> 18 & 1 != 0,
    });
    if !long {
        let (neg, abs) = ((word >> 20 & 1 | word >> 21 & 2) as u8, (word >> 21 & 1 | word >> 22 & 2) as u8);
        if u16::from(neg) & !(row.used >> 10) != 0 || u16::from(abs) & !row.used != 0 {
            return Err(Illegal);
        }
        words.set_signs(neg, abs);
    }
    Ok(())
}

fn dpp8(inst: &mut Inst, words: &mut Words, fi: bool) -> Result<(), Illegal> {
    let word = words.next()?;
    words.set_instead(Instead::Lanes(word & 0xff));
    inst.mods.dpp = Some(Dpp::Dpp8 { lanes: word >> 8, fi });
    Ok(())
}

/// Parameter interpolation: the counter it waits for stands where others have abs.
pub(super) fn interpolation(inst: &mut Inst, words: &mut Words, row: &Row) -> Result<(), Illegal> {
    let bits = (words.field(8, 8) | words.field(61, 3) << 8) as u16;
    inst.mem.offset = words.field(8, 3) as i32;
    inst.mods.op_sel = ((bits & row.used) >> 3 & 15) as u8;
    inst.mods.clamp = words.bit(15);
    words.set_signs(words.field(61, 3) as u8, 0);
    Ok(())
}

/// VOPD: two operations, one literal. The second writes the bank of registers that the first does not.
pub(super) fn dual(words: &mut Words) -> Result<Inst, Illegal> {
    words.extend_to(2)?;
    let target = words.target();
    let first = table::find(target, Table::Of(Encoding::Vopd), words.field(22, 4)).ok_or(Illegal)?;
    let second = table::find(target, Table::SecondDual, words.field(17, 5)).ok_or(Illegal)?;
    let mut inst = Inst::empty(first.op, Encoding::Vopd, target);
    let to = words.field(56, 8);
    let other = words.field(49, 7) << 1 | (!to & 1);
    let (list, count) = half(words, first, to, 0, 9)?;
    inst.list[..4].copy_from_slice(&list);
    (inst.count, inst.results) = (count, 1);
    let (operands, count) = half(words, second, other, 32, 41)?;
    inst.pair = Some(Pair { op: second.op, operands, count });
    inst.words = words.used();
    Ok(inst)
}

fn half(words: &mut Words, row: &Row, to: u32, a: u32, b: u32) -> Result<([Operand; 4], u8), Illegal> {
    let mut list = [Operand::default(); 4];
    let second = row.slots.iter().any(|slot| matches!(slot, Slot::B(_)));
    if !second && words.field(b, 8) != 0 {
        return Err(Illegal);
    }
    for (at, slot) in row.slots.iter().enumerate() {
        list[at] = match slot {
            Slot::D(_) => source::vector(to, 32),
            Slot::A(_) => source::any(words.field(a, 9), 32, words)?,
            Slot::B(_) => source::vector(words.field(b, 8), 32),
            _ => Operand { reg: Reg::Literal(words.literal()?), bits: 32, ..Operand::default() },
        };
    }
    Ok((list, row.slots.len() as u8))
}
