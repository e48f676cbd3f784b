//! From words to an instruction: which encoding, which row, which operands.
#![forbid(unsafe_code)]

mod fields;
mod flat;
mod image;
mod memory;
mod sdwa;
mod source;
mod vector;

use super::table::{self, Slot};
use super::{Encoding, Illegal, Inst, Memory, Modifiers, Operand, Reg, Target};
use fields::Words;

/// Decodes the instruction at the head of `words` (some may be left over; a missing literal is [`Illegal`]).
pub fn decode(words: &[u32], target: Target) -> Result<Inst, Illegal> {
    let first = *words.first().ok_or(Illegal)?;
    let mut words = Words::new(words, target);
    match encoding(first, target).ok_or(Illegal)? {
        Encoding::Vopd => vector::dual(&mut words),
        Encoding::Mimg => image::decode(&mut words),
        Encoding::Exp => memory::export(&mut words),
        found => plain(&mut words, found),
    }
}

/// The encoding by its leading bits.
fn encoding(word: u32, target: Target) -> Option<Encoding> {
    use Encoding::*;
    let gfx11 = !target.is_gfx10();
    Some(match word >> 23 {
        0x17d => Sop1,
        0x17e => Sopc,
        0x17f => Sopp,
        top if top >> 5 == 0xb => Sopk,
        top if top >> 7 == 2 => Sop2,
        top => match (top >> 2, top >> 1, word >> 26) {
            (0x3e, ..) => Vopc,
            (0x3f, ..) => Vop1,
            (0..=0x3d, ..) => Vop2,
            (_, 0xcc, _) => Vop3p,
            (_, 0xcd, _) if gfx11 => Vinterp,
            (_, 0xce, _) if gfx11 => Ldsdir,
            (.., 0x32) if gfx11 => Vopd,
            (.., 0x35) => Vop3,
            (.., 0x36) => Ds,
            (.., 0x37) => Flat,
            (.., 0x38) => Mubuf,
            (.., 0x3a) => Mtbuf,
            (.., 0x3c) => Mimg,
            (.., 0x3d) => Smem,
            (.., 0x3e) => Exp,
            _ => return None,
        },
    })
}

/// Everything that one row of a table describes wholly.
fn plain(words: &mut Words, encoding: Encoding) -> Result<Inst, Illegal> {
    words.extend_to(fields::length(encoding))?;
    let (table, number) = fields::opcode(encoding, words);
    let row = table::find(words.target(), table, number).ok_or(Illegal)?;
    if !fields::idle_are_zero(encoding, row, words) {
        return Err(Illegal);
    }
    let mut inst = Inst::empty(row.op, encoding, words.target());
    inst.suffixed = row.has(table::SUFFIX);
    match encoding {
        Encoding::Vop1 | Encoding::Vop2 | Encoding::Vopc | Encoding::Vop3 | Encoding::Vop3p => {
            vector::modifiers(&mut inst, words, row)?;
        }
        Encoding::Vinterp => vector::interpolation(&mut inst, words, row)?,
        Encoding::Sopp | Encoding::Sop1 | Encoding::Sop2 | Encoding::Sopk | Encoding::Sopc => {}
        Encoding::Flat => flat::modifiers(&mut inst, words, row)?,
        _ => memory::modifiers(&mut inst, words, row)?,
    }
    let dropped = row.has(table::ATOMIC) && !inst.mem.glc && matches!(encoding, Encoding::Flat);
    inst.results = row.results;
    if inst.mem.lds || row.has(table::ATOMIC) && !inst.mem.glc {
        inst.results = 0;
    }
    for slot in &row.slots[usize::from((dropped || inst.mem.lds) && row.results > 0)..] {
        let operand = operand(&inst, words, *slot)?;
        inst.push(operand);
    }
    source::finish(&mut inst, words, row);
    inst.words = words.used();
    Ok(inst)
}

/// Reads the operand that a slot names.
fn operand(inst: &Inst, words: &mut Words, slot: Slot) -> Result<Operand, Illegal> {
    use Encoding::{Flat, Mtbuf, Mubuf};
    let special = |reg, bits| Ok(Operand { reg, bits, ..Operand::default() });
    match (inst.encoding, slot) {
        (Encoding::Vopc, Slot::Vcc) => sdwa::mask(words),
        (_, Slot::Vcc) => special(Reg::Vcc, 32),
        (_, Slot::K) => special(Reg::Imm((words.bits() & 0xffff) as i32), 0),
        (_, Slot::Message) => special(Reg::Imm((words.bits() & 0xff) as i32), 0),
        (_, Slot::Attr) => special(Reg::Imm((words.bits() >> 8 & 0xff) as i32), 0),
        (_, Slot::Lit) => special(Reg::Literal(words.literal()?), 32),
        (Flat, Slot::S(class)) => flat::scalar_address(words, class),
        (Flat, Slot::A(_)) => flat::address(words),
        (Mubuf | Mtbuf, Slot::A(_)) => memory::buffer_address(&inst.mem, words),
        (Mubuf | Mtbuf, Slot::D(class)) => memory::buffer_data(&inst.mem, words, class),
        (Mubuf | Mtbuf, Slot::R(class) | Slot::O(class)) => memory::buffer_scalar(words, slot, class),
        (_, Slot::O(class)) => memory::scalar_offset(words, class),
        (
            _,
            Slot::D(class)
            | Slot::E(class)
            | Slot::A(class)
            | Slot::B(class)
            | Slot::C(class)
            | Slot::S(class),
        ) => source::read(inst, words, slot, class),
        (_, Slot::R(_)) => Err(Illegal),
    }
}

impl Inst {
    fn empty(op: table::op::Op, encoding: Encoding, target: Target) -> Inst {
        Inst {
            target,
            op,
            encoding,
            words: 1,
            results: 0,
            count: 0,
            list: [Operand::default(); Inst::MOST],
            mods: Modifiers::default(),
            mem: Memory::default(),
            suffixed: false,
            pair: None,
        }
    }

    fn push(&mut self, operand: Operand) {
        self.list[usize::from(self.count)] = operand;
        self.count += 1;
    }
}
