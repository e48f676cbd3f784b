//! Texels into images, out of them, between them, and all of one colour. Answers to upstream's `hsa_ext_image.cpp`; calls
//! return when it is done.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::{Bytes, BytesMut, Error, In},
    copy::{Rooms, job::FillBox, packet::rect::Rect},
    image::{self, Image, Part},
    runtime,
};

/// An image, and the machine that it is on.
struct Call {
    machine: Arc<Machine>,
    image: Image,
}

impl Call {
    fn new(agent: hsa_agent_t, image: hsa_ext_image_t) -> Result<Self, Error> {
        let machine = runtime::machine()?;
        machine.agent(agent)?;
        let image = machine.images.get(image.handle)?;
        Ok(Self { machine, image })
    }

    fn part(&self, region: In<hsa_ext_image_region_t>) -> Result<Option<Part>, Error> {
        let region = region.optional().ok_or(Error::InvalidArgument)?;
        self.image.part(region.offset, region.range)
    }

    fn gpu(&self) -> &Agent {
        &self.machine.agents[self.image.gpu]
    }

    fn copy(&self, rect: &Rect) -> Result<(), Error> {
        let (events, queues) = (runtime::events()?, runtime::queues()?);
        self.machine.copy_box_now(Rooms { events: &events, queues: &queues }, self.gpu(), rect)
    }
}

/// The address of memory; `InvalidArgument` if there is none.
fn memory(address: u64) -> Result<u64, Error> {
    if address == 0 { Err(Error::InvalidArgument) } else { Ok(address) }
}

pub fn import(
    agent: hsa_agent_t,
    source: Bytes,
    row_pitch: usize,
    slice_pitch: usize,
    image: hsa_ext_image_t,
    region: In<hsa_ext_image_region_t>,
) -> Result<(), Error> {
    let call = Call::new(agent, image)?;
    let source = memory(source.address())?;
    let Some(part) = call.part(region)? else { return Ok(()) };
    call.copy(&part.copy(part.place, part.memory(source, row_pitch as u64, slice_pitch as u64)))
}

pub fn export(
    agent: hsa_agent_t,
    image: hsa_ext_image_t,
    target: BytesMut,
    row_pitch: usize,
    slice_pitch: usize,
    region: In<hsa_ext_image_region_t>,
) -> Result<(), Error> {
    let call = Call::new(agent, image)?;
    let target = memory(target.address())?;
    let Some(part) = call.part(region)? else { return Ok(()) };
    call.copy(&part.copy(part.memory(target, row_pitch as u64, slice_pitch as u64), part.place))
}

/// Between images of one format and one GPU.
pub fn copy(
    agent: hsa_agent_t,
    source: hsa_ext_image_t,
    source_offset: In<hsa_dim3_t>,
    target: hsa_ext_image_t,
    target_offset: In<hsa_dim3_t>,
    range: In<hsa_dim3_t>,
) -> Result<(), Error> {
    let call = Call::new(agent, source)?;
    let target = call.machine.images.get(target.handle)?;
    let given = |at: In<hsa_dim3_t>| at.optional().ok_or(Error::InvalidArgument);
    let (from, to, range) = (given(source_offset)?, given(target_offset)?, given(range)?);
    if target.gpu != call.image.gpu || target.shape.format != call.image.shape.format {
        return Err(Error::InvalidArgument);
    }
    let parts = call.image.part(from, range)?.zip(target.part(to, range)?);
    parts.map_or(Ok(()), |(from, to)| call.copy(&to.copy(to.place, from.place)))
}

/// The colour is of four floats or four whole numbers, whichever the format's are.
pub fn clear(
    agent: hsa_agent_t,
    image: hsa_ext_image_t,
    colour: Bytes,
    region: In<hsa_ext_image_region_t>,
) -> Result<(), Error> {
    let call = Call::new(agent, image)?;
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(colour.get(size_of::<[u32; 4]>())?.chunks_exact(4)) {
        *word = u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    let Some(part) = call.part(region)? else { return Ok(()) };
    let format = &call.image.shape.format;
    let fill = FillBox {
        area: part.copy(part.place, part.place),
        texel: image::texel(format, words),
        texel_bytes: format.bytes(),
    };
    let (events, queues) = (runtime::events()?, runtime::queues()?);
    call.machine.fill_box_now(Rooms { events: &events, queues: &queues }, call.gpu(), &fill)
}
