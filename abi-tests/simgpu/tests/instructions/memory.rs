//! Loads and stores in every kind of memory.

use std::collections::BTreeSet;

use simgpu::exec::bench::Bench;
use simgpu::exec::wave::{Scratch, Wave};

use super::assemble::{Executed, Random, assemble, bench, run_with_lds, wave};

/// What a load or store moves, by the end of its name: bytes, whether the sign is kept, and whether only the lower (0)
/// or the upper (16) half of the register takes part.
const SHAPES: &[(&str, usize, bool, Option<u32>)] = &[
    ("b8", 1, false, None),
    ("u8", 1, false, None),
    ("i8", 1, true, None),
    ("b16", 2, false, None),
    ("u16", 2, false, None),
    ("i16", 2, true, None),
    ("b32", 4, false, None),
    ("b64", 8, false, None),
    ("b96", 12, false, None),
    ("b128", 16, false, None),
    ("d16_b16", 2, false, Some(0)),
    ("d16_hi_b16", 2, false, Some(16)),
    ("d16_u8", 1, false, Some(0)),
    ("d16_hi_u8", 1, false, Some(16)),
    ("d16_i8", 1, true, Some(0)),
    ("d16_hi_i8", 1, true, Some(16)),
    ("u8_d16", 1, false, Some(0)),
    ("u16_d16", 2, false, Some(0)),
    ("u16_d16_hi", 2, false, Some(16)),
    ("b16_d16_hi", 2, false, Some(16)),
];

/// Registers: of the address, of what is stored, of what is loaded.
pub const DATA: usize = 4;
pub const RESULT: usize = 8;
/// Bytes of each lane, and where in them the access is.
pub const LANE_BYTES: usize = 64;
pub const OFFSET: usize = 12;
/// Scalars of a resource, and of a base address.
const RESOURCE: u8 = 4;
/// OOB_SELECT: bytes are counted.
const RAW: u32 = 3 << 28;

/// A place: how an instruction names it, and where its bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Global,
    Flat,
    Scratch,
    Buffer,
    Lds,
}

impl Place {
    pub fn of(mnemonic: &str) -> Option<(Self, &str)> {
        let (first, rest) = mnemonic.split_once('_')?;
        Some(match first {
            "global" => (Self::Global, rest),
            "flat" => (Self::Flat, rest),
            "scratch" => (Self::Scratch, rest),
            "buffer" => (Self::Buffer, rest),
            "ds" => (Self::Lds, rest),
            _ => return None,
        })
    }

    /// The instruction on some registers of data.
    fn text(self, mnemonic: &str, register: usize, count: usize, stores: bool) -> String {
        let data = match count {
            1 => format!("v{register}"),
            _ => format!("v[{register}:{}]", register + count - 1),
        };
        match self {
            Self::Global | Self::Flat => {
                let base = if self == Self::Global { ", off" } else { "" };
                let (first, second) = if stores { ("v[0:1]", &*data) } else { (&*data, "v[0:1]") };
                format!("{mnemonic} {first}, {second}{base} offset:{OFFSET}")
            }
            Self::Scratch if stores => format!("{mnemonic} v0, {data}, off offset:{OFFSET}"),
            Self::Scratch => format!("{mnemonic} {data}, v0, off offset:{OFFSET}"),
            Self::Buffer => {
                format!("{mnemonic} {data}, v0, s[{RESOURCE}:{}], 0 offen offset:{OFFSET}", RESOURCE + 3)
            }
            Self::Lds if stores => format!("{mnemonic} v0, {data} offset:{OFFSET}"),
            Self::Lds => format!("{mnemonic} {data}, v0 offset:{OFFSET}"),
        }
    }
}

/// A wave, and the memory that it works on: `LANE_BYTES` for each lane.
pub struct Scene {
    place: Place,
    memory: u64,
    bytes: Vec<u8>,
    pub wave: Wave,
}

impl Scene {
    fn new(place: Place, bench: &mut Bench) -> Self {
        let mut random = Random(0x5eed);
        let bytes: Vec<u8> = (0..32 * LANE_BYTES).map(|_| random.next() as u8).collect();
        let memory = bench.buffer(&vec![0; bytes.len()]).expect("it fits");
        let mut wave = wave(16);
        for lane in 0..32 {
            let address = match place {
                Place::Global | Place::Flat => memory + (lane * LANE_BYTES) as u64,
                Place::Scratch => 0,
                Place::Buffer | Place::Lds => (lane * LANE_BYTES) as u64,
            };
            wave.set_lane(0, lane, address as u32);
            wave.set_lane(1, lane, (address >> 32) as u32);
            (DATA..16).for_each(|register| wave.set_lane(register, lane, random.next() as u32));
        }
        wave.scratch = Some(Scratch { base: memory, bytes: LANE_BYTES as u32 });
        let resource = [memory as u32, (memory >> 32) as u32, bytes.len() as u32, RAW];
        for (at, word) in (RESOURCE..).zip(resource) {
            wave.set_scalar(at, word);
        }
        let scene = Self { place, memory, bytes, wave };
        for (lane, bytes) in scene.bytes.chunks(LANE_BYTES).enumerate() {
            for (at, byte) in bytes.iter().enumerate() {
                bench.memory().write(scene.address(lane, at), &[*byte]).expect("it is there");
            }
        }
        scene
    }

