//! Which scratch memory a dispatch gets. ROCr gives a queue none until a dispatch asks (`HandleInsufficientScratch`);
//! its comment in `AsyncReclaimMainScratch` tells what the firmware does. Touches memory by its trait.
#![forbid(unsafe_code)]

use super::descriptor::{ALTERNATE, MAIN, QueueDescriptor, ScratchFields, ScratchState};
use super::packet::Kernel;
use crate::device::dispatch::Scratch;
use crate::device::gpu::Gpu;
use crate::device::memory::Fault;
use crate::device::platform::Platform;

/// What `queue_inactive_signal` says when scratch memory lacks, for waves of 64 lanes and of 32.
pub const INSUFFICIENT: [i64; 2] = [1, 0x400];
/// What it says when memory that was given for one dispatch is free again.
pub const RECLAIM: i64 = 0x200;

/// What was found for a dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It needs none.
    NotNeeded,
    /// This memory, with the buffer descriptor for it.
    Use(Scratch, [u32; 4]),
    /// The runtime has to give more.
    Insufficient,
}

/// Chooses scratch memory for packet number `packet`, and notes its use where the runtime asks for that.
pub fn choose(
    platform: &dyn Platform,
    queue: QueueDescriptor,
    gpu: &Gpu,
    kernel: &Kernel,
    wave32: bool,
    packet: u64,
) -> Result<Choice, Fault> {
    if kernel.private_bytes == 0 {
        return Ok(Choice::NotNeeded);
    }
    let v2 = gpu.async_scratch_reclaim && queue.is_v2(platform)?;
    let mut candidates = vec![MAIN];
    if v2 {
        let limits = queue.alternate_limits(platform)?;
        if (0..3).all(|axis| kernel.grid[axis] <= limits[axis]) {
            candidates.push(ALTERNATE);
        }
    }
    for fields in candidates {
        let state = queue.scratch(platform, fields)?;
        if let Some(scratch) =
            usable(&state, gpu, kernel, wave32).filter(|_| !v2 || packet <= state.max_use_index)
        {
            note(platform, queue, fields, v2, packet)?;
            return Ok(Choice::Use(scratch, state.resource));
        }
    }
    Ok(Choice::Insufficient)
}

/// The memory of a state if its lanes have enough of it. The lane size is told for waves of 64: those of 32 have twice
/// as much.
fn usable(state: &ScratchState, gpu: &Gpu, kernel: &Kernel, wave32: bool) -> Option<Scratch> {
    let lane_bytes = u64::from(state.wave64_lane_bytes) * if wave32 { 2 } else { 1 };
    if lane_bytes < kernel.private_bytes.into() {
        return None;
    }
    Scratch::from_register(state.location, state.tmpring_size, gpu.gfx, gpu.shader_engines)
}

fn note(
    platform: &dyn Platform,
    queue: QueueDescriptor,
    fields: ScratchFields,
    v2: bool,
    packet: u64,
) -> Result<(), Fault> {
    if v2 { queue.scratch_used(platform, fields, packet) } else { Ok(()) }
}
