//! WMMA: D = A * B + C for matrices of 16 by 16. Lane n holds row n of A and column n of B (lanes 16 to 31 the same
//! again), and of C and D column n % 16, where the upper lanes have the odd rows. In waves of 64 the rows of C and D
//! are dealt to four groups of 16 lanes. The order of additions of floats is not documented; ours is by k.
//! Touches `source`, `half`, `wave` and `simd`.

use super::half::{F16, bf16, to_bf16};
use super::lanes::{LANES, Lanes};
use super::source::{Source, raw_lanes};
use super::wave::Wave;
use crate::simd::fused;

const SIZE: usize = 16;

/// One line of A or column of B behind the other.
type Square<T> = [[T; SIZE]; SIZE];

/// A and B: whole numbers, or the bits of floats.
enum Factors {
    Whole([Square<i32>; 2]),
    Real([Square<u32>; 2]),
}

/// What the elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elements {
    /// f16 to f32.
    Half,
    /// bfloat16 to f32.
    Brain,
    /// f16 to f16, in one half of the registers.
    HalfToHalf,
    /// bfloat16 to bfloat16, likewise.
    BrainToBrain,
    /// Bytes to i32.
    Bytes,
    /// Four bits to i32.
    Nibbles,
}

/// A matrix instruction.
#[derive(Clone, Copy, Debug)]
pub struct Matrix {
    /// The elements.
    pub elements: Elements,
    /// First register of D.
    pub dst: usize,
    /// A, B and C.
    pub src: [Source; 3],
    /// Integer sources A and B are signed; floats are negated.
    pub low: [bool; 3],
    /// For C: the absolute value (bit 2 of neg_hi).
    pub high: [bool; 3],
    /// Results of 16 bits stand in the upper halves.
    pub upper: bool,
    /// Sums of whole numbers stay at their limits.
    pub clamp: bool,
}

/// The matrix instruction of a mnemonic.
pub fn elements(name: &str) -> Option<Elements> {
    Some(match name {
        "v_wmma_f32_16x16x16_f16" => Elements::Half,
        "v_wmma_f32_16x16x16_bf16" => Elements::Brain,
        "v_wmma_f16_16x16x16_f16" => Elements::HalfToHalf,
        "v_wmma_bf16_16x16x16_bf16" => Elements::BrainToBrain,
        "v_wmma_i32_16x16x16_iu8" => Elements::Bytes,
        "v_wmma_i32_16x16x16_iu4" => Elements::Nibbles,
        _ => return None,
    })
}

impl Matrix {
    /// Bits of an element of A and B.
    fn bits(&self) -> usize {
        match self.elements {
            Elements::Bytes => 8,
            Elements::Nibbles => 4,
            _ => 16,
        }
    }

    fn whole(&self) -> bool {
        matches!(self.elements, Elements::Bytes | Elements::Nibbles)
    }

    fn brain(&self) -> bool {
        matches!(self.elements, Elements::Brain | Elements::BrainToBrain)
    }

    /// The elements of A or B: one line a lane, as bits.
    fn lines(&self, wave: &Wave, which: usize) -> Square<u16> {
        let (bits, mut lines) = (self.bits(), [[0; SIZE]; SIZE]);
        let each = 32 / bits;
        for dword in 0..SIZE / each {
            let lanes = raw_lanes(wave, self.src[which], dword, 0);
            for (line, word) in lines.iter_mut().zip(lanes) {
                for part in 0..each {
                    line[dword * each + part] = (word >> (bits * part)) as u16 & (0xffff >> (16 - bits));
                }
            }
        }
        lines
    }

    /// A and B as numbers.
    fn factors(&self, wave: &Wave) -> Factors {
        let lines = [0, 1].map(|which| self.lines(wave, which));
        if self.whole() {
            let whole = |which: usize| lines[which].map(|line| line.map(|bits| self.integer(which, bits)));
            return Factors::Whole([whole(0), whole(1)]);
        }
        let real = |which: usize| {
            lines[which].map(|line| std::array::from_fn(|k| self.float(which, k, line[k]).to_bits()))
        };
        Factors::Real([real(0), real(1)])
    }

    /// An element's value as a float, negated if the modifiers say so.
    fn float(&self, which: usize, k: usize, bits: u16) -> f32 {
        let value = if self.brain() { bf16(bits) } else { F16(bits).f32() };
        let negate = if k & 1 == 0 { self.low[which] } else { self.high[which] };
        if negate { -value } else { value }
    }

