//! Each PM4 packet does what its name says, and random words never do more than fail.
#![forbid(unsafe_code)]

use super::*;
use crate::device::dispatch::Dispatch;
use crate::device::memory::Memory;
use crate::device::stream::{Step, Stream};
use crate::device::testing::{BASE, Bench, NAVI31};

const RING: u64 = BASE;
const SOURCE: u64 = BASE + 0x10000;
const TARGET: u64 = BASE + 0x20000;
/// TARGET's words in a packet.
const TARGET_LO: u32 = TARGET as u32;
const SOURCE_LO: u32 = SOURCE as u32;
const HI: u32 = (BASE >> 32) as u32;

/// A type-3 packet.
fn packet(op: u32, body: &[u32]) -> Vec<u32> {
    let header = 3 << 30 | (body.len() as u32 - 1) << 16 | op << 8;
    std::iter::once(header).chain(body.iter().copied()).collect()
}

fn drain(ring: &mut Stream, engine: &mut Pm4, bench: &Bench) -> Result<Step, Error> {
    loop {
        match ring.step(engine, bench)? {
            Step::Done => {}
            end => return Ok(end),
        }
    }
}

fn run(bench: &Bench, packets: &[Vec<u32>]) -> Result<Step, Error> {
    let words = packets.concat();
    bench.put(RING, &words);
    let mut ring = Stream::ring(RING, 0x1000);
    ring.written(words.len() as u64);
    drain(&mut ring, &mut Pm4::new(NAVI31), bench)
}

#[test]
fn data_is_written_copied_and_moved() {
    let bench = Bench::new();
    let packets = [
        vec![3 << 30 | 0x3fff << 16 | 0x10 << 8, 2 << 30],
        packet(0x37, &[5 << 8, TARGET_LO, HI, 1, 2, 3]),
        packet(0x37, &[2 << 8 | 1 << 16, TARGET_LO + 16, HI, 4, 5]),
        packet(0x40, &[5 | 5 << 8 | 1 << 16, 6, 7, TARGET_LO + 24, HI]),
        packet(0x40, &[1 | 2 << 8, TARGET_LO + 4, HI, TARGET_LO + 32, HI]),
        packet(0x50, &[3 << 29 | 3 << 20, TARGET_LO, HI, TARGET_LO + 40, HI, 8]),
        packet(0x50, &[2 << 29 | 3 << 20, 9, 0, TARGET_LO + 48, HI, 8]),
        packet(0x40, &[9 | 2 << 8 | 1 << 16, 0, 0, TARGET_LO + 56, HI]),
    ];
    assert_eq!(run(&bench, &packets), Ok(Step::Idle));
    let longs: Vec<u64> = (0..8).map(|number| bench.long(TARGET + 8 * number)).collect();
    assert_eq!(longs, [1 | 2 << 32, 3, 5, 6 | 7 << 32, 2, 1 | 2 << 32, 9 | 9 << 32, 1000]);
}

#[test]
fn an_atomic_operation_gives_what_memory_held() {
    let bench = Bench::new();
    bench.put_long(SOURCE, 40);
    let packets = [
        packet(0x1e, &[39, SOURCE_LO, HI, 2, 0, 0, 0, 0]),
        packet(0x40, &[6 | 2 << 8 | 1 << 16, 0, 0, TARGET_LO, HI]),
    ];
    run(&bench, &packets).unwrap();
    assert_eq!((bench.long(SOURCE), bench.long(TARGET)), (2, 40));
    let retry = [packet(0x1e, &[40 | 1 << 8, SOURCE_LO, HI, 7, 0, 3, 0, 0])];
    assert_eq!(run(&bench, &retry), Ok(Step::Blocked), "memory does not hold 3");
    bench.put_long(SOURCE, 3);
    assert_eq!(run(&bench, &retry), Ok(Step::Idle));
    assert_eq!(bench.long(SOURCE), 7);
}

