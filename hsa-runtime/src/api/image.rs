//! Images and samplers. Answers to upstream's `hsa_ext_image.cpp` and `image_runtime.cpp`.
#![forbid(unsafe_code)]

use core::ffi::c_void;

use crate::{
    abi::*,
    agent::{Agent, info},
    boundary::{Error, ImageLayout, In, Out, Value},
    image::{self, Generation, Image, LaidOut, Shape},
    runtime,
};

/// What a program wants: an image of so many levels, 0 or 1 of one.
type Wanted = (hsa_ext_image_descriptor_t, usize);

/// The newest description. Who has it knows that of samplers, too ([`create_sampler_by_axis`]).
fn newest(descriptor: In<hsa_ext_image_descriptor_v2_t>) -> Result<Option<Wanted>, Error> {
    runtime::machine()?.images.note_newest();
    Ok(descriptor.optional().map(|newer| {
        let hsa_ext_image_descriptor_v2_t { geometry, width, height, depth, array_size, format, .. } = newer;
        (
            hsa_ext_image_descriptor_t { geometry, width, height, depth, array_size, format },
            newer.mipmap_levels,
        )
    }))
}

/// The one of before, which has no levels.
fn older(descriptor: In<hsa_ext_image_descriptor_t>) -> Option<Wanted> {
    descriptor.optional().map(|wanted| (wanted, 1))
}

/// The generation of a GPU's image descriptors.
fn generation(agent: &Agent) -> Option<Generation> {
    agent.gpu.as_ref().filter(|gpu| gpu.isa.has_images()).and_then(|gpu| Generation::new(gpu.isa))
}

pub fn get_capability(
    agent: hsa_agent_t,
    geometry: hsa_ext_image_geometry_t,
    format: In<hsa_ext_image_format_t>,
    mask: Out<u32>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    let format = format.optional().ok_or(Error::InvalidArgument)?;
    if geometry.0 > HSA_EXT_IMAGE_GEOMETRY_2DADEPTH.0 {
        return Err(Error::InvalidArgument);
    }
    mask.write(generation(agent).map_or(0, |_| image::capability(format, geometry)))
}

/// The largest images, which `hsa_agent_get_info` tells, too.
pub fn get_info_max_dim(agent: hsa_agent_t, attribute: hsa_agent_info_t, value: Value) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    let sizes = HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS.0..=HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS.0;
    if !sizes.contains(&attribute.0) {
        return Err(Error::InvalidArgument);
    }
    info::get(&machine, agent, attribute, value)
}

pub fn get_capability_with_layout(
    agent: hsa_agent_t,
    geometry: hsa_ext_image_geometry_t,
    format: In<hsa_ext_image_format_t>,
    layout: hsa_ext_image_data_layout_t,
    mask: Out<u32>,
) -> Result<(), Error> {
    linear(agent, layout)?;
    get_capability(agent, geometry, format, mask)
}

pub fn get_info(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_t>,
    access: hsa_access_permission_t,
    info: Out<hsa_ext_image_data_info_t>,
) -> Result<(), Error> {
    tell(agent, older(descriptor), access, [0, 0], info)
}

pub fn get_info_v2(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_v2_t>,
    access: hsa_access_permission_t,
    info: Out<hsa_ext_image_data_info_t>,
) -> Result<(), Error> {
    tell(agent, newest(descriptor)?, access, [0, 0], info)
}

pub fn get_info_with_layout(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_t>,
    access: hsa_access_permission_t,
    layout: hsa_ext_image_data_layout_t,
    row_pitch: usize,
    slice_pitch: usize,
    info: Out<hsa_ext_image_data_info_t>,
) -> Result<(), Error> {
    linear(agent, layout)?;
    tell(agent, older(descriptor), access, [row_pitch, slice_pitch], info)
}

