//! Vector instructions. Touches `alu`, `source`, `cross`, `matrix` and `vector`.

use crate::exec::alu::{self, Alu, Kind, Run, rounded};
use crate::exec::cross::{Cross, CrossStep};
use crate::exec::matrix::{Matrix, elements};
use crate::exec::source::{Read, Source, scalar_place, source};
use crate::exec::step::Act;
use crate::exec::vector::Vector;
use crate::exec::wave::place;
use crate::isa::{Encoding, Half, Inst, Operand, Reg};

/// A vector instruction of any of the single formats.
pub fn lower(inst: &Inst) -> Option<Act> {
    let name = inst.op.name();
    if let Some(elements) = elements(name) {
        return matrix(inst, elements);
    }
    if let Some(kind) = crossing(name) {
        return Some(Act::Cross(cross(inst, kind)?));
    }
    if matches!(name, "v_nop" | "v_pipeflush") {
        return Some(Act::Flow(crate::exec::flow::Flow::Nothing));
    }
    let writes_exec = name.starts_with("v_cmpx_");
    let mut alu = alu::find(&table_name(name, inst))?;
    let saturates = inst.mods.clamp && !alu.dst.is_float() && alu.dst != Kind::Mask;
    if saturates {
        // Sums without a sign have other limits.
        alu = alu::find(&format!("{name} clamp")).or_else(|| alu::find(&format!("{} clamp", alu.name)))?;
    }
    let clamp = inst.mods.clamp && !saturates;
    let mut vector = Vector { dpp: inst.mods.dpp, sdwa: inst.mods.sdwa, clamp, ..plain(alu, inst)? };
    if writes_exec {
        vector.dst = place::EXEC.into();
    }
    Some(Act::Vector(Box::new(vector)))
}

/// The row's name: comparisons that write EXEC compare alike, and of integer dot products the signs are in the name.
fn table_name(name: &str, inst: &Inst) -> String {
    let sign = |bit: u8| if inst.mods.neg_lo >> bit & 1 != 0 { "s" } else { "u" };
    match name {
        "v_dot4_i32_iu8" => format!("v_dot4_i32_{}{}8", sign(0), sign(1)),
        "v_dot8_i32_iu4" => format!("v_dot8_i32_{}{}4", sign(0), sign(1)),
        "v_dot4_u32_u8" => "v_dot4_i32_uu8".into(),
        "v_dot8_u32_u4" => "v_dot8_i32_uu4".into(),
        "v_dot4_i32_i8" | "v_dot4c_i32_i8" => "v_dot4_i32_ss8".into(),
        "v_dot8_i32_i4" => "v_dot8_i32_ss4".into(),
        "v_mul_lo_i32" => "v_mul_lo_u32".into(),
        _ => name.replace("v_cmpx_", "v_cmp_"),
    }
}

fn plain(alu: &'static Alu, inst: &Inst) -> Option<Vector> {
    let first = inst.dst().first();
    let dst = match (first.map(|operand| operand.reg), alu.dst) {
        (Some(Reg::Vgpr(register)), _) => u16::from(register),
        (Some(reg), Kind::Mask) => u16::from(scalar_place(reg)?),
        (None, Kind::Mask) => u16::from(place::NULL),
        _ => return None,
    };
    let carries = matches!(alu.run, Run::Carry(_) | Run::WideCarry(_));
    let carry = inst
        .dst()
        .get(1)
        .filter(|_| carries)
        .map_or(Some(place::NULL), |operand| scalar_place(operand.reg))?;
    let half = first.is_some_and(|operand| operand.half == Half::High);
    let by_select = inst.encoding == Encoding::Vop3 && inst.mods.op_sel >> 3 & 1 != 0;
    Some(Vector {
        alu,
        reads: reads(alu, inst)?,
        dst,
        high: half || by_select || inst.op.name() == "v_fma_mixhi_f16",
        carry,
        clamp: inst.mods.clamp,
        omod: inst.mods.omod,
        dpp: None,
        sdwa: None,
        rounded: rounded::find(alu.name),
    })
}

/// The sources: those that the text has, then what an operation reads without saying so: its result, or VCC.
fn reads(alu: &Alu, inst: &Inst) -> Option<Vec<Read>> {
    let sources = inst.src();
    let accumulator = inst.dst().first();
    let implied = |kind: Kind| match kind {
        Kind::Mask => Some(vcc()),
        _ => accumulator.map(|operand| Operand { neg: false, abs: false, ..*operand }),
    };
    let one = |(index, &kind): (usize, &Kind)| {
        let operand = sources.get(index).copied().or_else(|| implied(kind))?;
        let mut read = Read::new(&operand, kind)?;
        if index < sources.len() {
            select(&mut read, index, inst);
        }
        Some(read)
    };
    alu.src.iter().enumerate().map(one).collect()
}

