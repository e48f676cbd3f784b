//! What memory instructions add: offsets, coherence, and addresses that may be absent.
#![forbid(unsafe_code)]

use super::super::table::{Class, Row, Slot};
use super::super::{Memory, Op};
use super::fields::Words;
use super::source;
use super::{Encoding, Illegal, Inst, Operand, Reg};

/// The scalar address of flat instructions that stands for none.
const NONE: u32 = 124;

/// Reads offsets and flags. Must come before the operands, which depend on them.
pub(super) fn modifiers(inst: &mut Inst, words: &Words, row: &Row) -> Result<(), Illegal> {
    let mem = &mut inst.mem;
    match inst.encoding {
        Encoding::Ds => {
            if row.op.name().contains("2addr") {
                (mem.offset, mem.offset1) = (words.field(0, 8) as i32, words.field(8, 8) as u8);
            } else {
                mem.offset = words.field(0, 16) as i32;
            }
            mem.gds = words.bit(17);
            if mem.gds && row.zero & 1 != 0 {
                return Err(Illegal);
            }
        }
        Encoding::Flat => {
            let segment = words.field(16, 2);
            mem.offset = signed(words.field(0, 13), if segment == 0 { 14 } else { 13 });
            (mem.dlc, mem.glc, mem.slc) = (words.bit(13), words.bit(14), words.bit(15));
            if u32::from(row.zero) & words.field(13, 3) != 0 {
                return Err(Illegal);
            }
        }
        Encoding::Mubuf | Encoding::Mtbuf => buffer(mem, inst.encoding, words, row)?,
        Encoding::Smem => {
            (mem.dlc, mem.glc) = (words.bit(13), words.bit(14));
            mem.offset = signed(words.field(32, 21), 21);
            if u32::from(row.zero) & words.field(13, 2) != 0 {
                return Err(Illegal);
            }
        }
        // The counter that reading LDS by M0 waits for.
        Encoding::Ldsdir => mem.offset = words.field(16, 4) as i32,
        _ => {}
    }
    Ok(())
}

fn buffer(mem: &mut Memory, encoding: Encoding, words: &Words, row: &Row) -> Result<(), Illegal> {
    mem.offset = words.field(0, 12) as i32;
    (mem.slc, mem.dlc, mem.glc) = (words.bit(12), words.bit(13), words.bit(14));
    (mem.tfe, mem.offen, mem.idxen) = (words.bit(53), words.bit(54), words.bit(55));
    if encoding == Encoding::Mtbuf {
        mem.format = words.field(19, 7) as u8;
    }
    let bits = words.field(12, 3) | words.field(53, 3) << 3;
    if u32::from(row.zero) & bits != 0 { Err(Illegal) } else { Ok(()) }
}

/// A field of `width` bits with its sign.
fn signed(value: u32, width: u32) -> i32 {
    ((value << (32 - width)) as i32) >> (32 - width)
}

fn off() -> Operand {
    Operand::default()
}

/// Global: two registers, or one added to a scalar address. Scratch: one, or none. Flat: two.
pub(super) fn flat_address(words: &Words, _: Class) -> Result<Operand, Illegal> {
    let number = words.field(32, 8);
    Ok(match words.field(16, 2) {
        1 if words.bit(55) => source::vector(number, 32),
        1 => off(),
        2 if words.field(48, 7) != NONE => source::vector(number, 32),
        _ => source::vector(number, 64),
    })
}

/// The scalar address of global and scratch.
pub(super) fn scalar_address(words: &Words, class: Class) -> Result<Operand, Illegal> {
    match words.field(48, 7) {
        NONE => Ok(off()),
        // The whole of EXEC is no address, nor its high half.
        126 if words.field(16, 2) == 2 => Err(Illegal),
        127 => Err(Illegal),
        number => source::scalar(number, class.bits()),
    }
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
        Slot::R(_) => source::scalar(words.field(48, 5) << 2, class.bits()),
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
        NONE => Ok(off()),
        number => source::scalar(number, class.bits()),
    }
}

/// Exports: four registers, of which the mask says the used ones.
pub(super) fn export(words: &mut Words) -> Result<Inst, Illegal> {
    words.extend_to(2)?;
    let mut inst = Inst::empty(Op::Exp, Encoding::Exp);
    inst.push(Operand { reg: Reg::Imm(words.field(4, 6) as i32), ..Operand::default() });
    inst.mem.dmask = words.field(0, 4) as u8;
    (inst.mem.done, inst.mem.row) = (words.bit(11), words.bit(13));
    for at in 0..4 {
        let used = inst.mem.dmask >> at & 1 != 0;
        inst.push(if used { source::vector(words.field(32 + 8 * at, 8), 32) } else { off() });
    }
    inst.words = words.used();
    Ok(inst)
}
