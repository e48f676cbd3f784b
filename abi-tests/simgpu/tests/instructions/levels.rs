//! Images of several levels: texels of any of them, their sizes, and samples between them.

use simgpu::exec::bench::Bench;
use simgpu::exec::wave::Wave;

use super::assemble::{Executed, assemble, bench, run, target, wave};

/// Levels of 8 by 4, 4 by 2, 2 by 1 and one texel of four bytes. Rows have 256 bytes, and the smallest level comes first.
const SIZES: [[u32; 2]; 4] = [[8, 4], [4, 2], [2, 1], [1, 1]];
const STARTS: [u32; 4] = [4 * 256, 2 * 256, 256, 0];
const BYTES: usize = 8 * 256;

fn texel(level: usize, [x, y]: [u32; 2]) -> [u8; 4] {
    [60 * level as u8, 30 * x as u8, 20 * y as u8, 200]
}

fn place(level: usize, [x, y]: [u32; 2]) -> usize {
    (STARTS[level] + y * 256 + x * 4) as usize
}

fn all() -> impl Iterator<Item = (usize, [u32; 2])> {
    (0..4).flat_map(|level| {
        let [width, height] = SIZES[level];
        (0..height).flat_map(move |y| (0..width).map(move |x| (level, [x, y])))
    })
}

fn chain(bench: &mut Bench) -> u64 {
    let mut bytes = [0xee; BYTES];
    for (level, at) in all() {
        bytes[place(level, at)..][..4].copy_from_slice(&texel(level, at));
    }
    bench.buffer(&bytes).expect("it fits")
}

/// A wave with the resource in s[0:7], of which levels `shown` are reached, and a sampler in s[8:11], which blends neither
/// texels nor, but for filter 2, levels.
fn prepared(address: u64, shown: [u32; 2], filter: u32) -> Wave {
    let mut wave = wave(16);
    let select = 4 | 5 << 3 | 6 << 6 | 7 << 9;
    let [format, most_before, most_since] =
        if target().is_gfx10() { [56, 3 << 4, 0] } else { [42, 0, 3 << 16] };
    let resource = [
        (address >> 8) as u32,
        format << 20 | most_since | 3 << 30,
        7 >> 2 | 3 << 14,
        select | shown[0] << 12 | shown[1] << 16 | 9 << 28,
        0,
        most_before,
        0,
        0,
    ];
    let sampler = [0o222, 0xfff << 12, filter << 26, 0];
    for (at, word) in (0..).zip(resource.into_iter().chain(sampler)) {
        wave.set_scalar(at, word);
    }
    wave
}

fn loaded(wave: &Wave, lane: usize) -> [f32; 4] {
    [4, 5, 6, 7].map(|register| f32::from_bits(wave.lane(register, lane)))
}

fn floats(texel: [u8; 4]) -> [f32; 4] {
    texel.map(|component| f32::from(component) / 255.0)
}

pub fn check(_: &[&str]) -> Executed {
    let texts = [
        "image_load_mip v[4:7], v[0:2], s[0:7] dmask:0xf dim:SQ_RSRC_IMG_2D unorm",
        "image_store_mip v[4:7], v[0:2], s[0:7] dmask:0xf dim:SQ_RSRC_IMG_2D unorm",
        "image_get_resinfo v[4:7], v0, s[0:7] dmask:0xf dim:SQ_RSRC_IMG_2D unorm",
        "image_sample_l v[4:7], v[0:2], s[0:7], s[8:11] dmask:0xf dim:SQ_RSRC_IMG_2D",
        "image_sample_lz v[4:7], v[0:1], s[0:7], s[8:11] dmask:0xf dim:SQ_RSRC_IMG_2D",
        "image_load v[4:7], v[0:1], s[0:7] dmask:0xf dim:SQ_RSRC_IMG_2D unorm",
    ];
    let [load, store, size, sample, zero, first] =
        assemble(&texts.map(String::from)).try_into().expect("six snippets");
    let mut bench = bench();
    let address = chain(&mut bench);
    loads(&mut bench, address, &load, 0);
    loads(&mut bench, address, &load, 1);
    sizes(&mut bench, address, &size);
    samples(&mut bench, address, &sample);
    for (text, code) in [("image_sample_lz", &zero), ("image_load", &first)] {
        let after = run(&mut bench, text, code, vec![prepared(address, [2, 3], 1)]).remove(0);
        assert_eq!(loaded(&after, 0), floats(texel(2, [0, 0])), "{text}: the first that is shown");
    }
    stores(&mut bench, &store);
    bench.executed()
}

