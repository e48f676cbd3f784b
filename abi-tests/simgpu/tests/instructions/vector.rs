//! Vector instructions that each lane does for itself: operands from edge values and random ones, and what each lane
//! must get by a definition of the test's own.

use std::collections::BTreeSet;

use simgpu::exec::wave::{Wave, place};

use super::assemble::{Executed, Random, assemble, bench, run, wave};
use super::forms::{Form, LITERAL, clamped};

/// What a lane has.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
    pub a: u64,
    pub b: u64,
    pub c: u64,
    /// What the destination holds.
    pub old: u64,
    /// The lane's bit of the mask that is read.
    pub bit: bool,
}

impl Lane {
    pub fn u(&self) -> [u32; 3] {
        [self.a as u32, self.b as u32, self.c as u32]
    }
    pub fn i(&self) -> [i32; 3] {
        self.u().map(|value| value as i32)
    }
    pub fn f(&self) -> [f32; 3] {
        self.u().map(f32::from_bits)
    }
    pub fn d(&self) -> [f64; 3] {
        [self.a, self.b, self.c].map(f64::from_bits)
    }
    pub fn h(&self) -> [u16; 3] {
        [self.a as u16, self.b as u16, self.c as u16]
    }
}

/// What a lane must get: the destination's bits, and those of a mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Out {
    pub value: u64,
    pub bit: bool,
}

macro_rules! outs {
    ($($type:ty: $bits:expr);+;) => {$(
        impl From<$type> for Out {
            fn from(value: $type) -> Self {
                let bits: fn($type) -> u64 = $bits;
                Self { value: bits(value), bit: false }
            }
        }
    )+};
}
outs! {
    u16: u64::from; i16: |value| (value as u16).into();
    u32: u64::from; i32: |value| (value as u32).into();
    u64: |value| value; i64: |value| value as u64;
    f32: |value| value.to_bits().into(); f64: f64::to_bits;
}
impl From<bool> for Out {
    fn from(bit: bool) -> Self {
        Self { value: 0, bit }
    }
}
impl<T: Into<Self>> From<(T, bool)> for Out {
    fn from((value, bit): (T, bool)) -> Self {
        Self { bit, ..value.into() }
    }
}

/// An instruction: its name without suffix, its operands, and what it computes. Operands are `d`, `a`, `b`, `c` with
/// their type (`d:f32`), `out` and `in` for masks, or text that stays.
pub struct Row {
    pub name: &'static str,
    pub operands: &'static str,
    pub expected: fn(&Lane) -> Out,
}

/// Rows of the form `"name" "operands" |lane| result;`.
macro_rules! rows {
    ($($name:literal $operands:literal $body:expr;)+) => {
        &[$($crate::vector::Row {
            name: $name,
            operands: $operands,
            expected: |lane| {
                let body: fn(&$crate::vector::Lane) -> _ = $body;
                body(lane).into()
            },
        }),+]
    };
}
pub(crate) use rows;

/// Waves whose lanes have all edges with each other, and random values.
const WAVES: usize = 12;

const EDGES: [u64; 16] = [
    0,
    1,
    0x8000_0000_8000_8000,
    0x7fff_ffff_7fff_7fff,
    u64::MAX,
    0x3ff0_0000_3f80_3c00,
    0xbfe0_0000_bf00_b800,
    0x7ff0_0000_7f80_0000,
    0x4049_0000_4049_0fdb,
    0x7ff8_0000_7fc0_7e00,
    0x000f_ffff_007f_03ff,
    0x0010_0000_0080_0400,
    0x0000_0005_0000_0011,
    0x7fef_ffff_7f7f_7bff,
    0x1234_5678_9abc_def0,
    0x4130_0000_4b00_6400,
];

fn lanes() -> Vec<Lane> {
    let mut random = Random(0x5eed);
    // Floats of ordinary size as often as any bits: results of random bits are mostly infinite or zero.
    let any = |random: &mut Random| {
        let bits = random.next();
        if bits & 1 == 0 { bits } else { bits & 0xc07f_ffff_807f_87ff | 0x3f80_0000_3f80_3c00 }
    };
    (0..WAVES * 32)
        .map(|index| {
            let edge = index < EDGES.len() * EDGES.len();
            let (a, b) = match edge {
                true => (EDGES[index % 16], EDGES[index / 16]),
                false => (any(&mut random), any(&mut random)),
            };
            Lane { a, b, c: any(&mut random), old: any(&mut random), bit: random.next() & 1 != 0 }
        })
        .collect()
}

/// Registers of the operands, and scalars of the masks that a long form names.
const D: usize = 6;
const MASK_IN: u8 = 12;
const MASK_OUT: u8 = 10;

