//! Constants: floats within the encoding, and the fields of 16 bits that are not data.
#![forbid(unsafe_code)]

use super::super::{Encoding, Inst, Op, Target};
use super::message;

/// A float within the encoding; one by two pi has as many digits as the operand is wide.
pub(super) fn float(code: u8, bits: u16) -> String {
    const NAMES: [&str; 8] = ["0.5", "-0.5", "1.0", "-1.0", "2.0", "-2.0", "4.0", "-4.0"];
    match (code, bits) {
        (240..=247, _) => NAMES[usize::from(code - 240)].to_owned(),
        (_, 64 | 256) => "0.15915494309189532".to_owned(),
        _ => "0.15915494".to_owned(),
    }
}

/// The constant of an instruction.
pub(super) fn text(inst: &Inst, value: i32) -> String {
    match inst.encoding {
        Encoding::Sopp => program(inst, value),
        Encoding::Sopk => short(inst, value),
        Encoding::Sop1 => message::text(inst.target, value),
        Encoding::Ldsdir => format!("attr{}.{}", value >> 2, ["x", "y", "z", "w"][(value & 3) as usize]),
        Encoding::Exp => export(value, inst.target.is_gfx10()),
        Encoding::Smem if value > 64 => format!("{value:#x}"),
        _ => value.to_string(),
    }
}

fn program(inst: &Inst, value: i32) -> String {
    let name = inst.op.name();
    match inst.op {
        Op::SEndpgm if value == 0 => String::new(),
        Op::SEndpgm => value.to_string(),
        Op::SWaitcnt => waitcnt(value, inst.target.is_gfx10()),
        Op::SWaitcntDepctr => depctr(inst.target, value),
        Op::SDelayAlu => delay(value),
        Op::SSendmsg | Op::SSendmsghalt => message::text(inst.target, value),
        Op::SClause | Op::SSetInstPrefetchDistance | Op::SWaitEvent | Op::SRoundMode | Op::STtracedataImm => {
            format!("{value:#x}")
        }
        _ if name.contains("branch") => value.to_string(),
        // As a constant within an encoding would be.
        _ if value <= 64 => value.to_string(),
        _ => format!("{value:#x}"),
    }
}

fn waitcnt(value: i32, gfx10: bool) -> String {
    let (vector, export, others) = if gfx10 {
        (value & 15 | value >> 10 & 48, value >> 4 & 7, value >> 8 & 63)
    } else {
        (value >> 10 & 63, value & 7, value >> 4 & 63)
    };
    counters(&[("vmcnt", vector, 63), ("expcnt", export, 7), ("lgkmcnt", others, 63)])
}

fn depctr(target: Target, value: i32) -> String {
    let holds = matches!(target, Target::Gfx1030 | Target::Gfx1100);
    if value & if holds { 0x60 } else { 0xe0 } != 0 {
        return format!("{value:#x}");
    }
    let counts = [
        ("depctr_hold_cnt", value >> 7 & 1, 1),
        ("depctr_sa_sdst", value & 1, 1),
        ("depctr_va_vdst", value >> 12 & 15, 15),
        ("depctr_va_sdst", value >> 9 & 7, 7),
        ("depctr_va_ssrc", value >> 8 & 1, 1),
        ("depctr_va_vcc", value >> 1 & 1, 1),
        ("depctr_vm_vsrc", value >> 2 & 7, 7),
    ];
    counters(&counts[usize::from(!holds)..])
}

/// Name, count, highest count. Counters that wait for nothing are not named, unless none waits.
fn counters(counts: &[(&str, i32, i32)]) -> String {
    let none = counts.iter().all(|&(_, count, most)| count == most);
    let named: Vec<String> = counts
        .iter()
        .filter(|&&(_, count, most)| none || count != most)
        .map(|(name, count, _)| format!("{name}({count})"))
        .collect();
    named.join(" ")
}