#[test]
fn waits_and_releases_of_an_indirect_buffer() {
    let bench = Bench::new();
    let buffer = [
        packet(0x3c, &[3 | 1 << 4, SOURCE_LO, HI, 5, 0xff, 4]),
        packet(0x93, &[5 | 1 << 4, SOURCE_LO + 8, HI, 0, 1, 0xffff_ffff, 0xffff_ffff, 4]),
        packet(0x49, &[0x514, 2 << 29 | 2 << 24, TARGET_LO, HI, 11, 12, 33]),
    ]
    .concat();
    bench.put(TARGET + 0x1000, &buffer);
    let call = packet(0x3f, &[TARGET_LO + 0x1000, HI, buffer.len() as u32 | 1 << 23]);
    bench.put(RING, &call);
    let (mut ring, mut engine) = (Stream::ring(RING, 64), Pm4::new(NAVI31));
    ring.written(4);
    for value in [(0, 0), (0x105, 0)] {
        bench.put_long(SOURCE, value.0);
        assert_eq!(drain(&mut ring, &mut engine, &bench), Ok(Step::Blocked));
        assert_eq!((ring.read(), bench.long(TARGET)), (0, 0));
    }
    bench.put_long(SOURCE + 8, 1 << 32);
    assert_eq!(drain(&mut ring, &mut engine, &bench), Ok(Step::Idle));
    assert_eq!((ring.read(), bench.long(TARGET)), (4, 11 | 12 << 32));
    assert_eq!(*bench.interrupts.lock().unwrap(), [33]);
}

#[test]
fn registers_describe_a_dispatch() {
    let bench = Bench::new();
    let packets = [
        packet(0x76, &[0x207, 64, 2, 1]),
        packet(0x76, &[0x20c, 0x1234_5600, 1]),
        packet(0x76, &[0x212, 3, 2 << 1 | 1 << 7 | 2 << 15]),
        packet(0x76, &[0x240, 0xaa, 0xbb, 0xcc]),
        packet(0x15, &[3, 4, 1, 1 | 1 << 2 | 1 << 15]),
        packet(0x16, &[SOURCE_LO, HI, 1 | 1 << 2 | 1 << 15]),
    ];
    bench.put(SOURCE, &[3, 4, 1]);
    run(&bench, &packets).unwrap();
    let launched = bench.launched.lock().unwrap();
    let expected = Dispatch {
        gfx: NAVI31.gfx,
        entry: 0x1_1234_5600 << 8,
        rsrc: [3, 2 << 1 | 1 << 7 | 2 << 15, 0],
        wave32: true,
        grid: [192, 8, 1],
        workgroup: [64, 2, 1],
        lds_bytes: 1024,
        user_sgprs: vec![0xaa, 0xbb],
        scratch: None,
        packet: 0,
    };
    assert_eq!(*launched, [expected.clone(), expected], "the sizes in the packet, and in memory");
}

#[test]
fn words_are_passed_over_where_a_condition_is_zero() {
    let bench = Bench::new();
    let write = |value| packet(0x37, &[5 << 8 | 1 << 16, TARGET_LO, HI, value]);
    let on = |condition: u32| packet(0x22, &[condition, HI, 0, 5]);
    bench.put(SOURCE, &[0, 1]);
    run(&bench, &[on(SOURCE_LO + 4), write(1), on(SOURCE_LO), write(2)]).unwrap();
    assert_eq!(bench.long(TARGET), 1);
}

#[test]
fn what_user_mode_may_not_do_is_refused() {
    let refused = [
        packet(0x37, &[0, 1, 0, 1]),
        packet(0x40, &[0, 1, 0, TARGET_LO, HI]),
        packet(0x3c, &[3, 1, 0, 1, 1, 1]),
        packet(0x76, &[0x3ff, 1, 2]),
        packet(0x15, &[1, 1, 1, 0]),
        packet(0x77, &[1]),
        packet(0x3f, &[TARGET_LO]),
        vec![0x1000, 0],
    ];
    for packet in refused {
        let (bench, header) = (Bench::new(), packet[0]);
        assert_eq!(run(&bench, &[packet]), Err(Error::Packet(header)), "{header:#x}");
    }
    let itself = packet(0x3f, &[RING as u32, HI, 4]);
    assert!(run(&Bench::new(), &[itself]).is_err(), "a buffer that calls itself comes to an end");
}

#[test]
fn random_words_do_no_more_than_fail() {
    let mut state = 0x5eed_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state
    };
    let ops = [0x10, 0x15, 0x16, 0x1e, 0x22, 0x37, 0x3c, 0x3f, 0x40, 0x46, 0x49, 0x50, 0x58, 0x76, 0x93];
    for round in 0..300 {
        let bench = Bench::new();
        let op = ops[next() as usize % ops.len()];
        let length = next() >> 28;
        let body: Vec<u32> = (0..=length).map(|_| if next() >> 31 == 0 { HI } else { next() }).collect();
        let end = run(&bench, &[packet(op, &body)]);
        assert!(!matches!(end, Ok(Step::Done)), "round {round} of seed 0x5eed");
        assert!(bench.memory.load64(BASE).is_ok());
    }
}
