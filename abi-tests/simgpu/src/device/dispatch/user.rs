//! User SGPRs: what the command processor puts into the first SGPRs of every wave. Touches memory by its trait.
#![forbid(unsafe_code)]

use super::descriptor::{Descriptor, properties::*};
use crate::device::gpu::Gfx;
use crate::device::memory::{Fault, Memory};

/// What the user SGPRs of a packet's waves can be asked to hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pointers {
    /// `scratch_resource_descriptor` of the queue.
    pub scratch_descriptor: [u32; 4],
    /// Address of the packet in its ring.
    pub packet: u64,
    /// Address of amd_queue_t.
    pub queue: u64,
    /// Address of the arguments.
    pub arguments: u64,
    /// The packet's number since the queue was made.
    pub dispatch_id: u64,
    /// Address of the scratch memory.
    pub scratch: u64,
    /// Scratch bytes of one work-item.
    pub private_bytes: u32,
}

/// The user SGPRs of a kernel's waves, in the order of its descriptor's bits; then the preloaded arguments.
pub fn user_sgprs(
    kernel: &Descriptor,
    pointers: &Pointers,
    gfx: Gfx,
    memory: &dyn Memory,
) -> Result<Vec<u32>, Fault> {
    let mut sgprs = Vec::with_capacity(16);
    let architected = gfx.architected_flat_scratch();
    if kernel.has(PRIVATE_SEGMENT_BUFFER) && !architected {
        sgprs.extend(scratch_descriptor(pointers.scratch_descriptor, kernel.has(WAVEFRONT_SIZE32), gfx));
    }
    let pairs = [
        (DISPATCH_PTR, pointers.packet),
        (QUEUE_PTR, pointers.queue),
        (KERNARG_SEGMENT_PTR, pointers.arguments),
        (DISPATCH_ID, pointers.dispatch_id),
        (if architected { 0 } else { FLAT_SCRATCH_INIT }, pointers.scratch),
    ];
    for (property, value) in pairs {
        if kernel.has(property) {
            sgprs.extend([value as u32, (value >> 32) as u32]);
        }
    }
    if kernel.has(PRIVATE_SEGMENT_SIZE) {
        sgprs.push(pointers.private_bytes);
    }
    if gfx.preloads_arguments() {
        let (words, first) = (u64::from(kernel.preload & 0x7f), u64::from(kernel.preload >> 7));
        for number in 0..words {
            sgprs.push(memory.load32(pointers.arguments.wrapping_add(4 * (first + number)))?);
        }
    }
    // The waves get as many as COMPUTE_PGM_RSRC2 counts, whatever the bits say.
    sgprs.resize((kernel.rsrc[1] >> 1 & 0x1f) as usize, 0);
    Ok(sgprs)
}

/// The queue's buffer descriptor with the index stride that fits the waves: gfx10 leaves it to the command processor
/// (`FillBufRsrcWord3_Gfx10`); 2 stands for 32 lanes, 3 for 64.
fn scratch_descriptor(mut words: [u32; 4], wave32: bool, gfx: Gfx) -> [u32; 4] {
    if gfx.major >= 10 {
        words[3] = words[3] & !(3 << 21) | if wave32 { 2 } else { 3 } << 21;
    }
    words
}
