//! The shape of the tables of opcodes. The tables themselves are data: one row an operation, with its number in each
//! generation, so that what generations share stands once.
#![forbid(unsafe_code)]

mod compare;
mod image;
mod memory;
pub mod op;
mod scalar;
mod vector;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::{Encoding, Target};
use op::Op;

/// What an operand's field may name: the letter says which registers and constants, the number how many bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Vector registers. Of 16 bits: half a register on gfx11, before that a whole one.
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
    /// The same, where gfx11 writes a float constant as its bits (integers of 16 bits).
    I16,
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
            V32 | X32 | M32 | C32 | S32 => 32,
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

/// The mnemonic has a suffix by encoding (`_e32`, `_e64`): a short one has a long form.
pub(super) const SUFFIX: u8 = 1;
/// DPP is allowed.
pub(super) const DPP: u8 = 2;
/// The result is there only with glc.
pub(super) const ATOMIC: u8 = 4;
/// SDWA is allowed (gfx10).
pub(super) const SDWA: u8 = 8;
/// The global data share is not reached.
pub(super) const LOCAL: u8 = 16;
/// Only the global data share is reached.
pub(super) const GDS: u8 = 64;
/// The result may go to LDS (gfx10).
pub(super) const LDS: u8 = 32;
/// None of these.
pub(super) const PLAIN: u8 = 0;

/// No opcode in a generation.
const NO: u16 = u16::MAX;

/// One operation of an encoding.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Opcode in gfx10.1, gfx10.3 and gfx11.
    numbers: [u16; 3],
    pub op: Op,
    pub flags: u8,
    /// Modifiers that mean something in VOP3 and VOP3P, as `decode::vector` gathers them; of short forms those of
    /// the long one.
    pub used: u16,
    pub results: u8,
    pub slots: Cow<'static, [Slot]>,
}

const fn row(numbers: [u16; 3], op: Op, flags: u8, used: u16, results: u8, slots: &'static [Slot]) -> Row {
    Row { numbers, op, flags, used, results, slots: Cow::Borrowed(slots) }
}

impl Row {
    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// The same operation in VOP3: its opcodes begin at another number, every source may be anything, and VCC is
    /// named. Since gfx11, halves can be chosen.
    fn long(&self, first: u16, column: usize) -> Row {
        use Class::*;
        let integer = self.slots.contains(&Slot::A(I16));
        let slot = |(at, slot): (usize, &Slot)| match *slot {
            Slot::Vcc if at == 0 => Slot::D(S32),
            Slot::Vcc if at == 1 => Slot::E(S32),
            Slot::Vcc => Slot::C(M32),
            Slot::B(V16) if integer => Slot::B(I16),
            Slot::B(V16) => Slot::B(X16),
            Slot::B(V32) => Slot::B(X32),
            Slot::B(V64) => Slot::B(X64),
            other => other,
        };
        let half = |slot: &Slot| match slot {
            Slot::A(V16 | X16 | I16) => 0x08,
            Slot::B(V16) => 0x10,
            Slot::D(V16) => 0x40,
            _ => 0,
        };
        let halves = self.slots.iter().map(half).filter(|_| column == 2).sum::<u16>();
        Row {
            numbers: self.numbers.map(|number| if number == NO { NO } else { number + first }),
            used: self.used | halves,
            slots: self.slots.iter().enumerate().map(slot).collect(),
            ..*self
        }
    }
}

/// Flat instructions have an opcode in each of three segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Table {
    Of(Encoding),
    Global,
    Scratch,
    SecondDual,
}

const TABLES: [(Table, &[Row]); 21] = [
    (Table::Of(Encoding::Sop1), scalar::SOP1),
    (Table::Of(Encoding::Sop2), scalar::SOP2),
    (Table::Of(Encoding::Sopk), scalar::SOPK),
    (Table::Of(Encoding::Sopc), scalar::SOPC),
    (Table::Of(Encoding::Sopp), scalar::SOPP),
    (Table::Of(Encoding::Smem), scalar::SMEM),
    (Table::Of(Encoding::Vop1), vector::VOP1),
    (Table::Of(Encoding::Vop2), vector::VOP2),
    (Table::Of(Encoding::Vop3), vector::VOP3),
    (Table::Of(Encoding::Vop3p), vector::VOP3P),
    (Table::Of(Encoding::Vopd), vector::VOPD_X),
    (Table::SecondDual, vector::VOPD_Y),
    (Table::Of(Encoding::Vinterp), vector::VINTERP),
    (Table::Of(Encoding::Ldsdir), vector::LDSDIR),
    (Table::Of(Encoding::Ds), memory::DS),
    (Table::Of(Encoding::Flat), memory::FLAT),
    (Table::Global, memory::GLOBAL),
    (Table::Scratch, memory::SCRATCH),
    (Table::Of(Encoding::Mubuf), memory::MUBUF),
    (Table::Of(Encoding::Mtbuf), memory::MTBUF),
    (Table::Of(Encoding::Mimg), image::MIMG),
];

type Rows = HashMap<(Table, u16), Row>;

/// The row of an opcode.
pub(super) fn find(target: Target, table: Table, number: u32) -> Option<&'static Row> {
    static ROWS: [OnceLock<Rows>; 3] = [const { OnceLock::new() }; 3];
    let column = match target {
        Target::Gfx1010 | Target::Gfx1013 => 0,
        Target::Gfx1030 => 1,
        Target::Gfx1100 => 2,
    };
    let number = u16::try_from(number).ok()?;
    ROWS[column].get_or_init(|| rows(column)).get(&(table, number))
}

/// All rows of a generation, comparisons and long forms included.
fn rows(column: usize) -> Rows {
    let compared = compare::rows();
    let listed = TABLES.iter().flat_map(|(table, rows)| rows.iter().map(move |row| (*table, row.clone())));
    let short: [(u16, &[Row]); 3] = [(0x180, vector::VOP1), (0x100, vector::VOP2), (0, &compared)];
    let long = short.iter().flat_map(|(first, rows)| {
        let have = |row: &&Row| row.has(SUFFIX) || row.slots.is_empty();
        rows.iter().filter(have).map(|row| (Table::Of(Encoding::Vop3), row.long(*first, column)))
    });
    let compared = compared.iter().map(|row| (Table::Of(Encoding::Vopc), row.clone()));
    let all = listed.chain(long).chain(compared);
    all.filter(|(_, row)| row.numbers[column] != NO)
        .map(|(table, row)| ((table, row.numbers[column]), row))
        .collect()
}
