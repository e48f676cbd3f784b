//! Scalar arithmetic: result, condition and, where it changes, EXEC.

use simgpu::exec::wave::{Wave, place};

use super::assemble::{Executed, Random, assemble, bench, run, wave};

/// What an instruction finds.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    a: u64,
    b: u64,
    old: u64,
    scc: bool,
    exec: u32,
}

impl Before {
    fn u(&self) -> [u32; 2] {
        [self.a as u32, self.b as u32]
    }
    fn i(&self) -> [i32; 2] {
        self.u().map(|value| value as i32)
    }
}

/// What it leaves; what is `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct After {
    value: Option<u64>,
    scc: Option<bool>,
    exec: Option<u32>,
}

impl From<u32> for After {
    fn from(value: u32) -> Self {
        u64::from(value).into()
    }
}
impl From<u64> for After {
    fn from(value: u64) -> Self {
        Self { value: Some(value), ..Self::default() }
    }
}
impl From<bool> for After {
    fn from(scc: bool) -> Self {
        Self { scc: Some(scc), ..Self::default() }
    }
}
impl<T: Into<Self>> From<(T, bool)> for After {
    fn from((value, scc): (T, bool)) -> Self {
        Self { scc: Some(scc), ..value.into() }
    }
}

/// An instruction: operands are `d`, `a` and `b` with their bits, or text that stays.
struct Row {
    name: &'static str,
    operands: &'static str,
    expected: fn(&Before) -> After,
}

macro_rules! rows {
    ($($name:literal $operands:literal $body:expr;)+) => {
        &[$(Row {
            name: $name,
            operands: $operands,
            expected: |before| {
                let body: fn(&Before) -> _ = $body;
                body(before).into()
            },
        }),+]
    };
}

/// A result whose condition is that it is not 0.
fn logic(value: u32) -> (u32, bool) {
    (value, value != 0)
}

fn logic64(value: u64) -> (u64, bool) {
    (value, value != 0)
}

/// A signed result, and whether it did not fit.
fn signed(exact: i64) -> (u32, bool) {
    (exact as u32, i32::try_from(exact).is_err())
}

/// An unsigned one.
fn unsigned(exact: i64) -> (u32, bool) {
    (exact as u32, u32::try_from(exact).is_err())
}

fn field(value: i128, descriptor: u32, bits: u32, sign: bool) -> u64 {
    let (offset, width) = (descriptor % bits, (descriptor >> 16 & 0x7f).min(128 - bits));
    let raw = (0..width.min(64)).fold(0u128, |all, at| all | ((value >> (offset + at) & 1) as u128) << at);
    let negative = sign && width > 0 && raw >> (width.min(64) - 1) & 1 != 0;
    (if negative { raw | u128::MAX << width.min(64) } else { raw }) as u64
}

/// EXEC is kept in the destination and becomes `new`.
fn saved(before: &Before, new: u32) -> After {
    After { value: Some(before.exec.into()), scc: Some(new != 0), exec: Some(new) }
}

/// EXEC becomes `new`, which the destination gets, too.
fn written(new: u32) -> After {
    After { value: Some(new.into()), scc: Some(new != 0), exec: Some(new) }
}

const K: i32 = -0x7edd;
const UNSIGNED_K: u32 = 0x8123;

