//! Flat, global and scratch memory: addresses of vector registers, scalar ones, both, or neither.
#![forbid(unsafe_code)]

use super::super::Target;
use super::super::table::{self, Class, Row};
use super::fields::{self, Words};
use super::memory::{off, signed};
use super::{Illegal, Inst, Operand, source};

/// The segments that are not flat.
const SCRATCH: u32 = 1;
const GLOBAL: u32 = 2;

/// Reads offset and flags. Must come before the operands, which depend on them.
pub(super) fn modifiers(inst: &mut Inst, words: &Words, row: &Row) -> Result<(), Illegal> {
    let wide = if fields::segment(words) == 0 { 1 } else { 0 };
    let mem = &mut inst.mem;
    if inst.target.is_gfx10() {
        mem.offset = signed(words.field(0, 12), 12 + wide);
        (mem.dlc, mem.lds, mem.glc, mem.slc) = (words.bit(12), words.bit(13), words.bit(16), words.bit(17));
    } else {
        mem.offset = signed(words.field(0, 13), 13 + wide);
        (mem.dlc, mem.glc, mem.slc) = (words.bit(13), words.bit(14), words.bit(15));
    }
    if mem.lds && !row.has(table::LDS) { Err(Illegal) } else { Ok(()) }
}

/// Global: two registers, or one added to a scalar address. Scratch: one, or none. Flat: two.
pub(super) fn address(words: &Words) -> Result<Operand, Illegal> {
    let number = words.field(32, 8);
    Ok(match fields::segment(words) {
        SCRATCH if !by_vector(words) => off(),
        SCRATCH => source::vector(number, 32),
        GLOBAL if !absent(words) => source::vector(number, 32),
        _ => source::vector(number, 64),
    })
}

/// Whether scratch has a vector address: gfx11 has a bit for it, gfx10 no scalar one then.
fn by_vector(words: &Words) -> bool {
    if words.target().is_gfx10() { words.field(48, 7) == fields::null(words.target()) } else { words.bit(55) }
}

/// Whether there is no scalar address. For scratch of gfx10.3 EXEC_HI stands for that, too: it has no address at all then.
fn absent(words: &Words) -> bool {
    let number = words.field(48, 7);
    let scratch = fields::segment(words) == SCRATCH && words.target() == Target::Gfx1030;
    number == fields::null(words.target()) || number == 127 && scratch
}

/// The scalar address of global and scratch.
pub(super) fn scalar_address(words: &Words, class: Class) -> Result<Operand, Illegal> {
    match words.field(48, 7) {
        _ if absent(words) => Ok(off()),
        // The whole of EXEC is no address, nor its high half.
        126 if fields::segment(words) == GLOBAL => Err(Illegal),
        127 => Err(Illegal),
        number => source::scalar(number, class.bits(), words.target()),
    }
}
