//! What scalar instructions compute: tables of mnemonic and function. Which registers they read and write, and how
//! wide, is the decoded operands'. Touches nothing.

/// What a scalar operation may look at. 32-bit sources stand in the lower half of 64 bits.
#[derive(Clone, Copy)]
pub struct Input {
    /// First source.
    pub a: u64,
    /// Second source.
    pub b: u64,
    /// What the destination holds.
    pub old: u64,
    /// The scalar condition.
    pub scc: bool,
}

/// The result and, where it is written, the condition.
pub type Output = (u64, Option<bool>);

/// One operation.
pub struct Scalar {
    /// Mnemonic.
    pub name: &'static str,
    /// The function.
    pub run: fn(Input) -> Output,
}

macro_rules! rows {
    ($($name:literal $run:expr;)+) => { &[$(Scalar { name: $name, run: $run }),+] };
}

/// A 32-bit result, and SCC = it is not 0.
fn logic32(value: u32) -> Output {
    (u64::from(value), Some(value != 0))
}

/// A 64-bit result, and SCC = it is not 0.
fn logic64(value: u64) -> Output {
    (value, Some(value != 0))
}

/// A 32-bit result with a condition of its own.
fn with(value: u32, scc: bool) -> Output {
    (u64::from(value), Some(scc))
}

/// A 32-bit result alone.
fn only(value: u32) -> Output {
    (u64::from(value), None)
}

fn i(value: u64) -> i32 {
    value as u32 as i32
}

fn u(value: u64) -> u32 {
    value as u32
}

fn signed_sum(a: i32, b: i32) -> Output {
    let (sum, overflow) = a.overflowing_add(b);
    with(sum as u32, overflow)
}

fn shifted_sum(input: Input, by: u32) -> Output {
    let sum = (u64::from(u(input.a)) << by) + u64::from(u(input.b));
    with(sum as u32, sum >> 32 != 0)
}

/// A field of a value: offset in bits 0 to 5 of the descriptor, width in bits 16 to 22.
fn field64(value: u64, descriptor: u64) -> u64 {
    let (offset, width) = (descriptor & 63, descriptor >> 16 & 0x7f);
    let mask = if width >= 64 { u64::MAX } else { (1 << width) - 1 };
    value >> offset & mask
}

fn signed_field64(value: u64, descriptor: u64) -> u64 {
    let (offset, width) = (descriptor & 63, (descriptor >> 16 & 0x7f).min(64));
    if width == 0 {
        return 0;
    }
    // Above the register are copies of its sign.
    let wide = i128::from(value as i64) >> offset << (128 - width);
    (wide >> (128 - width)) as u64
}

/// The same of 32 bits: offset of 5 bits.
fn narrow(descriptor: u64) -> u64 {
    descriptor & 0x7f_001f
}

fn mask(width: u64, offset: u64, bits: u64) -> u64 {
    let width = width & (bits - 1);
    ((1u64 << width) - 1) << (offset & (bits - 1))
}

/// Groups of four bits of which any is set become all ones.
fn quads(value: u64) -> u64 {
    (0..16).filter(|quad| value >> (4 * quad) & 15 != 0).fold(0, |bits, quad| bits | 15 << (4 * quad))
}

/// A bit for each group of four of which any is set.
fn any_of_four(value: u64) -> u64 {
    (0..16).filter(|quad| value >> (4 * quad) & 15 != 0).fold(0, |bits, quad| bits | 1 << quad)
}

/// Each bit two times.
fn twice(value: u32) -> u64 {
    (0..32).filter(|bit| value >> bit & 1 != 0).fold(0, |bits, bit| bits | 3 << (2 * bit))
}

