//! Matrices of 16 by 16. Elements are small whole numbers: every sum is exact, whatever its order.

use simgpu::exec::wave::Wave;

use super::assemble::{Executed, Random, assemble, bench, run, wave};
use super::half;

/// How an element of A or B, or of C and D, is coded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Byte,
    Half,
    Brain,
    Single,
    Whole,
}

impl Element {
    fn bits(self) -> usize {
        match self {
            Self::Byte => 8,
            Self::Half | Self::Brain => 16,
            Self::Single | Self::Whole => 32,
        }
    }

    fn code(self, value: i32) -> u32 {
        match self {
            Self::Byte => u32::from(value as u8),
            Self::Half => half::nearest(value.into()).into(),
            Self::Brain => (value as f32).to_bits() >> 16,
            Self::Single => (value as f32).to_bits(),
            Self::Whole => value as u32,
        }
    }
}

const KINDS: &[(&str, Element, Element)] = &[
    ("v_wmma_f32_16x16x16_f16", Element::Half, Element::Single),
    ("v_wmma_f32_16x16x16_bf16", Element::Brain, Element::Single),
    ("v_wmma_f16_16x16x16_f16", Element::Half, Element::Half),
    ("v_wmma_i32_16x16x16_iu8", Element::Byte, Element::Whole),
];

/// First registers of A, B, C and D.
const A: usize = 0;
const B: usize = 8;
const C: usize = 16;
const D: usize = 24;

type Matrix = [[i32; 16]; 16];

fn matrix(random: &mut Random) -> Matrix {
    std::array::from_fn(|_| std::array::from_fn(|_| (random.next() % 15) as i32 - 7))
}

/// A line of A or B in each lane, the upper lanes like the lower ones.
fn set_lines(wave: &mut Wave, first: usize, element: Element, lines: &Matrix) {
    let each = 32 / element.bits();
    for lane in 0..32 {
        for (dword, part) in lines[lane % 16].chunks(each).enumerate() {
            let codes =
                part.iter().enumerate().map(|(at, &value)| element.code(value) << (at * element.bits()));
            wave.set_lane(first + dword, lane, codes.sum());
        }
    }
}

pub fn check(list: &[&str]) -> Executed {
    let (mut bench, mut random) = (bench(), Random(0x5eed));
    for (name, element, sum) in KINDS.iter().filter(|kind| list.contains(&kind.0)) {
        let count = 16 * element.bits() / 32;
        let signs = if *element == Element::Byte { " neg_lo:[1,1,0]" } else { "" };
        let text = format!(
            "{name} v[{D}:{}], v[{A}:{}], v[{B}:{}], v[{C}:{}]{signs}",
            D + 7,
            A + count - 1,
            B + count - 1,
            C + 7
        );
        let (a, b, c) = (matrix(&mut random), matrix(&mut random), matrix(&mut random));
        let mut before = wave(32);
        set_lines(&mut before, A, *element, &a);
        set_lines(&mut before, B, *element, &b);
        for (register, lane) in (0..8).flat_map(|register| (0..32).map(move |lane| (register, lane))) {
            before.set_lane(C + register, lane, sum.code(c[2 * register + lane / 16][lane % 16]));
        }
        let code = assemble(std::slice::from_ref(&text)).remove(0);
        let after = run(&mut bench, &text, &code, vec![before]).remove(0);
        for (register, lane) in (0..8).flat_map(|register| (0..32).map(move |lane| (register, lane))) {
            let (row, column) = (2 * register + lane / 16, lane % 16);
            let exact: i32 = (0..16).map(|k| a[row][k] * b[column][k]).sum::<i32>() + c[row][column];
            let got = after.lane(D + register, lane) & (u32::MAX >> (32 - sum.bits()));
            assert_eq!(got, sum.code(exact), "{name}: row {row}, column {column}");
        }
    }
    bench.executed()
}
