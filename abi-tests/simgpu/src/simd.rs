//! What the host does with all lanes at once by instructions that it may or may not have. Each function is a plain loop,
//! compiled twice, and chosen at run time. Unsafe: to call the one that needs the instructions.

/// One 32-bit value a lane.
type Lanes = [u32; 32];

/// `a * b + c` of each lane, rounded once. Without the instruction a call into the C library for each.
pub fn fused(a: &Lanes, b: &Lanes, c: &Lanes, out: &mut Lanes) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("fma") && is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has both.
        return unsafe { fused_by_avx2(a, b, c, out) };
    }
    fused_by_lane(a, b, c, out);
}

/// # Safety
/// The processor has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn fused_by_avx2(a: &Lanes, b: &Lanes, c: &Lanes, out: &mut Lanes) {
    fused_by_lane(a, b, c, out);
}

#[inline(always)]
fn fused_by_lane(a: &Lanes, b: &Lanes, c: &Lanes, out: &mut Lanes) {
    for (lane, out) in out.iter_mut().enumerate() {
        let [a, b, c] = [a[lane], b[lane], c[lane]].map(f32::from_bits);
        *out = a.mul_add(b, c).to_bits();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_give_the_same_bits() {
        let mut seed = 1_u32;
        let mut lanes = || -> Lanes {
            std::array::from_fn(|lane| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                [seed, 0x7f80_0000, 0x8000_0001, 0, 0x7f7f_ffff]
                    [if lane % 3 == 0 { seed as usize >> 8 & 3 } else { 0 }]
            })
        };
        for _ in 0..1000 {
            let (a, b, c) = (lanes(), lanes(), lanes());
            let (mut ours, mut plain) = ([0; 32], [0; 32]);
            fused(&a, &b, &c, &mut ours);
            fused_by_lane(&a, &b, &c, &mut plain);
            for (ours, plain) in ours.iter().zip(plain) {
                let nan = |bits: u32| f32::from_bits(bits).is_nan();
                assert!(*ours == plain || nan(*ours) && nan(plain), "seed 1: {ours:#x}, {plain:#x}");
            }
        }
    }
}
