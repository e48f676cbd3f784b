//! Instructions that look across lanes, or at single ones. Touches `source` and `wave`.

use super::lanes::{LANES, each, merge};
use super::source::{Source, raw_lanes, scalar_value};
use super::wave::{Wave, place};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cross {
    /// The first lane that is on, to a scalar.
    ReadFirst,
    /// A chosen lane, to a scalar.
    Read,
    /// A scalar to a chosen lane.
    Write,
    /// How many bits of the mask's lower half are below the lane, and a sum.
    CountLow,
    /// The same of the upper half.
    CountHigh,
    /// Each lane's choice of a lane of its row, 4 bits each in two scalars.
    Permute16,
    /// The same, of the other row.
    PermuteX16,
    /// The halves of a wave of 64 change places.
    Permute64,
    /// Two registers change places.
    Swap,
    /// The source is M0 registers further.
    MoveFrom,
    /// The destination is M0 registers further.
    MoveTo,
    /// Lanes ask lanes: by four times the lane's number, to which a constant is added.
    Pull(u32),
    /// Lanes give to lanes, likewise.
    Push(u32),
    /// A pattern in the offset.
    Swizzle(u16),
}

/// An instruction of this kind.
#[derive(Clone, Copy, Debug)]
pub struct CrossStep {
    /// What.
    pub kind: Cross,
    /// Vector register or scalar place of the result.
    pub dst: u16,
    /// Sources, as many as it has.
    pub src: [Source; 3],
    /// Permutations read lanes that are off, too.
    pub inactive: bool,
}

impl CrossStep {
    /// Runs it.
    pub fn run(&self, wave: &mut Wave) {
        match self.kind {
            Cross::ReadFirst | Cross::Read => self.read(wave),
            Cross::Write => {
                let lane = scalar_value(wave, self.src[1], false) as usize % wave.size();
                let value = scalar_value(wave, self.src[0], false) as u32;
                wave.set_lane(usize::from(self.dst), lane, value);
            }
            Cross::Permute64 => self.exchange_halves(wave),
            Cross::Swap => self.swap(wave),
            _ => self.by_lane(wave),
        }
    }

    fn read(&self, wave: &mut Wave) {
        let mask = wave.wave_mask(place::EXEC);
        let lane = match self.kind {
            Cross::ReadFirst => {
                if mask == 0 {
                    0
                } else {
                    mask.trailing_zeros() as usize
                }
            }
            _ => scalar_value(wave, self.src[1], false) as usize % wave.size(),
        };
        let value = match self.src[0] {
            Source::Vector(register) => wave.lane(usize::from(register), lane),
            other => scalar_value(wave, other, false) as u32,
        };
        wave.set_scalar(self.dst as u8, value);
    }

    /// What each lane gets depends on its number alone.
    fn by_lane(&self, wave: &mut Wave) {
        let shift = if self.kind == Cross::MoveTo { wave.scalar(place::M0) as usize } else { 0 };
        for pass in 0..wave.passes() {
            let exec = wave.exec(pass);
            let old = *wave.vector(usize::from(self.dst), pass);
            let lanes = std::array::from_fn(|lane| self.lane(wave, pass, lane).unwrap_or(old[lane]));
            merge(wave.vector_mut(usize::from(self.dst) + shift, pass), &lanes, exec);
        }
    }

    fn lane(&self, wave: &Wave, pass: usize, lane: usize) -> Option<u32> {
        let value = |index: usize| raw_lanes(wave, self.src[index], 0, pass);
        let scalar = |index: usize| scalar_value(wave, self.src[index], false) as u32;
        let on = |from: usize| wave.exec(pass) >> from & 1 != 0;
        let chosen = || {
            let selectors = u64::from(scalar(1)) | u64::from(scalar(2)) << 32;
            (selectors >> (4 * (lane & 15)) & 15) as usize | lane & 16
        };
        let pick = |from: usize| (self.inactive || on(from)).then(|| value(0)[from]);
        match self.kind {
            Cross::CountLow | Cross::CountHigh => {
                let half = usize::from(self.kind == Cross::CountHigh);
                let below = if pass == half {
                    (1u32 << lane) - 1
                } else if pass > half {
                    u32::MAX
                } else {
                    0
                };
                Some((value(0)[lane] & below).count_ones().wrapping_add(value(1)[lane]))
            }
            Cross::Permute16 => pick(chosen()),
            Cross::PermuteX16 => pick(chosen() ^ 16),
            Cross::Pull(more) => {
                let from = named(value(0)[lane], more);
                Some(if on(from) { value(1)[from] } else { 0 })
            }
            Cross::Push(more) => {
                let giver = each(wave.exec(pass)).filter(|&from| named(value(0)[from], more) == lane);
                Some(giver.last().map_or(0, |from| value(1)[from]))
            }
            Cross::Swizzle(pattern) => {
                let from = swizzled(pattern, lane);
                Some(if on(from) { value(0)[from] } else { 0 })
            }
            Cross::MoveFrom => Some(self.moved(wave, pass, lane)),
            _ => Some(value(0)[lane]),
        }
    }

