//! What the runtime writes for SDMA engines, on the simulated engine: random boxes arrive where they should, and nothing
//! else changes. The two share no type: the encoder's source is compiled into this test.
#![forbid(unsafe_code)]

use simgpu::device::{
    dispatch::Dispatch,
    memory::Memory,
    platform::{Platform, WaveError},
    sdma::{Generation, Sdma},
    stream::Engine,
    vm::Vm,
};

#[allow(dead_code, reason = "what is not for moving data is tested with the programs that use it")]
#[path = "../../../hsa-runtime/src/copy/packet/mod.rs"]
mod packet;

use packet::{
    Dialect, Packet,
    rect::{Image, Rect},
};

const BASE: u64 = 0x1_0000_0000;
const HALF: u64 = 1 << 20;

/// Memory, in which the lower half is the source of copies.
struct Bench(Vm);

impl Platform for Bench {
    fn memory(&self) -> &dyn Memory {
        &self.0
    }

    fn clock(&self) -> u64 {
        0
    }

    fn interrupt(&self, _: u32) {}

    fn launch(&self, _: &Dispatch) -> Result<(), WaveError> {
        unreachable!("an SDMA engine starts no shaders")
    }

    fn invalidate_code(&self) {}
}

impl Bench {
    fn new() -> (Self, Vec<u8>) {
        let vm = Vm::plain(BASE, 2 * HALF as usize);
        let bytes: Vec<u8> = (0..2 * HALF).map(|n| (n.wrapping_mul(0x9e37_79b9) >> 13) as u8).collect();
        vm.write(BASE, &bytes).unwrap();
        (Self(vm), bytes)
    }

    fn run(&self, generation: Generation, packet: &Packet) {
        let words = packet.words();
        let mut engine = Sdma { generation };
        assert_eq!(engine.length(&|at| Ok(words[at as usize])), Ok(words.len() as u64));
        engine.execute(words, self).unwrap();
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; 2 * HALF as usize];
        self.0.read(BASE, &mut bytes).unwrap();
        bytes
    }
}

/// xorshift64
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// A number, half the time a multiple of 4 or 16.
    fn size(&mut self, most: u64) -> u64 {
        let step = [1, 1, 4, 16][self.below(4) as usize];
        (1 + self.below(most)).next_multiple_of(step)
    }

    /// A box whose images fit into half of the memory each.
    fn rect(&mut self) -> Rect {
        let (width, height, depth) = (self.size(300), 1 + self.below(20), 1 + self.below(7));
        let mut image = |base| {
            let pitch = width + self.size(40) - 1;
            let slice = pitch * height + self.size(90) - 1;
            Image { start: base + self.below(64), pitch, slice }
        };
        Rect { source: image(BASE), target: image(BASE + HALF), width, height, depth }
    }
}

/// Copies a box byte by byte.
fn copied(bytes: &mut [u8], rect: &Rect) {
    for (layer, row) in (0..rect.depth).flat_map(|layer| (0..rect.height).map(move |row| (layer, row))) {
        let [from, to] = [&rect.source, &rect.target]
            .map(|image| (image.start - BASE + row * image.pitch + layer * image.slice) as usize);
        bytes.copy_within(from..from + rect.width as usize, to);
    }
}

#[test]
fn any_box_is_copied_and_nothing_else() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for (minor, generation) in [(1, Generation::V5_0), (3, Generation::V5_2)] {
        let dialect = Dialect::of(10, minor, 0).unwrap();
        let (bench, mut bytes) = Bench::new();
        for _ in 0..150 {
            let rect = random.rect();
            dialect.copy_rect(&rect, &mut |packet| bench.run(generation, &packet));
            copied(&mut bytes, &rect);
            assert!(bench.bytes() == bytes, "{rect:x?}");
        }
    }
}

#[test]
fn boxes_beyond_the_fields_are_copied_in_pieces() {
    let dialect = Dialect::of(10, 3, 0).unwrap();
    let image = |start, pitch, slice| Image { start, pitch, slice };
    let wide = Rect {
        source: image(BASE + 1, 40_003, 0),
        target: image(BASE + HALF + 2, 40_001, 0),
        width: 40_001,
        height: 20,
        depth: 1,
    };
    let tall = Rect {
        source: image(BASE, 20, 0),
        target: image(BASE + HALF, 24, 0),
        width: 3,
        height: 20_000,
        ..wide
    };
    let deep = Rect {
        source: image(BASE, 8, 16),
        target: image(BASE + HALF, 12, 40),
        width: 5,
        height: 2,
        depth: 5_000,
    };
    for rect in [wide, tall, deep] {
        let (bench, mut bytes) = Bench::new();
        dialect.copy_rect(&rect, &mut |packet| bench.run(Generation::V5_2, &packet));
        copied(&mut bytes, &rect);
        assert!(bench.bytes() == bytes, "{rect:x?}");
    }
}

#[test]
fn long_copies_and_fills_are_whole() {
    let (bench, mut bytes) = Bench::new();
    let dialect = Dialect::of(10, 1, 0).unwrap();
    dialect.copy_linear(BASE + HALF + 3, BASE + 1, HALF - 5, &mut |packet| {
        bench.run(Generation::V5_0, &packet);
    });
    bytes.copy_within(1..HALF as usize - 4, HALF as usize + 3);
    bench.run(Generation::V5_0, &packet::fill(BASE + 8, 0x0403_0201, 400));
    bytes[8..408].iter_mut().zip([1, 2, 3, 4].into_iter().cycle()).for_each(|(byte, value)| *byte = value);
    assert!(bench.bytes() == bytes);
}
