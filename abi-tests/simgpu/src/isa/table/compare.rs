//! Vector comparisons: each kind of operand has its row of relations, once to a mask and once to EXEC.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::collections::HashMap;

use super::Class::{self, *};
use super::op::Op;
use super::{DPP, NO, Row, SDWA, SUFFIX, Slot};

const FLOATS: &[&str] =
    &["f", "lt", "eq", "le", "gt", "lg", "ge", "o", "u", "nge", "nlg", "ngt", "nle", "neq", "nlt", "t"];
const INTEGERS: &[&str] = &["f", "lt", "eq", "le", "gt", "ne", "ge", "t"];
/// There are none of 16 bits that are always or never true.
const SHORTS: &[&str] = &["lt", "eq", "le", "gt", "ne", "ge"];
const CLASS: &[&str] = &["class"];

/// Signs of both operands, and clamp, which means to signal.
const SIGNS: u16 = 0xc83;
/// Sign of the first operand.
const FIRST: u16 = 0x401;

/// Comparisons with numbers that follow each other.
struct Group {
    kind: &'static str,
    relations: &'static [&'static str],
    /// The first's number in gfx10 and gfx11.
    first: [u16; 2],
    operands: [Class; 2],
    used: u16,
}

const fn group(
    kind: &'static str,
    relations: &'static [&'static str],
    first: [u16; 2],
    operands: [Class; 2],
    used: u16,
) -> Group {
    Group { kind, relations, first, operands, used }
}

const GROUPS: &[Group] = &[
    // gfx10 has the sixteen relations of f16 in two places.
    group("f16", FLOATS.split_at(8).0, [0xc8, 0x00], [X16, V16], SIGNS),
    group("f16", FLOATS.split_at(8).1, [0xe8, 0x08], [X16, V16], SIGNS),
    group("f32", FLOATS, [0x00, 0x10], [X32, V32], SIGNS),
    group("f64", FLOATS, [0x20, 0x20], [X64, V64], SIGNS),
    group("i16", SHORTS, [0x89, 0x31], [I16, V16], 0),
    group("u16", SHORTS, [0xa9, 0x39], [I16, V16], 0),
    group("i32", INTEGERS, [0x80, 0x40], [X32, V32], 0),
    group("u32", INTEGERS, [0xc0, 0x48], [X32, V32], 0),
    group("i64", INTEGERS, [0xa0, 0x50], [X64, V64], 0),
    group("u64", INTEGERS, [0xe0, 0x58], [X64, V64], 0),
    group("f16", CLASS, [0x8f, NO], [X16, V32], FIRST),
    group("f16", CLASS, [NO, 0x7d], [X16, V16], 0xc03),
    group("f32", CLASS, [0x88, 0x7e], [X32, V32], FIRST),
    group("f64", CLASS, [0xa8, 0x7f], [X64, V32], FIRST),
];

/// How far those that write EXEC are from those that write a mask, in gfx10 and gfx11.
const TO_EXEC: [u16; 2] = [0x10, 0x80];

/// The rows of VOPC.
pub(super) fn rows() -> Vec<Row> {
    let ops: HashMap<&str, Op> = Op::ALL.iter().map(|op| (op.name(), *op)).collect();
    let mut rows = Vec::new();
    for group in GROUPS {
        for (at, relation) in (0..).zip(group.relations) {
            for (prefix, to_exec) in [("v_cmp", false), ("v_cmpx", true)] {
                let op = ops.get(format!("{prefix}_{relation}_{}", group.kind).as_str());
                rows.extend(op.map(|op| group.row(*op, at, to_exec)));
            }
        }
    }
    rows
}

impl Group {
    fn row(&self, op: Op, at: u16, to_exec: bool) -> Row {
        let number = |generation: usize| match self.first[generation] {
            NO => NO,
            first => first + at + if to_exec { TO_EXEC[generation] } else { 0 },
        };
        let [a, b] = self.operands;
        let slots = [Slot::Vcc, Slot::A(a), Slot::B(b)];
        Row {
            numbers: [number(0), number(0), number(1)],
            op,
            flags: if a == X64 { SUFFIX } else { SUFFIX | DPP | SDWA },
            used: self.used,
            results: u8::from(!to_exec),
            slots: Cow::Owned(slots[usize::from(to_exec)..].to_vec()),
        }
    }
}
