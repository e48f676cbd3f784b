//! Comparisons: a bit a lane, in a mask or in EXEC.

use super::half;
use super::vector::{Lane, Out, Row};

/// What a pair of numbers is to each other; `None` where one is NaN.
type Order = Option<std::cmp::Ordering>;

/// The comparison of a name such as `nlt`.
fn holds(rule: &str, order: Order) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match rule {
        "lt" => order == Some(Less),
        "eq" => order == Some(Equal),
        "le" => matches!(order, Some(Less | Equal)),
        "gt" => order == Some(Greater),
        "lg" => matches!(order, Some(Less | Greater)),
        "ne" => order != Some(Equal),
        "ge" => matches!(order, Some(Greater | Equal)),
        "o" => order.is_some(),
        "u" => order.is_none(),
        "neq" => !holds("eq", order),
        _ => !holds(rule.strip_prefix('n').expect("a negated rule"), order),
    }
}

fn order(kind: &str, lane: &Lane) -> Order {
    Some(match kind {
        "i16" => (lane.h()[0] as i16).cmp(&(lane.h()[1] as i16)),
        "u16" => lane.h()[0].cmp(&lane.h()[1]),
        "i32" => lane.i()[0].cmp(&lane.i()[1]),
        "u32" => lane.u()[0].cmp(&lane.u()[1]),
        "i64" => (lane.a as i64).cmp(&(lane.b as i64)),
        "u64" => lane.a.cmp(&lane.b),
        "f16" => return half::value(lane.h()[0]).partial_cmp(&half::value(lane.h()[1])),
        "f32" => return lane.f()[0].partial_cmp(&lane.f()[1]),
        _ => return lane.d()[0].partial_cmp(&lane.d()[1]),
    })
}

/// The bit of the class that a float has, of fields of `exponent` and `fraction` bits.
fn class(bits: u64, exponent: u32, fraction: u32) -> u32 {
    let (top, rest) = (bits >> fraction & ((1 << exponent) - 1), bits & ((1 << fraction) - 1));
    let negative = bits >> (exponent + fraction) & 1 != 0;
    let quiet = rest >> (fraction - 1) & 1 != 0;
    let either = |minus: u32, plus: u32| if negative { minus } else { plus };
    let place = match (top, rest) {
        (0, 0) => either(5, 6),
        (0, _) => either(4, 7),
        (top, 0) if top == (1 << exponent) - 1 => either(2, 9),
        (top, _) if top == (1 << exponent) - 1 => u32::from(quiet),
        _ => either(3, 8),
    };
    1 << place
}

macro_rules! comparisons {
    ($($kind:literal: $($rule:literal)+;)+) => {
        &[$($(
            Row {
                name: concat!("v_cmp_", $rule, "_", $kind),
                operands: concat!("out a:", $kind, " b:", $kind),
                expected: |lane| Out::from(holds($rule, order($kind, lane))),
            },
            Row {
                name: concat!("v_cmpx_", $rule, "_", $kind),
                operands: concat!("a:", $kind, " b:", $kind),
                expected: |lane| Out::from(holds($rule, order($kind, lane))),
            },
        )+)+]
    };
}

pub const ROWS: &[Row] = comparisons! {
    "i16": "lt" "eq" "le" "gt" "ne" "ge";
    "u16": "lt" "eq" "le" "gt" "ne" "ge";
    "i32": "lt" "eq" "le" "gt" "ne" "ge";
    "u32": "lt" "eq" "le" "gt" "ne" "ge";
    "i64": "lt" "eq" "le" "gt" "ne" "ge";
    "u64": "lt" "eq" "le" "gt" "ne" "ge";
    "f16": "lt" "eq" "le" "gt" "lg" "ge" "o" "u" "nge" "nlg" "ngt" "nle" "neq" "nlt";
    "f32": "lt" "eq" "le" "gt" "lg" "ge" "o" "u" "nge" "nlg" "ngt" "nle" "neq" "nlt";
    "f64": "lt" "eq" "le" "gt" "lg" "ge" "o" "u" "nge" "nlg" "ngt" "nle" "neq" "nlt";
};

pub const CLASSES: &[Row] = super::vector::rows! {
    "v_cmp_class_f16" "out a:f16 b:u16" |x| class(x.a & 0xffff, 5, 10) & u32::from(x.h()[1]) != 0;
    "v_cmp_class_f32" "out a:f32 b:u32" |x| class(x.a & 0xffff_ffff, 8, 23) & x.u()[1] != 0;
    "v_cmp_class_f64" "out a:f64 b:u32" |x| class(x.a, 11, 52) & x.u()[1] != 0;
};
