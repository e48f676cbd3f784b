//! Packets word by word, as the kernel's headers lay them out.
#![forbid(unsafe_code)]

use super::{
    rect::{Image, Rect},
    *,
};

const SOURCE: u64 = 0x1234_5678_9abc_def0;
const TARGET: u64 = 0x0fed_cba9_8765_4320;

fn gfx(major: u32, minor: u32) -> Dialect {
    Dialect::of(major, minor, 0).unwrap()
}

#[test]
fn packets_have_the_words_of_the_headers() {
    let old = gfx(9, 0);
    let table: [(Packet, &[u32]); 11] = [
        (copy(TARGET, SOURCE, 0x100), &[1, 0xff, 0, 0x9abc_def0, 0x1234_5678, 0x8765_4320, 0x0fed_cba9]),
        (fill(TARGET, 0xaa55, 0x40), &[0x8000_000b, 0x8765_4320, 0x0fed_cba9, 0xaa55, 0x3c]),
        (old.fence(TARGET, 7), &[5, 0x8765_4320, 0x0fed_cba9, 7]),
        (gfx(10, 1).fence(TARGET, 7), &[0x3_0005, 0x8765_4320, 0x0fed_cba9, 7]),
        (poll(TARGET, 9), &[0xb000_0008, 0x8765_4320, 0x0fed_cba9, 9, u32::MAX, 0x0fff_0004]),
        (flush_host_data(), &[8, 0, 0x8000_0000, 0, 0, 0]),
        (add(TARGET, -1), &[0x5e00_000a, 0x8765_4320, 0x0fed_cba9, u32::MAX, u32::MAX, 0, 0, 0]),
        (timestamp(TARGET), &[0x20d, 0x8765_4320, 0x0fed_cba9]),
        (trap(0xf000_0123), &[6, 0x123]),
        (write_caches_back(false), &[0x111, 0, 0x8040_0000, 0, 0]),
        (write_caches_back(true), &[0x111, 0, 0xc3c0_0000, 0, 0]),
    ];
    for (packet, words) in table {
        assert_eq!(packet.words(), words);
    }
    assert_eq!((nop(1), nop(13)), (0, 12 << 16));
}

#[test]
fn every_generation_has_its_dialect() {
    assert_eq!((Dialect::of(8, 0, 3), Dialect::of(7, 0, 1)), (None, None));
    let facts = |major, minor, stepping| {
        let d = Dialect::of(major, minor, stepping).unwrap();
        (d.count_bits, d.has_gcr, d.flushes_host_data, d.polls_twice, d.shortest_submission)
    };
    assert_eq!(facts(9, 0, 0), (22, false, true, true, 64));
    assert_eq!(facts(9, 0, 6), (22, false, true, true, 0));
    assert_eq!(facts(9, 0, 8), (22, false, true, true, 0));
    assert_eq!(facts(9, 0, 10), (30, false, true, false, 0));
    assert_eq!(facts(9, 0, 12), (22, false, true, true, 64));
    assert_eq!(facts(9, 4, 2), (22, false, true, false, 0));
    assert_eq!(facts(10, 1, 0), (22, true, false, false, 0));
    assert_eq!(facts(10, 3, 0), (30, true, true, false, 0));
    assert_eq!(facts(11, 0, 0), (30, true, true, false, 0));
    assert_eq!(facts(12, 0, 1), (30, true, true, false, 0));
}

fn linear(dialect: Dialect, bytes: u64) -> Vec<Packet> {
    let mut packets = Vec::new();
    dialect.copy_linear(TARGET, SOURCE, bytes, &mut |packet| packets.push(packet));
    packets
}

