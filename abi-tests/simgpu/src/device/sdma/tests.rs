//! Each SDMA packet does what its name says, and random words never do more than fail.
#![forbid(unsafe_code)]

use super::*;
use crate::device::memory::Memory;
use crate::device::stream::{Step, Stream};
use crate::device::testing::{BASE, Bench};

const RING: u64 = BASE;
const SOURCE: u64 = BASE + 0x10000;
const TARGET: u64 = BASE + 0x20000;

fn lo_hi(address: u64) -> [u32; 2] {
    [address as u32, (address >> 32) as u32]
}

/// A packet: words and addresses in a row.
fn packet(header: u32, parts: &[&[u32]]) -> Vec<u32> {
    std::iter::once(header).chain(parts.iter().flat_map(|part| part.iter().copied())).collect()
}

/// Puts packets into a ring and runs them as far as they go.
fn run(bench: &Bench, generation: Generation, words: &[u32]) -> Result<Step, Error> {
    bench.put(RING, words);
    let mut ring = Stream::ring(RING, 0x1000);
    ring.written(words.len() as u64);
    drain(&mut ring, &mut Sdma { generation }, bench)
}

fn drain(ring: &mut Stream, engine: &mut Sdma, bench: &Bench) -> Result<Step, Error> {
    loop {
        match ring.step(engine, bench)? {
            Step::Done => {}
            end => return Ok(end),
        }
    }
}

fn bytes(bench: &Bench, address: u64, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    bench.memory.read(address, &mut bytes).unwrap();
    bytes
}

#[test]
fn copies_and_fills() {
    let bench = Bench::new();
    let text: Vec<u8> = (0..200).collect();
    bench.memory.write(SOURCE + 3, &text).unwrap();
    let copy = packet(1, &[&[199, 0], &lo_hi(SOURCE + 3), &lo_hi(TARGET + 5)]);
    assert_eq!(run(&bench, Generation::V5_2, &copy), Ok(Step::Idle));
    assert_eq!(bytes(&bench, TARGET + 4, 202), [&[0][..], &text, &[0]].concat());

    let fill = packet(11 | 2 << 30, &[&lo_hi(TARGET), &[0x0403_0201, 8]]);
    run(&bench, Generation::V5_2, &fill).unwrap();
    assert_eq!(bytes(&bench, TARGET, 14), [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, text[7], text[8]]);

    let write = packet(2, &[&lo_hi(TARGET), &[1, 7, 8]]);
    run(&bench, Generation::V5_0, &write).unwrap();
    assert_eq!(bench.long(TARGET), 7 | 8 << 32);

    let twice = packet(1 | 1 << 27, &[&[7, 0], &lo_hi(TARGET), &lo_hi(TARGET + 64), &lo_hi(TARGET + 128)]);
    run(&bench, Generation::V5_0, &twice).unwrap();
    assert_eq!((bench.long(TARGET + 64), bench.long(TARGET + 128)), (7 | 8 << 32, 7 | 8 << 32));
}

#[test]
fn counts_are_wider_on_newer_engines() {
    let long = packet(1, &[&[1 << 22 | 3, 0], &lo_hi(SOURCE), &lo_hi(TARGET)]);
    assert_eq!(run(&Bench::new(), Generation::V5_0, &long), Ok(Step::Idle), "bit 22 is reserved there");
    assert!(
        matches!(run(&Bench::new(), Generation::V5_2, &long), Err(Error::Memory(_))),
        "4 MiB are not there"
    );
}

#[test]
fn a_box_is_copied_out_of_another() {
    let bench = Bench::new();
    let image: Vec<u8> = (0..=255).collect();
    bench.memory.write(SOURCE, &image).unwrap();
    // From a 8x8x4 image at (2, 3, 1), a box of 3x2x2, into a 16x4 image at (1, 1, 0); elements of one byte.
    let source = packet(SOURCE as u32, &[&[(SOURCE >> 32) as u32, 2 | 3 << 16, 1 | 7 << 13, 63]]);
    let target = packet(TARGET as u32, &[&[(TARGET >> 32) as u32, 1 | 1 << 16, 15 << 13, 63]]);
    let copy = packet(1 | 4 << 8, &[&source, &target, &[2 | 1 << 16, 1]]);
    assert_eq!(copy.len(), 13);
    run(&bench, Generation::V5_2, &copy).unwrap();
    for z in 0..2 {
        for y in 0..2 {
            let at = TARGET + z * 64 + (y + 1) * 16 + 1;
            let from = ((z + 1) * 64 + (y + 3) * 8 + 2) as u8;
            assert_eq!(bytes(&bench, at - 1, 5), [0, from, from + 1, from + 2, 0]);
        }
    }
}

