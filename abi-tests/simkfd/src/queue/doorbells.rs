//! The doorbells of a process on one GPU: a window of the device's registers, numbered in units of one doorbell.
//! Mirrors amdkfd/kfd_doorbell.c and `allocate_doorbell`. Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use super::Kind;
use super::engines::SdmaQueue;
use crate::contract::{Backing, Call, Errno, lowest_free};
use crate::topology::{Gpu, MAX_QUEUES_PER_PROCESS};

/// `KFD_QUEUE_DOORBELL_MIRROR_OFFSET`
const MIRROR: u32 = 512;
/// `KFD_SDMA_SHADER_DOORBELL_GRANULARITY`: doorbells of 8 bytes in a block of 32 bytes.
const SHADER_GRANULARITY: u32 = 4;

/// `qpd->proc_doorbells` and its bitmap.
pub(crate) struct Doorbells {
    /// The window itself; the GPU watches it.
    pub backing: Backing,
    used: BTreeSet<u32>,
}

/// The doorbells of a process on a device, made when they are first asked for (`kfd_alloc_process_doorbells`).
pub(crate) fn doorbells<'c>(call: &'c mut Call, device: usize) -> Result<&'c mut Doorbells, Errno> {
    if call.process().devices[device].doorbells.is_none() {
        let gpu = call.gpu(device);
        let backing = call.host.create_backing(gpu.doorbell_slice(call.host.page_size()))?;
        let used = reserved(gpu);
        call.process().devices[device].doorbells = Some(Doorbells { backing, used });
    }
    Ok(call.process().devices[device].doorbells.as_mut().expect("made above"))
}

impl Doorbells {
    /// `allocate_doorbell`: `EBUSY` when none is left, `EINVAL` when the wanted one can not be the queue's.
    pub fn allocate(
        &mut self,
        gpu: &Gpu,
        queue_id: u32,
        sdma: Option<SdmaQueue>,
        wanted: Option<u32>,
    ) -> Result<u32, Errno> {
        let fixed = match sdma {
            _ if !gpu.is_soc15() => Some(queue_id),
            Some(sdma) => Some(engine_base(gpu, sdma.engine) + (sdma.queue & 1) * MIRROR + (sdma.queue >> 1)),
            None => None,
        };
        if let Some(fixed) = fixed {
            return if wanted.is_none_or(|wanted| wanted == fixed) { Ok(fixed) } else { Err(Errno::EINVAL) };
        }
        let id = wanted.unwrap_or_else(|| lowest_free(self.used.iter(), 0));
        if id < MAX_QUEUES_PER_PROCESS && self.used.insert(id) {
            return Ok(id);
        }
        Err(if wanted.is_some() { Errno::EINVAL } else { Errno::EBUSY })
    }

    /// `deallocate_doorbell`
    pub fn free(&mut self, gpu: &Gpu, kind: Kind, doorbell: u32) {
        if gpu.is_soc15() && kind == Kind::Compute {
            self.used.remove(&doorbell);
        }
    }
}

/// First doorbell of an SDMA engine (`shared_resources.sdma_doorbell_idx`; amdgpu_doorbell.h's assignment for Vega 10
/// and for everything later).
fn engine_base(gpu: &Gpu, engine: u32) -> u32 {
    if gpu.gfx < 90006 {
        return 0xe0 + engine * 8;
    }
    let base = 0x100 + engine * 10;
    if gpu.is_gfx943() { base.next_multiple_of(SHADER_GRANULARITY) } else { base }
}

/// `init_doorbell_bitmap`: what belongs to SDMA, interrupts and video (`non_cp_doorbells_start` to `_end`), and its
/// mirror. Assumed: 0xe0 to 0xff on Vega 10, 0x100 to 0x18f later.
fn reserved(gpu: &Gpu) -> BTreeSet<u32> {
    if !gpu.is_soc15() {
        return BTreeSet::new();
    }
    let range = if gpu.gfx < 90006 { 0xe0..=0xff } else { 0x100..=0x18f };
    range.flat_map(|id| [id, id + MIRROR]).collect()
}
