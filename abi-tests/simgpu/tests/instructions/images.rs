//! Images: texels of a plane by their number, and samples of them.

use simgpu::exec::bench::Bench;
use simgpu::exec::wave::Wave;

use super::assemble::{Executed, assemble, bench, run, target, wave};

/// A plane of 8 by 4 texels of four bytes, 64 a row ([`unorm8`], linear).
const WIDTH: u32 = 8;
const HEIGHT: u32 = 4;
const PITCH: u32 = 64;

/// `CFMT_8_8_8_8_UNORM`, which is `IMG_FMT_8_8_8_8_UNORM` before gfx11.
fn unorm8() -> u32 {
    if target().is_gfx10() { 56 } else { 42 }
}

fn texel(x: u32, y: u32) -> [u8; 4] {
    [10 * x as u8, 60 * y as u8, (x * y) as u8, 255 - x as u8]
}

fn plane(bench: &mut Bench) -> u64 {
    let row = |y| (0..PITCH).flat_map(move |x| if x < WIDTH { texel(x, y) } else { [0xee; 4] });
    bench.buffer(&(0..HEIGHT).flat_map(row).collect::<Vec<u8>>()).expect("it fits")
}

/// A wave with the resource in s[0:7] and a sampler in s[8:11]: `clamp` in all directions, linear or not.
fn prepared(address: u64, clamp: u32, linear: bool) -> Wave {
    let mut wave = wave(16);
    let (x, y) = (WIDTH - 1, HEIGHT - 1);
    let select = 4 | 5 << 3 | 6 << 6 | 7 << 9;
    let resource = [
        (address >> 8) as u32,
        unorm8() << 20 | (x & 3) << 30,
        x >> 2 | y << 14,
        select | 9 << 28,
        PITCH - 1,
        0,
        0,
        0,
    ];
    let sampler = [clamp * 0o111, 0xfff << 12, u32::from(linear) * 0x50_0000, 0];
    for (at, word) in (0..).zip(resource.into_iter().chain(sampler)) {
        wave.set_scalar(at, word);
    }
    wave
}

/// Elements of a buffer that has a format: the first row as an image of one dimension, which ends after five.
pub fn elements(_: &[&str]) -> Executed {
    let texts = [
        "buffer_load_format_xyzw v[4:7], v0, s[0:3], 0 idxen",
        "buffer_store_format_xyzw v[4:7], v0, s[0:3], 0 idxen",
        "buffer_load_d16_format_xy v4, v0, s[0:3], 0 idxen",
        "tbuffer_load_format_x v4, v0, s[0:3], 0 format:[BUF_FMT_32_UINT] idxen",
        "buffer_load_b64 v[4:6], v0, s[0:3], 0 idxen tfe",
    ];
    let [load, store, narrow, typed, status] = assemble(&texts.map(String::from)).try_into().expect("five");
    let mut bench = bench();
    let address = plane(&mut bench);
    let element = |lane: usize| if lane < 5 { floats(texel(lane as u32, 0)) } else { [0.0; 4] };
    let act = |text: &str, code: &[u32], bench: &mut Bench| {
        run(bench, text, code, vec![counting(address)]).remove(0)
    };
    let after = act(texts[0], &load, &mut bench);
    let all = (0..32).all(|lane| loaded(&after, lane) == element(lane));
    assert!(all, "{}", texts[0]);
    let halves = act(texts[2], &narrow, &mut bench);
    let expected = |value: f32| u32::from(super::half::nearest(value.into()));
    assert_eq!(halves.lane(4, 3), expected(element(3)[0]) | expected(element(3)[1]) << 16, "{}", texts[2]);
    let word = u32::from_le_bytes(texel(3, 0));
    assert_eq!(act(texts[3], &typed, &mut bench).lane(4, 3), word, "{}", texts[3]);
    // Of the last element's eight bytes four are in the next record.
    let wave = act(texts[4], &status, &mut bench);
    assert_eq!(
        [4, 5, 6].map(|register| wave.lane(register, 4)),
        [u32::from_le_bytes(texel(4, 0)), 0, 0],
        "{}",
        texts[4]
    );
    let mut before = counting(address);
    (0..32).for_each(|lane| before.set_lane(4, lane, 1f32.to_bits()));
    run(&mut bench, texts[1], &store, vec![before]);
    let mut bytes = [0; 24];
    bench.memory().read(address, &mut bytes).expect("it is there");
    assert_eq!([bytes[0], bytes[16], bytes[20]], [255, 255, texel(5, 0)[0]], "only five are written");
    bench.executed()
}

