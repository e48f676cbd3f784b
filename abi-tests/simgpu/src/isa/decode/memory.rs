//! What memory instructions add: offsets, coherence, and addresses that may be absent.
#![forbid(unsafe_code)]

use super::super::table::{self, Class, Row, Slot};
use super::super::{Memory, Op};
use super::fields::{self, Words};
use super::source;
use super::{Encoding, Illegal, Inst, Operand, Reg};

/// Reads offsets and flags. Must come before the operands, which depend on them.
pub(super) fn modifiers(inst: &mut Inst, words: &Words, row: &Row) -> Result<(), Illegal> {
    let gfx10 = inst.target.is_gfx10();
    let mem = &mut inst.mem;
    match inst.encoding {
        Encoding::Ds => {
            if row.op.name().contains("2addr") {
                (mem.offset, mem.offset1) = (words.field(0, 8) as i32, words.field(8, 8) as u8);
            } else {
                mem.offset = words.field(0, 16) as i32;
            }
            mem.gds = words.bit(17);
            if mem.gds && row.has(table::LOCAL) || !mem.gds && row.has(table::GDS) {
                return Err(Illegal);
            }
        }
        Encoding::Mubuf | Encoding::Mtbuf => return buffer(inst, words, row),
        Encoding::Smem => {
            let (dlc, glc) = if gfx10 { (14, 16) } else { (13, 14) };
            let (dlc, glc) = (words.bit(dlc), words.bit(glc));
            let addressed = row.slots.last() == Some(&Slot::O(Class::S32));
            if addressed {
                mem.offset = signed(words.field(32, 21), 21);
            }
            // Cache control, clocks and probes have no coherence; gfx10 does not look.
            match row.slots.first() {
                Some(Slot::D(class)) if addressed && *class != Class::Number => {
                    (mem.dlc, mem.glc) = (dlc, glc);
                }
                _ if (dlc || glc) && !gfx10 => return Err(Illegal),
                _ => {}
            }
        }
        // The counter that reading LDS by M0 waits for.
        Encoding::Ldsdir => mem.offset = words.field(16, 4) as i32,
        _ => {}
    }
    Ok(())
}

fn buffer(inst: &mut Inst, words: &Words, row: &Row) -> Result<(), Illegal> {
    let gfx10 = inst.target.is_gfx10();
    let typed = inst.encoding == Encoding::Mtbuf;
    let mem = &mut inst.mem;
    mem.offset = words.field(0, 12) as i32;
    if gfx10 {
        (mem.offen, mem.idxen, mem.glc, mem.dlc) =
            (words.bit(12), words.bit(13), words.bit(14), words.bit(15));
        (mem.slc, mem.tfe, mem.lds) = (words.bit(54), words.bit(55), words.bit(16) && !typed);
    } else {
        (mem.slc, mem.dlc, mem.glc) = (words.bit(12), words.bit(13), words.bit(14));
        (mem.tfe, mem.offen, mem.idxen) = (words.bit(53), words.bit(54), words.bit(55));
    }
    if typed {
        mem.format = words.field(19, 7) as u8;
    }
    let atomic = row.has(table::ATOMIC);
    let refused = if row.slots.is_empty() {
        mem.dlc || mem.glc || mem.tfe || mem.offen || mem.idxen || mem.lds
    } else {
        mem.tfe && (typed || atomic || mem.lds)
            || mem.dlc && atomic && gfx10
            || mem.lds && !row.has(table::LDS)
    };
    if refused { Err(Illegal) } else { Ok(()) }
}

/// A field of `width` bits with its sign.
pub(super) fn signed(value: u32, width: u32) -> i32 {
    ((value << (32 - width)) as i32) >> (32 - width)
}

/// No register.
pub(super) fn off() -> Operand {
    Operand::default()
}

/// Index, offset, both or neither.
pub(super) fn buffer_address(mem: &Memory, words: &Words) -> Result<Operand, Illegal> {
    let number = words.field(32, 8);
    Ok(match (mem.idxen, mem.offen) {
        (true, true) => source::vector(number, 64),
        (false, false) => off(),
        _ => source::vector(number, 32),
    })
}

/// The data, one register longer where the status of the access is wanted.
pub(super) fn buffer_data(mem: &Memory, words: &Words, class: Class) -> Result<Operand, Illegal> {
    Ok(source::vector(words.field(40, 8), class.bits() + if mem.tfe { 32 } else { 0 }))
}

/// Resource (in units of four registers) and scalar offset.
pub(super) fn buffer_scalar(words: &mut Words, slot: Slot, class: Class) -> Result<Operand, Illegal> {
    match slot {
        Slot::R(_) => source::scalar(words.field(48, 5) << 2, class.bits(), words.target()),
        _ => match words.field(56, 8) {
            // There is no literal in these encodings, and no reading of LDS.
            254 | 255 => Err(Illegal),
            number => source::any(number, class.bits(), words),
        },
    }
}

/// The register of SMEM that is added to the offset.
pub(super) fn scalar_offset(words: &Words, class: Class) -> Result<Operand, Illegal> {
    match words.field(57, 7) {
        number if number == fields::null(words.target()) => Ok(off()),
        number => source::scalar(number, class.bits(), words.target()),
    }
}

/// Exports: four registers, of which the mask says the used ones, or two with two halves each.
pub(super) fn export(words: &mut Words) -> Result<Inst, Illegal> {
    words.extend_to(2)?;
    let mut inst = Inst::empty(Op::Exp, Encoding::Exp, words.target());
    inst.push(Operand { reg: Reg::Imm(words.field(4, 6) as i32), ..Operand::default() });
    inst.mem.dmask = words.field(0, 4) as u8;
    let gfx10 = inst.target.is_gfx10();
    (inst.mem.done, inst.mem.row) = (words.bit(11), words.bit(13) && !gfx10);
    (inst.mem.compr, inst.mem.vm) = (words.bit(10) && gfx10, words.bit(12) && gfx10);
    for at in 0..4 {
        let used = inst.mem.dmask >> at & 1 != 0;
        let field = if inst.mem.compr { at / 2 } else { at };
        inst.push(if used { source::vector(words.field(32 + 8 * field, 8), 32) } else { off() });
    }
    inst.words = words.used();
    Ok(inst)
}
