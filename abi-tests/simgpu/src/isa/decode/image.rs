//! Images: how many registers hold the address depends on the operation and the dimension.
#![forbid(unsafe_code)]

use super::super::Target;
use super::super::table::{self, Table};
use super::fields::Words;
use super::source;
use super::{Encoding, Illegal, Inst};

/// Coordinates of each dimension, layer and sample included; derivatives have no layer.
const COORDINATES: [(u16, u16); 8] = [(1, 1), (2, 2), (3, 3), (3, 2), (2, 1), (3, 2), (3, 2), (4, 2)];

/// Decodes MIMG.
pub(super) fn decode(words: &mut Words, target: Target) -> Result<Inst, Illegal> {
    words.extend_to(2)?;
    let row = table::find(target, Table::Of(Encoding::Mimg), words.field(18, 8)).ok_or(Illegal)?;
    let mut inst = Inst::empty(row.op, Encoding::Mimg);
    flags(&mut inst, words);
    let name = row.op.name();
    let returns = row.results == 1 && (!row.has(table::ATOMIC) || inst.mem.glc);
    inst.results = u8::from(returns);
    inst.push(source::vector(words.field(40, 8), data_bits(&inst, name)));
    addresses(&mut inst, words, name)?;
    inst.push(source::scalar(words.field(48, 5) << 2, if name.contains("bvh") { 128 } else { 256 })?);
    let sampled = name.contains("_sample") || name.contains("gather4") || name.contains("get_lod");
    if sampled {
        inst.push(source::scalar(words.field(58, 5) << 2, 128)?);
    } else if words.field(58, 5) != 0 {
        return Err(Illegal);
    }
    inst.words = words.used();
    Ok(inst)
}

fn flags(inst: &mut Inst, words: &Words) {
    let mem = &mut inst.mem;
    mem.dim = words.field(2, 3) as u8;
    mem.unorm = words.bit(7);
    mem.dmask = words.field(8, 4) as u8;
    (mem.slc, mem.dlc, mem.glc) = (words.bit(12), words.bit(13), words.bit(14));
    (mem.r128, mem.a16, mem.d16) = (words.bit(15), words.bit(16), words.bit(17));
    (mem.tfe, mem.lwe) = (words.bit(53), words.bit(54));
}

/// One register a component, or half of one; four of a gather; status at the end.
fn data_bits(inst: &Inst, name: &str) -> u16 {
    let mem = &inst.mem;
    let components = if name.contains("gather4") || name.contains("msaa") || name.contains("bvh") {
        4
    } else {
        mem.dmask.count_ones().max(1) as u16
    };
    let registers = if mem.d16 { components.div_ceil(2) } else { components };
    32 * (registers + u16::from(mem.tfe))
}

/// Registers of the address: what the operation needs besides coordinates, each 32 bits, or 16 with a16.
fn address_registers(inst: &Inst, name: &str) -> u16 {
    let (coordinates, derived) = COORDINATES[usize::from(inst.mem.dim)];
    let has = |part: &str| name.contains(part);
    let halves = |count: u16| if inst.mem.a16 { count.div_ceil(2) } else { count };
    if has("bvh") {
        let wide = if has("bvh64") { 1 } else { 0 };
        return if inst.mem.a16 { 8 + wide } else { 11 + wide };
    }
    if name == "image_get_resinfo" {
        return 1;
    }
    // Offset, bias and comparison are never packed; derivatives by direction, if at all.
    let flat = u16::from(has("_o_") || name.ends_with("_o")) + u16::from(has("_c_") || name.ends_with("_c"));
    let bias = u16::from(has("_b_") || name.ends_with("_b"));
    let directions = if has("_d_") || name.ends_with("_d") || has("_d_g16") {
        2 * if has("g16") { derived.div_ceil(2) } else { derived }
    } else {
        0
    };
    let level = u16::from(has("_l_") || name.ends_with("_l") || has("_cl") || has("_mip"));
    flat + bias + directions + halves(coordinates + level)
}

/// The address: consecutive registers, or one named after the other (NSA: up to four more in a third word).
fn addresses(inst: &mut Inst, words: &mut Words, name: &str) -> Result<(), Illegal> {
    let count = address_registers(inst, name);
    let first = words.field(32, 8);
    if !words.bit(0) {
        inst.push(source::vector(first, 32 * count));
        return Ok(());
    }
    // What does not fit follows the last one named.
    let more = words.next()?.to_le_bytes();
    let named = count.min(5);
    inst.push(source::vector(first, 32));
    for at in 1..named {
        let rest = if at == 4 { count - 4 } else { 1 };
        inst.push(source::vector(u32::from(more[usize::from(at) - 1]), 32 * rest));
    }
    Ok(())
}
