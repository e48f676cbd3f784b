//! From a decoded instruction to a step: operations are looked up by mnemonic once, here, and operands become
//! registers by number. An instruction without a step is one that this GPU does not have.
//! Touches `isa` and every kind of step.

mod image;
mod memory;
mod scalar;
mod vector;

use super::image::format::Generation;
use super::step::Act;
use crate::isa::{Encoding, Inst};

/// The step of an instruction, if there is one.
pub fn lower(inst: &Inst) -> Option<Act> {
    let generation = if inst.target.is_gfx10() { Generation::Gfx10 } else { Generation::Gfx11 };
    match inst.encoding {
        Encoding::Sop1 | Encoding::Sop2 | Encoding::Sopk | Encoding::Sopc => scalar::lower(inst),
        Encoding::Sopp => scalar::program(inst),
        Encoding::Smem => memory::scalar(inst),
        Encoding::Ds => memory::lds(inst),
        Encoding::Flat => memory::flat(inst),
        Encoding::Mubuf | Encoding::Mtbuf => memory::buffer(inst, generation),
        Encoding::Mimg => image::lower(inst, generation),
        Encoding::Vop1 | Encoding::Vop2 | Encoding::Vopc | Encoding::Vop3 | Encoding::Vop3p => {
            vector::lower(inst)
        }
        Encoding::Vopd => vector::dual(inst),
        _ => None,
    }
}
