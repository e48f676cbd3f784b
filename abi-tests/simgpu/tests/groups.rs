//! Work-items that meet: LDS and barriers, atomic operations, other lanes, matrices, calls; against what they are
//! defined to give. Several threads run the workgroups where the order of their work is free.
#![forbid(unsafe_code)]

mod compile;

use std::sync::OnceLock;

use compile::{BUILDS, TARGETS, gpu_compiler};
use simgpu::exec::bench::{Bench, Launch};
use simgpu::exec::half::F16;
use simgpu::exec::object::CodeObject;
use simgpu::exec::order::Order;
use simgpu::isa::Target;

/// Runs a kernel of groups.c on buffers; tells what they hold afterwards.
fn run(object: &[u8], kernel: &str, groups: u32, items: u32, buffers: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let object = CodeObject::parse(object).expect("a code object");
    let mut bench = Bench::new(object.target().expect("a target"), 16 << 20);
    let descriptor = bench.load(&object).expect("it fits") + object.descriptor(kernel).expect("a kernel");
    let addresses: Vec<u64> = buffers.iter().map(|bytes| bench.buffer(bytes).expect("it fits")).collect();
    let arguments = addresses.iter().flat_map(|address| address.to_le_bytes()).collect();
    let launch = Launch {
        grid: [groups * items, 1, 1],
        block: [items, 1, 1],
        arguments,
        dynamic_lds: 0,
        threads: 2,
        order: Order::default(),
    };
    bench.run(descriptor, &launch).unwrap_or_else(|error| panic!("{kernel}: {error}"));
    let read = |(address, bytes): (&u64, &Vec<u8>)| {
        let mut bytes = vec![0; bytes.len()];
        bench.memory().read(*address, &mut bytes).expect("it is there");
        bytes
    };
    addresses.iter().zip(buffers).map(read).collect()
}

fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().expect("four bytes"))).collect()
}

/// Numbers that look random.
fn numbers(count: u32) -> Vec<u32> {
    (0..count).map(|index| (index + 1).wrapping_mul(0x9e37_79b9)).collect()
}

/// Every build of groups.c for every target; none without a compiler.
fn builds() -> &'static [(Target, Vec<u8>)] {
    static BUILT: OnceLock<Vec<(Target, Vec<u8>)>> = OnceLock::new();
    BUILT.get_or_init(|| {
        let Some(compiler) = gpu_compiler() else { return Vec::new() };
        let builds = BUILDS.iter().filter(|build| build.wave32());
        let all = builds.flat_map(|build| TARGETS.map(|target| (target, build)));
        all.map(|(target, build)| (target, compiler.compile_for(target, "groups.c", build))).collect()
    })
}

#[test]
fn barriers_part_the_halves_of_a_sum() {
    let values = numbers(1024);
    for (_, object) in builds() {
        let out = run(object, "sum", 4, 256, &[bytes(&values), vec![0; 16]]);
        let expected: Vec<u32> =
            values.chunks(256).map(|part| part.iter().fold(0, |a: u32, b| a.wrapping_add(*b))).collect();
        assert_eq!(words(&out[1]), expected);
    }
}

#[test]
fn atomic_operations_lose_nothing() {
    let values = numbers(1024);
    let signed = || values.iter().map(|&value| value as i32);
    let sum = values.iter().fold(0, |a: u32, b| a.wrapping_add(*b));
    let all = |f: fn(u32, u32) -> u32, first: u32| values.iter().fold(first, |a, &b| f(a, b));
    for (_, object) in builds() {
        let mut start = [0; 16];
        (start[2], start[8]) = (u32::MAX, u32::MAX);
        let buffers = [bytes(&values), bytes(&start), vec![0; 16], vec![0; 4]];
        let out = run(object, "atomics", 4, 256, &buffers);
        let found = words(&out[1]);
        let expected = [
            sum,
            sum.wrapping_neg(),
            all(|a, b| a & (b | 0xff), u32::MAX),
            all(|a, b| a | b & 0xff00, 0),
            all(|a, b| a ^ b, 0),
            signed().max().expect("values") as u32,
            signed().min().expect("values") as u32,
            all(u32::max, 0),
            all(u32::min, u32::MAX),
        ];
        assert_eq!(found[..9], expected);
        assert_eq!(found[9] ^ found[10], expected[4], "each value was there once, the last still is");
        // 1024 steps up from 0 modulo 100; down from 0, which first wraps to 99.
        assert_eq!(found[11..14], [24, 76, values.iter().map(|value| value & 3).sum()]);
        assert_eq!(found[14], sum);
        let wide: u64 = values.iter().map(|&value| u64::from(value) << 20).sum();
        assert_eq!(words(&out[2])[..2], [wide as u32, (wide >> 32) as u32]);
        let real: u32 = values.iter().map(|value| value & 7).sum();
        assert_eq!(f32::from_bits(words(&out[3])[0]), real as f32);
    }
}