/// A wave whose lanes name elements by their numbers, of five of four bytes.
fn counting(address: u64) -> Wave {
    let mut wave = wave(16);
    let select = 4 | 5 << 3 | 6 << 6 | 7 << 9;
    let resource = [address as u32, (address >> 32) as u32 | 4 << 16, 5, select | unorm8() << 12];
    (0..).zip(resource).for_each(|(at, word)| wave.set_scalar(at, word));
    (0..32).for_each(|lane| wave.set_lane(0, lane, lane as u32));
    wave
}

fn floats(texel: [u8; 4]) -> [f32; 4] {
    texel.map(|component| f32::from(component) / 255.0)
}

fn loaded(wave: &Wave, lane: usize) -> [f32; 4] {
    [4, 5, 6, 7].map(|register| f32::from_bits(wave.lane(register, lane)))
}

pub fn check(_: &[&str]) -> Executed {
    let texts = [
        "image_load v[4:7], v[0:1], s[0:7] dmask:0xf dim:SQ_RSRC_IMG_2D unorm",
        "image_store v[4:7], v[0:1], s[0:7] dmask:0xf dim:SQ_RSRC_IMG_2D unorm",
        "image_sample_lz v[4:7], v[0:1], s[0:7], s[8:11] dmask:0xf dim:SQ_RSRC_IMG_2D",
    ];
    let [load, store, sample] = assemble(&texts.map(String::from)).try_into().expect("three snippets");
    let mut bench = bench();
    let address = plane(&mut bench);
    loads(&mut bench, address, &load);
    stores(&mut bench, &store);
    samples(&mut bench, address, &sample);
    bench.executed()
}

/// Each lane another texel; beyond the edges all is zero.
fn loads(bench: &mut Bench, address: u64, code: &[u32]) {
    let mut before = prepared(address, 0, false);
    for lane in 0..32 {
        before.set_lane(0, lane, lane as u32 % 9);
        before.set_lane(1, lane, lane as u32 / 7);
    }
    let after = run(bench, "image_load", code, vec![before]).remove(0);
    for lane in 0..32 {
        let (x, y) = (lane as u32 % 9, lane as u32 / 7);
        let expected = if x < WIDTH && y < HEIGHT { floats(texel(x, y)) } else { [0.0; 4] };
        assert_eq!(loaded(&after, lane), expected, "({x}, {y})");
    }
}

fn stores(bench: &mut Bench, code: &[u32]) {
    let address = plane(bench);
    let mut before = prepared(address, 0, false);
    for lane in 0..32 {
        before.set_lane(0, lane, lane as u32 % 8);
        before.set_lane(1, lane, lane as u32 / 8);
        for (register, value) in (4..).zip([0.5f32, 2.0, -1.0, lane as f32 / 255.0]) {
            before.set_lane(register, lane, value.to_bits());
        }
    }
    run(bench, "image_store", code, vec![before]);
    for lane in 0..32 {
        let mut bytes = [0; 4];
        let at = (lane / 8 * u64::from(PITCH) + lane % 8) * 4;
        bench.memory().read(address + at, &mut bytes).expect("it is there");
        assert_eq!(bytes, [128, 255, 0, lane as u8], "half is 127.5: to even");
    }
}

/// By the sampler's rules: the texel that a coordinate is in, or four texels by their shares.
fn samples(bench: &mut Bench, address: u64, code: &[u32]) {
    let mut at = |clamp: u32, linear: bool, [x, y]: [f32; 2]| {
        let mut before = prepared(address, clamp, linear);
        before.set_lane(0, 0, (x / WIDTH as f32).to_bits());
        before.set_lane(1, 0, (y / HEIGHT as f32).to_bits());
        loaded(&run(bench, "image_sample_lz", code, vec![before])[0], 0)
    };
    let [wrap, mirror, last, border] = [0, 1, 2, 6];
    assert_eq!(at(last, false, [2.75, 1.5]), floats(texel(2, 1)));
    assert_eq!(at(last, false, [-3.0, 9.0]), floats(texel(0, 3)));
    assert_eq!(at(wrap, false, [-0.5, 5.5]), floats(texel(7, 1)));
    assert_eq!(at(mirror, false, [-0.5, 5.5]), floats(texel(0, 2)));
    assert_eq!(at(border, false, [-0.5, 1.5]), [0.0; 4]);
    let blended = at(last, true, [3.25, 2.0]);
    let mixed = |index: usize| {
        let component = |x, y| floats(texel(x, y))[index];
        let row = |y| component(2, y) * 0.25 + component(3, y) * 0.75;
        (row(1) + row(2)) / 2.0
    };
    for (index, value) in blended.into_iter().enumerate() {
        assert!((value - mixed(index)).abs() < 1e-6, "component {index}: {value} and not {}", mixed(index));
    }
    let edge = at(border, true, [0.0, 2.5]);
    assert!((edge[3] - 0.5).abs() < 1e-6, "half of it is border: {edge:?}");
}
