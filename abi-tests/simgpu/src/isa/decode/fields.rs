//! Where the fields of each encoding are.
#![forbid(unsafe_code)]

use super::super::Op;
use super::super::table::{Class, Row, Slot, Table};
use super::{Encoding, Illegal, Target};

/// What stands for the sources in the word after the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instead {
    /// Nothing does.
    Nothing,
    /// DPP: the first source is this vector register.
    Lanes(u32),
    /// SDWA's word.
    Parts(u32),
}

/// The words of one instruction, read from the front.
pub(super) struct Words<'a> {
    words: &'a [u32],
    target: Target,
    used: usize,
    literal: Option<u32>,
    instead: Instead,
    signs: (u8, u8),
}

impl<'a> Words<'a> {
    pub(super) fn new(words: &'a [u32], target: Target) -> Self {
        Words { words, target, used: 1, literal: None, instead: Instead::Nothing, signs: (0, 0) }
    }

    pub(super) fn target(&self) -> Target {
        self.target
    }

    /// The encoding has this many words; literals follow.
    pub(super) fn extend_to(&mut self, count: usize) -> Result<(), Illegal> {
        self.used = count;
        if self.words.len() < count { Err(Illegal) } else { Ok(()) }
    }

    /// The first two words (zero for the second of short encodings).
    pub(super) fn bits(&self) -> u64 {
        let high = if self.used > 1 { self.words[1] } else { 0 };
        u64::from(high) << 32 | u64::from(self.words[0])
    }

    /// A field of the first two words.
    pub(super) fn field(&self, low: u32, width: u32) -> u32 {
        (self.bits() >> low) as u32 & ((1u32 << width) - 1)
    }

    pub(super) fn bit(&self, low: u32) -> bool {
        self.bits() >> low & 1 != 0
    }

    /// The literal: one an instruction, however often it is named.
    pub(super) fn literal(&mut self) -> Result<u32, Illegal> {
        if let Some(literal) = self.literal {
            return Ok(literal);
        }
        // Another word stands where the literal would.
        if self.instead != Instead::Nothing {
            return Err(Illegal);
        }
        let literal = self.next()?;
        self.literal = Some(literal);
        Ok(literal)
    }

    /// The next word, which is not a literal.
    pub(super) fn next(&mut self) -> Result<u32, Illegal> {
        let word = *self.words.get(self.used).ok_or(Illegal)?;
        self.used += 1;
        Ok(word)
    }

    /// What stands for the sources.
    pub(super) fn instead(&self) -> Instead {
        self.instead
    }

    pub(super) fn set_instead(&mut self, instead: Instead) {
        self.instead = instead;
    }

    /// Which sources are negated, and of which the absolute value is taken.
    pub(super) fn signs(&self) -> (u8, u8) {
        self.signs
    }

    pub(super) fn set_signs(&mut self, neg: u8, abs: u8) {
        self.signs = (neg, abs);
    }

    pub(super) fn used(&self) -> u8 {
        self.used as u8
    }
}

/// Words without literal, DPP and further addresses.
pub(super) fn length(encoding: Encoding) -> usize {
    use Encoding::*;
    match encoding {
        Sop1 | Sop2 | Sopk | Sopc | Sopp | Vop1 | Vop2 | Vopc | Ldsdir => 1,
        _ => 2,
    }
}

/// Table and opcode.
pub(super) fn opcode(encoding: Encoding, words: &Words) -> (Table, u32) {
    use Encoding::*;
    let gfx10 = words.target.is_gfx10();
    let field = |low: u32, width: u32| words.field(low, width);
    let number = match encoding {
        Sop1 => field(8, 8),
        Sop2 => field(23, 7),
        Sopk => field(23, 5),
        Sopc | Sopp | Vinterp => field(16, 7),
        // Bit 23 is zero.
        Vop3p => field(16, 8),
        Vop1 => field(9, 8),
        Vop2 => field(25, 6),
        Vopc => field(17, 8),
        Vop3 => field(16, 10),
        Ldsdir => field(20, 4),
        Vopd => field(22, 4),
        Mimg if gfx10 => field(18, 7) | field(0, 1) << 7,
        Ds | Mubuf | Mimg | Smem => field(18, 8),
        Flat => field(18, 7),
        Mtbuf if gfx10 => field(16, 3) | field(53, 1) << 3,
        Mtbuf => field(15, 4),
        Exp => 0,
    };
    let table = match (encoding, segment(words)) {
        (Flat, 1) => Table::Scratch,
        (Flat, 2) => Table::Global,
        // No table: segment 3 does not exist.
        (Flat, 3) => Table::Of(Exp),
        _ => Table::Of(encoding),
    };
    (table, number)
}

