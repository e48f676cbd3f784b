//! Memory instructions. Touches `access`, `shape`, `constant`, `cross` and `source`.

use crate::exec::access::{Access, Action, Address};
use crate::exec::alu::Kind;
use crate::exec::buffer::Buffer;
use crate::exec::constant::ScalarLoad;
use crate::exec::cross::{Cross, CrossStep};
use crate::exec::flow::Flow;
use crate::exec::image::format::Generation;
use crate::exec::shape::{Atomic, Shape};
use crate::exec::source::{Source, scalar_place, source};
use crate::exec::space::Space;
use crate::exec::step::Act;
use crate::exec::sync::Operation;
use crate::exec::typed::Typed;
use crate::isa::{Inst, Operand, Reg};

/// Scalar loads and cache control.
pub fn scalar(inst: &Inst) -> Option<Act> {
    let name = inst.op.name();
    match name {
        "s_gl1_inv" | "s_dcache_inv" | "s_dcache_wb" => return Some(Act::Flow(Flow::Nothing)),
        "s_memtime" | "s_memrealtime" => {
            return Some(Act::Flow(Flow::Clock(scalar_place(inst.dst().first()?.reg)?)));
        }
        _ => {}
    }
    let buffer = name.starts_with("s_buffer_load_");
    if !buffer && !name.starts_with("s_load_") {
        return None;
    }
    let [to, base, rest @ ..] = inst.operands() else { return None };
    let register = match rest.first().map(|operand| operand.reg) {
        None | Some(Reg::Imm(_) | Reg::Int(_) | Reg::Off | Reg::Null) => Source::Constant(0),
        Some(reg) => Source::Scalar(scalar_place(reg)?),
    };
    let (dst, base, dwords) = (scalar_place(to.reg)?, scalar_place(base.reg)?, to.dwords());
    Some(Act::ScalarLoad(ScalarLoad { dst, dwords, base, buffer, register, constant: inst.mem.offset }))
}

fn vgpr(operand: &Operand) -> Option<usize> {
    match operand.reg {
        Reg::Vgpr(register) => Some(register.into()),
        _ => None,
    }
}

/// A register that may be absent: then it is zero.
fn optional(operand: Option<&Operand>) -> Option<Source> {
    match operand.map(|operand| operand.reg) {
        None | Some(Reg::Off | Reg::Null) => Some(Source::Constant(0)),
        Some(_) => source(operand?, Kind::Bits32),
    }
}

/// What a mnemonic behind its prefix does, and its first and second data register, given where the data begin.
fn action(inst: &Inst, rest: &str, data: Option<&Operand>) -> Option<(Action, usize, usize)> {
    let data = data.and_then(vgpr);
    Some(if let Some(suffix) = rest.strip_prefix("load_") {
        (Action::Load(Shape::parse(suffix)?), 0, 0)
    } else if let Some(suffix) = rest.strip_prefix("store_") {
        (Action::Store(Shape::parse(suffix)?), data?, 0)
    } else {
        let atomic = Atomic::parse(rest.strip_prefix("atomic_")?)?;
        let expected = if atomic.compares { data? + usize::from(atomic.bytes) / 4 } else { data? };
        (Action::Atomic(atomic, inst.results > 0), data?, expected)
    })
}

/// Flat, global and scratch.
pub fn flat(inst: &Inst) -> Option<Act> {
    let (segment, rest) = inst.op.name().split_once('_')?;
    let loads = rest.starts_with("load_");
    let [address, others @ ..] = inst.src() else { return None };
    let (data, base) = if loads { (None, others.first()) } else { (others.first(), others.get(1)) };
    let (action, data, expected) = action(inst, rest, data)?;
    let constant = i64::from(inst.mem.offset);
    let based = base.filter(|operand| !matches!(operand.reg, Reg::Off | Reg::Null));
    let (space, address) = match (segment, based) {
        ("flat", _) => (Space::Flat, Address::Wide(source(address, Kind::Bits64)?, constant)),
        ("global", None) => (Space::Global, Address::Wide(source(address, Kind::Bits64)?, constant)),
        ("global", Some(base)) => {
            let base = source(base, Kind::Bits64)?;
            (Space::Global, Address::Based(base, source(address, Kind::Bits32)?, constant))
        }
        ("scratch", base) => {
            (Space::Private, Address::Narrow(optional(Some(address))?, optional(base)?, constant))
        }
        _ => return None,
    };
    if inst.mem.lds {
        return None;
    }
    let dst = inst.dst().first().and_then(vgpr).unwrap_or(0);
    Some(Act::Access(Box::new(Access { space, address, action, dst, data, expected })))
}

/// Buffers, and the instructions of that format that only touch caches.
pub fn buffer(inst: &Inst, generation: Generation) -> Option<Act> {
    let name = inst.op.name();
    if matches!(name, "buffer_gl0_inv" | "buffer_gl1_inv") {
        return Some(Act::Flow(Flow::Nothing));
    }
    let [data, address, resource, scalar] = inst.operands() else { return None };
    // From memory to LDS without a register: not simulated.
    if inst.mem.lds {
        return None;
    }
    let register = |used: bool, further: u16| -> Option<Option<u16>> {
        if used { Some(Some(vgpr(address)? as u16 + further)) } else { Some(None) }
    };
    let dst = vgpr(data)?;
    // The status stands behind the data.
    let last = dst as u16 + u16::from(data.dwords()) - 1;
    let buffer = Buffer {
        generation,
        resource: scalar_place(resource.reg)?,
        scalar: source(scalar, Kind::Bits32)?,
        index: register(inst.mem.idxen, 0)?,
        offset: register(inst.mem.offen, u16::from(inst.mem.idxen))?,
        constant: inst.mem.offset as u32,
        status: inst.mem.tfe.then_some(last),
    };
    if name.contains("format") {
        return Some(Act::Typed(Box::new(typed(inst, buffer, dst as u16)?)));
    }
    let (action, first, expected) = action(inst, name.strip_prefix("buffer_")?, Some(data))?;
    let address = Address::Buffer(buffer);
    Some(Act::Access(Box::new(Access { space: Space::Global, address, action, dst, data: first, expected })))
}

