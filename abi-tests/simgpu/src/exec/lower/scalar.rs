//! Scalar instructions. Touches `scalar`, `flow` and `source`.

use crate::exec::alu::Kind;
use crate::exec::flow::{Field, Flow, When, message};
use crate::exec::scalar::{find, saveexec};
use crate::exec::source::{Source, scalar_place, source};
use crate::exec::step::{Act, Relative, Save, ScalarStep};
use crate::exec::wave::place;
use crate::isa::{Inst, Operand, Reg};

/// Instructions of one, two or no result.
pub fn lower(inst: &Inst) -> Option<Act> {
    let name = inst.op.name();
    if let Some(flow) = control(name, inst) {
        return Some(Act::Flow(flow));
    }
    if let Some((operation, _)) = name.strip_prefix("s_").and_then(|name| name.split_once("_saveexec_")) {
        let (change, dst) = (saveexec(operation)?, result(inst)?);
        return Some(Act::Save(Save { change, dst, keeps_new: false, src: read(inst.src().first()?)? }));
    }
    if let Some((operation, _)) = name.strip_prefix("s_").and_then(|name| name.split_once("_wrexec_")) {
        let (change, dst) = (saveexec(operation)?, result(inst)?);
        return Some(Act::Save(Save { change, dst, keeps_new: true, src: read(inst.src().first()?)? }));
    }
    if name.starts_with("s_movrel") {
        return moved(inst);
    }
    let row = find(name)?;
    let writes = inst.results > 0;
    let sources = inst.src();
    let wide = |operand: &Operand| operand.bits == 64;
    let unsigned = name.ends_with("_u32");
    let one = |operand: &Operand| match operand.reg {
        Reg::Imm(value) if unsigned => Some(Source::Constant(u64::from(value as u16))),
        Reg::Imm(value) => Some(Source::Constant(relative(value) as i64 as u64)),
        _ => read(operand),
    };
    let src = [0, 1].map(|index| sources.get(index).and_then(one).unwrap_or(Source::Constant(0)));
    Some(Act::Scalar(ScalarStep {
        run: row.run,
        dst: if writes { result(inst)? } else { place::NULL },
        wide: inst.dst().first().is_some_and(wide),
        src,
        src_wide: [0, 1].map(|index| sources.get(index).is_some_and(wide)),
    }))
}

/// Registers by M0: where from (`s`), where to (`d`), or both, the latter by its upper half.
fn moved(inst: &Inst) -> Option<Act> {
    let name = inst.op.name();
    let (from, to) = match name.trim_start_matches("s_movrel").split('_').next()? {
        "s" => (Some(0), None),
        "d" => (None, Some(0)),
        "sd" => (Some(0), Some(16)),
        _ => return None,
    };
    let source = scalar_place(inst.src().first()?.reg)?;
    let wide = inst.dst().first()?.bits == 64;
    Some(Act::Relative(Relative { dst: (result(inst)?, to), src: (source, from), wide }))
}

fn result(inst: &Inst) -> Option<u8> {
    scalar_place(inst.dst().first()?.reg)
}

/// A scalar source. Literals of 64-bit integers are extended by their sign.
fn read(operand: &Operand) -> Option<Source> {
    let kind = if operand.bits == 64 { Kind::Bits64 } else { Kind::Bits32 };
    Some(match (operand.reg, kind) {
        (Reg::Literal(word), Kind::Bits64) => Source::Constant(i64::from(word as i32) as u64),
        _ => source(operand, kind)?,
    })
}

/// The number that an encoding carries.
fn number(operand: Option<&Operand>) -> Option<i32> {
    match operand?.reg {
        Reg::Imm(value) => Some(value),
        Reg::Int(value) => Some(value.into()),
        _ => None,
    }
}

