//! From a dispatch packet to a dispatch: the checks that the packet processor makes, and what it hands to the
//! dispatcher. Touches memory by its trait.
#![forbid(unsafe_code)]

use super::descriptor::QueueDescriptor;
use super::error::QueueError;
use super::packet::Kernel;
use super::scratch::{self, Choice};
use crate::device::dispatch::descriptor::{BYTES, Descriptor, properties};
use crate::device::dispatch::{Dispatch, Pointers, user_sgprs};
use crate::device::gpu::{Gpu, MAX_LDS_BYTES, MAX_WORKGROUP};
use crate::device::memory::Fault;
use crate::device::platform::Platform;

/// Where a packet stands.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its number since the queue was made.
    pub id: u64,
    /// Its address in the ring.
    pub address: u64,
    /// Its place there.
    pub index: u32,
}

/// What became of a dispatch packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Launch {
    /// It can run.
    Ready(Dispatch),
    /// It needs scratch memory that the queue does not have; whether its waves have 32 lanes.
    NeedsScratch {
        /// Its waves have 32 lanes.
        wave32: bool,
    },
    /// It is refused.
    Refused(QueueError),
}

impl From<QueueError> for Launch {
    fn from(error: QueueError) -> Self {
        Self::Refused(error)
    }
}

/// Prepares a dispatch packet. Fails only when the queue's own memory, or the arguments, cannot be read.
pub fn prepare(
    platform: &dyn Platform,
    gpu: &Gpu,
    queue: QueueDescriptor,
    kernel: &Kernel,
    place: Place,
) -> Result<Launch, Fault> {
    if let Some(error) = refuse(kernel) {
        return Ok(error.into());
    }
    let Ok(descriptor) = Descriptor::read(platform.memory(), kernel.object) else {
        return Ok(QueueError::Code.into());
    };
    let wave32 = gpu.gfx.has_wgp() && descriptor.has(properties::WAVEFRONT_SIZE32);
    let mut dispatch = without_memory(gpu, kernel, &descriptor, wave32);
    dispatch.packet = place.index;
    if dispatch.resident_groups().is_err() {
        return Ok(QueueError::Registers.into());
    }
    let mut resource = queue.scratch(platform, super::descriptor::MAIN)?.resource;
    match scratch::choose(platform, queue, gpu, kernel, wave32, place.id)? {
        Choice::NotNeeded => {}
        Choice::Use(memory, words) => (dispatch.scratch, resource) = (Some(memory), words),
        Choice::Insufficient => return Ok(Launch::NeedsScratch { wave32 }),
    }
    let pointers = Pointers {
        scratch_descriptor: resource,
        packet: place.address,
        queue: queue.base,
        arguments: kernel.arguments,
        dispatch_id: place.id,
        scratch: dispatch.scratch.map_or(0, |scratch| scratch.base),
        private_bytes: kernel.private_bytes,
    };
    dispatch.user_sgprs = user_sgprs(&descriptor, &pointers, gpu.gfx, platform.memory())?;
    Ok(Launch::Ready(dispatch))
}

/// The dispatch before it has scratch memory and user SGPRs.
fn without_memory(gpu: &Gpu, kernel: &Kernel, descriptor: &Descriptor, wave32: bool) -> Dispatch {
    Dispatch {
        gfx: gpu.gfx,
        entry: descriptor.entry,
        rsrc: descriptor.rsrc,
        wave32,
        grid: kernel.grid,
        workgroup: kernel.workgroup,
        lds_bytes: kernel.group_bytes,
        user_sgprs: Vec::new(),
        scratch: None,
        packet: 0,
    }
}

/// The checks of a packet's own fields. That every one of the three sizes must be set, also of dimensions that the
/// packet does not count, is assumed: the dispatcher multiplies all three.
fn refuse(kernel: &Kernel) -> Option<QueueError> {
    let empty = |sizes: [u32; 3]| sizes.contains(&0);
    if kernel.dimensions == 0 || empty(kernel.grid) || empty(kernel.workgroup) {
        return Some(QueueError::Dimensions);
    }
    let items: u64 = kernel.workgroup.iter().map(|size| u64::from(*size)).product();
    if items > MAX_WORKGROUP.into() {
        return Some(QueueError::WorkgroupSize);
    }
    if kernel.group_bytes > MAX_LDS_BYTES {
        return Some(QueueError::GroupSegment);
    }
    (kernel.object == 0 || kernel.object % BYTES != 0).then_some(QueueError::Code)
}
