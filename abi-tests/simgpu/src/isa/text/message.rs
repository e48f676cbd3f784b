//! Messages of s_sendmsg.
#![forbid(unsafe_code)]

use super::super::Target;

pub(super) fn text(target: Target, value: i32) -> String {
    if target.is_gfx10() { with_operation(value) } else { plain(value) }
}

/// The message's name, by the lower 8 bits alone; without one, the number.
fn plain(value: i32) -> String {
    let name = match value & 0xff {
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
        _ if value <= 0xff => return format!("sendmsg({value}, 0, 0)"),
        _ => return value.to_string(),
    };
    format!("sendmsg({name})")
}

/// gfx10's have an operation and a stream, where geometry shaders and the system are told something.
fn with_operation(value: i32) -> String {
    const GEOMETRY: [&str; 4] = ["GS_OP_NOP", "GS_OP_CUT", "GS_OP_EMIT", "GS_OP_EMIT_CUT"];
    let (id, operation, stream) = (value & 15, value >> 4 & 7, value >> 8 & 3);
    let name = match (id, operation, stream) {
        (2, 1..=3, _) => {
            return format!("sendmsg(MSG_GS, {}, {stream})", GEOMETRY[operation as usize]);
        }
        (3, 0, 0) => "MSG_GS_DONE, GS_OP_NOP",
        (3, 1..=3, _) => {
            return format!("sendmsg(MSG_GS_DONE, {}, {stream})", GEOMETRY[operation as usize]);
        }
        (15, 1, 0) => "MSG_SYSMSG, SYSMSG_OP_ECC_ERR_INTERRUPT",
        (15, 2, 0) => "MSG_SYSMSG, SYSMSG_OP_REG_RD",
        (15, 4, 0) => "MSG_SYSMSG, SYSMSG_OP_TTRACE_PC",
        (1, 0, 0) => "MSG_INTERRUPT",
        (4, 0, 0) => "MSG_SAVEWAVE",
        (5, 0, 0) => "MSG_STALL_WAVE_GEN",
        (6, 0, 0) => "MSG_HALT_WAVES",
        (7, 0, 0) => "MSG_ORDERED_PS_DONE",
        (8, 0, 0) => "MSG_EARLY_PRIM_DEALLOC",
        (9, 0, 0) => "MSG_GS_ALLOC_REQ",
        (10, 0, 0) => "MSG_GET_DOORBELL",
        (11, 0, 0) => "MSG_GET_DDID",
        _ if value & !0x37f != 0 => return value.to_string(),
        _ => return format!("sendmsg({id}, {operation}, {stream})"),
    };
    format!("sendmsg({name})")
}