fn tell(
    agent: hsa_agent_t,
    wanted: Option<Wanted>,
    access: hsa_access_permission_t,
    pitches: [usize; 2],
    info: Out<hsa_ext_image_data_info_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    info.check()?;
    let known = [HSA_ACCESS_PERMISSION_RO, HSA_ACCESS_PERMISSION_WO, HSA_ACCESS_PERMISSION_RW];
    if !known.contains(&access) {
        return Err(Error::InvalidArgument);
    }
    info.write(hsa_ext_image_data_info_t { size: 0, alignment: 0 })?;
    let shape = shape(agent, wanted, pitches)?;
    let (size, alignment) = (shape.size() as usize, shape.alignment() as usize);
    info.write(hsa_ext_image_data_info_t { size, alignment })
}

pub fn create(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_t>,
    data: *const c_void,
    _access: hsa_access_permission_t,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    make(agent, older(descriptor), data, [0, 0], handle)
}

pub fn create_v2(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_v2_t>,
    data: *const c_void,
    _access: hsa_access_permission_t,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    make(agent, newest(descriptor)?, data, [0, 0], handle)
}

#[allow(clippy::too_many_arguments, reason = "those of the C function")]
pub fn create_with_layout(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_t>,
    data: *const c_void,
    _access: hsa_access_permission_t,
    layout: hsa_ext_image_data_layout_t,
    row_pitch: usize,
    slice_pitch: usize,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    linear(agent, layout)?;
    make(agent, older(descriptor), data, [row_pitch, slice_pitch], handle)
}

/// Every image can be read and written as far as its format can; the permission is a hint.
fn make(
    agent: hsa_agent_t,
    wanted: Option<Wanted>,
    data: *const c_void,
    pitches: [usize; 2],
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    if data.is_null() {
        return Err(Error::InvalidArgument);
    }
    handle.write(hsa_ext_image_t { handle: 0 })?;
    let shape = shape(agent, wanted, pitches)?;
    let image = Image::new(agent.index, shape, data.addr() as u64);
    let created = machine.images.create(&*machine.driver, image)?;
    handle.write(hsa_ext_image_t { handle: created })
}

/// An image that others have laid out, for example for display: its words come with the memory that it is in.
pub fn create_laid_out(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_t>,
    layout: ImageLayout,
    data: *const c_void,
    _access: hsa_access_permission_t,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    lay_out(agent, older(descriptor), layout, data, handle)
}

pub fn create_laid_out_v2(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_v2_t>,
    layout: ImageLayout,
    data: *const c_void,
    _access: hsa_access_permission_t,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    lay_out(agent, newest(descriptor)?, layout, data, handle)
}

fn lay_out(
    agent: hsa_agent_t,
    wanted: Option<Wanted>,
    layout: ImageLayout,
    data: *const c_void,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    const AMD: u32 = 0x1002 << 16;
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    handle.check()?;
    let (descriptor, levels) = wanted.ok_or(Error::InvalidArgument)?;
    let [version, device, words @ ..] = layout.words().ok_or(Error::InvalidArgument)?;
    let data = data.addr() as u64;
    if data == 0 {
        return Err(Error::InvalidArgument);
    }
    if data % 256 != 0 {
        return Err(Error::InvalidAllocation);
    }
    let is_ours = version == 1 && u64::from(device ^ AMD) == agent.node.properties.device_id;
    let unsupported = || Error::ImageFormatUnsupported;
    let generation = generation(agent).filter(|_| is_ours).ok_or_else(unsupported)?;
    let levels = image::checked(&descriptor, levels)?;
    let words = image::laid_out(generation, &descriptor, levels, words, data).ok_or_else(unsupported)?;
    let image = LaidOut { gpu: agent.index, generation, geometry: descriptor.geometry, levels, words };
    handle.write(hsa_ext_image_t { handle: machine.images.create_laid_out(&*machine.driver, image)? })
}

