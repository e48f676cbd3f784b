//! What one wave holds: scalar and vector registers, execution mask, flags, program counter.
//! Touches `lanes` and `trap`.

use super::lanes::{LANES, Lanes};
use super::trap::Trapped;

/// Places in the scalar file, with gfx11's numbers; decoding maps other generations' to them.
pub mod place {
    /// VCC, low half; the high one follows.
    pub const VCC: u8 = 106;
    /// First of the trap handler's sixteen temporaries.
    pub const TTMP: u8 = 108;
    /// Reads as zero, swallows writes.
    pub const NULL: u8 = 124;
    /// Memory descriptor register: LDS bounds, message payloads, indices of relative moves.
    pub const M0: u8 = 125;
    /// Execution mask, low half; the high one follows.
    pub const EXEC: u8 = 126;
}

/// How floating point works at the moment: the wave's MODE register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode(pub u32);

impl Mode {
    /// Rounding of f32: 0 nearest even, 1 up, 2 down, 3 to zero.
    pub fn round32(self) -> u32 {
        self.0 & 3
    }
    /// Rounding of f16 and f64.
    pub fn round64(self) -> u32 {
        self.0 >> 2 & 3
    }
    /// Whether any rounding is other than to the nearest.
    pub fn rounds(self) -> bool {
        self.0 & 15 != 0
    }
    /// Which f32 denormals live: bit 0 inputs, bit 1 results.
    pub fn denormal32(self) -> u32 {
        self.0 >> 4 & 3
    }
    /// Which f16 and f64 denormals live.
    pub fn denormal64(self) -> u32 {
        self.0 >> 6 & 3
    }
    /// Clamping turns NaN into 0.
    pub fn dx10_clamp(self) -> bool {
        self.0 >> 8 & 1 != 0
    }
    /// Signalling NaNs are quieted by minimum and maximum.
    pub fn ieee(self) -> bool {
        self.0 >> 9 & 1 != 0
    }
}

/// A wave. Scalar registers are in one file with VCC, M0 and EXEC at the places where encodings name them.
#[derive(Clone, Debug)]
pub struct Wave {
    /// Address of the next instruction.
    pub pc: u64,
    /// SCC: the scalar condition.
    pub scc: bool,
    /// The MODE register.
    pub mode: Mode,
    /// Addressed by [`place`].
    pub scalars: [u32; 128],
    /// The vector file: register `r` of pass `p` is row `p * registers + r`.
    rows: Vec<Lanes>,
    registers: usize,
    /// 1 for waves of 32, 2 for waves of 64.
    passes: usize,
    /// Its number in the workgroup.
    pub number: u32,
    /// First byte of each lane's private memory, or `None` where the dispatch has none.
    pub scratch: Option<Scratch>,
    /// What it remembers of traps.
    pub trapped: Trapped,
}

/// Private memory of a wave: lanes interleaved by dwords.
#[derive(Clone, Copy, Debug)]
pub struct Scratch {
    /// First byte of the wave's part.
    pub base: u64,
    /// Bytes a lane.
    pub bytes: u32,
}

impl Wave {
    /// A wave of `lanes` (32 or 64) lanes with `registers` vector registers, all zero; EXEC is set for `lanes` lanes.
    pub fn new(lanes: usize, registers: usize, pc: u64, mode: Mode) -> Self {
        let passes = lanes.div_ceil(LANES);
        let mut scalars = [0; 128];
        scalars[usize::from(place::EXEC)..][..passes].fill(u32::MAX);
        let rows = vec![[0; LANES]; registers * passes];
        let trapped = Trapped::default();
        Self { pc, scc: false, mode, scalars, rows, registers, passes, number: 0, scratch: None, trapped }
    }

    /// How often a vector instruction runs.
    pub fn passes(&self) -> usize {
        self.passes
    }

    /// Lanes of the wave.
    pub fn size(&self) -> usize {
        self.passes * LANES
    }

    /// The lanes of a pass that are switched on.
    pub fn exec(&self, pass: usize) -> u32 {
        self.scalars[usize::from(place::EXEC) + pass]
    }

    /// A mask's 32 lanes of a pass; masks of wave64 stand in two scalar registers.
    pub fn mask(&self, at: u8, pass: usize) -> u32 {
        self.scalars[(usize::from(at) + pass) & 127]
    }

    /// One scalar register.
    pub fn scalar(&self, at: u8) -> u32 {
        self.scalars[usize::from(at) & 127]
    }

    /// Two scalar registers as one value.
    pub fn scalar64(&self, at: u8) -> u64 {
        u64::from(self.scalar(at)) | if at == place::NULL { 0 } else { u64::from(self.scalar(at + 1)) << 32 }
    }

    /// Sets one scalar register.
    pub fn set_scalar(&mut self, at: u8, value: u32) {
        self.scalars[usize::from(at) & 127] = value;
        self.scalars[usize::from(place::NULL)] = 0;
    }

    /// Sets two scalar registers.
    pub fn set_scalar64(&mut self, at: u8, value: u64) {
        if at != place::NULL {
            self.set_scalar(at, value as u32);
            self.set_scalar(at + 1, (value >> 32) as u32);
        }
    }

    /// A mask as wide as the wave.
    pub fn wave_mask(&self, at: u8) -> u64 {
        if self.passes == 1 { u64::from(self.scalar(at)) } else { self.scalar64(at) }
    }

    /// Sets a mask as wide as the wave.
    pub fn set_wave_mask(&mut self, at: u8, value: u64) {
        if self.passes == 1 {
            self.set_scalar(at, value as u32);
        } else {
            self.set_scalar64(at, value);
        }
    }

    /// A vector register's lanes of a pass. Registers behind the last read as the first: what the hardware does.
    pub fn vector(&self, register: usize, pass: usize) -> &Lanes {
        &self.rows[self.row(register, pass)]
    }

    /// The same, to be changed.
    pub fn vector_mut(&mut self, register: usize, pass: usize) -> &mut Lanes {
        let row = self.row(register, pass);
        &mut self.rows[row]
    }

    /// One lane of 0..64.
    pub fn lane(&self, register: usize, lane: usize) -> u32 {
        self.vector(register, lane / LANES % self.passes)[lane % LANES]
    }

    /// Sets one lane of 0..64.
    pub fn set_lane(&mut self, register: usize, lane: usize, value: u32) {
        let pass = lane / LANES % self.passes;
        self.vector_mut(register, pass)[lane % LANES] = value;
    }

    /// How many vector registers it has.
    pub fn registers(&self) -> usize {
        self.registers
    }

    fn row(&self, register: usize, pass: usize) -> usize {
        let register = if register < self.registers { register } else { 0 };
        pass * self.registers + register
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_swallows_what_is_written() {
        let mut wave = Wave::new(32, 8, 0, Mode(0));
        wave.set_scalar(place::NULL, 5);
        wave.set_scalar64(place::NULL, u64::MAX);
        assert_eq!((wave.scalar64(place::NULL), wave.scalar(place::M0)), (0, 0));
    }

    #[test]
    fn lane_40_is_lane_8_of_the_second_pass() {
        let mut wave = Wave::new(64, 8, 0, Mode(0));
        wave.set_lane(3, 40, 99);
        assert_eq!((wave.vector(3, 1)[8], wave.vector(3, 0)[8]), (99, 0));
    }
}