    fn integer(&self, which: usize, bits: u16) -> i32 {
        let shift = 32 - self.bits() as u32;
        let top = u32::from(bits) << shift;
        if self.low[which] { top as i32 >> shift } else { (top >> shift) as i32 }
    }

    /// The sums of products of one pass: in each lane a line of A, a column of B, and C, which becomes D.
    fn add_whole(&self, [a, b]: &[Square<i32>; 2], lines: &[usize; LANES], sums: &mut Lanes) {
        for (lane, sum) in sums.iter_mut().enumerate() {
            let products = a[lines[lane]].iter().zip(&b[lane % SIZE]).map(|(a, b)| i64::from(a * b));
            let total = i64::from(*sum as i32) + products.sum::<i64>();
            *sum =
                if self.clamp { total.clamp(i32::MIN.into(), i32::MAX.into()) as u32 } else { total as u32 };
        }
    }

    /// The same of floats, by their bits, one product after the other.
    fn add_real(&self, [a, b]: &[Square<u32>; 2], lines: &[usize; LANES], sums: &mut Lanes) {
        let old = *sums;
        *sums = old.map(|c| self.start(c).to_bits());
        for k in 0..SIZE {
            let left = lines.map(|line| a[line][k]);
            let right = std::array::from_fn(|lane| b[lane % SIZE][k]);
            let before = *sums;
            fused(&left, &right, &before, sums);
        }
        for (sum, old) in sums.iter_mut().zip(old) {
            *sum = self.result(f32::from_bits(*sum), old);
        }
    }

    /// What a sum begins with, of the bits of C.
    fn start(&self, c: u32) -> f32 {
        let narrow = (if self.upper { c >> 16 } else { c }) as u16;
        let start = match self.elements {
            Elements::HalfToHalf => F16(narrow).f32(),
            Elements::BrainToBrain => bf16(narrow),
            _ => f32::from_bits(c),
        };
        let start = if self.high[2] { start.abs() } else { start };
        if self.low[2] { -start } else { start }
    }

    /// The bits of D; where they are 16, the others of the register stay.
    fn result(&self, value: f32, old: u32) -> u32 {
        let narrow = match self.elements {
            Elements::HalfToHalf => F16::nearest(f64::from(value)).0,
            Elements::BrainToBrain => to_bf16(value),
            _ => return value.to_bits(),
        };
        let (narrow, shift) = (u32::from(narrow), if self.upper { 16 } else { 0 });
        old & !(0xffff << shift) | narrow << shift
    }

    /// Runs it; EXEC does not matter.
    pub fn run(&self, wave: &mut Wave) {
        let factors = self.factors(wave);
        let groups = 2 * wave.passes();
        let mut results = Vec::with_capacity(16);
        for register in 0..SIZE / groups {
            for pass in 0..wave.passes() {
                // A constant is the same in all registers.
                let dword = if matches!(self.src[2], Source::Vector(_)) { register } else { 0 };
                let mut lanes = raw_lanes(wave, self.src[2], dword, pass);
                let lines = std::array::from_fn(|lane| groups * register + 2 * pass + lane / SIZE);
                match &factors {
                    Factors::Whole(factors) => self.add_whole(factors, &lines, &mut lanes),
                    Factors::Real(factors) => self.add_real(factors, &lines, &mut lanes),
                }
                results.push((register, pass, lanes));
            }
        }
        // D may be A or B: nothing is written before all is read.
        for (register, pass, lanes) in results {
            *wave.vector_mut(self.dst + register, pass) = lanes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::wave::Mode;

    #[test]
    fn rows_times_columns() {
        let mut wave = Wave::new(32, 32, 0, Mode(0));
        // A is the identity; B's element (k, n) is k + 16 n: D is B, and column n has rows 0, 2, .. below lane 16.
        for lane in 0..32 {
            for k in 0..SIZE {
                let n = lane % SIZE;
                let shift = 8 * (k % 4);
                let a = wave.lane(k / 4, lane) | u32::from(k == n) << shift;
                let b = wave.lane(4 + k / 4, lane) | ((k + 16 * n) as u32) << shift;
                wave.set_lane(k / 4, lane, a);
                wave.set_lane(4 + k / 4, lane, b);
            }
        }
        let src = [Source::Vector(0), Source::Vector(4), Source::Constant(1)];
        let (low, high) = ([false; 3], [false; 3]);
        Matrix { elements: Elements::Bytes, dst: 8, src, low, high, upper: false, clamp: false }
            .run(&mut wave);
        assert_eq!(wave.lane(8, 3), 1 + 16 * 3);
        assert_eq!(wave.lane(9, 16 + 5), 1 + 3 + 16 * 5);
    }
}