    /// Where a lane's byte is: private memory has the same dword of all lanes side by side.
    fn address(&self, lane: usize, at: usize) -> u64 {
        let place = if self.place == Place::Scratch {
            (at / 4 * 32 + lane) * 4 + at % 4
        } else {
            lane * LANE_BYTES + at
        };
        self.memory + place as u64
    }

    /// Code that brings LDS to the same contents.
    fn prologue(&self) -> String {
        if self.place != Place::Lds {
            return String::new();
        }
        let dword = |at: usize| {
            format!("global_load_b32 v15, v[2:3], off offset:{at}\nds_store_b32 v0, v15 offset:{at}\n")
        };
        (0..LANE_BYTES / 4).map(|index| dword(4 * index)).collect()
    }

    fn run(&self, bench: &mut Bench, text: &str, code: &[u32]) -> (Wave, Vec<u8>) {
        let mut wave = self.wave.clone();
        for lane in 0..32 {
            let address = self.memory + (lane * LANE_BYTES) as u64;
            wave.set_lane(2, lane, address as u32);
            wave.set_lane(3, lane, (address >> 32) as u32);
        }
        let (mut waves, lds) = run_with_lds(bench, text, code, vec![wave]);
        let after = (0..self.bytes.len()).map(|index| {
            let mut byte = [0];
            let address = self.address(index / LANE_BYTES, index % LANE_BYTES);
            bench.memory().read(address, &mut byte).expect("it is there");
            byte[0]
        });
        let bytes = if self.place == Place::Lds { lds[..self.bytes.len()].to_vec() } else { after.collect() };
        (waves.remove(0), bytes)
    }

    /// The bytes of a lane from the access on.
    fn at(&self, lane: usize) -> &[u8] {
        &self.bytes[lane * LANE_BYTES + OFFSET..]
    }

    pub fn word(&self, lane: usize, dword: usize) -> u32 {
        u32::from_le_bytes(self.at(lane)[4 * dword..][..4].try_into().expect("four bytes"))
    }
}

/// Runs one snippet in a scene of its own.
pub fn act(bench: &mut Bench, mnemonic: &str, text: &str) -> (Scene, Wave, Vec<u8>) {
    let (place, _) = Place::of(mnemonic).expect("of the list");
    let scene = Scene::new(place, bench);
    let code = assemble(&[scene.prologue() + text]).remove(0);
    let (wave, bytes) = scene.run(bench, text, &code);
    (scene, wave, bytes)
}

/// The mnemonics of a list that go on with a verb after the kind of memory, and what follows it.
pub fn of<'a>(list: &[&'a str], verb: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let found: Vec<_> = list
        .iter()
        .filter_map(|mnemonic| Some((*mnemonic, Place::of(mnemonic)?.1.strip_prefix(verb)?)))
        .collect();
    found.into_iter()
}

fn shape(suffix: &str) -> Option<(usize, bool, Option<u32>)> {
    SHAPES.iter().find(|shape| shape.0 == suffix).map(|&(_, bytes, signed, half)| (bytes, signed, half))
}

pub fn loads(list: &[&str]) -> Executed {
    let mut bench = bench();
    for (mnemonic, suffix) in of(list, "load_") {
        let Some((bytes, signed, half)) = shape(suffix) else { continue };
        let text = Place::of(mnemonic).expect("known").0.text(mnemonic, RESULT, bytes.div_ceil(4), false);
        let (scene, wave, _) = act(&mut bench, mnemonic, &text);
        for lane in 0..32 {
            let mut expected = scene.word(lane, 0);
            if bytes < 4 {
                let bits = 8 * bytes as u32;
                expected = expected << (32 - bits) >> (32 - bits);
                if signed && expected >> (bits - 1) != 0 {
                    expected |= u32::MAX << bits;
                }
            }
            if let Some(shift) = half {
                let other = scene.wave.lane(RESULT, lane) & 0xffff << (16 - shift);
                expected = other | (expected & 0xffff) << shift;
            }
            assert_eq!(wave.lane(RESULT, lane), expected, "{text}, lane {lane}");
            for dword in 1..bytes.div_ceil(4) {
                assert_eq!(wave.lane(RESULT + dword, lane), scene.word(lane, dword), "{text}, lane {lane}");
            }
        }
    }
    bench.executed()
}

