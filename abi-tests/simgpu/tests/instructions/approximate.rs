//! What the hardware only approximates: within the error that the manual allows. And what compilers make exact of
//! it: division.

use std::f64::consts::TAU;

use super::assemble::{Executed, Random, assemble, bench, run, wave};

/// An instruction on floats of so many bits, the function, and how many units in the last place it may be off.
type Row = (&'static str, u32, fn(f64) -> f64, f64);

const ROWS: &[Row] = &[
    ("v_rcp_f32_e32", 32, |x| 1.0 / x, 1.0),
    ("v_rcp_iflag_f32_e32", 32, |x| 1.0 / x, 1.0),
    ("v_rsq_f32_e32", 32, |x| 1.0 / x.sqrt(), 1.0),
    ("v_sqrt_f32_e32", 32, f64::sqrt, 1.0),
    ("v_exp_f32_e32", 32, f64::exp2, 1.0),
    ("v_log_f32_e32", 32, f64::log2, 1.0),
    // Of f64 only 2^29 units: compilers refine them.
    ("v_rcp_f64_e32", 64, |x| 1.0 / x, 536_870_912.0),
    ("v_rsq_f64_e32", 64, |x| 1.0 / x.sqrt(), 536_870_912.0),
    ("v_sqrt_f64_e32", 64, f64::sqrt, 536_870_912.0),
    ("v_rcp_f16_e32", 16, |x| 1.0 / x, 1.0),
    ("v_rsq_f16_e32", 16, |x| 1.0 / x.sqrt(), 1.0),
    ("v_sqrt_f16_e32", 16, f64::sqrt, 1.0),
    ("v_exp_f16_e32", 16, f64::exp2, 1.0),
    ("v_log_f16_e32", 16, f64::log2, 1.0),
];

/// Angles are in turns, and the error is absolute.
const ANGLES: &[Row] = &[
    ("v_sin_f32_e32", 32, |x| (x * TAU).sin(), 1.0 / 2048.0),
    ("v_cos_f32_e32", 32, |x| (x * TAU).cos(), 1.0 / 2048.0),
    ("v_sin_f16_e32", 16, |x| (x * TAU).sin(), 1.0 / 512.0),
    ("v_cos_f16_e32", 16, |x| (x * TAU).cos(), 1.0 / 512.0),
];

/// Bits of a positive number from 2^-8 to 2^8.
fn positive(bits: u32, random: &mut Random) -> u64 {
    let exponent = random.next() % 16;
    let mut of =
        |bias: u64, fraction: u32| (bias - 8 + exponent) << fraction | random_below(random, fraction);
    match bits {
        16 => of(15, 10),
        32 => of(127, 23),
        _ => of(1023, 52),
    }
}

fn random_below(random: &mut Random, bits: u32) -> u64 {
    random.next() >> (64 - bits)
}

fn value(bits: u32, code: u64) -> f64 {
    match bits {
        16 => super::half::value(code as u16),
        32 => f32::from_bits(code as u32).into(),
        _ => f64::from_bits(code),
    }
}

/// Distance of a float near a value to the next one.
fn unit(bits: u32, near: f64) -> f64 {
    let fraction = match bits {
        16 => 10,
        32 => 23,
        _ => 52,
    };
    2f64.powi((near.abs().log2().floor() as i32).max(if bits == 16 { -14 } else { -126 }) - fraction)
}

pub fn check(_: &[&str]) -> Executed {
    let register = |bits: u32, at: usize| match bits {
        16 => format!("v{at}.l"),
        64 => format!("v[{at}:{}]", at + 1),
        _ => format!("v{at}"),
    };
    let rows: Vec<(&Row, bool)> =
        ROWS.iter().map(|row| (row, false)).chain(ANGLES.iter().map(|row| (row, true))).collect();
    let text = |row: &Row| format!("{} {}, {}", row.0, register(row.1, 6), register(row.1, 0));
    let code = assemble(&rows.iter().map(|(row, _)| text(row)).collect::<Vec<_>>());
    let (mut bench, mut random) = (bench(), Random(0x5eed));
    for ((row, absolute), code) in rows.iter().zip(&code) {
        let (name, bits, function, limit) = row;
        let sources: Vec<u64> = (0..1024).map(|_| positive(*bits, &mut random)).collect();
        let prepared = |codes: &[u64]| {
            let mut wave = wave(8);
            for (lane, code) in codes.iter().enumerate() {
                wave.set_lane(0, lane, *code as u32);
                wave.set_lane(1, lane, (code >> 32) as u32);
            }
            wave
        };
        let waves = run(&mut bench, name, code, sources.chunks(32).map(prepared).collect());
        for (index, source) in sources.iter().enumerate() {
            let (wave, lane) = (&waves[index / 32], index % 32);
            let low = u64::from(wave.lane(6, lane));
            let got = value(*bits, low | u64::from(wave.lane(7, lane)) << 32);
            let exact = function(value(*bits, *source));
            // Overflow and underflow of f16 and f32 are exact.
            let error = if got == exact { 0.0 } else { (got - exact).abs() };
            let allowed = if *absolute { *limit } else { limit * unit(*bits, exact) };
            assert!(error <= allowed || got.is_infinite(), "{name}({source:#x}): {got:e} and not {exact:e}");
        }
    }
    bench.executed()
}

/// How far a mnemonic's result may be off, if it is approximate.
pub fn error(mnemonic: &str) -> Option<String> {
    let of = |rows: &[Row]| rows.iter().find(|row| row.0 == mnemonic).map(|row| row.3);
    let turns = of(ANGLES).map(|limit| format!("1/{} of the amplitude", 1.0 / limit));
    of(ROWS).map(|units| format!("{units} ulp")).or(turns)
}

#[test]
fn every_approximation_has_its_limit() {
    for name in simgpu::exec::alu::approximate() {
        assert!(error(&format!("{name}_e32")).is_some(), "{name}");
    }
}

/// The sequences that LLVM makes of divisions.
const DIVISION32: &str = "v_div_scale_f32 v10, null, v2, v2, v0
    v_div_scale_f32 v11, vcc_lo, v0, v2, v0
    v_rcp_f32 v12, v10
    v_fma_f32 v13, -v10, v12, 1.0
    v_fmac_f32 v12, v13, v12
    v_mul_f32 v13, v11, v12
    v_fma_f32 v14, -v10, v13, v11
    v_fmac_f32 v13, v14, v12
    v_fma_f32 v14, -v10, v13, v11
    v_div_fmas_f32 v14, v14, v12, v13
    v_div_fixup_f32 v6, v14, v2, v0";
const DIVISION64: &str = "v_div_scale_f64 v[10:11], null, v[2:3], v[2:3], v[0:1]
    v_rcp_f64 v[12:13], v[10:11]
    v_fma_f64 v[14:15], -v[10:11], v[12:13], 1.0
    v_fma_f64 v[12:13], v[12:13], v[14:15], v[12:13]
    v_fma_f64 v[14:15], -v[10:11], v[12:13], 1.0
    v_fma_f64 v[12:13], v[12:13], v[14:15], v[12:13]
    v_div_scale_f64 v[14:15], vcc_lo, v[0:1], v[2:3], v[0:1]
    v_mul_f64 v[16:17], v[14:15], v[12:13]
    v_fma_f64 v[10:11], -v[10:11], v[16:17], v[14:15]
    v_div_fmas_f64 v[10:11], v[10:11], v[12:13], v[16:17]
    v_div_fixup_f64 v[6:7], v[10:11], v[2:3], v[0:1]";

/// Any two floats, divided: the quotient is exact.
pub fn divisions(_: &[&str]) -> Executed {
    let code = assemble(&[DIVISION32.to_string(), DIVISION64.to_string()]);
    let (mut bench, mut random) = (bench(), Random(0x5eed));
    for (bits, code) in [32, 64].into_iter().zip(&code) {
        let pairs: Vec<[u64; 2]> = (0..2048).map(|_| [random.next(), random.next()]).collect();
        let prepared = |pairs: &[[u64; 2]]| {
            let mut wave = wave(24);
            for (lane, pair) in pairs.iter().enumerate() {
                for (register, value) in [(0, pair[0]), (2, pair[1])] {
                    wave.set_lane(register, lane, value as u32);
                    wave.set_lane(register + 1, lane, (value >> 32) as u32);
                }
            }
            wave
        };
        let waves = run(&mut bench, "a division", code, pairs.chunks(32).map(prepared).collect());
        for (index, [a, b]) in pairs.iter().enumerate() {
            let (wave, lane) = (&waves[index / 32], index % 32);
            let got = u64::from(wave.lane(6, lane)) | u64::from(wave.lane(7, lane)) << 32;
            let (got, exact) = match bits {
                32 => (value(32, got), f64::from(f32::from_bits(*a as u32) / f32::from_bits(*b as u32))),
                _ => (value(64, got), f64::from_bits(*a) / f64::from_bits(*b)),
            };
            let same = got.to_bits() == exact.to_bits() || got.is_nan() && exact.is_nan();
            assert!(same, "f{bits}: {a:#x} / {b:#x}: {got:e} and not {exact:e}");
        }
    }
    bench.executed()
}

/// The three pieces of 2/pi that a reduction of angles takes add up to it, to 150 bits.
pub fn reductions(_: &[&str]) -> Executed {
    let text = "v_trig_preop_f64 v[6:7], v[0:1], 0\nv_trig_preop_f64 v[8:9], v[0:1], 1\nv_trig_preop_f64 v[10:11], v[0:1], 2";
    let code = assemble(&[text.to_string()]).remove(0);
    let mut bench = bench();
    let mut before = wave(16);
    before.set_lane(1, 0, (1.0f64.to_bits() >> 32) as u32);
    let after = run(&mut bench, text, &code, vec![before]).remove(0);
    let piece = |register: usize| {
        f64::from_bits(u64::from(after.lane(register, 0)) | u64::from(after.lane(register + 1, 0)) << 32)
    };
    let [first, second, third] = [6, 8, 10].map(piece);
    // 2/pi rounded to f64, and what the next two f64 add, from a table of its digits.
    assert_eq!(first + second, std::f64::consts::FRAC_2_PI);
    let rest = (first - std::f64::consts::FRAC_2_PI) + second + third;
    assert!((rest - -3.935_735_335_036_497e-17).abs() < 1e-32, "{rest:e}");
    bench.executed()
}
