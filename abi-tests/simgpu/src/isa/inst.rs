//! The decoded instruction. Plain data, `Copy`, no references: an interpreter turns it once into its own form.
//!
//! Operands stand in one list in the order LLVM's text has them, results first ([`Inst::results`] says how many),
//! because that order is the only one which is defined for every encoding. Modifiers that belong to one operand
//! (neg, abs, half) stand at the operand; what belongs to the instruction stands in [`Modifiers`] and [`Memory`].
#![forbid(unsafe_code)]

use super::operand::Operand;
use super::table::op::Op;

/// An instruction set: the processor as LLVM names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// RDNA 1.
    Gfx1010,
    /// RDNA 1 with ray tracing.
    Gfx1013,
    /// RDNA 2.
    Gfx1030,
    /// RDNA 3.
    Gfx1100,
}

impl Target {
    /// Every target.
    pub const ALL: [Target; 4] = [Target::Gfx1010, Target::Gfx1013, Target::Gfx1030, Target::Gfx1100];

    /// The processor's name.
    pub fn name(self) -> &'static str {
        match self {
            Target::Gfx1010 => "gfx1010",
            Target::Gfx1013 => "gfx1013",
            Target::Gfx1030 => "gfx1030",
            Target::Gfx1100 => "gfx1100",
        }
    }

    /// Whether the encodings are those before gfx11.
    pub fn is_gfx10(self) -> bool {
        self != Target::Gfx1100
    }
}

/// Words that are no instruction of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Illegal;

/// The format an instruction was found in. DPP and SDWA are not formats: see [`Modifiers::dpp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names are the manual's
pub enum Encoding {
    Sop1,
    Sop2,
    Sopk,
    Sopc,
    Sopp,
    Smem,
    Vop1,
    Vop2,
    Vopc,
    Vop3,
    Vop3p,
    Vopd,
    Vinterp,
    Ldsdir,
    Ds,
    Flat,
    Mubuf,
    Mtbuf,
    Mimg,
    Exp,
}

/// How lanes of the first source are read from other lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dpp {
    /// DPP16: a control of 9 bits, the rows and banks that write, zero for lanes out of bounds, and fetching
    /// from inactive lanes.
    #[allow(missing_docs)]
    Dpp16 { ctrl: u16, row_mask: u8, bank_mask: u8, bound_ctrl: bool, fi: bool },
    /// DPP8: 3 bits for each of 8 lanes, lane 0 lowest.
    #[allow(missing_docs)]
    Dpp8 { lanes: u32, fi: bool },
}

/// Bytes and halves of 32 bits (gfx10): which part of each source is read, and which of the result is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sdwa {
    /// The part of the result: 0 to 3 a byte, 4 and 5 a half, 6 all. Comparisons have none.
    pub dst: u8,
    /// What becomes of the rest of the result: 0 zero, 1 the sign, 2 it stays.
    pub unused: u8,
    /// The parts of the sources, numbered likewise.
    pub src: [u8; 2],
    /// Parts of integers that are extended by their sign.
    pub sext: [bool; 2],
}

/// What changes the operation as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Results are clamped (floats to 0..1, integers saturate).
    pub clamp: bool,
    /// Output multiplier: 0 none, 1 times two, 2 times four, 3 halved.
    pub omod: u8,
    /// The field of op_sel as it was encoded: bit n is source n, bit 3 the result. Where operands have
    /// halves of 16 bits, this is in [`Operand::half`] too.
    pub op_sel: u8,
    /// For packed mathematics: which half of source n feeds the high result.
    pub op_sel_hi: u8,
    /// For packed mathematics: negate source n for the low result.
    pub neg_lo: u8,
    /// For packed mathematics: negate source n for the high result; for v_fma_mix: absolute value.
    pub neg_hi: u8,
    /// Lanes are moved before the operation.
    pub dpp: Option<Dpp>,
    /// Parts of registers take part.
    pub sdwa: Option<Sdwa>,
}

/// What is particular to memory instructions. Fields that an encoding lacks are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Byte offset that is added to the address: signed for flat, global, scratch and SMEM.
    pub offset: i32,
    /// The second offset of the DS instructions with two addresses, in elements (the first is `offset`).
    pub offset1: u8,
    /// Globally coherent; for atomics: the old value is returned.
    pub glc: bool,
    /// System level coherent.
    pub slc: bool,
    /// Device level coherent.
    pub dlc: bool,
    /// Texture fail enable: one more register receives the status.
    pub tfe: bool,
    /// Global data share instead of LDS.
    pub gds: bool,
    /// Buffers: the address holds an index.
    pub idxen: bool,
    /// Buffers: the address holds an offset.
    pub offen: bool,
    /// Typed buffers: the format's number.
    pub format: u8,
    /// Images: components, lowest is red. Exports: components enabled.
    pub dmask: u8,
    /// Images: the dimension's number.
    pub dim: u8,
    /// Images: coordinates are not normalised.
    pub unorm: bool,
    /// Images: the resource has 128 bits.
    pub r128: bool,
    /// Images: addresses of 16 bits.
    pub a16: bool,
    /// Images: data of 16 bits.
    pub d16: bool,
    /// Images: LOD warning enable.
    pub lwe: bool,
    /// The result goes to LDS (gfx10).
    pub lds: bool,
    /// Exports: the last one.
    pub done: bool,
    /// Exports: two halves a register (gfx10).
    pub compr: bool,
    /// Exports: the mask of valid pixels goes along (gfx10).
    pub vm: bool,
    /// Exports: a row of the primitive (gfx11).
    pub row: bool,
}

/// The second half of a VOPD: runs at once with the first, both read before either writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The operation, `v_dual_*` without its prefix.
    pub op: Op,
    /// Result, then sources.
    pub operands: [Operand; 4],
    /// How many of `operands` are used.
    pub count: u8,
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inst {
    /// The instruction set that it is of.
    pub target: Target,
    /// What is done.
    pub op: Op,
    /// How it was encoded.
    pub encoding: Encoding,
    /// How many words of 32 bits it has, literal included.
    pub words: u8,
    /// How many of the operands are written; they come first.
    pub results: u8,
    /// How many of `list` are used.
    pub count: u8,
    /// The operands; see [`Inst::operands`].
    pub list: [Operand; Inst::MOST],
    /// Modifiers of vector instructions.
    pub mods: Modifiers,
    /// Modifiers of memory instructions.
    pub mem: Memory,
    pub(super) suffixed: bool,
    /// VOPD's second half.
    pub pair: Option<Pair>,
}

impl Inst {
    /// The most operands an instruction has: a sample with 13 address registers, data, resource and sampler.
    pub const MOST: usize = 16;

    /// Operands, results first.
    pub fn operands(&self) -> &[Operand] {
        &self.list[..usize::from(self.count)]
    }

    /// Whether LLVM tells this encoding from others of the same operation by `_e32` or `_e64`.
    pub(super) fn suffixed(&self) -> bool {
        self.suffixed
    }

    /// What is written, the carry included.
    pub fn dst(&self) -> &[Operand] {
        &self.list[..usize::from(self.results)]
    }

    /// What is read. An accumulator that is also the result (v_fmac) is not named here: LLVM's text has it once.
    pub fn src(&self) -> &[Operand] {
        &self.list[usize::from(self.results)..usize::from(self.count)]
    }
}