/// Program counter, messages and hardware registers.
fn control(name: &str, inst: &Inst) -> Option<Flow> {
    let last = inst.operands().last();
    Some(match name {
        "s_getpc_b64" => Flow::GetPc(result(inst)?),
        "s_setpc_b64" => Flow::Jump(None, read(last?)?),
        "s_swappc_b64" => Flow::Jump(Some(result(inst)?), read(last?)?),
        "s_rfe_b64" => Flow::Return(read(last?)?),
        "s_call_b64" => Flow::Call(result(inst)?, relative(number(last)?)),
        "s_sendmsg_rtn_b32" => Flow::Ask(result(inst)?, number(last)? as u8, false),
        "s_sendmsg_rtn_b64" => Flow::Ask(result(inst)?, number(last)? as u8, true),
        "s_getreg_b32" => Flow::GetRegister(result(inst)?, Field::new(number(last)? as u16)),
        "s_setreg_b32" | "s_setreg_imm32_b32" => {
            Flow::SetRegister(read(last?)?, Field::new(number(inst.operands().first())? as u16))
        }
        "s_waitcnt_vscnt" | "s_waitcnt_vmcnt" | "s_waitcnt_expcnt" | "s_waitcnt_lgkmcnt" | "s_version" => {
            Flow::Nothing
        }
        _ => return None,
    })
}

/// A signed number of 16 bits, whichever way it was read.
fn relative(words: i32) -> i32 {
    i32::from(words as i16)
}

/// Instructions whose effect cannot be seen here: everything is done when its instruction is, and no debugger asks.
const HINTS: &[&str] = &[
    "s_nop",
    "s_clause",
    "s_delay_alu",
    "s_waitcnt",
    "s_waitcnt_depctr",
    "s_wait_idle",
    "s_wait_event",
    "s_setprio",
    "s_setkill",
    "s_set_inst_prefetch_distance",
    "s_icache_inv",
    "s_wakeup",
    "s_ttracedata",
    "s_ttracedata_imm",
    "s_incperflevel",
    "s_decperflevel",
    "s_cbranch_cdbgsys",
    "s_cbranch_cdbguser",
    "s_cbranch_cdbgsys_or_user",
    "s_cbranch_cdbgsys_and_user",
];

/// gfx10's number of the message that asks for the queue's doorbell.
const OLD_GET_DOORBELL: i32 = 10;

/// Branches, ends, waits.
pub fn program(inst: &Inst) -> Option<Act> {
    let operand = number(inst.operands().first());
    let to = |when| operand.map(|words| Flow::Branch(when, relative(words)));
    Some(Act::Flow(match inst.op.name() {
        "s_branch" => to(When::Always)?,
        "s_cbranch_scc0" => to(When::Scc(false))?,
        "s_cbranch_scc1" => to(When::Scc(true))?,
        "s_cbranch_vccz" => to(When::VccZero(true))?,
        "s_cbranch_vccnz" => to(When::VccZero(false))?,
        "s_cbranch_execz" => to(When::ExecZero(true))?,
        "s_cbranch_execnz" => to(When::ExecZero(false))?,
        "s_endpgm" | "s_endpgm_saved" => Flow::End,
        "s_barrier" => Flow::Barrier,
        "s_sleep" => Flow::Yield,
        "s_sethalt" => Flow::Halt(operand? & 1 != 0),
        "s_code_end" => Flow::Illegal,
        "s_trap" => Flow::Trap(operand? as u8),
        // gfx10 answers in EXEC, of which trap handlers wait for the top bit to be cleared.
        "s_sendmsg" if inst.target.is_gfx10() && operand? & 15 == OLD_GET_DOORBELL => {
            Flow::Ask(place::EXEC, message::GET_DOORBELL, false)
        }
        "s_sendmsg" => Flow::Message(operand? as u16 & 0xff),
        "s_round_mode" => Flow::SetMode(false, operand? as u8),
        "s_denorm_mode" => Flow::SetMode(true, operand? as u8),
        name if HINTS.contains(&name) => Flow::Nothing,
        _ => return None,
    }))
}