/// Two sources.
const TWO: &[Scalar] = rows! {
    "s_add_u32" |x| { let (sum, carry) = u(x.a).overflowing_add(u(x.b)); with(sum, carry) };
    "s_sub_u32" |x| { let (rest, borrow) = u(x.a).overflowing_sub(u(x.b)); with(rest, borrow) };
    "s_add_i32" |x| signed_sum(i(x.a), i(x.b));
    "s_sub_i32" |x| { let (rest, overflow) = i(x.a).overflowing_sub(i(x.b)); with(rest as u32, overflow) };
    "s_addc_u32" |x| { let sum = u64::from(u(x.a)) + u64::from(u(x.b)) + u64::from(x.scc); with(sum as u32, sum >> 32 != 0) };
    "s_subb_u32" |x| {
        let rest = u64::from(u(x.a)).wrapping_sub(u64::from(u(x.b))).wrapping_sub(u64::from(x.scc));
        with(rest as u32, rest >> 32 != 0)
    };
    "s_absdiff_i32" |x| logic32(i(x.a).wrapping_sub(i(x.b)).unsigned_abs());
    "s_min_i32" |x| with(i(x.a).min(i(x.b)) as u32, i(x.a) < i(x.b));
    "s_min_u32" |x| with(u(x.a).min(u(x.b)), u(x.a) < u(x.b));
    "s_max_i32" |x| with(i(x.a).max(i(x.b)) as u32, i(x.a) > i(x.b));
    "s_max_u32" |x| with(u(x.a).max(u(x.b)), u(x.a) > u(x.b));
    "s_and_b32" |x| logic32(u(x.a & x.b));
    "s_and_b64" |x| logic64(x.a & x.b);
    "s_or_b32" |x| logic32(u(x.a | x.b));
    "s_or_b64" |x| logic64(x.a | x.b);
    "s_xor_b32" |x| logic32(u(x.a ^ x.b));
    "s_xor_b64" |x| logic64(x.a ^ x.b);
    "s_nand_b32" |x| logic32(!u(x.a & x.b));
    "s_nand_b64" |x| logic64(!(x.a & x.b));
    "s_nor_b32" |x| logic32(!u(x.a | x.b));
    "s_nor_b64" |x| logic64(!(x.a | x.b));
    "s_xnor_b32" |x| logic32(!u(x.a ^ x.b));
    "s_xnor_b64" |x| logic64(!(x.a ^ x.b));
    "s_and_not1_b32" |x| logic32(u(x.a) & !u(x.b));
    "s_and_not1_b64" |x| logic64(x.a & !x.b);
    "s_or_not1_b32" |x| logic32(u(x.a) | !u(x.b));
    "s_or_not1_b64" |x| logic64(x.a | !x.b);
    "s_lshl_b32" |x| logic32(u(x.a) << (x.b & 31));
    "s_lshl_b64" |x| logic64(x.a << (x.b & 63));
    "s_lshr_b32" |x| logic32(u(x.a) >> (x.b & 31));
    "s_lshr_b64" |x| logic64(x.a >> (x.b & 63));
    "s_ashr_i32" |x| logic32((i(x.a) >> (x.b & 31)) as u32);
    "s_ashr_i64" |x| logic64((x.a as i64 >> (x.b & 63)) as u64);
    "s_lshl1_add_u32" |x| shifted_sum(x, 1);
    "s_lshl2_add_u32" |x| shifted_sum(x, 2);
    "s_lshl3_add_u32" |x| shifted_sum(x, 3);
    "s_lshl4_add_u32" |x| shifted_sum(x, 4);
    "s_bfe_u32" |x| logic32(u(field64(x.a & 0xffff_ffff, narrow(x.b))));
    "s_bfe_i32" |x| logic32(u(signed_field64(i(x.a) as i64 as u64, narrow(x.b))));
    "s_bfe_u64" |x| logic64(field64(x.a, x.b));
    "s_bfe_i64" |x| logic64(signed_field64(x.a, x.b));
    "s_bfm_b32" |x| only(u(mask(x.a, x.b, 32)));
    "s_bfm_b64" |x| (mask(x.a, x.b, 64), None);
    "s_mul_i32" |x| only(u(x.a).wrapping_mul(u(x.b)));
    "s_mul_hi_u32" |x| only(((u64::from(u(x.a)) * u64::from(u(x.b))) >> 32) as u32);
    "s_mul_hi_i32" |x| only(((i64::from(i(x.a)) * i64::from(i(x.b))) >> 32) as u32);
    "s_cselect_b32" |x| only(u(if x.scc { x.a } else { x.b }));
    "s_cselect_b64" |x| (if x.scc { x.a } else { x.b }, None);
    "s_pack_ll_b32_b16" |x| only(u(x.a & 0xffff | x.b << 16));
    "s_pack_lh_b32_b16" |x| only(u(x.a & 0xffff | x.b & 0xffff_0000));
    "s_pack_hh_b32_b16" |x| only(u(x.a >> 16 & 0xffff | x.b & 0xffff_0000));
    "s_pack_hl_b32_b16" |x| only(u(x.a >> 16 & 0xffff | x.b << 16));
};

