//! Constants: floats within the encoding, and the fields of 16 bits that are not data.
#![forbid(unsafe_code)]

use super::super::{Encoding, Inst, Op};

/// A float within the encoding; one by two pi has as many digits as the operand is wide.
pub(super) fn float(code: u8, bits: u16) -> String {
    const NAMES: [&str; 8] = ["0.5", "-0.5", "1.0", "-1.0", "2.0", "-2.0", "4.0", "-4.0"];
    match (code, bits) {
        (240..=247, _) => NAMES[usize::from(code - 240)].to_owned(),
        (_, 64) => "0.15915494309189532".to_owned(),
        _ => "0.15915494".to_owned(),
    }
}

/// The constant of an instruction.
pub(super) fn text(inst: &Inst, value: i32) -> String {
    match inst.encoding {
        Encoding::Sopp => program(inst, value),
        Encoding::Sopk => short(inst, value),
        Encoding::Sop1 => sendmsg(value),
        Encoding::Ldsdir => format!("attr{}.{}", value >> 2, ["x", "y", "z", "w"][(value & 3) as usize]),
        Encoding::Exp => export(value),
        Encoding::Smem if value > 64 => format!("{value:#x}"),
        _ => value.to_string(),
    }
}

fn program(inst: &Inst, value: i32) -> String {
    let name = inst.op.name();
    match inst.op {
        Op::SEndpgm if value == 0 => String::new(),
        Op::SEndpgm => value.to_string(),
        Op::SWaitcnt => waitcnt(value),
        Op::SWaitcntDepctr => depctr(value),
        Op::SDelayAlu => delay(value),
        Op::SSendmsg | Op::SSendmsghalt => sendmsg(value),
        Op::SClause | Op::SSetInstPrefetchDistance | Op::SWaitEvent | Op::SRoundMode | Op::STtracedataImm => {
            format!("{value:#x}")
        }
        _ if name.contains("branch") => value.to_string(),
        // As a constant within an encoding would be.
        _ if value <= 64 => value.to_string(),
        _ => format!("{value:#x}"),
    }
}

fn waitcnt(value: i32) -> String {
    counters(&[("vmcnt", value >> 10 & 63, 63), ("expcnt", value & 7, 7), ("lgkmcnt", value >> 4 & 63, 63)])
}

fn depctr(value: i32) -> String {
    if value & 0x60 != 0 {
        return format!("{value:#x}");
    }
    counters(&[
        ("depctr_hold_cnt", value >> 7 & 1, 1),
        ("depctr_sa_sdst", value & 1, 1),
        ("depctr_va_vdst", value >> 12 & 15, 15),
        ("depctr_va_sdst", value >> 9 & 7, 7),
        ("depctr_va_ssrc", value >> 8 & 1, 1),
        ("depctr_va_vcc", value >> 1 & 1, 1),
        ("depctr_vm_vsrc", value >> 2 & 7, 7),
    ])
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

/// The message's name, by the lower 8 bits alone; without one, the number.
fn sendmsg(value: i32) -> String {
    match message(value & 0xff) {
        Some(name) => format!("sendmsg({name})"),
        None if value <= 0xff => format!("sendmsg({value}, 0, 0)"),
        None => value.to_string(),
    }
}

fn message(id: i32) -> Option<&'static str> {
    Some(match id {
        1 => "MSG_INTERRUPT",
        2 => "MSG_HS_TESSFACTOR",
        3 => "MSG_DEALLOC_VGPRS",
        5 => "MSG_STALL_WAVE_GEN",
        6 => "MSG_HALT_WAVES",
        9 => "MSG_GS_ALLOC_REQ",
        128 => "MSG_RTN_GET_DOORBELL",
        129 => "MSG_RTN_GET_DDID",
        130 => "MSG_RTN_GET_TMA",
        131 => "MSG_RTN_GET_REALTIME",
        132 => "MSG_RTN_SAVE_WAVE",
        133 => "MSG_RTN_GET_TBA",
        134 => "MSG_RTN_GET_TBA_TO_PC",
        _ => return None,
    })
}

fn short(inst: &Inst, value: i32) -> String {
    match inst.op {
        Op::SGetregB32 | Op::SSetregB32 | Op::SSetregImm32B32 => hardware_register(value),
        Op::SVersion if value < 256 => value.to_string(),
        Op::SCallB64 | Op::SSubvectorLoopBegin | Op::SSubvectorLoopEnd => value.to_string(),
        _ => format!("{value:#x}"),
    }
}

/// Number, first bit and width of a hardware register.
fn hardware_register(value: i32) -> String {
    let name = match value & 63 {
        1 => "HW_REG_MODE",
        2 => "HW_REG_STATUS",
        3 => "HW_REG_TRAPSTS",
        5 => "HW_REG_GPR_ALLOC",
        6 => "HW_REG_LDS_ALLOC",
        7 => "HW_REG_IB_STS",
        15 => "HW_REG_SH_MEM_BASES",
        18 => "HW_REG_PERF_SNAPSHOT_PC_LO",
        19 => "HW_REG_PERF_SNAPSHOT_PC_HI",
        27 => "HW_REG_PERF_SNAPSHOT_DATA",
        20 => "HW_REG_FLAT_SCR_LO",
        21 => "HW_REG_FLAT_SCR_HI",
        23 => "HW_REG_HW_ID1",
        24 => "HW_REG_HW_ID2",
        29 => "HW_REG_SHADER_CYCLES",
        _ => "",
    };
    let name = if name.is_empty() { (value & 63).to_string() } else { name.to_owned() };
    match (value >> 6 & 31, (value >> 11 & 31) + 1) {
        (0, 32) => format!("hwreg({name})"),
        (first, width) => format!("hwreg({name}, {first}, {width})"),
    }
}

fn export(value: i32) -> String {
    match value {
        0..=7 => format!("mrt{value}"),
        8 => "mrtz".to_owned(),
        12..=16 => format!("pos{}", value - 12),
        20 => "prim".to_owned(),
        21 | 22 => format!("dual_src_blend{}", value - 21),
        _ => format!("invalid_target_{value}"),
    }
}