/// An image of one level of another's texels; of what describes it, only the format is looked at. Agents that have no images
/// are out of resources, as upstream's says.
pub fn get_level(
    agent: hsa_agent_t,
    image: In<hsa_ext_image_t>,
    level: u32,
    descriptor: In<hsa_ext_image_descriptor_v2_t>,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    let image = image.optional().ok_or(Error::InvalidArgument)?.handle;
    let format = newest(descriptor)?.map(|(wanted, _)| wanted.format);
    handle.write(hsa_ext_image_t { handle: 0 })?;
    generation(agent).ok_or(Error::OutOfResources)?;
    let created = machine.images.create_level(&*machine.driver, agent.index, image, level, format)?;
    handle.write(hsa_ext_image_t { handle: created })
}

pub fn destroy(agent: hsa_agent_t, image: hsa_ext_image_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    machine.agent(agent)?;
    machine.images.destroy(image.handle)
}

/// The filter for levels of samplers that are described without.
const NO_LEVELS: u32 = HSA_EXT_SAMPLER_FILTER_MODE_NONE.0;

pub fn create_sampler(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_sampler_descriptor_t>,
    handle: Out<hsa_ext_sampler_t>,
) -> Result<(), Error> {
    let words = descriptor.optional().map(|wanted| {
        let mode = wanted.address_mode;
        [wanted.coordinate_mode, wanted.filter_mode, NO_LEVELS, mode, mode, mode]
    });
    sampler(agent, words, handle)
}

/// After 7.2 a filter for levels stands before the modes, and nothing in the structure, the function or its version tells
/// (rocm-systems pulls 1847 and 2082). So programs that have asked for an image by the description that came with it have the
/// new structure, as newest HIP does for each of its images; all others that of 7.2.
pub fn create_sampler_by_axis(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_sampler_descriptor_v2_t>,
    handle: Out<hsa_ext_sampler_t>,
) -> Result<(), Error> {
    let words = if runtime::machine()?.images.is_newest() {
        descriptor.beginning()
    } else {
        let older = descriptor.beginning::<[u32; 5]>();
        older.map(|[coordinates, filter, x, y, z]| [coordinates, filter, NO_LEVELS, x, y, z])
    };
    sampler(agent, words, handle)
}

/// Of coordinates, a filter, one for levels, and a mode for each axis.
fn sampler(agent: hsa_agent_t, words: Option<[u32; 6]>, handle: Out<hsa_ext_sampler_t>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    let [coordinates, filter, between_levels, x, y, z] = words.ok_or(Error::InvalidArgument)?;
    handle.write(hsa_ext_sampler_t { handle: 0 })?;
    let generation = generation(agent).ok_or(Error::InvalidAgent)?;
    let words = image::sampler(generation, [x, y, z], coordinates, [filter, between_levels])?;
    let created = machine.images.create_sampler(&*machine.driver, words)?;
    handle.write(hsa_ext_sampler_t { handle: created })
}

pub fn destroy_sampler(agent: hsa_agent_t, sampler: hsa_ext_sampler_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    machine.agent(agent)?;
    machine.images.destroy_sampler(sampler.handle)
}

/// The functions with a layout are only for the one that programs can fill by themselves.
fn linear(agent: hsa_agent_t, layout: hsa_ext_image_data_layout_t) -> Result<(), Error> {
    runtime::machine()?.agent(agent)?;
    if layout == HSA_EXT_IMAGE_DATA_LAYOUT_LINEAR { Ok(()) } else { Err(Error::InvalidArgument) }
}

/// Only images of one level have pitches that programs choose.
fn shape(
    agent: &Agent,
    wanted: Option<Wanted>,
    [row_pitch, slice_pitch]: [usize; 2],
) -> Result<Shape, Error> {
    let (descriptor, levels) = wanted.ok_or(Error::InvalidArgument)?;
    let generation = generation(agent).ok_or(Error::ImageFormatUnsupported)?;
    match levels {
        0 | 1 => Shape::new(generation, &descriptor, row_pitch, slice_pitch),
        _ => Shape::with_levels(generation, &descriptor, levels),
    }
}