/// Each lane another place of 8 columns, of the level that is `first`, and of the next three; what is not there is zero.
fn loads(bench: &mut Bench, address: u64, code: &[u32], first: u32) {
    for row in 0..5 {
        let mut before = prepared(address, [first, 3], 0);
        let at = |lane: usize| ([lane as u32 % 8, row], lane / 8);
        for lane in 0..32 {
            let ([x, y], level) = at(lane);
            [x, y, level as u32]
                .into_iter()
                .enumerate()
                .for_each(|(to, value)| before.set_lane(to, lane, value));
        }
        let after = run(bench, "image_load_mip", code, vec![before]).remove(0);
        for lane in 0..32 {
            let ([x, y], level) = at(lane);
            let number = level + first as usize;
            let is_there = SIZES.get(number).is_some_and(|[width, height]| x < *width && y < *height);
            let expected = if is_there { floats(texel(number, [x, y])) } else { [0.0; 4] };
            assert_eq!(loaded(&after, lane), expected, "({x}, {y}) of level {number}, the first is {first}");
        }
    }
}

fn stores(bench: &mut Bench, code: &[u32]) {
    let address = chain(bench);
    for (level, [x, y]) in all() {
        let mut before = prepared(address, [0, 3], 0);
        let texel = texel(level, [y, x]).map(|component| (f32::from(component) / 255.0).to_bits());
        let values = [x, y, level as u32, 0].into_iter().chain(texel);
        values.enumerate().for_each(|(to, value)| (0..32).for_each(|lane| before.set_lane(to, lane, value)));
        run(bench, "image_store_mip", code, vec![before]);
    }
    let mut bytes = [0; BYTES];
    bench.memory().read(address, &mut bytes).expect("it is there");
    for (level, [x, y]) in all() {
        assert_eq!(bytes[place(level, [x, y])..][..4], texel(level, [y, x]), "({x}, {y}) of level {level}");
    }
}

/// Of each level, and of one that there is not.
fn sizes(bench: &mut Bench, address: u64, code: &[u32]) {
    let mut before = prepared(address, [1, 3], 0);
    (0..32).for_each(|lane| before.set_lane(0, lane, lane as u32));
    let after = run(bench, "image_get_resinfo", code, vec![before]).remove(0);
    for lane in 0..4 {
        let expected = SIZES.get(lane + 1).map_or([0, 0, 0, 3], |[width, height]| [*width, *height, 1, 3]);
        assert_eq!([4, 5, 6, 7].map(|register| after.lane(register, lane)), expected, "of level {lane}");
    }
}

/// By the filter for levels: the first, the nearest, or two by their shares; never beyond the last.
fn samples(bench: &mut Bench, address: u64, code: &[u32]) {
    let mut red = |filter: u32, detail: f32| {
        let mut before = prepared(address, [0, 3], filter);
        before.set_lane(2, 0, detail.to_bits());
        loaded(&run(bench, "image_sample_l", code, vec![before])[0], 0)[0] * 255.0 / 60.0
    };
    assert_eq!([0.0, 1.0, 3.0].map(|detail| red(0, detail)), [0.0; 3], "without a filter");
    assert_eq!([-1.0, 0.25, 0.75, 2.25, 9.0].map(|detail| red(1, detail).round()), [0.0, 0.0, 1.0, 2.0, 3.0]);
    for (detail, expected) in [(0.0, 0.0), (0.25, 0.25), (1.5, 1.5), (2.75, 2.75), (9.0, 3.0)] {
        let value = red(2, detail);
        assert!((value - expected).abs() < 1e-5, "{value} at {detail}");
    }
}
