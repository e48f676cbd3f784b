//! What vector instructions add: signs, halves, clamping, DPP, and two operations in one.
#![forbid(unsafe_code)]

use super::super::table::{self, Row, Slot, Table};
use super::super::{Dpp, Op, Pair, Target};
use super::fields::Words;
use super::source;
use super::{Encoding, Illegal, Inst, Operand, Reg};

/// Bits 8 to 15 and 59 to 63 of VOP3 and VOP3P in one number: the order of [`Row::used`] and [`Row::zero`].
fn gathered(words: &Words) -> u16 {
    (words.field(8, 8) | words.field(59, 5) << 8) as u16
}

/// Modifiers of VOP1, VOP2, VOPC, VOP3 and VOP3P. Must come before the operands, which depend on them.
pub(super) fn modifiers(inst: &mut Inst, words: &mut Words, row: &Row) -> Result<(), Illegal> {
    let long = matches!(inst.encoding, Encoding::Vop3 | Encoding::Vop3p);
    if long {
        let bits = gathered(words);
        if bits & row.zero != 0 {
            return Err(Illegal);
        }
        // With a second result, its register is where abs and op_sel are.
        let second = row.slots.iter().any(|slot| matches!(slot, Slot::E(_)));
        three(inst, words, bits & row.used & if second { !0x7f } else { !0 });
    }
    let from = if long { words.field(32, 9) } else { words.field(0, 9) };
    match from {
        250 if row.has(table::DPP) => dpp16(inst, words, row, long),
        233 | 234 if row.has(table::DPP) => dpp8(inst, words, from == 234),
        _ => Ok(()),
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
    words.set_lanes_from(word & 0xff);
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
        // The long form of the same operation knows which signs there are.
        let number = u32::from(row.number)
            + match inst.encoding {
                Encoding::Vop1 => 0x180,
                Encoding::Vop2 => 0x100,
                _ => 0,
            };
        let allowed =
            table::find(Target::Gfx1100, Table::Of(Encoding::Vop3), number).map_or(0, |long| long.used);
        if u16::from(neg) & !(allowed >> 10) != 0 || u16::from(abs) & !allowed != 0 {
            return Err(Illegal);
        }
        words.set_signs(neg, abs);
    }
    Ok(())
}

fn dpp8(inst: &mut Inst, words: &mut Words, fi: bool) -> Result<(), Illegal> {
    let word = words.next()?;
    words.set_lanes_from(word & 0xff);
    inst.mods.dpp = Some(Dpp::Dpp8 { lanes: word >> 8, fi });
    Ok(())
}

/// Parameter interpolation: the counter it waits for stands where others have abs.
pub(super) fn interpolation(inst: &mut Inst, words: &mut Words, row: &Row) -> Result<(), Illegal> {
    let bits = (words.field(8, 8) | words.field(61, 3) << 8) as u16;
    if bits & row.zero != 0 {
        return Err(Illegal);
    }
    inst.mem.offset = words.field(8, 3) as i32;
    inst.mods.op_sel = ((bits & row.used) >> 3 & 15) as u8;
    inst.mods.clamp = words.bit(15);
    words.set_signs(words.field(61, 3) as u8, 0);
    Ok(())
}

/// VOPD: two operations, one literal. The second writes the bank of registers that the first does not.
pub(super) fn dual(words: &mut Words, target: Target) -> Result<Inst, Illegal> {
    words.extend_to(2)?;
    let first = table::find(target, Table::Of(Encoding::Vopd), words.field(22, 4)).ok_or(Illegal)?;
    let second = table::find(target, Table::SecondDual, words.field(17, 5)).ok_or(Illegal)?;
    let mut inst = Inst::empty(first.op, Encoding::Vopd);
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
