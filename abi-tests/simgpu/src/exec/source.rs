//! Operands as the run loop reads them: registers by number, constants by the bits that their kind gives them.
//! Touches `isa`'s operands, `alu`'s kinds and `wave`.

use super::alu::Kind;
use super::half::F16;
use super::lanes::{LANES, Lanes, Wide, spread};
use super::wave::{Wave, place};
use crate::isa::{Half, Operand, Reg};

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A vector register, the first if there are several.
    Vector(u16),
    /// A place in the scalar file, likewise.
    Scalar(u8),
    /// A constant.
    Constant(u64),
    /// The condition as 0 or 1.
    Scc,
    /// Is VCC zero?
    Vccz,
    /// Is EXEC zero?
    Execz,
}

/// Where LDS and private memory are seen in the flat address space: the upper halves of addresses. On real machines
/// the kernel chooses them (kfd_init_apertures_v9), and these are its choice.
pub mod aperture {
    /// Upper 32 bits of LDS addresses.
    pub const SHARED: u32 = 0x0001_0000;
    /// Upper 32 bits of private addresses.
    pub const PRIVATE: u32 = 0x0002_0000;
}

/// A vector operand with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Where from.
    pub source: Source,
    /// As what.
    pub kind: Kind,
    /// Take the absolute value; with packed kinds unused.
    pub abs: bool,
    /// Negate; of packed kinds the low half.
    pub neg: bool,
    /// Negate the high half.
    pub neg_high: bool,
    /// 16 bits are the upper ones; of packed kinds, the low result's source is.
    pub high: bool,
    /// The packed high result's source is the upper half; a mixed source is an f16.
    pub second: bool,
}

/// The place of a scalar register.
pub fn scalar_place(reg: Reg) -> Option<u8> {
    Some(match reg {
        Reg::Sgpr(number) => number,
        Reg::Ttmp(number) => place::TTMP + number,
        Reg::Vcc => place::VCC,
        Reg::VccHi => place::VCC + 1,
        Reg::Exec => place::EXEC,
        Reg::ExecHi => place::EXEC + 1,
        Reg::Null | Reg::Off => place::NULL,
        Reg::M0 => place::M0,
        _ => return None,
    })
}

/// An operand of a given kind.
pub fn source(operand: &Operand, kind: Kind) -> Option<Source> {
    Some(match operand.reg {
        Reg::Vgpr(number) => Source::Vector(u16::from(number)),
        Reg::Scc => Source::Scc,
        Reg::Vccz => Source::Vccz,
        Reg::Execz => Source::Execz,
        Reg::Int(value) => Source::Constant(i64::from(value) as u64),
        Reg::Imm(value) => Source::Constant(i64::from(value) as u64),
        Reg::Float(code) => Source::Constant(float_bits(code, kind)),
        Reg::Literal(word) if kind == Kind::Float64 => Source::Constant(u64::from(word) << 32),
        Reg::Literal(word) => Source::Constant(u64::from(word)),
        // An aperture reads as 64 bits of which the lower are zero; 32-bit reads see the upper.
        Reg::SharedBase => Source::Constant(base(aperture::SHARED, operand.bits)),
        Reg::SharedLimit => Source::Constant(base(aperture::SHARED, operand.bits) | limit(operand.bits)),
        Reg::PrivateBase => Source::Constant(base(aperture::PRIVATE, operand.bits)),
        Reg::PrivateLimit => Source::Constant(base(aperture::PRIVATE, operand.bits) | limit(operand.bits)),
        other => Source::Scalar(scalar_place(other)?),
    })
}

fn base(high: u32, bits: u16) -> u64 {
    if bits == 64 { u64::from(high) << 32 } else { u64::from(high) }
}

fn limit(bits: u16) -> u64 {
    if bits == 64 { 0xffff_ffff } else { 0 }
}

/// An inline float is as wide as the operand that it feeds.
fn float_bits(code: u8, kind: Kind) -> u64 {
    let value = Operand::inline_f32(code);
    let turns = code == 248;
    match kind {
        Kind::Bits64 | Kind::Float64 if turns => 0x3fc4_5f30_6dc9_c882,
        Kind::Bits64 | Kind::Float64 => f64::from(value).to_bits(),
        Kind::Bits16 | Kind::Float16 | Kind::Packed16 | Kind::PackedFloat16 => {
            u64::from(F16::nearest(f64::from(value)).0)
        }
        _ => u64::from(value.to_bits()),
    }
}

