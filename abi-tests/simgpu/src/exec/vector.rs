//! Running a vector operation: reads its sources, computes, and writes what its lanes, modifiers and mode allow.
//! Touches `alu`, `source`, `dpp`, `parts` and `wave`.

use super::alu::round::Round;
use super::alu::rounded::Rounded;
use super::alu::{self, Alu, Kind, Run};
use super::dpp;
use super::half::F16;
use super::lanes::{LANES, Lanes, Wide, collect, merge, split};
use super::parts;
use super::source::{Read, modified, narrow_lanes, raw_lanes, wide_lanes};
use super::wave::{Mode, Wave, place};
use crate::isa::{Dpp, Sdwa};

/// A vector operation with its operands.
#[derive(Clone)]
pub struct Vector {
    /// What is computed.
    pub alu: &'static Alu,
    /// The sources, as many as the operation has.
    pub reads: Vec<Read>,
    /// The vector register of the result, or the scalar place if it is a mask.
    pub dst: u16,
    /// A result of 16 bits goes to the upper half.
    pub high: bool,
    /// Where the carry goes.
    pub carry: u8,
    /// Clamp to 0..1.
    pub clamp: bool,
    /// 1: times 2, 2: times 4, 3: halved.
    pub omod: u8,
    /// Moves lanes of the first source.
    pub dpp: Option<Dpp>,
    /// Parts of registers are read and written.
    pub sdwa: Option<Sdwa>,
    /// How it is done where MODE does not ask for the nearest number.
    pub rounded: Option<Rounded>,
}

/// Room for sources and results, so that no instruction allocates.
pub struct Pad {
    narrow: [Lanes; 4],
    wide: [Wide; 4],
    /// The result.
    pub out: Lanes,
    wide_out: Wide,
    carry: Lanes,
}

impl Default for Pad {
    fn default() -> Self {
        let (narrow, wide) = ([[0; LANES]; 4], [[0; LANES]; 4]);
        Self { narrow, wide, out: [0; LANES], wide_out: [0; LANES], carry: [0; LANES] }
    }
}

impl Vector {
    /// Runs it on all lanes that are on.
    pub fn run(&self, wave: &mut Wave, pad: &mut Pad) {
        let passes = wave.passes();
        let (mut result, mut carry) = ([0; 2], [0; 2]);
        for pass in 0..passes {
            let writes = self.compute(wave, pad, pass);
            if self.alu.dst == Kind::Mask {
                let bits = if matches!(self.alu.run, Run::Wide(_)) { low(&pad.wide_out) } else { pad.out };
                result[pass] = collect(&bits) & writes;
            } else {
                if self.carry != place::NULL {
                    carry[pass] = collect(&pad.carry) & writes;
                }
                self.commit(wave, pad, pass, writes);
            }
        }
        // Masks are written last: they may be sources of the second pass.
        let (to, masks) =
            if self.alu.dst == Kind::Mask { (self.dst as u8, result) } else { (self.carry, carry) };
        if to != place::NULL {
            (0..passes).for_each(|pass| wave.set_scalar(to + pass as u8, masks[pass]));
        }
    }

    /// Reads sources and computes; tells which lanes may be written.
    pub fn compute(&self, wave: &Wave, pad: &mut Pad, pass: usize) -> u32 {
        let exec = wave.exec(pass);
        if matches!(self.alu.run, Run::Wide(_) | Run::WideCarry(_)) {
            for (lanes, read) in pad.wide.iter_mut().zip(&self.reads) {
                *lanes = wide_lanes(wave, read, pass);
            }
        } else {
            for (lanes, read) in pad.narrow.iter_mut().zip(&self.reads) {
                *lanes = narrow_lanes(wave, read, pass);
            }
        }
        let writes = self.dpp.as_ref().map_or(exec, |control| self.shuffle(control, wave, pad, pass));
        if let Some(sdwa) = &self.sdwa {
            self.choose(sdwa, wave, pad, pass);
        }
        self.flush_sources(wave.mode, pad);
        if !wave.mode.ieee() && alu::chooses(self.alu.name) {
            self.quiet_sources(pad);
        }
        if wave.mode.rounds() {
            if let Some(rounded) = self.rounded {
                self.run_rounded(rounded, wave.mode, pad);
                return writes;
            }
        }
        match self.alu.run {
            Run::Narrow(run) => run(&pad.narrow, &mut pad.out),
            Run::Carry(run) => run(&pad.narrow, &mut pad.out, &mut pad.carry),
            Run::Wide(run) => run(&pad.wide, &mut pad.wide_out),
            Run::WideCarry(run) => run(&pad.wide, &mut pad.wide_out, &mut pad.carry),
        }
        writes
    }