const ROWS: &[Row] = rows! {
    "s_mov_b32" "d:32 a:32" |x| x.u()[0];
    "s_mov_b64" "d:64 a:64" |x| x.a;
    "s_movk_i32" "d:32 0x8123" |_| K as u32;
    "s_cmov_b32" "d:32 a:32" |x| if x.scc { x.u()[0] } else { x.old as u32 };
    "s_not_b32" "d:32 a:32" |x| logic(u32::MAX - x.u()[0]);
    "s_abs_i32" "d:32 a:32" |x| logic(if x.i()[0] < 0 { 0u32.wrapping_sub(x.u()[0]) } else { x.u()[0] });
    "s_brev_b32" "d:32 a:32" |x| (0..32).fold(0, |bits, at| bits | (x.u()[0] >> at & 1) << (31 - at));
    "s_ctz_i32_b32" "d:32 a:32" |x| (0..32).find(|at| x.u()[0] >> at & 1 != 0).unwrap_or(u32::MAX);
    "s_bcnt1_i32_b32" "d:32 a:32" |x| logic((0..32).map(|at| x.u()[0] >> at & 1).sum());
    "s_bcnt1_i32_b64" "d:32 a:64" |x| logic((0..64).map(|at| (x.a >> at & 1) as u32).sum());
    "s_bitset1_b32" "d:32 a:32" |x| x.old as u32 | 1 << (x.u()[0] % 32);
    "s_quadmask_b32" "d:32 a:32" |x| {
        logic((0..8).filter(|quad| x.u()[0] >> (4 * quad) & 15 != 0).map(|quad| 1 << quad).sum())
    };
    "s_quadmask_b64" "d:64 a:64" |x| {
        logic64((0..16).filter(|quad| x.a >> (4 * quad) & 15 != 0).map(|quad| 1 << quad).sum())
    };
    "s_bitreplicate_b64_b32" "d:64 a:32" |x| {
        (0..64).map(|at| u64::from(x.u()[0] >> (at / 2) & 1) << at).sum::<u64>()
    };
    "s_and_not0_wrexec_b32" "d:32 a:32" |x| written(!x.u()[0] & x.exec);
    "s_and_not1_wrexec_b32" "d:32 a:32" |x| written(x.u()[0] & !x.exec);
    "s_add_u32" "d:32 a:32 b:32" |x| unsigned(i64::from(x.u()[0]) + i64::from(x.u()[1]));
    "s_sub_u32" "d:32 a:32 b:32" |x| unsigned(i64::from(x.u()[0]) - i64::from(x.u()[1]));
    "s_addc_u32" "d:32 a:32 b:32" |x| unsigned(i64::from(x.u()[0]) + i64::from(x.u()[1]) + i64::from(x.scc));
    "s_subb_u32" "d:32 a:32 b:32" |x| unsigned(i64::from(x.u()[0]) - i64::from(x.u()[1]) - i64::from(x.scc));
    "s_add_i32" "d:32 a:32 b:32" |x| signed(i64::from(x.i()[0]) + i64::from(x.i()[1]));
    "s_sub_i32" "d:32 a:32 b:32" |x| signed(i64::from(x.i()[0]) - i64::from(x.i()[1]));
    "s_addk_i32" "d:32 0x8123" |x| signed(i64::from(x.old as i32) + i64::from(K));
    "s_mulk_i32" "d:32 0x8123" |x| (i64::from(x.old as i32) * i64::from(K)) as u32;
    "s_lshl2_add_u32" "d:32 a:32 b:32" |x| unsigned(i64::from(x.u()[0]) * 4 + i64::from(x.u()[1]));
    "s_mul_i32" "d:32 a:32 b:32" |x| (i64::from(x.i()[0]) * i64::from(x.i()[1])) as u32;
    "s_mul_hi_u32" "d:32 a:32 b:32" |x| (u64::from(x.u()[0]) * u64::from(x.u()[1]) / (1 << 32)) as u32;
    "s_mul_hi_i32" "d:32 a:32 b:32" |x| (i64::from(x.i()[0]) * i64::from(x.i()[1])).div_euclid(1 << 32) as u32;
    "s_min_i32" "d:32 a:32 b:32" |x| {
        if x.i()[0] < x.i()[1] { (x.u()[0], true) } else { (x.u()[1], false) }
    };
    "s_max_i32" "d:32 a:32 b:32" |x| {
        if x.i()[0] > x.i()[1] { (x.u()[0], true) } else { (x.u()[1], false) }
    };
    "s_min_u32" "d:32 a:32 b:32" |x| {
        if x.u()[0] < x.u()[1] { (x.u()[0], true) } else { (x.u()[1], false) }
    };
    "s_max_u32" "d:32 a:32 b:32" |x| {
        if x.u()[0] > x.u()[1] { (x.u()[0], true) } else { (x.u()[1], false) }
    };
    "s_and_b32" "d:32 a:32 b:32" |x| logic(!(!x.u()[0] | !x.u()[1]));
    "s_and_b64" "d:64 a:64 b:64" |x| logic64(!(!x.a | !x.b));
    "s_or_b32" "d:32 a:32 b:32" |x| logic(!(!x.u()[0] & !x.u()[1]));
    "s_or_b64" "d:64 a:64 b:64" |x| logic64(!(!x.a & !x.b));
    "s_xor_b32" "d:32 a:32 b:32" |x| logic((x.u()[0] | x.u()[1]) - (x.u()[0] & x.u()[1]));
    "s_xor_b64" "d:64 a:64 b:64" |x| logic64((x.a | x.b) - (x.a & x.b));
    "s_nor_b32" "d:32 a:32 b:32" |x| logic(!x.u()[0] & !x.u()[1]);
    "s_and_not1_b32" "d:32 a:32 b:32" |x| logic(x.u()[0] - (x.u()[0] & x.u()[1]));
    "s_or_not1_b32" "d:32 a:32 b:32" |x| logic(!(!x.u()[0] & x.u()[1]));
    "s_lshl_b32" "d:32 a:32 b:32" |x| logic((u64::from(x.u()[0]) << (x.u()[1] % 32)) as u32);
    "s_lshl_b64" "d:64 a:64 b:32" |x| logic64((u128::from(x.a) << (x.u()[1] % 64)) as u64);
    "s_lshr_b32" "d:32 a:32 b:32" |x| logic((u64::from(x.u()[0]) >> (x.u()[1] % 32)) as u32);
    "s_lshr_b64" "d:64 a:64 b:32" |x| logic64((u128::from(x.a) >> (x.u()[1] % 64)) as u64);
    "s_ashr_i32" "d:32 a:32 b:32" |x| logic(i64::from(x.i()[0]).div_euclid(1 << (x.u()[1] % 32)) as u32);
    "s_ashr_i64" "d:64 a:64 b:32" |x| logic64(i128::from(x.a as i64).div_euclid(1 << (x.u()[1] % 64)) as u64);
    "s_bfe_u32" "d:32 a:32 b:32" |x| logic(field(x.u()[0].into(), x.u()[1], 32, false) as u32);
    "s_bfe_i32" "d:32 a:32 b:32" |x| logic(field(x.i()[0].into(), x.u()[1], 32, true) as u32);
    "s_bfe_i64" "d:64 a:64 b:32" |x| logic64(field((x.a as i64).into(), x.u()[1], 64, true));
    "s_cselect_b32" "d:32 a:32 b:32" |x| x.u()[usize::from(!x.scc)];
    "s_cmp_eq_i32" "a:32 b:32" |x| x.a as u32 == x.b as u32;
    "s_cmp_gt_i32" "a:32 b:32" |x| x.i()[0] > x.i()[1];
    "s_cmp_ge_i32" "a:32 b:32" |x| x.i()[0] >= x.i()[1];
    "s_cmp_lt_i32" "a:32 b:32" |x| x.i()[0] < x.i()[1];
    "s_cmp_le_i32" "a:32 b:32" |x| x.i()[0] <= x.i()[1];
    "s_cmp_eq_u32" "a:32 b:32" |x| x.u()[0] == x.u()[1];
    "s_cmp_lg_u32" "a:32 b:32" |x| x.u()[0] != x.u()[1];
    "s_cmp_gt_u32" "a:32 b:32" |x| x.u()[0] > x.u()[1];
    "s_cmp_ge_u32" "a:32 b:32" |x| x.u()[0] >= x.u()[1];
    "s_cmp_lt_u32" "a:32 b:32" |x| x.u()[0] < x.u()[1];
    "s_cmp_le_u32" "a:32 b:32" |x| x.u()[0] <= x.u()[1];
    "s_cmp_eq_u64" "a:64 b:64" |x| x.a == x.b;
    "s_cmp_lg_u64" "a:64 b:64" |x| x.a != x.b;
    "s_cmpk_eq_i32" "a:32 0x8123" |x| x.i()[0] == K;
    "s_cmpk_lg_i32" "a:32 0x8123" |x| x.i()[0] != K;
    "s_cmpk_gt_i32" "a:32 0x8123" |x| x.i()[0] > K;
    "s_cmpk_le_i32" "a:32 0x8123" |x| x.i()[0] <= K;
    "s_cmpk_eq_u32" "a:32 0x8123" |x| x.u()[0] == UNSIGNED_K;
    "s_cmpk_lg_u32" "a:32 0x8123" |x| x.u()[0] != UNSIGNED_K;
    "s_cmpk_gt_u32" "a:32 0x8123" |x| x.u()[0] > UNSIGNED_K;
    "s_cmpk_lt_u32" "a:32 0x8123" |x| x.u()[0] < UNSIGNED_K;
    "s_cmpk_le_u32" "a:32 0x8123" |x| x.u()[0] <= UNSIGNED_K;
    "s_bitcmp0_b32" "a:32 b:32" |x| x.u()[0] & 1 << (x.u()[1] % 32) == 0;
    "s_bitcmp1_b32" "a:32 b:32" |x| x.u()[0] & 1 << (x.u()[1] % 32) != 0;
    "s_and_saveexec_b32" "d:32 a:32" |x| saved(x, x.u()[0] & x.exec);
    "s_or_saveexec_b32" "d:32 a:32" |x| saved(x, x.u()[0] | x.exec);
    "s_xor_saveexec_b32" "d:32 a:32" |x| saved(x, x.u()[0] ^ x.exec);
    "s_and_not1_saveexec_b32" "d:32 a:32" |x| saved(x, x.u()[0] & !x.exec);
};

