//! Forms of vector instructions that programs seldom use: literals, upper halves, results that are kept between 0 and 1.

use std::collections::BTreeSet;

use super::assemble::{Executed, target};
use super::half;
use super::vector::{Case, Row, known, run_all};

/// What a form changes of an instruction besides signs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Plain,
    /// The first source is a literal.
    Literal,
    /// Operands of 16 bits are upper halves.
    Upper,
    /// The result is between 0 and 1.
    Clamped,
}

/// A literal as sources of so many bits see it: of 64 bits it is the upper half.
pub const LITERAL: u32 = 0x4049_0fdb;

/// A float between 0 and 1; no number is 0 (DX10_CLAMP).
pub fn clamped(kind: &str, bits: u64) -> u64 {
    let (value, one) = match kind {
        "f16" => (half::value(bits as u16), 0x3c00),
        "f32" => (f32::from_bits(bits as u32).into(), 0x3f80_0000),
        _ => (f64::from_bits(bits), 0x3ff0_0000_0000_0000),
    };
    if value >= 1.0 {
        one
    } else if value > 0.0 {
        bits
    } else {
        0
    }
}

/// Operations whose first source no literal can be: their operands are pairs of halves, or come by other ways.
const NO_LITERALS: &[&str] = &["v_pk_", "v_dot", "v_fma_mix"];

/// Runs each of the rows that the list has in every form that it can have.
pub fn check(list: &[&str], rows: &'static [Row]) -> Executed {
    let listed: BTreeSet<&str> = known(list, rows).into_iter().map(|(_, row)| row.name).collect();
    let has = |row: &Row, kinds: &[&str]| {
        row.operands
            .split(' ')
            .all(|token| token.split_once(':').is_some_and(|(_, kind)| kinds.contains(&kind)))
    };
    let forms = |row: &'static Row| {
        let literal = row.operands.contains("a:")
            && !row.operands.contains("a:p")
            && !row.operands.contains("a:u64")
            && !row.operands.contains("a:i64")
            && !row.operands.contains("0x")
            && !NO_LITERALS.iter().any(|start| row.name.starts_with(start));
        let upper = !target().is_gfx10() && has(row, &["f16", "u16", "i16"]);
        let clamps = has(row, &["f16", "f32", "f64"]) && row.operands.starts_with("d:");
        let all = [(Form::Literal, literal), (Form::Upper, upper), (Form::Clamped, clamps)];
        all.into_iter().filter(|(_, can)| *can).map(move |(form, _)| Case::formed(row, form))
    };
    run_all(rows.iter().filter(|row| listed.contains(row.name)).flat_map(forms).collect())
}
