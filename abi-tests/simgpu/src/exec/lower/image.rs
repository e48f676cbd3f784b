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

/// An image instruction of those without levels (what chooses one may be there: there is but one).
pub fn lower(inst: &Inst, generation: Generation) -> Option<Act> {
    let (work, sampled) = match inst.op.name() {
        "image_load" | "image_load_mip" => (Work::Load, false),
        "image_store" | "image_store_mip" => (Work::Store, false),
        "image_get_resinfo" => (Work::Size, false),
        "image_sample_lz" | "image_sample_l" => (Work::Sample, true),
        "image_gather4_lz" => (Work::Gather, true),
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
        components: inst.mem.dmask,
        unnormalized: inst.mem.unorm,
        narrow_address: inst.mem.a16,
        narrow_data: inst.mem.d16,
        status: inst.mem.tfe,
    })))
}
