//! Offsets and flags of memory instructions.
#![forbid(unsafe_code)]

use std::fmt::{self, Formatter};

use super::super::{Encoding, Inst, Op, Reg};

/// Whether an absent operand is not written at all.
pub(super) fn silent(inst: &Inst, at: usize) -> bool {
    match inst.encoding {
        // Without a scalar address, `off` stands for it; scratch writes it for both.
        Encoding::Smem => at + 1 == usize::from(inst.count),
        _ => false,
    }
}

/// The operands of an image's address that are named one by one.
pub(super) fn address_list(inst: &Inst) -> std::ops::Range<usize> {
    let vectors = inst.operands().iter().take_while(|operand| matches!(operand.reg, Reg::Vgpr(_))).count();
    if inst.encoding == Encoding::Mimg && inst.words > 2 { 1..vectors } else { 0..0 }
}

/// Mixed precision and matrices have the list only where halves are chosen; dot products of bytes never.
pub(super) fn has_op_sel_hi(op: Op) -> bool {
    let name = op.name();
    let bytes = name.starts_with("v_dot4") || name.starts_with("v_dot8");
    let wide =
        name.starts_with("v_wmma") && !matches!(op, Op::VWmmaF1616x16x16F16 | Op::VWmmaBf1616x16x16Bf16);
    !bytes && !wide
}

pub(super) fn fmt(inst: &Inst, f: &mut Formatter) -> fmt::Result {
    let mem = &inst.mem;
    // Cache invalidations have neither address nor flags.
    if inst.count == 0 && inst.encoding != Encoding::Ds {
        return Ok(());
    }
    match inst.encoding {
        Encoding::Ds => fmt_lds(inst, f)?,
        Encoding::Flat => fmt_offset(inst, f)?,
        Encoding::Smem => fmt_scalar(inst, f)?,
        Encoding::Mubuf | Encoding::Mtbuf => fmt_buffer(inst, f)?,
        Encoding::Ldsdir => write!(f, " wait_vdst:{}", mem.offset)?,
        Encoding::Vinterp => write!(f, " wait_exp:{}", mem.offset)?,
        Encoding::Exp => {
            flags(f, &[(mem.done, "done"), (mem.compr, "compr"), (mem.vm, "vm"), (mem.row, "row_en")])?;
        }
        _ => {}
    }
    if inst.encoding == Encoding::Mimg {
        return fmt_image(inst, f);
    }
    flags(f, &[(mem.glc, "glc"), (mem.slc, "slc"), (mem.dlc, "dlc"), (mem.tfe, "tfe"), (mem.lds, "lds")])
}

fn flags(f: &mut Formatter, list: &[(bool, &str)]) -> fmt::Result {
    for (_, name) in list.iter().filter(|(set, _)| *set) {
        write!(f, " {name}")?;
    }
    Ok(())
}

fn fmt_lds(inst: &Inst, f: &mut Formatter) -> fmt::Result {
    let mem = &inst.mem;
    if inst.op == Op::DsSwizzleB32 {
        write!(f, "{}", swizzle(mem.offset))?;
    } else if inst.op.name().contains("2addr") {
        if mem.offset != 0 {
            write!(f, " offset0:{}", mem.offset)?;
        }
        if mem.offset1 != 0 {
            write!(f, " offset1:{}", mem.offset1)?;
        }
    } else {
        fmt_offset(inst, f)?;
    }
    flags(f, &[(mem.gds, "gds")])
}