    /// Without MODE.ieee a signalling NaN gives way to numbers as others do.
    fn quiet_sources(&self, pad: &mut Pad) {
        for (index, read) in self.reads.iter().enumerate() {
            if kind_is_wide(&self.alu.run) {
                pad.wide[index] = pad.wide[index].map(|bits| quieted(bits, read.kind));
            } else {
                pad.narrow[index] = pad.narrow[index].map(|bits| quieted(bits.into(), read.kind) as u32);
            }
        }
    }

    /// Lane by lane, by the rounding of the result's kind.
    fn run_rounded(&self, rounded: Rounded, mode: Mode, pad: &mut Pad) {
        let wide = kind_is_wide(&self.alu.run);
        let single = matches!(self.alu.dst, Kind::Float32);
        let round = Round::new(if single { mode.round32() } else { mode.round64() });
        for lane in 0..LANES {
            let source =
                |index: usize| if wide { pad.wide[index][lane] } else { pad.narrow[index][lane].into() };
            let result = rounded([0, 1, 2, 3].map(source), round);
            if wide {
                pad.wide_out[lane] = result;
            } else {
                pad.out[lane] = result as u32;
            }
        }
    }

    fn shuffle(&self, control: &Dpp, wave: &Wave, pad: &mut Pad, pass: usize) -> u32 {
        let (lanes, writes) =
            dpp::moved(&raw_lanes(wave, self.reads[0].source, 0, pass), control, wave.exec(pass));
        pad.narrow[0] = modified(lanes, &self.reads[0]);
        writes
    }

    fn choose(&self, sdwa: &Sdwa, wave: &Wave, pad: &mut Pad, pass: usize) {
        for (index, read) in self.reads.iter().enumerate().take(2) {
            let lanes = modified(parts::chosen(sdwa, index, &raw_lanes(wave, read.source, 0, pass)), read);
            pad.narrow[index] = lanes;
            pad.wide[index] = lanes.map(u64::from);
        }
    }

    fn flush_sources(&self, mode: Mode, pad: &mut Pad) {
        for (index, read) in self.reads.iter().enumerate() {
            if flushes(mode, read.kind, 1) {
                let (kind, wide) = (read.kind, kind_is_wide(&self.alu.run));
                if wide {
                    pad.wide[index] = pad.wide[index].map(|bits| flushed(bits, kind));
                } else {
                    pad.narrow[index] = pad.narrow[index].map(|bits| flushed(u64::from(bits), kind) as u32);
                }
            }
        }
    }

    /// Writes the result of [`Vector::compute`] to the vector file.
    pub fn commit(&self, wave: &mut Wave, pad: &mut Pad, pass: usize, writes: u32) {
        let register = usize::from(self.dst);
        if kind_is_wide(&self.alu.run) {
            self.finish(wave.mode, &mut pad.wide_out, |bits| bits, |bits| bits);
            let [low, high] = split(&pad.wide_out);
            if self.alu.dst.bits() == 64 {
                merge(wave.vector_mut(register + 1, pass), &high, writes);
            }
            self.put(wave, low, pass, writes);
            return;
        }
        self.finish(wave.mode, &mut pad.out, u64::from, |bits| bits as u32);
        if self.alu.dst.bits() == 16 && self.sdwa.is_none() {
            self.keep_other_half(wave, pad, pass);
        }
        self.put(wave, pad.out, pass, writes);
    }

    /// Writes the register, or its part.
    fn put(&self, wave: &mut Wave, mut lanes: Lanes, pass: usize, writes: u32) {
        let register = wave.vector_mut(usize::from(self.dst), pass);
        if let Some(sdwa) = &self.sdwa {
            let short = if self.alu.dst.bits() == 16 { 0xffff } else { u32::MAX };
            lanes = std::array::from_fn(|lane| parts::placed(sdwa, lanes[lane] & short, register[lane]));
        }
        merge(register, &lanes, writes);
    }

    fn keep_other_half(&self, wave: &Wave, pad: &mut Pad, pass: usize) {
        let old = wave.vector(usize::from(self.dst), pass);
        for (new, old) in pad.out.iter_mut().zip(old) {
            *new = if self.high { *new << 16 | old & 0xffff } else { *new & 0xffff | old & 0xffff_0000 };
        }
    }

    /// Output multiplier, clamp and denormals of results.
    fn finish<T: Copy>(&self, mode: Mode, lanes: &mut [T], up: fn(T) -> u64, down: fn(u64) -> T) {
        let (kind, flush) = (self.alu.dst, flushes(mode, self.alu.dst, 2));
        // Neither IEEE 754's rules nor denormals go with output multipliers.
        let omod = if mode.ieee() || !flush { 0 } else { self.omod };
        if !self.clamp && omod == 0 && !flush {
            return;
        }
        let keeps_nan = !mode.dx10_clamp();
        for lane in lanes {
            let bits = if flush { flushed(up(*lane), kind) } else { up(*lane) };
            *lane = down(limited(bits, kind, omod, self.clamp, keeps_nan));
        }
    }
}

fn low(wide: &Wide) -> Lanes {
    wide.map(|value| value as u32)
}