fn delay(value: i32) -> String {
    const IDS: [&str; 12] = [
        "NO_DEP",
        "VALU_DEP_1",
        "VALU_DEP_2",
        "VALU_DEP_3",
        "VALU_DEP_4",
        "TRANS32_DEP_1",
        "TRANS32_DEP_2",
        "TRANS32_DEP_3",
        "FMA_ACCUM_CYCLE_1",
        "SALU_CYCLE_1",
        "SALU_CYCLE_2",
        "SALU_CYCLE_3",
    ];
    const SKIPS: [&str; 6] = ["SAME", "NEXT", "SKIP_1", "SKIP_2", "SKIP_3", "SKIP_4"];
    let id =
        |at: i32| IDS.get((value >> at & 15) as usize).unwrap_or(&"/* invalid instid value */").to_string();
    let skip = SKIPS.get((value >> 4 & 7) as usize).unwrap_or(&"/* invalid instskip value */");
    let mut parts = Vec::new();
    if value & 15 != 0 {
        parts.push(format!("instid0({})", id(0)));
    }
    if value >> 4 & 7 != 0 {
        parts.push(format!("instskip({skip})"));
    }
    if value >> 7 & 15 != 0 {
        parts.push(format!("instid1({})", id(7)));
    }
    if parts.is_empty() { "0".to_owned() } else { parts.join(" | ") }
}

fn short(inst: &Inst, value: i32) -> String {
    match inst.op {
        Op::SGetregB32 | Op::SSetregB32 | Op::SSetregImm32B32 => hardware_register(inst.target, value),
        Op::SVersion => version(value),
        Op::SCallB64 | Op::SSubvectorLoopBegin | Op::SSubvectorLoopEnd => value.to_string(),
        _ => format!("{value:#x}"),
    }
}

/// A version of microcode and what it is compiled for.
fn version(value: i32) -> String {
    let name = match value & 0xff {
        _ if value & 0x1f00 != 0 => return format!("{value:#x}"),
        0 => "UC_VERSION_GFX7".to_owned(),
        4 => "UC_VERSION_GFX10".to_owned(),
        6 => "UC_VERSION_GFX11".to_owned(),
        9 => "UC_VERSION_GFX12".to_owned(),
        other => other.to_string(),
    };
    let bits = [(0x2000, "W64"), (0x4000, "W32"), (0x8000, "MDP")];
    let named = bits.iter().filter(|(bit, _)| value & bit != 0);
    named.fold(name, |text, (_, bit)| {
        // Sums of sums are in brackets.
        let open = if text.contains('|') { format!("({text})") } else { text };
        format!("{open}|UC_VERSION_{bit}_BIT")
    })
}

/// Number, first bit and width of a hardware register.
fn hardware_register(target: Target, value: i32) -> String {
    let gfx10 = target.is_gfx10();
    let name = match value & 63 {
        1 => "HW_REG_MODE",
        2 => "HW_REG_STATUS",
        3 => "HW_REG_TRAPSTS",
        5 => "HW_REG_GPR_ALLOC",
        6 => "HW_REG_LDS_ALLOC",
        7 => "HW_REG_IB_STS",
        15 => "HW_REG_SH_MEM_BASES",
        16 if gfx10 => "HW_REG_TBA_LO",
        17 if gfx10 => "HW_REG_TBA_HI",
        18 if gfx10 => "HW_REG_TMA_LO",
        19 if gfx10 => "HW_REG_TMA_HI",
        18 => "HW_REG_PERF_SNAPSHOT_PC_LO",
        19 => "HW_REG_PERF_SNAPSHOT_PC_HI",
        20 => "HW_REG_FLAT_SCR_LO",
        21 => "HW_REG_FLAT_SCR_HI",
        22 if gfx10 && target != Target::Gfx1030 => "HW_REG_XNACK_MASK",
        23 => "HW_REG_HW_ID1",
        24 => "HW_REG_HW_ID2",
        25 if gfx10 => "HW_REG_POPS_PACKER",
        27 if !gfx10 => "HW_REG_PERF_SNAPSHOT_DATA",
        29 if !gfx10 || target == Target::Gfx1030 => "HW_REG_SHADER_CYCLES",
        _ => "",
    };
    let name = if name.is_empty() { (value & 63).to_string() } else { name.to_owned() };
    match (value >> 6 & 31, (value >> 11 & 31) + 1) {
        (0, 32) => format!("hwreg({name})"),
        (first, width) => format!("hwreg({name}, {first}, {width})"),
    }
}

fn export(value: i32, gfx10: bool) -> String {
    match value {
        0..=7 => format!("mrt{value}"),
        8 => "mrtz".to_owned(),
        9 if gfx10 => "null".to_owned(),
        12..=16 => format!("pos{}", value - 12),
        20 => "prim".to_owned(),
        21 | 22 if !gfx10 => format!("dual_src_blend{}", value - 21),
        32.. if gfx10 => format!("param{}", value - 32),
        _ => format!("invalid_target_{value}"),
    }
}