fn prepared(lanes: &[Lane]) -> Vec<Wave> {
    let one = |lanes: &[Lane]| {
        let mut wave = wave(16);
        let mut mask = 0u32;
        for (index, lane) in lanes.iter().enumerate() {
            for (register, value) in [(0, lane.a), (2, lane.b), (4, lane.c), (D, lane.old)] {
                wave.set_lane(register, index, value as u32);
                wave.set_lane(register + 1, index, (value >> 32) as u32);
            }
            mask |= u32::from(lane.bit) << index;
        }
        wave.set_scalar(MASK_IN, mask);
        wave.set_scalar(place::VCC, mask);
        wave
    };
    lanes.chunks(32).map(one).collect()
}

/// The operand as text, by its role and type.
fn operand(token: &str, long: bool) -> String {
    let Some((role, kind)) = token.split_once(':') else {
        return match (token, long) {
            ("out", true) => format!("s{MASK_OUT}"),
            ("in", true) => format!("s{MASK_IN}"),
            ("out" | "in", false) => "vcc_lo".into(),
            (text, _) => text.into(),
        };
    };
    let register = match role {
        "a" => 0,
        "b" => 2,
        "c" => 4,
        _ => D,
    };
    match &kind[1..] {
        "16" => format!("v{register}.l"),
        "64" => format!("v[{register}:{}]", register + 1),
        _ => format!("v{register}"),
    }
}

/// What becomes of a float operand's bits where a sign stands before it: `-`, `|` for the absolute value, or both.
fn with_sign(sign: &str, kind: &str, bits: u64) -> u64 {
    let top = match &kind[1..] {
        "16" => 1 << 15,
        "64" => 1 << 63,
        _ => 1 << 31,
    };
    let bits = if sign.contains('|') { bits & !top } else { bits };
    if sign.contains('-') { bits ^ top } else { bits }
}

/// An instruction of a row in the form that its mnemonic's suffix asks for.
pub struct Case {
    text: String,
    form: Form,
    /// What stands before a, b and c.
    signs: [&'static str; 3],
    /// The mask is in a register of its own.
    long: bool,
    kind: &'static str,
    row: &'static Row,
}

impl Case {
    fn new(mnemonic: &str, row: &'static Row) -> Self {
        let long =
            mnemonic.ends_with("_e64") || row.name == "v_cndmask_b16" || row.name.starts_with("v_mad_");
        let operands: Vec<String> = row.operands.split(' ').map(|token| operand(token, long)).collect();
        let lanes =
            if mnemonic.ends_with("_dpp") { " quad_perm:[0,1,2,3] row_mask:0xf bank_mask:0xf" } else { "" };
        let (plain, modifier) = mnemonic.split_once(' ').unwrap_or((mnemonic, ""));
        let text = format!("{plain} {}{lanes} {modifier}", operands.join(", "));
        let kind = row.operands.split(' ').find_map(|token| token.strip_prefix("d:")).unwrap_or("");
        Self { text, form: Form::Plain, signs: [""; 3], long, kind, row }
    }

    /// The row in another form.
    pub fn formed(row: &'static Row, form: Form) -> Self {
        let plain = Self::new(row.name, row);
        let with = |token: &str| match (form, token.split_once(':')) {
            (Form::Literal, Some(("a", kind))) if kind.ends_with("16") => format!("{:#x}", LITERAL & 0xffff),
            (Form::Literal, Some(("a", _))) => format!("{LITERAL:#x}"),
            (Form::Upper, Some(_)) => operand(token, true).replace(".l", ".h"),
            _ => operand(token, true),
        };
        let operands: Vec<String> = row.operands.split(' ').map(with).collect();
        let modifier = if form == Form::Clamped { " clamp" } else { "" };
        Self { text: format!("{} {}{modifier}", row.name, operands.join(", ")), form, long: true, ..plain }
    }

    /// The row with signs before its sources, which makes the long form of it.
    fn signed(row: &'static Row, signs: [&'static str; 3]) -> Self {
        let plain = Self::new(row.name, row);
        let with = |token: &str| {
            let text = operand(token, true);
            match token.as_bytes()[0] {
                source @ b'a'..=b'c' => {
                    let sign = signs[usize::from(source - b'a')];
                    format!("{sign}{text}{}", if sign.contains('|') { "|" } else { "" })
                }
                _ => text,
            }
        };
        let operands: Vec<String> = row.operands.split(' ').map(with).collect();
        Self { text: format!("{} {}", row.name, operands.join(", ")), signs, long: true, ..plain }
    }

    /// What the sources are once their signs are applied.
    fn sources(&self, lane: &Lane) -> Lane {
        let mut signed = *lane;
        match self.form {
            Form::Upper => {
                (signed.a, signed.b, signed.c, signed.old) =
                    (lane.a >> 16, lane.b >> 16, lane.c >> 16, lane.old >> 16)
            }
            Form::Literal if self.row.operands.contains("a:f64") => signed.a = u64::from(LITERAL) << 32,
            Form::Literal => signed.a = LITERAL.into(),
            Form::Plain | Form::Clamped => {}
        }
        for token in self.row.operands.split(' ') {
            let (value, sign) = match token.as_bytes()[0] {
                b'a' => (&mut signed.a, self.signs[0]),
                b'b' => (&mut signed.b, self.signs[1]),
                b'c' => (&mut signed.c, self.signs[2]),
                _ => continue,
            };
            *value = with_sign(sign, token.split_once(':').map_or("32", |(_, kind)| kind), *value);
        }
        signed
    }