impl Read {
    /// An operand as a vector instruction reads it, its own modifiers included.
    pub fn new(operand: &Operand, kind: Kind) -> Option<Self> {
        let source = source(operand, kind)?;
        let (abs, neg, high) = (operand.abs, operand.neg, operand.half == Half::High);
        Some(Self { source, kind, abs, neg, neg_high: false, high, second: false })
    }

    /// Whether 32 bits are read as they stand.
    fn plain(&self) -> bool {
        let whole = matches!(self.kind, Kind::Bits32 | Kind::Float32);
        whole && !self.abs && !self.neg
    }
}

/// A scalar value of 64 bits, or of 32 in the lower half.
pub fn scalar_value(wave: &Wave, source: Source, wide: bool) -> u64 {
    match source {
        Source::Constant(value) => value,
        Source::Scalar(at) if wide => wave.scalar64(at),
        Source::Scalar(at) => u64::from(wave.scalar(at)),
        Source::Scc => u64::from(wave.scc),
        Source::Vccz => u64::from(wave.wave_mask(place::VCC) == 0),
        Source::Execz => u64::from(wave.wave_mask(place::EXEC) == 0),
        Source::Vector(register) => u64::from(wave.vector(usize::from(register), 0)[0]),
    }
}

/// The lanes of 32 bits that stand in a register, or a constant in all of them.
pub fn raw_lanes(wave: &Wave, source: Source, dword: usize, pass: usize) -> Lanes {
    match source {
        Source::Vector(register) => *wave.vector(usize::from(register) + dword, pass),
        Source::Scalar(at) => [wave.scalar(at.saturating_add(dword as u8)); LANES],
        other => [(scalar_value(wave, other, true) >> (32 * dword.min(1))) as u32; LANES],
    }
}

/// A source of at most 32 bits with its modifiers.
pub fn narrow_lanes(wave: &Wave, read: &Read, pass: usize) -> Lanes {
    if read.kind == Kind::Mask {
        return spread(mask_bits(wave, read.source, pass));
    }
    let lanes = raw_lanes(wave, read.source, 0, pass);
    if read.plain() { lanes } else { modified(lanes, read) }
}

/// The bits of a mask that belong to a pass.
fn mask_bits(wave: &Wave, source: Source, pass: usize) -> u32 {
    match source {
        Source::Scalar(at) => wave.mask(at, pass),
        other => (scalar_value(wave, other, true) >> (32 * pass)) as u32,
    }
}

/// Applies the modifiers of a source of at most 32 bits.
pub fn modified(mut lanes: Lanes, read: &Read) -> Lanes {
    match read.kind {
        Kind::Packed16 | Kind::PackedFloat16 => return lanes.map(|word| packed(word, read)),
        Kind::Mixed if read.second => {
            let half = |word: u32| if read.high { (word >> 16) as u16 } else { word as u16 };
            lanes = lanes.map(|word| F16(half(word)).f32().to_bits());
        }
        Kind::Bits16 | Kind::Float16 if read.high => lanes = lanes.map(|word| word >> 16),
        Kind::Bits16 | Kind::Float16 => lanes = lanes.map(|word| word & 0xffff),
        _ => {}
    }
    let sign = if read.kind.bits() == 16 { 0x8000 } else { 0x8000_0000 };
    let (keep, flip) = (if read.abs { !sign } else { u32::MAX }, if read.neg { sign } else { 0 });
    lanes.map(|word| word & keep ^ flip)
}

/// The two halves that a packed operation reads of a word.
fn packed(word: u32, read: &Read) -> u32 {
    let half = |high: bool| if high { word >> 16 } else { word & 0xffff };
    let flip = u32::from(read.neg) << 15 | u32::from(read.neg_high) << 31;
    (half(read.high) | half(read.second) << 16) ^ if read.kind == Kind::PackedFloat16 { flip } else { 0 }
}

/// A source in an operation of 64 bits; narrower ones stand in the lower half.
pub fn wide_lanes(wave: &Wave, read: &Read, pass: usize) -> Wide {
    if !matches!(read.kind, Kind::Bits64 | Kind::Float64) {
        return narrow_lanes(wave, read, pass).map(u64::from);
    }
    let lanes = match read.source {
        Source::Vector(_) => {
            super::lanes::join(&raw_lanes(wave, read.source, 0, pass), &raw_lanes(wave, read.source, 1, pass))
        }
        other => [scalar_value(wave, other, true); LANES],
    };
    let sign = 1u64 << 63;
    let (keep, flip) = (if read.abs { !sign } else { u64::MAX }, if read.neg { sign } else { 0 });
    if read.abs || read.neg { lanes.map(|word| word & keep ^ flip) } else { lanes }
}
