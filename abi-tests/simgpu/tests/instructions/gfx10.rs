//! What gfx10 has and gfx11 has not: parts of registers (SDWA), products and sums rounded twice, dot products of signed
//! bytes, compare and swap with its operands the other way round, the clock in scalar memory, and other numbers of
//! M0 and NULL.

use simgpu::exec::half::F16;
use simgpu::exec::wave::{Mode, Wave};
use simgpu::isa::Target;

use super::assemble::{Executed, MODE, Random, assemble_for, bench, run, target};
use super::floats::half_extreme;
use super::half;

/// What a lane has in v0 to v2, and in v4, which holds the result.
struct Lane {
    a: u32,
    b: u32,
    c: u32,
    old: u32,
    number: u32,
}

/// An instruction (or several), and what a lane must get. s4 holds 5.
type Row = (&'static str, fn(&Lane) -> u32);

fn byte(word: u32, at: u32) -> u32 {
    word >> (8 * at) & 0xff
}

fn signed_byte(word: u32, at: u32) -> i32 {
    i32::from(byte(word, at) as i8)
}

/// The upper half as a float.
fn upper(word: u32) -> f64 {
    half::value((word >> 16) as u16)
}

/// A sum of two numbers, rounded to zero.
fn toward_zero(a: f64, b: f64) -> f32 {
    let sum = a + b;
    let part = sum - a;
    let lost = (a - (sum - part)) + (b - part);
    // What was lost of the sum may have brought it up to a number of 32 bits.
    let above = sum.is_finite() && lost != 0.0 && (lost < 0.0) != (sum < 0.0);
    let sum = if above { f64::from_bits(sum.to_bits() - 1) } else { sum };
    let near = sum as f32;
    if f64::from(near).abs() > sum.abs() { f32::from_bits(near.to_bits() - 1) } else { near }
}

/// Products of signed parts of so many bits, and a sum.
fn dot(a: u32, b: u32, c: u32, bits: u32) -> u32 {
    let part = |word: u32, at: u32| ((word << (32 - bits - at)) as i32) >> (32 - bits);
    let sum = (0..32 / bits).map(|at| part(a, bits * at).wrapping_mul(part(b, bits * at)));
    sum.fold(c as i32, i32::wrapping_add) as u32
}

fn floats(lane: &Lane) -> [f32; 4] {
    [lane.a, lane.b, lane.c, lane.old].map(f32::from_bits)
}

const PARTS: &[Row] = &[
    (
        "v_add_nc_u32_sdwa v4, v0, v1 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:BYTE_1 src1_sel:WORD_1",
        |lane| byte(lane.a, 1) + (lane.b >> 16),
    ),
    (
        "v_mul_i32_i24_sdwa v4, sext(v0), sext(v1) dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:BYTE_3 src1_sel:BYTE_0",
        |lane| (signed_byte(lane.a, 3) * signed_byte(lane.b, 0)) as u32,
    ),
    (
        "v_or_b32_sdwa v4, v0, v1 dst_sel:WORD_1 dst_unused:UNUSED_PRESERVE src0_sel:BYTE_0 src1_sel:DWORD",
        |lane| lane.old & 0xffff | (byte(lane.a, 0) | lane.b) << 16,
    ),
    (
        "v_and_b32_sdwa v4, v0, v1 dst_sel:BYTE_2 dst_unused:UNUSED_SEXT src0_sel:DWORD src1_sel:DWORD",
        |lane| ((lane.a & lane.b) as i8 as u32) << 16,
    ),
    ("v_mov_b32_sdwa v4, v0 dst_sel:BYTE_1 dst_unused:UNUSED_PRESERVE src0_sel:BYTE_3", |lane| {
        lane.old & 0xffff_00ff | byte(lane.a, 3) << 8
    }),
    ("v_cvt_f32_i32_sdwa v4, sext(v0) dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1", |lane| {
        f32::from((lane.a >> 16) as i16).to_bits()
    }),
    ("v_cvt_f32_f16_sdwa v4, v0 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1", |lane| {
        F16((lane.a >> 16) as u16).f32().to_bits()
    }),
    (
        "v_lshlrev_b32_sdwa v4, s4, v1 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:WORD_0",
        |lane| (lane.b & 0xffff) << 5,
    ),
    (
        "v_cmp_lt_i32_sdwa s6, sext(v0), sext(v1) src0_sel:BYTE_0 src1_sel:BYTE_0
         v_cndmask_b32_e64 v4, 0, 1, s6",
        |lane| (signed_byte(lane.a, 0) < signed_byte(lane.b, 0)).into(),
    ),
    (
        "v_sub_nc_u32_sdwa v4, v0, v1 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1 src1_sel:BYTE_2",
        |lane| (lane.a >> 16).wrapping_sub(byte(lane.b, 2)),
    ),
    (
        "v_mul_u32_u24_sdwa v4, v0, v1 dst_sel:WORD_0 dst_unused:UNUSED_PRESERVE src0_sel:BYTE_2 src1_sel:WORD_0",
        |lane| lane.old & 0xffff_0000 | byte(lane.a, 2).wrapping_mul(lane.b & 0xffff) & 0xffff,
    ),
    (
        "v_lshrrev_b32_sdwa v4, s4, v1 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:WORD_1",
        |lane| lane.b >> 16 >> 5,
    ),
    (
        "v_ashrrev_i32_sdwa v4, s4, sext(v1) dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:WORD_1",
        |lane| (lane.b as i32 >> 16 >> 5) as u32,
    ),
    ("v_cvt_i32_f32_sdwa v4, v0 dst_sel:BYTE_3 dst_unused:UNUSED_PAD src0_sel:DWORD", |lane| {
        (floats(lane)[0] as i32 as u32) << 24
    }),
    ("v_cvt_f16_i16_sdwa v4, sext(v0) dst_sel:WORD_1 dst_unused:UNUSED_PRESERVE src0_sel:BYTE_1", |lane| {
        lane.old & 0xffff | u32::from(half::nearest(signed_byte(lane.a, 1).into())) << 16
    }),
    (
        "v_add_f16_sdwa v4, v0, -v1 dst_sel:WORD_1 dst_unused:UNUSED_PAD src0_sel:WORD_1 src1_sel:WORD_0",
        |lane| u32::from(half::nearest(upper(lane.a) - half::value(lane.b as u16))) << 16,
    ),
    (
        "v_max_f16_sdwa v4, v0, |v1| dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1 src1_sel:WORD_1",
        |lane| half_extreme(&[lane.a, lane.b & 0x7fff_ffff].map(|word| (word >> 16) as u16), true).into(),
    ),
    (
        "v_cmp_eq_u32_sdwa vcc_lo, v0, v1 src0_sel:BYTE_0 src1_sel:BYTE_1
         v_cndmask_b32 v4, 0, v31, vcc_lo",
        |lane| if byte(lane.a, 0) == byte(lane.b, 1) { lane.number } else { 0 },
    ),
    (
        "v_cmp_ne_u16_sdwa s6, v0, v1 src0_sel:BYTE_0 src1_sel:WORD_1
         v_cndmask_b32_e64 v4, 0, 1, s6",
        |lane| (byte(lane.a, 0) != lane.b >> 16).into(),
    ),
    (
        "v_cmp_lt_i16_sdwa s6, sext(v0), v1 src0_sel:BYTE_3 src1_sel:WORD_1
         v_cndmask_b32_e64 v4, 0, 1, s6",
        |lane| (signed_byte(lane.a, 3) < lane.b as i32 >> 16).into(),
    ),
    (
        // 0x60: positive and negative zero.
        "v_mov_b32 v3, 0x60
         v_cmp_class_f16_sdwa s6, v0, v3 src0_sel:WORD_1 src1_sel:DWORD
         v_cndmask_b32_e64 v4, 0, 1, s6",
        |lane| (lane.a & 0x7fff_0000 == 0).into(),
    ),
    (
        "v_add_f32_sdwa v4, -v0, |v1| dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:DWORD",
        |lane| (floats(lane)[1].abs() - floats(lane)[0]).to_bits(),
    ),
];

const SCALARS: &[Row] = &[
    (
        "s_mov_b32 m0, 3
         s_mov_b32 null, 9
         s_mov_b32 s6, m0
         v_mov_b32 v4, s6",
        |_| 3,
    ),
    (
        "s_memtime s[6:7]
         s_memrealtime s[8:9]
         s_sub_u32 s6, s8, s6
         v_mov_b32 v4, s6",
        |_| 1,
    ),
    (
        // The answer clears the top bit; the bench's doorbell is 0.
        "s_mov_b32 s6, exec_lo
         s_mov_b32 exec_lo, 0x80000000
         s_sendmsg sendmsg(MSG_GET_DOORBELL)
         s_mov_b32 s7, exec_lo
         s_mov_b32 exec_lo, s6
         v_mov_b32 v4, s7",
        |_| 0,
    ),
    (
        "s_mov_b32 s7, 5
         s_setreg_b32 hwreg(HW_REG_MODE, 0, 4), s7
         s_getreg_b32 s8, hwreg(HW_REG_MODE, 0, 10)
         v_mov_b32 v4, s8",
        |_| 0x3f5,
    ),
    (
        // A barrier for one wave, which is the last to come.
        "s_mov_b32 m0, 0
         v_mov_b32 v3, 0
         ds_gws_init v3 offset:1 gds
         ds_gws_barrier v3 offset:1 gds
         v_mov_b32 v4, 7",
        |_| 7,
    ),
    (
        // The first finds what it expects, the second does not.
        "v_lshlrev_b32 v3, 2, v31
         ds_write_b32 v3, v0
         ds_cmpst_b32 v3, v0, v1
         ds_cmpst_rtn_b32 v4, v3, v2, v0
         s_waitcnt lgkmcnt(0)
         ds_read_b32 v5, v3
         s_waitcnt lgkmcnt(0)
         v_xor_b32 v4, v4, v5",
        |lane| if lane.b == lane.c { lane.b ^ lane.a } else { 0 },
    ),
];

/// gfx10.1's.
const OLD: &[Row] = &[
    ("v_mad_f32 v4, v0, v1, v2", |lane| {
        let [a, b, c, _] = floats(lane);
        (a * b + c).to_bits()
    }),
    (
        "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 2), 3
         v_mad_f32 v4, v0, v1, v2",
        |lane| {
            let [a, b, c, _] = floats(lane).map(f64::from);
            toward_zero(f64::from(toward_zero(a * b, 0.0)), c).to_bits()
        },
    ),
    ("v_mad_f32 v4, v0, -v1, |v2|", |lane| {
        let [a, b, c, _] = floats(lane);
        (a * -b + c.abs()).to_bits()
    }),
    ("v_mac_f32_e64 v4, |v0|, v1", |lane| {
        let [a, b, _, old] = floats(lane);
        (a.abs() * b + old).to_bits()
    }),
    ("v_mac_f32 v4, v0, v1", |lane| {
        let [a, b, _, old] = floats(lane);
        (a * b + old).to_bits()
    }),
    ("v_madak_f32 v4, v0, v1, 0x40490fdb", |lane| {
        let [a, b, ..] = floats(lane);
        (a * b + f32::from_bits(0x4049_0fdb)).to_bits()
    }),
    ("v_madmk_f32 v4, v0, 0x40490fdb, v1", |lane| {
        let [a, b, ..] = floats(lane);
        (a * f32::from_bits(0x4049_0fdb) + b).to_bits()
    }),
    ("v_mul_lo_i32 v4, v0, v1", |lane| lane.a.wrapping_mul(lane.b)),
];

/// gfx10.3's.
const DOTS: &[Row] = &[
    ("v_dot4_i32_i8 v4, v0, v1, v2", |lane| dot(lane.a, lane.b, lane.c, 8)),
    ("v_dot8_i32_i4 v4, v0, v1, v2", |lane| dot(lane.a, lane.b, lane.c, 4)),
    ("v_dot2_i32_i16 v4, v0, v1, v2", |lane| dot(lane.a, lane.b, lane.c, 16)),
    ("v_dot4c_i32_i8 v4, v0, v1", |lane| dot(lane.a, lane.b, lane.old, 8)),
    ("v_dot2_u32_u16 v4, v0, v1, v2", |lane| {
        let product = |shift: u32| (lane.a >> shift & 0xffff).wrapping_mul(lane.b >> shift & 0xffff);
        product(0).wrapping_add(product(16)).wrapping_add(lane.c)
    }),
];

/// Lanes with random words, half of them floats near one.
fn prepared(random: &mut Random) -> Wave {
    let mut wave = Wave::new(32, 32, 0, Mode(MODE));
    wave.set_scalar(4, 5);
    for lane in 0..32 {
        for register in [0, 1, 2, 4] {
            let word = random.next() as u32;
            let near = word & 0x807f_ffff | 0x3f80_0000;
            wave.set_lane(register, lane, if word >> 8 & 1 == 0 { word } else { near });
        }
        wave.set_lane(31, lane, lane as u32);
    }
    wave
}

/// All of them that the target has.
pub fn check(_: &[&str]) -> Executed {
    let target = target();
    let own = if target == Target::Gfx1030 { DOTS } else { OLD };
    let rows = || PARTS.iter().chain(SCALARS).chain(own);
    let texts: Vec<String> = rows().map(|(text, _)| text.to_string()).collect();
    let (mut bench, mut random) = (bench(), Random(0x5eed_0010));
    for (row, code) in rows().zip(assemble_for(target, &texts)) {
        for _ in 0..8 {
            let before = prepared(&mut random);
            let after = run(&mut bench, row.0, &code, vec![before.clone()]).remove(0);
            (0..32).for_each(|lane| compare(target, row, [&before, &after], lane));
        }
    }
    bench.executed()
}

fn compare(target: Target, (text, expected): &Row, [before, after]: [&Wave; 2], at: usize) {
    let [a, b, c, old] = [0, 1, 2, 4].map(|register| before.lane(register, at));
    let (found, wanted) = (after.lane(4, at), expected(&Lane { a, b, c, old, number: at as u32 }));
    let nan = |bits: u32| {
        text.contains("f32") && f32::from_bits(bits).is_nan()
            || text.contains("_f16_sdwa") && half::value((bits | bits >> 16) as u16).is_nan()
    };
    assert!(
        found == wanted || nan(found) && nan(wanted),
        "{} {text}, lane {at} of {:x?}: {found:#x} and not {wanted:#x}",
        target.name(),
        [a, b, c, old]
    );
}