    /// Whether what a lane got is what it must get; all NaNs are alike.
    fn agrees(&self, lane: &Lane, wave: &Wave, index: usize) -> Result<(), String> {
        let mut expected = (self.row.expected)(&self.sources(lane));
        if self.form == Form::Clamped {
            expected.value = clamped(self.kind, expected.value);
        }
        let mut low = u64::from(wave.lane(D, index));
        if self.form == Form::Upper {
            assert_eq!(low & 0xffff, lane.old & 0xffff, "{}: the other half stays", self.text);
            low >>= 16;
        }
        let got = match &self.kind.get(1..) {
            Some("16") => low & 0xffff,
            Some("64") => low | u64::from(wave.lane(D + 1, index)) << 32,
            Some(_) => low,
            None => expected.value,
        };
        let alike = |[got, expected]: [u64; 2]| match self.kind {
            "f16" => is_nan16(got) && is_nan16(expected),
            // Two halves, each for itself.
            "p32" => [0, 16].iter().all(|shift| {
                let [got, expected] = [got >> shift & 0xffff, expected >> shift & 0xffff];
                got == expected || is_nan16(got) && is_nan16(expected)
            }),
            "f32" => [got, expected].iter().all(|&bits| f32::from_bits(bits as u32).is_nan()),
            "f64" => [got, expected].iter().all(|&bits| f64::from_bits(bits).is_nan()),
            _ => false,
        };
        let bit = match (self.row.operands.split(' ').any(|token| token == "out"), self.row.name) {
            (true, _) => wave.scalar(if self.long { MASK_OUT } else { place::VCC }) >> index & 1 != 0,
            _ if self.row.name.starts_with("v_cmpx_") => wave.scalar(place::EXEC) >> index & 1 != 0,
            _ => expected.bit,
        };
        if (got == expected.value || alike([got, expected.value])) && bit == expected.bit {
            return Ok(());
        }
        Err(format!("{}: {lane:x?}: {got:x} {bit} and not {expected:x?}", self.text))
    }
}

fn is_nan16(bits: u64) -> bool {
    bits & 0x7fff > 0x7c00
}

/// The mnemonics of a list that the rows know, with their rows.
pub fn known<'a>(list: &[&'a str], rows: &'static [Row]) -> Vec<(&'a str, &'static Row)> {
    let plain = |mnemonic: &str| {
        let short = ["_e32", "_e64", "_dpp"].into_iter().find_map(|suffix| mnemonic.strip_suffix(suffix));
        short.unwrap_or(mnemonic).to_string()
    };
    list.iter()
        .filter_map(|&mnemonic| Some((mnemonic, rows.iter().find(|row| row.name == plain(mnemonic))?)))
        .collect()
}

/// Runs all mnemonics of the list that the rows know.
pub fn check(list: &[&str], rows: &'static [Row]) -> Executed {
    run_all(known(list, rows).into_iter().map(|(mnemonic, row)| Case::new(mnemonic, row)).collect())
}

/// Runs each of the rows that the list has, and that takes signs at all its sources, with several of them.
pub fn check_signs(list: &[&str], rows: &'static [Row]) -> Executed {
    let listed: BTreeSet<&str> = known(list, rows).into_iter().map(|(_, row)| row.name).collect();
    let takes_signs = |row: &&Row| {
        let mut sources = row.operands.split(' ').filter(|token| !token.starts_with("d:"));
        listed.contains(row.name) && sources.all(|token| matches!(token.get(1..3), Some(":f")))
    };
    let signs = [["-", "|", "-|"], ["|", "-|", "-"], ["-|", "-", "|"]];
    let cases = |row| signs.map(|signs| Case::signed(row, signs));
    run_all(rows.iter().filter(takes_signs).flat_map(cases).collect())
}

/// Runs cases on all lanes.
pub fn run_all(cases: Vec<Case>) -> Executed {
    let code = assemble(&cases.iter().map(|case| case.text.clone()).collect::<Vec<_>>());
    let (lanes, mut bench) = (lanes(), bench());
    let mut wrong = Vec::new();
    for (case, code) in cases.iter().zip(&code) {
        let waves = run(&mut bench, &case.text, code, prepared(&lanes));
        let results =
            lanes.iter().enumerate().map(|(index, lane)| case.agrees(lane, &waves[index / 32], index % 32));
        wrong.extend(results.filter_map(Result::err).take(3));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    bench.executed().into_iter().filter(|name| name != "s_endpgm").collect::<BTreeSet<_>>()
}