/// Elements with a format: `buffer_load_d16_format_xy`, `tbuffer_store_format_x`.
fn typed(inst: &Inst, buffer: Buffer, data: u16) -> Option<Typed> {
    let name = inst.op.name();
    let (_, components) = name.rsplit_once('_')?;
    Some(Typed {
        buffer,
        format: name.starts_with("tbuffer_").then_some(inst.mem.format),
        stores: name.contains("_store_"),
        data,
        components: components.len(),
        narrow: name.contains("_d16_").then_some(name.contains("_hi_")),
    })
}

/// LDS: loads, stores and atomic operations of one or two addresses, and what only borrows its crossbar.
pub fn lds(inst: &Inst) -> Option<Act> {
    let rest = inst.op.name().strip_prefix("ds_")?;
    if let Some(operation) = rest.strip_prefix("gws_") {
        return global_sync(inst, operation);
    }
    if inst.mem.gds {
        return None;
    }
    if let Some(kind) = crossing(rest, inst) {
        return crossed(inst, kind);
    }
    if rest == "nop" {
        return Some(Act::Flow(Flow::Nothing));
    }
    if rest.contains("2addr") {
        return two_addresses(inst, rest);
    }
    let [address, data @ ..] = inst.src() else { return None };
    let plain = rest.replacen("rtn_", "", 1);
    let constant = i64::from(inst.mem.offset);
    let address = Address::Narrow(source(address, Kind::Bits32)?, Source::Constant(0), constant);
    let dst = inst.dst().first().and_then(vgpr).unwrap_or(0);
    let register = |index: usize| data.get(index).and_then(vgpr);
    let (action, data, expected) = match action(inst, &plain, data.first()) {
        Some(found) => found,
        // ds_cmpstore has the new value first and the expected one behind it; ds_mskor has the mask first, and
        // gfx10's ds_cmpst what is expected.
        None => {
            let atomic = Atomic::parse(&plain)?;
            let reversed = plain.starts_with("mskor") || plain.starts_with("cmpst_");
            let (first, second) = (register(0)?, register(1).unwrap_or(register(0)?));
            let (data, expected) = if reversed { (second, first) } else { (first, second) };
            (Action::Atomic(atomic, inst.results > 0), data, expected)
        }
    };
    Some(Act::Access(Box::new(Access { space: Space::Lds, address, action, dst, data, expected })))
}

/// Barriers and semaphores of waves of all workgroups.
fn global_sync(inst: &Inst, operation: &str) -> Option<Act> {
    let operation = match operation {
        "init" => Operation::Init,
        "barrier" => Operation::Barrier,
        "sema_p" => Operation::Take,
        "sema_v" => Operation::Give,
        "sema_br" => Operation::GiveMany,
        "sema_release_all" => Operation::ReleaseAll,
        _ => return None,
    };
    let value = optional(inst.src().first())?;
    Some(Act::Flow(Flow::Meet(operation, value, inst.mem.offset as u8)))
}

/// `ds_load_2addr_b32` and its kin: offsets count elements, or 64 of them.
fn two_addresses(inst: &Inst, rest: &str) -> Option<Act> {
    let stride = if rest.contains("stride64") { 64 } else { 1 };
    let shape = Shape::parse(rest.rsplit_once('_')?.1)?;
    let [address, data @ ..] = inst.src() else { return None };
    let loads = rest.starts_with("load_");
    if !loads && !rest.starts_with("store_") {
        return None;
    }
    let one = |index: usize, offset: i64| -> Option<Access> {
        let constant = offset * stride * i64::from(shape.bytes);
        Some(Access {
            space: Space::Lds,
            address: Address::Narrow(source(address, Kind::Bits32)?, Source::Constant(0), constant),
            action: if loads { Action::Load(shape) } else { Action::Store(shape) },
            dst: if loads { vgpr(inst.dst().first()?)? + index * shape.dwords() } else { 0 },
            data: if loads { 0 } else { vgpr(data.get(index)?)? },
            expected: 0,
        })
    };
    Some(Act::Pair(Box::new([one(0, inst.mem.offset.into())?, one(1, inst.mem.offset1.into())?])))
}

fn crossing(rest: &str, inst: &Inst) -> Option<Cross> {
    Some(match rest {
        "bpermute_b32" => Cross::Pull(inst.mem.offset as u32),
        "permute_b32" => Cross::Push(inst.mem.offset as u32),
        "swizzle_b32" => Cross::Swizzle(inst.mem.offset as u16),
        _ => return None,
    })
}

fn crossed(inst: &Inst, kind: Cross) -> Option<Act> {
    let mut src = [Source::Constant(0); 3];
    for (to, operand) in src.iter_mut().zip(inst.src()) {
        *to = source(operand, Kind::Bits32)?;
    }
    let dst = vgpr(inst.dst().first()?)? as u16;
    Some(Act::Cross(CrossStep { kind, dst, src, inactive: false }))
}
