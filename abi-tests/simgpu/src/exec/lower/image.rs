//! Image instructions. Touches `image` and `source`.

use crate::exec::image::format::Generation;
use crate::exec::image::{Image, Work};
use crate::exec::source::scalar_place;
use crate::exec::step::Act;
use crate::isa::{Inst, Reg};

/// Coordinates by the dimension's number, and whether a layer follows: lines, planes, volumes, arrays. Cubes and
/// several samples a texel are not simulated.
fn axes(dimension: u8) -> Option<(usize, bool)> {
    match dimension {
        0 => Some((1, false)),
        1 => Some((2, false)),
        2 => Some((3, false)),
        4 => Some((1, true)),
        5 => Some((2, true)),
        _ => None,
    }
}

/// An image instruction of those that find no level by themselves, as only pixels do.
pub fn lower(inst: &Inst, generation: Generation) -> Option<Act> {
    let (work, sampled, level) = match inst.op.name() {
        "image_load" => (Work::Load, false, false),
        "image_load_mip" => (Work::Load, false, true),
        "image_store" => (Work::Store, false, false),
        "image_store_mip" => (Work::Store, false, true),
        "image_get_resinfo" => (Work::Size, false, true),
        "image_sample_lz" => (Work::Sample, true, false),
        "image_sample_l" => (Work::Sample, true, true),
        "image_gather4_lz" => (Work::Gather, true, false),
        _ => return None,
    };
    let (axes, layered) = axes(inst.mem.dim)?;
    let [data, rest @ ..] = inst.operands() else { return None };
    let (address, scalars) = rest.split_at_checked(rest.len().checked_sub(1 + usize::from(sampled))?)?;
    let mut registers = Vec::new();
    for operand in address {
        let Reg::Vgpr(first) = operand.reg else { return None };
        registers.extend((0..operand.dwords()).map(|further| u16::from(first) + u16::from(further)));
    }
    let Reg::Vgpr(data) = data.reg else { return None };
    Some(Act::Image(Box::new(Image {
        work,
        generation,
        data: data.into(),
        address: registers,
        resource: scalar_place(scalars[0].reg)?,
        sampler: scalar_place(scalars.last()?.reg)?,
        axes,
        layered,
        level,
        components: inst.mem.dmask,
        unnormalized: inst.mem.unorm,
        narrow_address: inst.mem.a16,
        narrow_data: inst.mem.d16,
        status: inst.mem.tfe,
    })))
}