    fn moved(&self, wave: &Wave, pass: usize, lane: usize) -> u32 {
        match self.src[0] {
            Source::Vector(register) => {
                wave.vector(usize::from(register) + wave.scalar(place::M0) as usize, pass)[lane]
            }
            other => scalar_value(wave, other, false) as u32,
        }
    }

    fn exchange_halves(&self, wave: &mut Wave) {
        let passes = wave.passes();
        let halves = [0, 1].map(|pass| raw_lanes(wave, self.src[0], 0, pass % passes));
        for pass in 0..passes {
            let exec = wave.exec(pass);
            merge(wave.vector_mut(usize::from(self.dst), pass), &halves[(pass + 1) % passes], exec);
        }
    }

    fn swap(&self, wave: &mut Wave) {
        let Source::Vector(other) = self.src[0] else { return };
        for pass in 0..wave.passes() {
            let exec = wave.exec(pass);
            let (a, b) = (*wave.vector(usize::from(self.dst), pass), *wave.vector(usize::from(other), pass));
            merge(wave.vector_mut(usize::from(self.dst), pass), &b, exec);
            merge(wave.vector_mut(usize::from(other), pass), &a, exec);
        }
    }
}

/// The lane that an address in bytes names.
fn named(address: u32, more: u32) -> usize {
    (address.wrapping_add(more) / 4) as usize % LANES
}

/// The lane that ds_swizzle reads: quads by bit 15, else and, or and exclusive or of the lane's number.
fn swizzled(pattern: u16, lane: usize) -> usize {
    let pattern = usize::from(pattern);
    if pattern & 0x8000 != 0 {
        return lane & !3 | pattern >> (2 * (lane & 3)) & 3;
    }
    (lane & pattern | pattern >> 5 & 31) & 31 ^ pattern >> 10 & 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::wave::Mode;

    fn numbered(lanes: usize) -> Wave {
        let mut wave = Wave::new(lanes, 8, 0, Mode(0));
        (0..lanes).for_each(|lane| wave.set_lane(0, lane, lane as u32));
        wave
    }

    fn step(kind: Cross, src: [Source; 3]) -> CrossStep {
        CrossStep { kind, dst: 1, src, inactive: false }
    }

    #[test]
    fn lanes_below_are_counted_in_both_halves() {
        let mut wave = numbered(64);
        let (ones, zero) = (Source::Constant(u64::MAX), Source::Constant(0));
        step(Cross::CountLow, [ones, zero, zero]).run(&mut wave);
        let so_far = CrossStep { dst: 2, ..step(Cross::CountHigh, [ones, Source::Vector(1), zero]) };
        so_far.run(&mut wave);
        for lane in [0, 1, 31, 32, 63] {
            assert_eq!(wave.lane(2, lane), lane as u32);
        }
    }

    #[test]
    fn rows_permute_and_patterns_swizzle() {
        let mut wave = numbered(32);
        let (low, high) = (Source::Constant(0x0123_4567), Source::Constant(0x89ab_cdef));
        step(Cross::PermuteX16, [Source::Vector(0), low, high]).run(&mut wave);
        assert_eq!([0, 15, 16].map(|lane| wave.lane(1, lane)), [23, 24, 7]);
        step(Cross::Swizzle(0x041f), [Source::Vector(0), low, high]).run(&mut wave);
        assert_eq!([0, 1, 31].map(|lane| wave.lane(1, lane)), [1, 0, 30]);
    }

    #[test]
    fn the_first_lane_that_is_on_is_read() {
        let mut wave = numbered(64);
        wave.set_scalar64(place::EXEC, 1 << 45);
        step(Cross::ReadFirst, [Source::Vector(0); 3]).run(&mut wave);
        assert_eq!(wave.scalar(1), 45);
    }
}