fn vcc() -> Operand {
    Operand { reg: Reg::Vcc, bits: 32, ..Operand::default() }
}

/// Halves and signs that the instruction, not the operand, chooses.
fn select(read: &mut Read, index: usize, inst: &Inst) {
    let bit = |field: u8| field >> index & 1 != 0;
    let mods = &inst.mods;
    match read.kind {
        Kind::Packed16 | Kind::PackedFloat16 => {
            read.high = bit(mods.op_sel);
            read.second = bit(mods.op_sel_hi);
            read.neg = bit(mods.neg_lo);
            read.neg_high = bit(mods.neg_hi);
        }
        // Its signs are the operands' own.
        Kind::Mixed => {
            read.high = bit(mods.op_sel);
            read.second = bit(mods.op_sel_hi);
        }
        Kind::Bits16 | Kind::Float16 if inst.encoding == Encoding::Vop3 => read.high |= bit(mods.op_sel),
        _ => {}
    }
}

/// The two halves of VOPD.
pub fn dual(inst: &Inst) -> Option<Act> {
    let pair = inst.pair.as_ref()?;
    let operands = &pair.operands[..usize::from(pair.count)];
    let second = half(pair.op.name(), operands)?;
    let first = half(inst.op.name(), inst.operands())?;
    Some(Act::Dual(Box::new([first, second])))
}

/// One half: result first, then sources.
fn half(name: &str, operands: &[Operand]) -> Option<Vector> {
    let name = name.strip_prefix("v_dual_").or_else(|| name.strip_prefix("v_"))?;
    let alu = alu::find(&format!("v_{name}"))?;
    let (result, sources) = operands.split_first()?;
    let Reg::Vgpr(dst) = result.reg else { return None };
    let one = |(index, &kind): (usize, &Kind)| {
        let implied = if kind == Kind::Mask { vcc() } else { *result };
        Read::new(&sources.get(index).copied().unwrap_or(implied), kind).map(dotted)
    };
    let reads = alu.src.iter().enumerate().map(one).collect::<Option<_>>()?;
    let (dst, carry) = (dst.into(), place::NULL);
    Some(Vector {
        alu,
        reads,
        dst,
        high: false,
        carry,
        clamp: false,
        omod: 0,
        dpp: None,
        sdwa: None,
        rounded: rounded::find(alu.name),
    })
}

/// Packed sources without modifiers: the low half for the low result, the high one for the other.
fn dotted(read: Read) -> Read {
    let packed = matches!(read.kind, Kind::Packed16 | Kind::PackedFloat16);
    Read { second: packed, ..read }
}

fn crossing(name: &str) -> Option<Cross> {
    Some(match name {
        "v_readfirstlane_b32" => Cross::ReadFirst,
        "v_readlane_b32" => Cross::Read,
        "v_writelane_b32" => Cross::Write,
        "v_mbcnt_lo_u32_b32" => Cross::CountLow,
        "v_mbcnt_hi_u32_b32" => Cross::CountHigh,
        "v_permlane16_b32" => Cross::Permute16,
        "v_permlanex16_b32" => Cross::PermuteX16,
        "v_permlane64_b32" => Cross::Permute64,
        "v_swap_b32" => Cross::Swap,
        "v_movrels_b32" => Cross::MoveFrom,
        "v_movreld_b32" => Cross::MoveTo,
        _ => return None,
    })
}

fn cross(inst: &Inst, kind: Cross) -> Option<CrossStep> {
    let dst = match inst.dst().first()?.reg {
        Reg::Vgpr(register) => u16::from(register),
        reg => u16::from(scalar_place(reg)?),
    };
    let mut src = [Source::Constant(0); 3];
    for (to, operand) in src.iter_mut().zip(inst.src()) {
        *to = source(operand, Kind::Bits32)?;
    }
    // Lane permutations use op_sel's first bit for "also lanes that are off".
    let inactive = inst.mods.op_sel & 1 != 0;
    if inst.mods.dpp.is_some() {
        return None;
    }
    Some(CrossStep { kind, dst, src, inactive })
}

fn matrix(inst: &Inst, elements: crate::exec::matrix::Elements) -> Option<Act> {
    let Reg::Vgpr(dst) = inst.dst().first()?.reg else { return None };
    let [a, b, c] = inst.src() else { return None };
    let bits = |field: u8| [0, 1, 2].map(|index| field >> index & 1 != 0);
    Some(Act::Matrix(Matrix {
        elements,
        dst: dst.into(),
        src: [source(a, Kind::Bits32)?, source(b, Kind::Bits32)?, source(c, Kind::Bits32)?],
        low: bits(inst.mods.neg_lo),
        high: bits(inst.mods.neg_hi),
        upper: inst.mods.op_sel >> 2 & 1 != 0,
        clamp: inst.mods.clamp,
    }))
}