#[test]
fn a_long_copy_takes_packets_that_stay_aligned() {
    let bytes = (8 << 20) + 5;
    let packets = linear(gfx(10, 1), bytes);
    assert_eq!(packets.len(), 3);
    let sum: u64 = packets.iter().map(|packet| u64::from(packet.words()[1]) + 1).sum();
    assert_eq!(sum, bytes);
    assert!(packets.iter().all(|packet| packet.words()[3] % 4096 == SOURCE as u32 % 4096));
    assert_eq!((linear(gfx(11, 0), bytes).len(), linear(gfx(11, 0), 0).len()), (1, 0));
}

fn image(start: u64, pitch: u64, slice: u64) -> Image {
    Image { start, pitch, slice }
}

fn boxes(dialect: Dialect, rect: &Rect) -> Vec<Packet> {
    let mut packets = Vec::new();
    dialect.copy_rect(rect, &mut |packet| packets.push(packet));
    packets
}

#[test]
fn a_box_has_the_fields_of_its_generation() {
    let rect = Rect {
        source: image(0x1_0000_0010, 0x400, 0x4000),
        target: image(0x2_0000_0004, 0x100, 0x2000),
        width: 0x80,
        height: 5,
        depth: 3,
    };
    let words = |pitch: u32| {
        [
            // Elements of 16 bytes.
            0x8000_0401,
            0x10,
            1,
            0,
            0x3f << pitch,
            0x3ff,
            4,
            2,
            0,
            0xf << pitch,
            0x1ff,
            0x4_0007,
            2,
        ]
    };
    for (dialect, pitch) in [(gfx(9, 4), 13), (gfx(11, 0), 13), (gfx(12, 0), 16)] {
        let packets = boxes(dialect, &rect);
        assert_eq!((packets.len(), packets[0].words()), (1, &words(pitch)[..]));
    }
}

#[test]
fn the_number_of_packets_does_not_grow_with_the_rows() {
    let count = |rect: &Rect| boxes(gfx(11, 0), rect).len();
    for height in [16, 160, 1600] {
        let with = |source, target| {
            let [source, target] = [image(1, source, source * height), image(6, target, target * height)];
            count(&Rect { source, target, width: 333, height, depth: 1 })
        };
        assert_eq!((with(400, 444), with(402, 444), with(401, 444)), (1, 2, 4));
        let deep = Rect {
            source: image(3, 401, 401 * 1601),
            target: image(0, 404, 404 * 1600),
            width: 333,
            height,
            depth: 9,
        };
        assert_eq!(count(&deep), 16);
        let far =
            Rect { source: image(0, 8 << 20, 0), target: image(0, 9 << 20, 0), width: 64, height, depth: 1 };
        assert_eq!(count(&far), 1, "rows further apart than a pitch can tell are layers");
    }
}

#[test]
fn kernels_copy_boxes_in_parts_and_units_that_fit() {
    let (source, target) = (image(0x1000, 0x100, 0x1000), image(0x4_0000_0000, 0x200, 1 << 33));
    let rect = Rect { source, target, width: 48, height: 5, depth: 3 };
    let sizes = |rect: &Rect, most| {
        rect.parts(most).map(|part| [part.width, part.height, part.depth]).collect::<Vec<_>>()
    };
    assert_eq!(sizes(&rect, [64, 8, 8]), [[48, 5, 1]; 3], "slices of more than 32 bits");
    let flat = Rect { depth: 1, ..rect };
    assert_eq!(sizes(&flat, [32, 3, 8]), [[32, 3, 1], [16, 3, 1], [32, 2, 1], [16, 2, 1]]);
    let last = flat.parts([32, 3, 8]).last().unwrap();
    assert_eq!((last.source.start, last.target.start), (0x1000 + 0x320, 0x4_0000_0000 + 0x620));
    let unit = |start, width, height| {
        Rect { source: image(start, 0x102, 0), width, height, depth: 1, ..rect }.unit()
    };
    assert_eq!(
        [unit(4, 48, 1), unit(4, 40, 1), unit(2, 48, 1), unit(4, 48, 2), unit(8, 3, 1)],
        [16, 8, 1, 1, 1]
    );
}