#[test]
fn lanes_read_each_other() {
    let values = numbers(32);
    let selectors = 0x3a_8b1e_u32;
    for (_, object) in builds() {
        let out = words(&run(object, "lanes", 1, 32, &[bytes(&values), vec![0; 1024]])[1]);
        for lane in 0..32 {
            let below = values[..lane].iter().filter(|&value| value & 1 != 0).count() as u32;
            let expected = [
                values[31 - lane],
                values[17],
                values[0],
                if lane % 16 == 0 { 7 } else { values[lane - 1] },
                values[lane ^ 16],
                below,
                values[lane ^ 16],
                values[lane & !7 | (selectors >> (3 * (lane & 7)) & 7) as usize],
            ];
            assert_eq!(out[8 * lane..][..8], expected, "lane {lane}");
        }
    }
}

#[test]
fn matrices_multiply() {
    // Small whole numbers: every sum is exact, whatever the order.
    let element = |index: u32| (index.wrapping_mul(0x9e37_79b9) >> 28) as i32 - 8;
    let [a, b] = [0, 1000].map(|from| (0..256).map(|index| element(from + index)).collect::<Vec<i32>>());
    let halves = |values: &[i32]| -> Vec<u8> {
        values.iter().flat_map(|&value| F16::nearest(f64::from(value)).0.to_le_bytes()).collect()
    };
    for (_, object) in builds().iter().filter(|(target, _)| *target == Target::Gfx1100) {
        let out = run(object, "matrices", 1, 32, &[halves(&a), halves(&b), vec![0; 1024], vec![0; 1024]]);
        let (floats, whole) = (words(&out[2]), words(&out[3]));
        for (at, (&float, &integer)) in floats.iter().zip(&whole).enumerate() {
            let (m, n) = (at / 16, at % 16);
            let product: i32 = (0..16).map(|k| a[16 * m + k] * b[16 * n + k]).sum();
            assert_eq!(f32::from_bits(float), product as f32 + 0.5, "row {m}, column {n}");
            assert_eq!(integer as i32, product + 3, "row {m}, column {n}");
        }
    }
}

#[test]
fn lanes_call_to_different_depths() {
    fn depth(value: u32) -> u32 {
        if value < 2 { 1 } else { depth(value - 1) + value * depth(value - 2) }
    }
    for (_, object) in builds() {
        let out = words(&run(object, "calls", 1, 64, &[vec![0; 256]])[0]);
        assert_eq!(out, (0..64).map(|item| depth(item % 9)).collect::<Vec<_>>());
    }
}

#[test]
fn all_workgroups_meet() {
    let values = numbers(8 * 32);
    for (_, object) in builds() {
        let out = run(object, "neighbours", 8, 32, &[bytes(&values), bytes(&[0, 8])]);
        let expected: Vec<u32> =
            (0..values.len()).map(|at| values[(at + 5 * 32) % values.len()].wrapping_add(5)).collect();
        assert_eq!(words(&out[0]), expected);
    }
}

#[test]
fn workgroups_take_turns() {
    for (_, object) in builds() {
        let out = run(object, "in_turn", 8, 32, &[vec![0; 128], vec![0; 8]]);
        assert_eq!(words(&out[0]), [160; 32]);
    }
}