/// The patterns that have names: four lanes permuted, a bit mask (broadcast, swap, reverse are cases of it).
fn swizzle(pattern: i32) -> String {
    if pattern == 0 {
        return String::new();
    }
    if pattern & 0xff00 == 0x8000 {
        let lane = |at: i32| pattern >> at & 3;
        return format!(" offset:swizzle(QUAD_PERM,{},{},{},{})", lane(0), lane(2), lane(4), lane(6));
    }
    match pattern & 0xe000 {
        0xe000 => return format!(" offset:swizzle(FFT,{})", pattern & 31),
        0xc000 => return format!(" offset:swizzle(ROTATE,{},{})", pattern >> 10 & 1, pattern >> 5 & 31),
        0x8000 | 0xa000 => return format!(" offset:{pattern}"),
        _ => {}
    }
    let (and, or, xor) = (pattern & 31, pattern >> 5 & 31, pattern >> 10 & 31);
    match (and, or, xor) {
        (31, 0, 1 | 2 | 4 | 8 | 16) => format!(" offset:swizzle(SWAP,{xor})"),
        (31, 0, 1..) if (xor + 1) & xor == 0 => format!(" offset:swizzle(REVERSE,{})", xor + 1),
        (_, _, 0) if (32 - and).count_ones() == 1 && and != 31 && or < 32 - and => {
            format!(" offset:swizzle(BROADCAST,{},{or})", 32 - and)
        }
        _ => {
            let bit = |at: i32| match (and >> at & 1, or >> at & 1, xor >> at & 1) {
                (0, 0, 0) => '0',
                (0, 0, 1) | (0, 1, 0) if (or ^ xor) >> at & 1 == 1 => '1',
                (1, 0, 0) => 'p',
                (1, 0, 1) => 'i',
                (_, 1, 0) => '1',
                _ => '0',
            };
            let mask: String = (0..5).rev().map(bit).collect();
            format!(" offset:swizzle(BITMASK_PERM,\"{mask}\")")
        }
    }
}

fn fmt_offset(inst: &Inst, f: &mut Formatter) -> fmt::Result {
    match inst.mem.offset {
        0 => Ok(()),
        offset => write!(f, " offset:{offset}"),
    }
}

/// SMEM writes its offset in place of the register, or after it.
fn fmt_scalar(inst: &Inst, f: &mut Formatter) -> fmt::Result {
    let offset = inst.mem.offset;
    let sign = if offset < 0 { "-" } else { "" };
    match inst.operands() {
        [_, _, register] | [_, register] if register.reg == Reg::Off => {
            write!(f, ", {sign}{:#x}", offset.unsigned_abs())
        }
        [..] if offset == 0 => Ok(()),
        _ => write!(f, " offset:{sign}{:#x}", offset.unsigned_abs()),
    }
}

fn fmt_buffer(inst: &Inst, f: &mut Formatter) -> fmt::Result {
    let mem = &inst.mem;
    if inst.encoding == Encoding::Mtbuf {
        match super::formats::name(mem.format, inst.target.is_gfx10()) {
            // The format of the reset state is not written.
            _ if mem.format == 1 => {}
            Some(name) => write!(f, " format:[BUF_FMT_{name}]")?,
            None => write!(f, " format:{}", mem.format)?,
        }
    }
    flags(f, &[(mem.idxen, "idxen"), (mem.offen, "offen")])?;
    fmt_offset(inst, f)
}

fn fmt_image(inst: &Inst, f: &mut Formatter) -> fmt::Result {
    const DIMENSIONS: [&str; 8] =
        ["1D", "2D", "3D", "CUBE", "1D_ARRAY", "2D_ARRAY", "2D_MSAA", "2D_MSAA_ARRAY"];
    let mem = &inst.mem;
    // Intersections have fixed flags.
    if inst.op.name().contains("bvh") {
        return flags(f, &[(mem.a16, "a16")]);
    }
    if mem.dmask != 0 {
        write!(f, " dmask:{:#x}", mem.dmask)?;
    }
    write!(f, " dim:SQ_RSRC_IMG_{}", DIMENSIONS[usize::from(mem.dim & 7)])?;
    let list = [
        (mem.unorm, "unorm"),
        (mem.glc, "glc"),
        (mem.slc, "slc"),
        (mem.dlc, "dlc"),
        (mem.r128, "r128"),
        (mem.a16, "a16"),
        (mem.tfe, "tfe"),
        (mem.lwe, "lwe"),
        (mem.d16, "d16"),
    ];
    flags(f, &list)
}
