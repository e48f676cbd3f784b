//! What MODE and modifiers change: rounding, denormals, NaN rules, limits of results.

use simgpu::exec::wave::{Mode, Wave};

use super::assemble::{Executed, Random, assemble, bench, run, wave};
use super::ieee::{DOUBLE, Format, HALF, Number, Round, SINGLE};
use super::vector::{Row, check as check_rows, rows};

/// An instruction on numbers of a format, what it computes exactly, and the format of its result.
type Operation = (&'static str, Format, fn([Number; 3]) -> Number, Format);

const OPERATIONS: &[Operation] = &[
    ("v_add_f16 v6.l, v0.l, v2.l", HALF, |[a, b, _]| a + b, HALF),
    ("v_mul_f16 v6.l, v0.l, v2.l", HALF, |[a, b, _]| a * b, HALF),
    ("v_fma_f16 v6.l, v0.l, v2.l, v4.l", HALF, |[a, b, c]| a * b + c, HALF),
    ("v_add_f32 v6, v0, v2", SINGLE, |[a, b, _]| a + b, SINGLE),
    ("v_mul_f32 v6, v0, v2", SINGLE, |[a, b, _]| a * b, SINGLE),
    ("v_fma_f32 v6, v0, v2, v4", SINGLE, |[a, b, c]| a * b + c, SINGLE),
    ("v_add_f64 v[6:7], v[0:1], v[2:3]", DOUBLE, |[a, b, _]| a + b, DOUBLE),
    ("v_mul_f64 v[6:7], v[0:1], v[2:3]", DOUBLE, |[a, b, _]| a * b, DOUBLE),
    ("v_fma_f64 v[6:7], v[0:1], v[2:3], v[4:5]", DOUBLE, |[a, b, c]| a * b + c, DOUBLE),
    ("v_cvt_f16_f32 v6.l, v0", SINGLE, |[a, ..]| a, HALF),
    ("v_cvt_f32_f64 v6, v[0:1]", DOUBLE, |[a, ..]| a, SINGLE),
];

/// The roundings by their numbers in MODE.
const ROUNDS: [Round; 4] = [Round::Nearest, Round::Up, Round::Down, Round::Zero];

/// A number from 1/8 to 8 of either sign: sums and products are neither infinite nor denormal.
fn ordinary(format: Format, random: &mut Random) -> u64 {
    let bias = (1 << (format.exponent - 1)) - 1;
    let exponent = bias - 3 + random.next() % 6;
    let sign = (random.next() & 1) << (format.exponent + format.fraction);
    sign | exponent << format.fraction | random.next() >> (64 - format.fraction)
}

fn prepared(mode: u32, sources: &[[u64; 3]]) -> Wave {
    let mut wave = wave(8);
    wave.mode = Mode(mode);
    for (lane, values) in sources.iter().enumerate() {
        for (register, value) in (0..).step_by(2).zip(values) {
            wave.set_lane(register, lane, *value as u32);
            wave.set_lane(register + 1, lane, (value >> 32) as u32);
        }
    }
    wave
}

fn result(wave: &Wave, lane: usize, format: Format) -> u64 {
    let bits = u64::from(wave.lane(6, lane)) | u64::from(wave.lane(7, lane)) << 32;
    bits & (u64::MAX >> (63 - format.exponent - format.fraction))
}

pub fn roundings(_: &[&str]) -> Executed {
    let code = assemble(&OPERATIONS.iter().map(|operation| operation.0.to_string()).collect::<Vec<_>>());
    let (mut bench, mut random) = (bench(), Random(0x5eed));
    for ((text, from, exact, to), code) in OPERATIONS.iter().zip(&code) {
        for (number, round) in (0..).zip(ROUNDS) {
            let sources: Vec<[u64; 3]> =
                (0..256).map(|_| [0; 3].map(|_| ordinary(*from, &mut random))).collect();
            let waves: Vec<Wave> =
                sources.chunks(32).map(|part| prepared(0x3f0 | (number * 5), part)).collect();
            let waves = run(&mut bench, text, code, waves);
            for (index, values) in sources.iter().enumerate() {
                let number = exact(values.map(|bits| from.decode(bits)));
                // What cancels has the sign of the rounding.
                let expected = match number {
                    Number::Finite(_, 0, at) => to.encode(Number::Finite(round == Round::Down, 0, at), round),
                    number => to.encode(number, round),
                };
                let got = result(&waves[index / 32], index % 32, *to);
                assert_eq!(got, expected, "{text}, {round:?}: {values:x?}");
            }
        }
    }
    bench.executed()
}

/// Denormal sources and results of f32 and f64 live by a bit each.
pub fn denormals(_: &[&str]) -> Executed {
    let texts = ["v_add_f32 v6, v0, v2", "v_mul_f32 v6, v0, v2", "v_add_f64 v[6:7], v[0:1], v[2:3]"];
    let (code, mut bench) = (assemble(&texts.map(String::from)), bench());
    let tiny = f64::from_bits(1);
    for (sources, results) in [(false, false), (false, true), (true, false), (true, true)] {
        let field = u32::from(sources) | u32::from(results) << 1;
        let mode = 0x300 | field << 4 | field << 6;
        let mut one = |which: usize, a: u64, b: u64| {
            let wave =
                run(&mut bench, texts[which], &code[which], vec![prepared(mode, &[[a, b, 0]])]).remove(0);
            result(&wave, 0, if which == 2 { DOUBLE } else { SINGLE })
        };
        assert_eq!(one(0, 1, 0), u64::from(sources && results), "1e-45 + 0");
        // The source is normal, its half is not.
        assert_eq!(one(1, 0x0080_0000, 0x3f00_0000), if results { 0x0040_0000 } else { 0 });
        assert_eq!(one(1, 0x8080_0000, 0x3f00_0000), if results { 0x8040_0000 } else { 0x8000_0000 });
        assert_eq!(one(2, tiny.to_bits(), 0), u64::from(sources && results), "5e-324 + 0");
    }
    bench.executed()
}

/// Rules for NaN, clamping and output multipliers, of f32: text, MODE, sources, result.
const NAN: u64 = 0x7fc0_0000;
const SIGNALLING: u64 = 0x7f80_0001;
const RULES: &[(&str, u32, [u64; 2], u64)] = &[
    ("v_max_f32 v6, v0, v2", 0x3f0, [SIGNALLING, 0x3f80_0000], 0x7fc0_0001),
    ("v_max_f32 v6, v0, v2", 0x1f0, [SIGNALLING, 0x3f80_0000], 0x3f80_0000),
    ("v_min_f32 v6, v0, v2", 0x3f0, [NAN, 0x3f80_0000], 0x3f80_0000),
    ("v_add_f32_e64 v6, v0, v2 clamp", 0x3f0, [NAN, 0], 0),
    ("v_add_f32_e64 v6, v0, v2 clamp", 0x2f0, [NAN, 0], NAN),
    ("v_add_f32_e64 v6, v0, v2 clamp", 0x3f0, [0x4000_0000, 0], 0x3f80_0000),
    ("v_add_f32_e64 v6, v0, v2 clamp", 0x3f0, [0xc000_0000, 0], 0),
    // Neither with IEEE 754's rules nor with denormals is there a multiplier.
    ("v_add_f32_e64 v6, v0, v2 mul:4", 0x100, [0x3f80_0000, 0], 0x4080_0000),
    ("v_add_f32_e64 v6, v0, v2 div:2", 0x100, [0x3f80_0000, 0], 0x3f00_0000),
    ("v_add_f32_e64 v6, v0, v2 mul:4", 0x300, [0x3f80_0000, 0], 0x3f80_0000),
    ("v_add_f32_e64 v6, v0, v2 mul:4", 0x1f0, [0x3f80_0000, 0], 0x3f80_0000),
];

pub fn rules(_: &[&str]) -> Executed {
    let code = assemble(&RULES.iter().map(|rule| rule.0.to_string()).collect::<Vec<_>>());
    let mut bench = bench();
    for ((text, mode, [a, b], expected), code) in RULES.iter().zip(&code) {
        let wave = run(&mut bench, text, code, vec![prepared(*mode, &[[*a, *b, 0]])]).remove(0);
        assert_eq!(result(&wave, 0, SINGLE), *expected, "{text}, MODE {mode:#x}: {a:#x}, {b:#x}");
    }
    bench.executed()
}

fn low24(value: u32) -> i128 {
    i128::from(value & 0xff_ffff)
}

fn signed24(value: u32) -> i128 {
    low24(value) - if value >> 23 & 1 != 0 { 1 << 24 } else { 0 }
}

fn unsigned(exact: i128, bits: u32) -> u64 {
    exact.clamp(0, (1 << bits) - 1) as u64
}

fn signed(exact: i128, bits: u32) -> u64 {
    let limit = 1i128 << (bits - 1);
    exact.clamp(-limit, limit - 1) as u64 & (u64::MAX >> (64 - bits))
}

/// Two halves, each for itself.
fn halves(words: [u32; 3], one: impl Fn([u16; 3]) -> u64) -> u64 {
    let half = |shift: u32| one(words.map(|word| (word >> shift) as u16));
    half(0) | half(16) << 16
}

fn dot(words: [u32; 3]) -> i128 {
    let bytes = words.map(u32::to_le_bytes);
    (0..4).map(|at| i128::from(bytes[0][at] as i8) * i128::from(bytes[1][at] as i8)).sum::<i128>()
        + i128::from(words[2] as i32)
}

/// Whole numbers that stay at their limits.
const LIMITS: &[Row] = rows! {
    "v_add_nc_u32_e64 clamp" "d:u32 a:u32 b:u32" |x| unsigned(i128::from(x.u()[0]) + i128::from(x.u()[1]), 32);
    "v_sub_nc_i32 clamp" "d:u32 a:u32 b:u32" |x| signed(i128::from(x.i()[0]) - i128::from(x.i()[1]), 32);
    "v_mad_u32_u24 clamp" "d:u32 a:u32 b:u32 c:u32" |x| {
        unsigned(low24(x.u()[0]) * low24(x.u()[1]) + i128::from(x.u()[2]), 32)
    };
    "v_mad_i32_i24 clamp" "d:u32 a:u32 b:u32 c:u32" |x| {
        signed(signed24(x.u()[0]) * signed24(x.u()[1]) + i128::from(x.i()[2]), 32)
    };
    "v_mad_u64_u32 clamp" "d:u64 null a:u32 b:u32 c:u64" |x| {
        unsigned(i128::from(x.u()[0]) * i128::from(x.u()[1]) + i128::from(x.c), 64)
    };
    "v_pk_add_i16 clamp" "d:u32 a:u32 b:u32" |x| {
        halves(x.u(), |[a, b, _]| signed(i128::from(a as i16) + i128::from(b as i16), 16))
    };
    "v_pk_mad_u16 clamp" "d:u32 a:u32 b:u32 c:u32" |x| {
        halves(x.u(), |[a, b, c]| unsigned(i128::from(a) * i128::from(b) + i128::from(c), 16))
    };
    "v_dot4_i32_iu8 neg_lo:[1,1,0] clamp" "d:u32 a:u32 b:u32 c:u32" |x| signed(dot(x.u()), 32);
};

pub fn limits(_: &[&str]) -> Executed {
    check_rows(&LIMITS.iter().map(|row| row.name).collect::<Vec<_>>(), LIMITS)
}