/// Which memory a flat instruction is for: 0 any, 1 scratch, 2 global.
pub(super) fn segment(words: &Words) -> u32 {
    words.field(if words.target.is_gfx10() { 14 } else { 16 }, 2)
}

/// The number of the register that reads as zero; M0 is the other of 124 and 125.
pub(super) fn null(target: Target) -> u32 {
    if target.is_gfx10() { 125 } else { 124 }
}

/// First bit and width of an operand's field.
pub(super) fn place(encoding: Encoding, slot: Slot) -> Option<(u32, u32)> {
    use Encoding::*;
    Some(match (encoding, slot) {
        (Sop1 | Sop2 | Sopk, Slot::D(_)) => (16, 7),
        (Sop1 | Sop2 | Sopc, Slot::A(_)) => (0, 8),
        (Sop2 | Sopc, Slot::B(_)) => (8, 8),
        (Vop1 | Vop2, Slot::D(_)) => (17, 8),
        (Vop1 | Vop2 | Vopc, Slot::A(_)) => (0, 9),
        (Vop2 | Vopc, Slot::B(_)) => (9, 8),
        (Vop3 | Vop3p | Vinterp | Ldsdir, Slot::D(_)) => (0, 8),
        (Vop3, Slot::E(_)) => (8, 7),
        (Vop3 | Vop3p | Vinterp, Slot::A(_)) => (32, 9),
        (Vop3 | Vop3p | Vinterp, Slot::B(_)) => (41, 9),
        (Vop3 | Vop3p | Vinterp, Slot::C(_)) => (50, 9),
        (Ds | Flat, Slot::D(_)) => (56, 8),
        (Ds | Flat, Slot::A(_)) => (32, 8),
        (Ds | Flat, Slot::B(_)) => (40, 8),
        (Ds, Slot::C(_)) => (48, 8),
        (Flat, Slot::S(_)) => (48, 7),
        (Mubuf | Mtbuf, Slot::D(_)) => (40, 8),
        (Mubuf | Mtbuf, Slot::A(_)) => (32, 8),
        (Mubuf | Mtbuf, Slot::R(_)) => (48, 5),
        (Mubuf | Mtbuf, Slot::O(_)) => (56, 8),
        (Smem, Slot::D(_)) => (6, 7),
        (Smem, Slot::A(_)) => (0, 6),
        (Smem, Slot::O(_)) => (57, 7),
        _ => return None,
    })
}

/// Whether the fields that the opcode does not use are zero, where the hardware asks for it.
pub(super) fn idle_are_zero(encoding: Encoding, row: &Row, words: &Words) -> bool {
    let used =
        |slot: Slot| row.slots.iter().any(|at| std::mem::discriminant(at) == std::mem::discriminant(&slot));
    let idle = |slot: Slot| {
        let zero = place(encoding, slot).is_none_or(|(low, width)| words.field(low, width) == 0);
        used(slot) || zero
    };
    use Class::V32;
    match encoding {
        Encoding::Sopp => !row.slots.is_empty() || words.field(0, 16) == 0,
        Encoding::Vop1 => idle(Slot::D(V32)),
        Encoding::Vop3 if row.slots.is_empty() => idle(Slot::D(V32)),
        // Comparisons that write EXEC name it.
        Encoding::Vop3 => used(Slot::D(V32)) || words.field(0, 8) == 126,
        Encoding::Ds if row.op == Op::DsNop => words.bits() & 0xffff_ffff_0003_ffff == 0,
        Encoding::Ds => [Slot::A(V32), Slot::B(V32), Slot::C(V32), Slot::D(V32)].into_iter().all(idle),
        Encoding::Flat if segment(words) == 0 => words.field(48, 8) == null(words.target),
        Encoding::Flat if segment(words) == 2 || words.target.is_gfx10() => !words.bit(55),
        _ => true,
    }
}