/// One source.
const ONE: &[Scalar] = rows! {
    "s_mov_b32" |x| only(u(x.a));
    "s_mov_b64" |x| (x.a, None);
    "s_cmov_b32" |x| only(u(if x.scc { x.a } else { x.old }));
    "s_cmov_b64" |x| (if x.scc { x.a } else { x.old }, None);
    "s_not_b32" |x| logic32(!u(x.a));
    "s_not_b64" |x| logic64(!x.a);
    "s_brev_b32" |x| only(u(x.a).reverse_bits());
    "s_brev_b64" |x| (x.a.reverse_bits(), None);
    "s_wqm_b32" |x| logic32(u(quads(x.a & 0xffff_ffff)));
    "s_wqm_b64" |x| logic64(quads(x.a));
    "s_quadmask_b32" |x| logic32(u(any_of_four(x.a & 0xffff_ffff)));
    "s_quadmask_b64" |x| logic64(any_of_four(x.a));
    "s_bitreplicate_b64_b32" |x| (twice(u(x.a)), None);
    "s_bcnt0_i32_b32" |x| logic32(u(x.a).count_zeros());
    "s_bcnt0_i32_b64" |x| logic32(x.a.count_zeros());
    "s_bcnt1_i32_b32" |x| logic32(u(x.a).count_ones());
    "s_bcnt1_i32_b64" |x| logic32(x.a.count_ones());
    "s_ctz_i32_b32" |x| only(if u(x.a) == 0 { u32::MAX } else { u(x.a).trailing_zeros() });
    "s_ctz_i32_b64" |x| only(if x.a == 0 { u32::MAX } else { x.a.trailing_zeros() });
    "s_clz_i32_u32" |x| only(if u(x.a) == 0 { u32::MAX } else { u(x.a).leading_zeros() });
    "s_clz_i32_u64" |x| only(if x.a == 0 { u32::MAX } else { x.a.leading_zeros() });
    "s_cls_i32" |x| only(sign_bits(i(x.a) as i64 as u64, 32));
    "s_cls_i32_i64" |x| only(sign_bits(x.a, 0));
    "s_sext_i32_i8" |x| only(x.a as i8 as u32);
    "s_sext_i32_i16" |x| only(x.a as i16 as u32);
    "s_abs_i32" |x| logic32(i(x.a).unsigned_abs());
    "s_bitset0_b32" |x| only(u(x.old) & !(1 << (x.a & 31)));
    "s_bitset1_b32" |x| only(u(x.old) | 1 << (x.a & 31));
    "s_bitset0_b64" |x| (x.old & !(1 << (x.a & 63)), None);
    "s_bitset1_b64" |x| (x.old | 1 << (x.a & 63), None);
};

/// How many bits from the top are like the sign; all of them is -1.
fn sign_bits(value: u64, above: u32) -> u32 {
    let same = (value ^ (value as i64 >> 63) as u64).leading_zeros() - above;
    if same == 64 - above { u32::MAX } else { same }
}

/// A constant of 16 bits is the source, and the destination another one.
const CONSTANT: &[Scalar] = rows! {
    "s_movk_i32" |x| only(u(x.a));
    "s_cmovk_i32" |x| only(u(if x.scc { x.a } else { x.old }));
    "s_addk_i32" |x| signed_sum(i(x.old), i(x.a));
    "s_mulk_i32" |x| only(u(x.old).wrapping_mul(u(x.a)));
};

