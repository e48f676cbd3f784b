//! Operands of instructions: what is read or written, how wide, and how it is changed on the way.
#![forbid(unsafe_code)]

/// Where an operand lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reg {
    /// Absent: LLVM writes `off`, or nothing.
    #[default]
    Off,
    /// Scalar register 0 to 105; the first of those that the width asks for.
    Sgpr(u8),
    /// Vector register 0 to 255; the first of those that the width asks for.
    Vgpr(u8),
    /// Trap handler's register 0 to 15.
    Ttmp(u8),
    /// VCC or its low half, as the width says.
    Vcc,
    /// High half of VCC.
    VccHi,
    /// EXEC or its low half, as the width says.
    Exec,
    /// High half of EXEC.
    ExecHi,
    /// Reads as zero, writes are lost.
    Null,
    /// M0.
    M0,
    /// The scalar condition, as 0 or 1.
    Scc,
    /// Whether VCC is zero.
    Vccz,
    /// Whether EXEC is zero.
    Execz,
    /// Where LDS is seen in the flat address space.
    SharedBase,
    /// Its limit.
    SharedLimit,
    /// Where scratch is seen in the flat address space.
    PrivateBase,
    /// Its limit.
    PrivateLimit,
    /// The wave's identity for primitive ordered pixel shading.
    PopsExitingWaveId,
    /// LDS at the address in M0 (gfx10).
    LdsDirect,
    /// An integer within the encoding, -16 to 64.
    Int(i8),
    /// A float within the encoding, by its code 240 to 248: see [`Operand::inline_f32`].
    Float(u8),
    /// A literal word after the instruction. For 64-bit floats these are the upper bits, for integers they are
    /// extended by sign (SALU) or zero (VALU).
    Literal(u32),
    /// A number of the encoding itself: branch distance, wait counts, message, hardware register.
    Imm(i32),
}

/// Which half of a 32-bit register an operand of 16 bits is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Half {
    /// The operand has whole registers.
    #[default]
    Whole,
    /// Bits 0 to 15.
    Low,
    /// Bits 16 to 31.
    High,
}

/// One operand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Operand {
    /// Where.
    pub reg: Reg,
    /// Bits: 16, 32, 64, 96 and so on to 512; 0 for numbers that are no data.
    pub bits: u16,
    /// Which half, for vector registers with 16 bits.
    pub half: Half,
    /// The value is negated, after `abs`.
    pub neg: bool,
    /// The absolute value is taken.
    pub abs: bool,
}

impl Operand {
    /// Registers of 32 bits that the operand covers, one at least.
    pub fn dwords(&self) -> u8 {
        (self.bits.div_ceil(32)).max(1) as u8
    }

    /// The value of a float within the encoding as an f32 (240: 0.5 .. 247: -4.0; 248: one by two pi).
    pub fn inline_f32(code: u8) -> f32 {
        const VALUES: [f32; 9] = [0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 4.0, -4.0, 0.159_154_94];
        VALUES[usize::from(code.saturating_sub(240).min(8))]
    }
}