fn kind_is_wide(run: &Run) -> bool {
    matches!(run, Run::Wide(_) | Run::WideCarry(_))
}

/// Does the mode flush denormals of sources (1) or results (2)?
fn flushes(mode: Mode, kind: Kind, which: u32) -> bool {
    match kind {
        Kind::Float32 | Kind::Mixed => mode.denormal32() & which == 0,
        Kind::Float16 | Kind::PackedFloat16 | Kind::Float64 => mode.denormal64() & which == 0,
        _ => false,
    }
}

/// A value of which denormals became zero of the same sign.
fn flushed(bits: u64, kind: Kind) -> u64 {
    let flush = |bits: u64, exponent: u64, sign: u64| if bits & exponent == 0 { bits & sign } else { bits };
    match kind {
        Kind::Float64 => flush(bits, 0x7ff << 52, 1 << 63),
        Kind::Float16 => flush(bits, 0x7c00, 0x8000),
        Kind::PackedFloat16 => flush(bits & 0xffff, 0x7c00, 0x8000) | flush(bits >> 16, 0x7c00, 0x8000) << 16,
        _ => flush(bits, 0x7f80_0000, 0x8000_0000),
    }
}

/// A NaN that does not signal, of one that does.
fn quieted(bits: u64, kind: Kind) -> u64 {
    let quiet = |bits: u64, exponent: u64, fraction: u64| {
        if bits & exponent == exponent && bits & fraction != 0 { bits | (fraction + 1) >> 1 } else { bits }
    };
    match kind {
        Kind::Float64 => quiet(bits, 0x7ff << 52, (1 << 52) - 1),
        Kind::Float32 => quiet(bits, 0xff << 23, (1 << 23) - 1),
        Kind::Float16 => quiet(bits, 0x7c00, 0x3ff),
        Kind::PackedFloat16 => quiet(bits & 0xffff, 0x7c00, 0x3ff) | quiet(bits >> 16, 0x7c00, 0x3ff) << 16,
        _ => bits,
    }
}

/// Output multiplier, then clamp. NaN is clamped to 0 by MODE.dx10_clamp, else it stays.
fn limited(bits: u64, kind: Kind, omod: u8, clamp: bool, keeps_nan: bool) -> u64 {
    let factor = [1.0, 2.0, 4.0, 0.5][usize::from(omod & 3)];
    let range = |value: f64| match value {
        _ if value.is_nan() && keeps_nan => value,
        _ if value > 0.0 => value.min(1.0),
        _ => 0.0,
    };
    let value = |value: f64| if clamp { range(value * factor) } else { value * factor };
    let half = |bits: u64| u64::from(F16::nearest(value(F16(bits as u16).f64())).0);
    match kind {
        Kind::Float32 => u64::from((value(f64::from(f32::from_bits(bits as u32))) as f32).to_bits()),
        Kind::Float64 => value(f64::from_bits(bits)).to_bits(),
        Kind::Float16 => half(bits),
        Kind::PackedFloat16 => half(bits & 0xffff) | half(bits >> 16) << 16,
        _ => bits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::source::Source;

    fn add(mode: u32, clamp: bool) -> (Vector, Wave) {
        let read = |register| Read {
            source: Source::Vector(register),
            kind: Kind::Float32,
            abs: false,
            neg: false,
            neg_high: false,
            high: false,
            second: false,
        };
        let alu = alu::find("v_add_f32").expect("a row");
        let reads = vec![read(0), read(1)];
        let vector = Vector {
            alu,
            reads,
            dst: 2,
            high: false,
            carry: place::NULL,
            clamp,
            omod: 0,
            dpp: None,
            sdwa: None,
            rounded: None,
        };
        (vector, Wave::new(64, 4, 0, Mode(mode)))
    }

    #[test]
    fn lanes_that_are_off_stay_and_both_passes_run() {
        let (vector, mut wave) = add(0xf0, false);
        wave.set_scalar64(place::EXEC, 1 << 40 | 1);
        for lane in [0, 1, 40] {
            wave.set_lane(0, lane, 1.5f32.to_bits());
            wave.set_lane(1, lane, 2f32.to_bits());
        }
        vector.run(&mut wave, &mut Pad::default());
        assert_eq!([0, 1, 40].map(|lane| wave.lane(2, lane)), [3.5f32.to_bits(), 0, 3.5f32.to_bits()]);
    }

    #[test]
    fn the_mode_decides_about_denormals_and_clamp_about_the_rest() {
        for (mode, clamp, a, expected) in
            [(0xf0, false, 1, 1), (0, false, 1, 0), (0xf0, true, 0x4000_0000, 0x3f80_0000)]
        {
            let (vector, mut wave) = add(mode, clamp);
            wave.set_lane(0, 0, a);
            vector.run(&mut wave, &mut Pad::default());
            assert_eq!(wave.lane(2, 0), expected, "{mode:#x}");
        }
    }
}