/// Comparisons.
const COMPARE: &[Scalar] = rows! {
    "s_cmp_eq_i32" |x| (0, Some(u(x.a) == u(x.b)));
    "s_cmp_lg_i32" |x| (0, Some(u(x.a) != u(x.b)));
    "s_cmp_gt_i32" |x| (0, Some(i(x.a) > i(x.b)));
    "s_cmp_ge_i32" |x| (0, Some(i(x.a) >= i(x.b)));
    "s_cmp_lt_i32" |x| (0, Some(i(x.a) < i(x.b)));
    "s_cmp_le_i32" |x| (0, Some(i(x.a) <= i(x.b)));
    "s_cmp_eq_u32" |x| (0, Some(u(x.a) == u(x.b)));
    "s_cmp_lg_u32" |x| (0, Some(u(x.a) != u(x.b)));
    "s_cmp_gt_u32" |x| (0, Some(u(x.a) > u(x.b)));
    "s_cmp_ge_u32" |x| (0, Some(u(x.a) >= u(x.b)));
    "s_cmp_lt_u32" |x| (0, Some(u(x.a) < u(x.b)));
    "s_cmp_le_u32" |x| (0, Some(u(x.a) <= u(x.b)));
    "s_cmp_eq_u64" |x| (0, Some(x.a == x.b));
    "s_cmp_lg_u64" |x| (0, Some(x.a != x.b));
    "s_bitcmp0_b32" |x| (0, Some(u(x.a) >> (x.b & 31) & 1 == 0));
    "s_bitcmp1_b32" |x| (0, Some(u(x.a) >> (x.b & 31) & 1 != 0));
    "s_bitcmp0_b64" |x| (0, Some(x.a >> (x.b & 63) & 1 == 0));
    "s_bitcmp1_b64" |x| (0, Some(x.a >> (x.b & 63) & 1 != 0));
};

/// The operation of a mnemonic. `s_cmpk_*` is the comparison of the same name.
pub fn find(name: &str) -> Option<&'static Scalar> {
    let plain = name.replace("s_cmpk_", "s_cmp_");
    [TWO, ONE, CONSTANT, COMPARE].into_iter().flatten().find(|row| row.name == plain)
}

/// What `s_*_saveexec` makes of its source and EXEC.
pub fn saveexec(name: &str) -> Option<fn(u64, u64) -> u64> {
    Some(match name {
        "and" => |source, exec| source & exec,
        "or" => |source, exec| source | exec,
        "xor" => |source, exec| source ^ exec,
        "nand" => |source, exec| !(source & exec),
        "nor" => |source, exec| !(source | exec),
        "xnor" => |source, exec| !(source ^ exec),
        "and_not1" | "andn2" => |source, exec| source & !exec,
        "or_not1" | "orn2" => |source, exec| source | !exec,
        "and_not0" | "andn1" => |source, exec| !source & exec,
        "or_not0" | "orn1" => |source, exec| !source | exec,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str, a: u64, b: u64, scc: bool) -> Output {
        (find(name).expect("a row").run)(Input { a, b, old: 0, scc })
    }

    #[test]
    fn carries_and_overflows_are_told_apart() {
        assert_eq!(run("s_add_u32", 0xffff_ffff, 1, false), (0, Some(true)));
        assert_eq!(run("s_add_i32", 0xffff_ffff, 1, false), (0, Some(false)));
        assert_eq!(run("s_add_i32", 0x7fff_ffff, 1, false), (0x8000_0000, Some(true)));
        assert_eq!(run("s_subb_u32", 0, 0xffff_ffff, true), (0, Some(true)));
    }

    #[test]
    fn fields_keep_their_sign() {
        assert_eq!(run("s_bfe_i32", 0x8000_0000, 0x0004_001c, false), (0xffff_fff8, Some(true)));
        assert_eq!(run("s_bfe_u32", 0x8000_0000, 0x0004_001c, false), (8, Some(true)));
        assert_eq!(run("s_bfe_i64", 0x80, 0x0008_0000, false), ((-128i64) as u64, Some(true)));
        assert_eq!(run("s_cls_i32", 0xffff_0000, 0, false).0, 16);
    }
}