#[test]
fn a_poll_waits_and_what_follows_it_runs_once() {
    let bench = Bench::new();
    let poll = packet(8 | 3 << 28 | 1 << 31, &[&lo_hi(SOURCE), &[5, 0xff, 0xfff_0004]]);
    let decrement = packet(10 | 47 << 25, &[&lo_hi(TARGET), &lo_hi(u64::MAX), &[0, 0, 0]]);
    let fence = packet(5, &[&lo_hi(TARGET + 8), &[17]]);
    let words = [poll, decrement, fence, vec![6, 17]].concat();
    bench.put(RING, &words);
    bench.put_long(TARGET, 1);
    let (mut ring, mut engine) = (Stream::ring(RING, 0x1000), Sdma { generation: Generation::V5_2 });
    ring.written(words.len() as u64);
    assert_eq!(drain(&mut ring, &mut engine, &bench), Ok(Step::Blocked));
    assert_eq!((ring.read(), bench.long(TARGET)), (0, 1));
    bench.put_long(SOURCE, 0x105);
    assert_eq!(drain(&mut ring, &mut engine, &bench), Ok(Step::Idle));
    assert_eq!((ring.read(), bench.long(TARGET), bench.long(TARGET + 8)), (words.len() as u64, 0, 17));
    assert_eq!(*bench.interrupts.lock().unwrap(), [17]);
}

#[test]
fn conditions_indirect_buffers_timestamps_and_flushes() {
    let bench = Bench::new();
    let fence = |address, value| packet(5, &[&lo_hi(address), &[value]]);
    bench.put(SOURCE, &fence(TARGET, 1));
    let words = [
        packet(9, &[&lo_hi(TARGET + 64), &[1, 4]]),
        fence(TARGET + 8, 1),
        packet(4, &[&lo_hi(SOURCE), &[4, 0, 0]]),
        packet(13 | 2 << 8, &[&lo_hi(TARGET + 16)]),
        vec![8, 0, 0x8000_0000, 0, 0, 0],
        vec![17 | 1 << 8, 0, 0, 0, 0],
        vec![2 << 16, 0xffff_ffff, 0xffff_ffff],
    ]
    .concat();
    assert_eq!(run(&bench, Generation::V5_2, &words), Ok(Step::Idle));
    assert_eq!((bench.long(TARGET), bench.long(TARGET + 8)), (1, 0));
    assert_eq!(bench.long(TARGET + 16), 1000);
}

#[test]
fn tiled_and_privileged_packets_are_refused() {
    for header in [1 | 1 << 8, 1 | 5 << 8, 12, 14, 16, 0xff, 8 | 1 << 8, 13] {
        assert_eq!(
            run(&Bench::new(), Generation::V5_2, &[header; 32]),
            Err(Error::Packet(header)),
            "{header:#x}"
        );
    }
}

#[test]
fn random_words_do_no_more_than_fail() {
    let mut state = 0x5eed_u32;
    for round in 0..300 {
        let bench = Bench::new();
        let words: Vec<u32> = (0..64)
            .map(|at| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if at % 8 == 0 { state >> 8 & 0x1f } else { state }
            })
            .collect();
        bench.put(RING, &words);
        let (mut ring, mut engine) = (Stream::ring(RING, 64), Sdma { generation: Generation::V5_2 });
        ring.written(64);
        for _ in 0..64 {
            match ring.step(&mut engine, &bench) {
                Ok(Step::Done) => {}
                Ok(Step::Blocked | Step::Idle) | Err(_) => break,
            }
        }
        assert!(ring.read() <= 64, "round {round} of seed 0x5eed");
    }
}
