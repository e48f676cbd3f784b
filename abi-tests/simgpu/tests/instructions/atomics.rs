//! Atomic operations in every kind of memory.

use simgpu::exec::wave::Wave;

use super::assemble::{Executed, bench};
use super::memory::{DATA, LANE_BYTES, OFFSET, Place, RESULT, Scene, act, of};

/// What an atomic operation makes of memory, data and what it expects there.
fn changed(operation: &str, old: u64, data: u64, expected: u64) -> u64 {
    let narrow = |value: u64| value as u32 as i32;
    match operation {
        "add_u32" | "add_u64" => old.wrapping_add(data),
        "sub_u32" | "sub_u64" => old.wrapping_sub(data),
        "and_b32" => old & data,
        "or_b32" => old | data,
        "xor_b32" => old ^ data,
        "swap_b32" => data,
        "cmpswap_b32" | "cmpswap_b64" if old == expected => data,
        "cmpswap_b32" | "cmpswap_b64" => old,
        "inc_u32" if old >= data => 0,
        "inc_u32" => old + 1,
        "max_i32" => u64::from(narrow(old).max(narrow(data)) as u32),
        "min_i32" => u64::from(narrow(old).min(narrow(data)) as u32),
        "add_f32" => u64::from((f32::from_bits(old as u32) + f32::from_bits(data as u32)).to_bits()),
        _ => panic!("{operation}: not known here"),
    }
}

/// One operation of the list.
struct Case<'a> {
    mnemonic: &'a str,
    /// What follows the kind of memory, without `rtn`.
    operation: String,
    place: Place,
    /// Dwords of a value.
    size: usize,
}

impl<'a> Case<'a> {
    fn new(mnemonic: &'a str, operation: String) -> Self {
        let size = if operation.ends_with("64") { 2 } else { 1 };
        Self { mnemonic, operation, place: Place::of(mnemonic).expect("known").0, size }
    }

    fn compares(&self) -> bool {
        self.operation.starts_with("cmp")
    }

    fn returns(&self) -> bool {
        self.place != Place::Lds || self.mnemonic.contains("_rtn_")
    }

    /// Values of 8 bytes are aligned four bytes further.
    fn offset(&self) -> usize {
        OFFSET + 4 * (self.size - 1)
    }

    fn text(&self) -> String {
        let range = |first: usize, count: usize| match count {
            1 => format!("v{first}"),
            _ => format!("v[{first}:{}]", first + count - 1),
        };
        let (data, result) =
            (range(DATA, self.size * if self.compares() { 2 } else { 1 }), range(RESULT, self.size));
        let (mnemonic, offset) = (self.mnemonic, self.offset());
        match self.place {
            Place::Lds if self.returns() => format!("{mnemonic} {result}, v0, {data} offset:{offset}"),
            Place::Lds => format!("{mnemonic} v0, {data} offset:{offset}"),
            Place::Flat => format!("{mnemonic} {result}, v[0:1], {data} offset:{offset} glc"),
            _ => format!("{mnemonic} {result}, v[0:1], {data}, off offset:{offset} glc"),
        }
    }

    /// Code by which every other lane compares with what is there.
    fn setup(&self) -> String {
        if !self.compares() {
            return String::new();
        }
        let (load, base) = if self.place == Place::Global { ("global", ", off") } else { ("flat", "") };
        let one = |dword: usize| {
            let (register, at) = (DATA + self.size + dword, self.offset() + 4 * dword);
            format!("{load}_load_b32 v{register}, v[0:1]{base} offset:{at}\n")
        };
        let loads: String = (0..self.size).map(one).collect();
        format!("s_mov_b32 exec_lo, 0x55555555\n{loads}s_mov_b32 exec_lo, -1\n")
    }

    /// A value of two dwords, or of the lower one.
    fn pair(&self, low: u32, high: u32) -> u64 {
        u64::from(low) | if self.size == 2 { u64::from(high) << 32 } else { 0 }
    }

    fn check(&self, scene: &Scene, wave: &Wave, after: &[u8]) {
        let shift = self.size - 1;
        let register = |wave: &Wave, first: usize, lane: usize| {
            self.pair(wave.lane(first, lane), wave.lane(first + 1, lane))
        };
        for lane in 0..32 {
            let old = self.pair(scene.word(lane, shift), scene.word(lane, shift + 1));
            let compared = register(&scene.wave, DATA + self.size, lane);
            let expected = if lane % 2 == 0 { old } else { compared };
            let new = changed(&self.operation, old, register(&scene.wave, DATA, lane), expected);
            let at = lane * LANE_BYTES + self.offset();
            let mut bytes = [0; 8];
            bytes[..4 * self.size].copy_from_slice(&after[at..at + 4 * self.size]);
            let mask = self.pair(u32::MAX, u32::MAX);
            assert_eq!(u64::from_le_bytes(bytes), new & mask, "{}, lane {lane}", self.text());
            if self.returns() {
                assert_eq!(register(wave, RESULT, lane), old, "{}, lane {lane}", self.text());
            }
        }
    }
}

pub fn check(list: &[&str]) -> Executed {
    let mut bench = bench();
    let global = of(list, "atomic_").map(|(mnemonic, operation)| Case::new(mnemonic, operation.into()));
    let local = of(list, "add_").chain(of(list, "or_"));
    let local = local
        .map(|(mnemonic, _)| Case::new(mnemonic, mnemonic.trim_start_matches("ds_").replace("rtn_", "")));
    for case in global.chain(local) {
        let (scene, wave, after) = act(&mut bench, case.mnemonic, &(case.setup() + &case.text()));
        case.check(&scene, &wave, &after);
    }
    bench.executed()
}