pub fn stores(list: &[&str]) -> Executed {
    let mut bench = bench();
    for (mnemonic, suffix) in of(list, "store_") {
        let Some((bytes, _, half)) = shape(suffix) else { continue };
        let text = Place::of(mnemonic).expect("known").0.text(mnemonic, DATA, bytes.div_ceil(4), true);
        let (scene, _, after) = act(&mut bench, mnemonic, &text);
        let mut expected = scene.bytes.clone();
        for lane in 0..32 {
            for byte in 0..bytes {
                let word = scene.wave.lane(DATA + byte / 4, lane) >> half.unwrap_or(0);
                expected[lane * LANE_BYTES + OFFSET + byte] = word.to_le_bytes()[byte % 4];
            }
        }
        assert!(after == expected, "{text}");
    }
    bench.executed()
}

/// LDS at two addresses, which count elements, or 64 of them.
pub fn pairs(list: &[&str]) -> Executed {
    let mut bench = bench();
    for mnemonic in list.iter().filter(|mnemonic| mnemonic.contains("2addr")) {
        let (bytes, far) = (if mnemonic.ends_with("64") { 8 } else { 4 }, mnemonic.contains("stride64"));
        // The second element of the lane's own bytes, or of those of four (or eight) lanes further.
        let places = [bytes, if far { 64 * bytes } else { 3 * bytes }];
        let count = bytes / 4;
        let offsets = if far { "offset0:0 offset1:1" } else { "offset0:1 offset1:3" };
        let places = if far { [0, places[1]] } else { places };
        let data = |at: usize| if count == 2 { format!("v[{at}:{}]", at + 1) } else { format!("v{at}") };
        let text = match mnemonic.contains("load") {
            true => format!("{mnemonic} v[{RESULT}:{}], v0 {offsets}", RESULT + 2 * count - 1),
            false => format!("{mnemonic} v0, {}, {} {offsets}", data(DATA), data(DATA + 2)),
        };
        let (scene, wave, after) = act(&mut bench, mnemonic, &text);
        for lane in 0..32 - if far { 8 } else { 0 } {
            for (index, place) in places.into_iter().enumerate() {
                for dword in 0..count {
                    let at = lane * LANE_BYTES + place + 4 * dword;
                    let word = |bytes: &[u8]| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four"));
                    if mnemonic.contains("load") {
                        let got = wave.lane(RESULT + index * count + dword, lane);
                        assert_eq!(got, word(&scene.bytes), "{text}, lane {lane}");
                    } else if !far || index == 1 || lane < 4 * bytes / 4 {
                        let register = DATA + 2 * index + dword;
                        assert_eq!(word(&after), scene.wave.lane(register, lane), "{text}, lane {lane}");
                    }
                }
            }
        }
    }
    bench.executed()
}

pub fn scalar_loads(list: &[&str]) -> Executed {
    let mut bench = bench();
    let mut random = Random(0x5eed);
    let words: Vec<u32> = (0..32).map(|_| random.next() as u32).collect();
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let address = bench.buffer(&bytes).expect("it fits");
    for mnemonic in list.iter().filter(|mnemonic| mnemonic.starts_with("s_load_b")) {
        let count = mnemonic[8..].parse::<usize>().expect("bits") / 32;
        let to = if count == 1 { "s16".into() } else { format!("s[16:{}]", 15 + count) };
        let text = format!("{mnemonic} {to}, s[2:3], 0x8");
        let mut wave = wave(1);
        wave.set_scalar64(2, address);
        let code = assemble(std::slice::from_ref(&text)).remove(0);
        let (waves, _) = run_with_lds(&mut bench, &text, &code, vec![wave]);
        let got: Vec<u32> = (0..count).map(|at| waves[0].scalar(16 + at as u8)).collect();
        assert_eq!(got, words[2..2 + count], "{text}");
    }
    bench.executed()
}

/// What only touches caches, which are not simulated: everything stays.
pub fn caches(list: &[&str]) -> Executed {
    let mut bench = bench();
    for mnemonic in list.iter().filter(|mnemonic| mnemonic.ends_with("_inv")) {
        let (scene, wave, after) = act(&mut bench, mnemonic, mnemonic);
        assert!(
            after == scene.bytes && (4..16).all(|r| wave.lane(r, 5) == scene.wave.lane(r, 5)),
            "{mnemonic}"
        );
    }
    let executed: BTreeSet<String> = bench.executed();
    executed
}
