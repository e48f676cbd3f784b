//! The shape of the tables of opcodes. The tables themselves are data, one file a generation.
#![forbid(unsafe_code)]

mod gfx11;
pub mod op;

use super::{Encoding, Target};
use op::Op;

/// What an operand's field may name: the letter says which registers and constants, the number how many bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Vector registers.
    V16,
    V32,
    V64,
    V96,
    V128,
    V256,
    /// Vector and scalar registers, constants, a literal.
    X16,
    X32,
    X64,
    /// The same, where a float constant is written as its bits (integers of 16 bits).
    I16,
    /// The same, with a literal of 16 bits in 32.
    H32,
    /// A mask of lanes: scalar registers, and whatever else the field can say but constants.
    M32,
    /// Vector registers and constants of a matrix.
    W256,
    /// Scalar registers, constants, a literal.
    C32,
    C64,
    /// Scalar registers.
    S32,
    S64,
    S128,
    S256,
    S512,
    /// No register: the field as a number.
    Number,
}

impl Class {
    pub(super) fn bits(self) -> u16 {
        use Class::*;
        match self {
            Number => 0,
            V16 | X16 | I16 => 16,
            V32 | X32 | H32 | M32 | C32 | S32 => 32,
            V64 | X64 | C64 | S64 => 64,
            V96 => 96,
            V128 | S128 => 128,
            V256 | W256 | S256 => 256,
            S512 => 512,
        }
    }
}

/// An operand: the field of the encoding that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// Result (or data of buffers).
    D(Class),
    /// Second, scalar result.
    E(Class),
    /// Sources; for memory the address and data.
    A(Class),
    B(Class),
    C(Class),
    /// Resource of a buffer.
    R(Class),
    /// Offset that is a register.
    O(Class),
    /// Scalar address.
    S(Class),
    /// The constant of 16 bits.
    K,
    /// The literal of v_fmamk and v_fmaak.
    Lit,
    /// The message of s_sendmsg_rtn.
    Message,
    /// Attribute of an interpolation.
    Attr,
    /// VCC, which no field names.
    Vcc,
}

/// The mnemonic has a suffix by encoding (`_e32`, `_e64`).
pub(super) const SUFFIX: u8 = 1;
/// DPP is allowed.
pub(super) const DPP: u8 = 2;
/// The result is there only with glc.
pub(super) const ATOMIC: u8 = 4;
/// None of these.
pub(super) const PLAIN: u8 = 0;

/// One opcode of an encoding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub number: u16,
    pub op: Op,
    pub flags: u8,
    /// Modifier bits that mean something, in the encoding's own order ([`super::decode`]).
    pub used: u16,
    /// Modifier bits that must be zero; others are ignored.
    pub zero: u16,
    pub results: u8,
    pub slots: &'static [Slot],
}

pub(super) const fn row(
    number: u16,
    op: Op,
    flags: u8,
    used: u16,
    zero: u16,
    results: u8,
    slots: &'static [Slot],
) -> Row {
    Row { number, op, flags, used, zero, results, slots }
}

impl Row {
    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Flat instructions have an opcode in each of three segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Of(Encoding),
    Global,
    Scratch,
    SecondDual,
}

/// The row of an opcode.
pub(super) fn find(target: Target, table: Table, number: u32) -> Option<&'static Row> {
    let rows = match target {
        Target::Gfx1100 => gfx11(table),
    };
    rows.binary_search_by_key(&number, |row| u32::from(row.number)).ok().map(|at| &rows[at])
}

fn gfx11(table: Table) -> &'static [Row] {
    match table {
        Table::Global => gfx11::GLOB,
        Table::Scratch => gfx11::SCRA,
        Table::SecondDual => gfx11::VOPD_Y,
        Table::Of(encoding) => match encoding {
            Encoding::Sop1 => gfx11::SOP1,
            Encoding::Sop2 => gfx11::SOP2,
            Encoding::Sopk => gfx11::SOPK,
            Encoding::Sopc => gfx11::SOPC,
            Encoding::Sopp => gfx11::SOPP,
            Encoding::Smem => gfx11::SMEM,
            Encoding::Vop1 => gfx11::VOP1,
            Encoding::Vop2 => gfx11::VOP2,
            Encoding::Vopc => gfx11::VOPC,
            Encoding::Vop3 => gfx11::VOP3,
            Encoding::Vop3p => gfx11::VOP3P,
            Encoding::Vopd => gfx11::VOPD_X,
            Encoding::Vinterp => gfx11::VINTERP,
            Encoding::Ldsdir => gfx11::LDSDIR,
            Encoding::Ds => gfx11::DS,
            Encoding::Flat => gfx11::FLAT,
            Encoding::Mubuf => gfx11::MUBUF,
            Encoding::Mtbuf => gfx11::MTBUF,
            Encoding::Mimg => gfx11::MIMG,
            Encoding::Exp => &[],
        },
    }
}
