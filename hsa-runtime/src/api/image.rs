//! Images and samplers. Answers to upstream's `hsa_ext_image.cpp` and `image_runtime.cpp`.
#![forbid(unsafe_code)]

use core::ffi::c_void;

use crate::{
    abi::*,
    agent::{Agent, info},
    boundary::{Error, ImageLayout, In, Out, Value},
    image::{self, Generation, Image, Shape},
    runtime,
};

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
    tell(agent, descriptor.optional(), access, [0, 0], info)
}

pub fn get_info_v2(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_v2_t>,
    access: hsa_access_permission_t,
    info: Out<hsa_ext_image_data_info_t>,
) -> Result<(), Error> {
    tell(agent, without_levels(descriptor)?, access, [0, 0], info)
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
    tell(agent, descriptor.optional(), access, [row_pitch, slice_pitch], info)
}

fn tell(
    agent: hsa_agent_t,
    descriptor: Option<hsa_ext_image_descriptor_t>,
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
    let shape = shape(agent, descriptor, pitches)?;
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
    make(agent, descriptor.optional(), data, [0, 0], handle)
}

pub fn create_v2(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_v2_t>,
    data: *const c_void,
    _access: hsa_access_permission_t,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    make(agent, without_levels(descriptor)?, data, [0, 0], handle)
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
    make(agent, descriptor.optional(), data, [row_pitch, slice_pitch], handle)
}

/// Every image can be read and written as far as its format can; the permission is a hint.
fn make(
    agent: hsa_agent_t,
    descriptor: Option<hsa_ext_image_descriptor_t>,
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
    let shape = shape(agent, descriptor, pitches)?;
    let image = Image { gpu: agent.index, shape, data: data.addr() as u64 };
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
    lay_out(agent, descriptor.optional(), layout, data, handle)
}

pub fn create_laid_out_v2(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_image_descriptor_v2_t>,
    layout: ImageLayout,
    data: *const c_void,
    _access: hsa_access_permission_t,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    lay_out(agent, without_levels(descriptor)?, layout, data, handle)
}

fn lay_out(
    agent: hsa_agent_t,
    descriptor: Option<hsa_ext_image_descriptor_t>,
    layout: ImageLayout,
    data: *const c_void,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    const AMD: u32 = 0x1002 << 16;
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    handle.check()?;
    let descriptor = descriptor.ok_or(Error::InvalidArgument)?;
    let [version, device, words @ ..] = layout.words().ok_or(Error::InvalidArgument)?;
    let data = data.addr() as u64;
    if data == 0 {
        return Err(Error::InvalidArgument);
    }
    if data % 256 != 0 {
        return Err(Error::InvalidAllocation);
    }
    let is_ours = version == 1 && u64::from(device ^ AMD) == agent.node.properties.device_id;
    let generation = generation(agent).filter(|_| is_ours);
    let resource = generation.and_then(|generation| image::laid_out(generation, &descriptor, words, data));
    let created =
        machine.images.create_laid_out(&*machine.driver, resource.ok_or(Error::ImageFormatUnsupported)?)?;
    handle.write(hsa_ext_image_t { handle: created })
}

/// An image of one level of another's texels; all have one here.
pub fn get_level(
    agent: hsa_agent_t,
    image: In<hsa_ext_image_t>,
    level: u32,
    _descriptor: In<hsa_ext_image_descriptor_v2_t>,
    handle: Out<hsa_ext_image_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    machine.agent(agent)?;
    handle.check()?;
    let whole = machine.images.get(image.optional().ok_or(Error::InvalidArgument)?.handle)?;
    if level != 0 {
        return Err(Error::InvalidArgument);
    }
    handle.write(hsa_ext_image_t { handle: machine.images.create(&*machine.driver, whole)? })
}

pub fn destroy(agent: hsa_agent_t, image: hsa_ext_image_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    machine.agent(agent)?;
    machine.images.destroy(image.handle)
}

pub fn create_sampler(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_sampler_descriptor_t>,
    handle: Out<hsa_ext_sampler_t>,
) -> Result<(), Error> {
    let words = descriptor.optional().map(|wanted| {
        let mode = wanted.address_mode;
        [wanted.coordinate_mode, wanted.filter_mode, mode, mode, mode]
    });
    sampler(agent, words, handle)
}

/// Programs of all releases so far have the structure as it was up to 7.2: without a filter for levels, which stands
/// before the modes now.
pub fn create_sampler_by_axis(
    agent: hsa_agent_t,
    descriptor: In<hsa_ext_sampler_descriptor_v2_t>,
    handle: Out<hsa_ext_sampler_t>,
) -> Result<(), Error> {
    sampler(agent, descriptor.beginning(), handle)
}

/// Of coordinates, a filter, and a mode for each axis.
fn sampler(agent: hsa_agent_t, words: Option<[u32; 5]>, handle: Out<hsa_ext_sampler_t>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    let [coordinates, filter, x, y, z] = words.ok_or(Error::InvalidArgument)?;
    handle.write(hsa_ext_sampler_t { handle: 0 })?;
    let generation = generation(agent).ok_or(Error::InvalidAgent)?;
    let words = image::sampler(generation, [x, y, z], coordinates, filter)?;
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

/// A descriptor that asks for one level, as older ones do.
///
/// # Errors
/// `ImageSizeUnsupported` for several: there are none here yet.
fn without_levels(
    descriptor: In<hsa_ext_image_descriptor_v2_t>,
) -> Result<Option<hsa_ext_image_descriptor_t>, Error> {
    match descriptor.optional() {
        Some(newer) if newer.mipmap_levels > 1 => Err(Error::ImageSizeUnsupported),
        Some(hsa_ext_image_descriptor_v2_t {
            geometry, width, height, depth, array_size, format, ..
        }) => Ok(Some(hsa_ext_image_descriptor_t { geometry, width, height, depth, array_size, format })),
        None => Ok(None),
    }
}

fn shape(
    agent: &Agent,
    descriptor: Option<hsa_ext_image_descriptor_t>,
    [row_pitch, slice_pitch]: [usize; 2],
) -> Result<Shape, Error> {
    let descriptor = descriptor.ok_or(Error::InvalidArgument)?;
    let generation = generation(agent).ok_or(Error::ImageFormatUnsupported)?;
    Shape::new(generation, &descriptor, row_pitch, slice_pitch)
}
