//! What instructions compute: the same C source for the CPU, by the host's compiler, and for each target, by clang
//! at several levels of optimisation, each of which makes other instructions of it; results equal to the bit.
#![forbid(unsafe_code)]

mod compile;

use compile::{Build, TARGETS, cpu_results, gpu_compiler};
use simgpu::exec::bench::{Bench, Launch};
use simgpu::exec::object::CodeObject;
use simgpu::exec::order::Order;
use simgpu::isa::Target;

/// Operands of each case: edge values of all types first, then random ones.
const COUNT: usize = 1024;
const SEED: u64 = 0x5eed_0001;

const EDGES: [u64; 24] = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xffff,
    0x3c00,
    0x7bff,
    0x7c00,
    0x8000_0000,
    0x7fff_ffff,
    0xffff_ffff,
    0x3f80_0000,
    0x7f80_0000,
    0x7fc0_0000,
    0x0080_0000,
    0x007f_ffff,
    0x4b00_0000,
    0x8000_0000_0000_0000,
    0x3ff0_0000_0000_0000,
    0x7ff0_0000_0000_0000,
    0x7ff8_0000_0000_0000,
    0x000f_ffff_ffff_ffff,
    u64::MAX,
];

/// xorshift64*.
fn random(state: &mut u64) -> u64 {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    state.wrapping_mul(0x2545_f491_4f6c_dd1d)
}

fn operands() -> Vec<u64> {
    let mut state = SEED;
    let edge = |index: usize| EDGES[index % EDGES.len()];
    let mut value = |index: usize, stride: usize| match index {
        _ if index < EDGES.len() * EDGES.len() => edge(index / stride),
        _ => {
            // Half of them near one, as floats: results of random bits are mostly infinite or zero.
            let bits = random(&mut state);
            if bits & 1 == 0 { bits } else { bits & 0x807f_ffff_c07f_ffff | 0x3f80_0000_3f80_0000 }
        }
    };
    let mut all: Vec<u64> = (0..COUNT).map(|index| value(index, 1)).collect();
    all.extend((0..COUNT).map(|index| value(index, EDGES.len())));
    all.extend((0..COUNT).map(|index| value(index, 5)));
    all
}

/// Bytes of a type of operations.h.
fn size(kind: &str) -> usize {
    kind[1..].parse::<usize>().expect("a type ends with its bits") / 8
}

fn is_nan(kind: &str, bits: u64) -> bool {
    match kind {
        "f16" => bits & 0x7fff > 0x7c00,
        "f32" => f32::from_bits(bits as u32).is_nan(),
        "f64" => f64::from_bits(bits).is_nan(),
        _ => false,
    }
}

/// Runs a case's kernel.
fn gpu_results(object: &CodeObject<'_>, name: &str, input: &str, output: &str, operands: &[u64]) -> Vec<u64> {
    let mut bench = Bench::new(object.target().expect("a target"), 4 << 20);
    let base = bench.load(object).expect("the code object fits");
    let narrow = |values: &[u64]| -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()[..size(input)].to_vec()).collect()
    };
    let mut arguments = Vec::new();
    for part in operands.chunks(COUNT) {
        arguments.extend(bench.buffer(&narrow(part)).expect("it fits").to_le_bytes());
    }
    let mut results = vec![0; COUNT * size(output)];
    let address = bench.buffer(&results).expect("it fits");
    arguments.extend(address.to_le_bytes());
    let launch = Launch {
        grid: [COUNT as u32, 1, 1],
        block: [64, 1, 1],
        arguments,
        dynamic_lds: 0,
        threads: 1,
        order: Order::default(),
    };
    let descriptor = base + object.descriptor(name).expect("a kernel");
    bench.run(descriptor, &launch).unwrap_or_else(|error| panic!("{name}: {error}"));
    bench.memory().read(address, &mut results).expect("it is there");
    let widen = |bytes: &[u8]| bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte));
    results.chunks(size(output)).map(widen).collect()
}

fn compare(build: &Build, target: Target, file: &[u8]) {
    let object = CodeObject::parse(file).expect("a code object");
    let operands = operands();
    let mut wrong = Vec::new();
    for case in cpu_results(COUNT, &operands) {
        let results = gpu_results(&object, &case.name, &case.input, &case.output, &operands);
        let differs = |&at: &usize| {
            let (ours, theirs) = (results[at], case.results[at]);
            ours != theirs && !(is_nan(&case.output, ours) && is_nan(&case.output, theirs))
        };
        if let Some(at) = (0..COUNT).find(differs) {
            let [a, b, c] = [0, 1, 2].map(|part| operands[part * COUNT + at]);
            let (ours, theirs) = (results[at], case.results[at]);
            wrong.push(format!("{}({a:#x}, {b:#x}, {c:#x}): {ours:#x} and not {theirs:#x}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} {build:?}, seed {SEED:#x}:\n{}", target.name(), wrong.join("\n"));
}

#[test]
fn c_means_the_same_on_gpu_and_cpu() {
    let Some(compiler) = gpu_compiler() else { return };
    for target in TARGETS {
        for build in compile::BUILDS {
            compare(build, target, &compiler.compile_for(target, "operations.c", build));
        }
    }
}