const EDGES: [u64; 10] = [
    0,
    1,
    0xffff_8123_ffff_8123,
    0x8123,
    0x0008_0004,
    0x7fff_ffff_7fff_ffff,
    0x8000_0000_8000_0000,
    u64::MAX,
    0x1234_5678_9abc_def0,
    0x0020_0011,
];

fn all() -> Vec<Before> {
    let mut random = Random(0x5eed);
    let one = |index: usize| {
        let (a, b) = match index {
            0..100 => (EDGES[index % 10], EDGES[index / 10]),
            _ => (random.next(), random.next() & 0x001f_003f_001f_003f),
        };
        let more = random.next();
        Before { a, b, old: random.next(), scc: more & 1 != 0, exec: (more >> 32) as u32 }
    };
    (0..200).map(one).collect()
}

fn prepared(before: &Before) -> Wave {
    let mut wave = wave(1);
    wave.set_scalar64(0, before.a);
    wave.set_scalar64(2, before.b);
    wave.set_scalar64(4, before.old);
    wave.scc = before.scc;
    wave.set_scalar(place::EXEC, before.exec);
    wave
}

fn text(row: &Row) -> String {
    let operand = |token: &str| match token.split_once(':') {
        None => token.to_string(),
        Some((role, bits)) => {
            let first = ["a", "b", "d"].iter().position(|known| *known == role).expect("a role") * 2;
            if bits == "64" { format!("s[{first}:{}]", first + 1) } else { format!("s{first}") }
        }
    };
    let operands: Vec<String> = row.operands.split(' ').map(operand).collect();
    format!("{} {}", row.name, operands.join(", "))
}

/// Runs all mnemonics of the list that have a row.
pub fn check(list: &[&str]) -> Executed {
    let rows: Vec<&Row> = ROWS.iter().filter(|row| list.contains(&row.name)).collect();
    let code = assemble(&rows.iter().map(|row| text(row)).collect::<Vec<_>>());
    let (all, mut bench) = (all(), bench());
    for (row, code) in rows.iter().zip(&code) {
        let waves = run(&mut bench, row.name, code, all.iter().map(prepared).collect());
        let wide = row.operands.contains("d:64");
        for (before, wave) in all.iter().zip(waves) {
            let mut expected = (row.expected)(before);
            let got = if wide { wave.scalar64(4) } else { wave.scalar(4).into() };
            let old = if wide { before.old } else { u64::from(before.old as u32) };
            expected.value = expected.value.or(Some(old));
            expected.scc = expected.scc.or(Some(before.scc));
            expected.exec = expected.exec.or(Some(before.exec));
            let got = After { value: Some(got), scc: Some(wave.scc), exec: Some(wave.scalar(place::EXEC)) };
            assert_eq!(got, expected, "{}: {before:x?}", text(row));
        }
    }
    bench.executed()
}
