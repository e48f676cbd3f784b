//! The memory that a queue stands on must be mapped on its GPU, whole, and stays so while the queue lives. Mirrors
//! `kfd_queue_acquire_buffers` and its counterpart (amdkfd/kfd_queue.c). Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Buffers, Kind, Properties};
use crate::contract::{Call, Errno, FileId};
use crate::topology::Gpu;

/// `kfd_queue_acquire_buffers`. Kernels before KFD 1.17 did not look (assumed: the checks came with Linux 6.12,
/// without a KFD version of their own).
pub(crate) fn acquire(
    call: &mut Call,
    device: usize,
    vm: FileId,
    queue: &Properties,
) -> Result<Buffers, Errno> {
    let mut held = Buffers::default();
    if !call.machine.kfd_at_least(17) {
        return Ok(held);
    }
    match acquire_into(call, device, vm, queue, &mut held) {
        Ok(()) => Ok(held),
        Err(error) => {
            release(call, vm, &held);
            Err(error)
        }
    }
}

fn acquire_into(
    call: &mut Call,
    device: usize,
    vm: FileId,
    queue: &Properties,
    held: &mut Buffers,
) -> Result<(), Errno> {
    let page = call.host.page_size();
    let gpu = call.gpu(device);
    let ring_bytes = ring_bytes(gpu, queue).next_multiple_of(page);
    let space = &mut call.state.render_mut(vm)?.vm;
    held.write_pointer = Some(space.hold_for_queue(queue.write_pointer, page)?);
    held.read_pointer = Some(space.hold_for_queue(queue.read_pointer, page)?);
    held.ring = Some(space.hold_for_queue(queue.ring, ring_bytes)?);
    if queue.kind != Kind::Compute {
        return Ok(());
    }
    acquire_compute(call, device, vm, queue, held)
}

/// Only compute queues need an end-of-pipe buffer and a save area.
fn acquire_compute(
    call: &mut Call,
    device: usize,
    vm: FileId,
    queue: &Properties,
    held: &mut Buffers,
) -> Result<(), Errno> {
    let (gpu, page) = (call.gpu(device), call.host.page_size());
    let needs = gpu.save_area(page, call.machine.kernel.save_area_granule);
    let space = &mut call.state.render_mut(vm)?.vm;
    if queue.eop_buffer != 0 {
        // The size is a u32 in struct queue_properties; what user mode gives is a u64.
        let eop_bytes = queue.eop_buffer_size as u32;
        if eop_bytes < needs.eop_buffer_size {
            return Err(Errno::EINVAL);
        }
        let eop_bytes = u64::from(eop_bytes).next_multiple_of(page);
        held.eop = Some(space.hold_for_queue(queue.eop_buffer, eop_bytes)?);
    }
    if queue.control_stack_size != needs.ctl_stack_size || queue.save_area_size < needs.cwsr_size {
        return Err(Errno::EINVAL);
    }
    let area = u64::from(queue.save_area_size) + u64::from(needs.debug_memory_size);
    let area = (area * gpu.xccs()).next_multiple_of(page);
    if let Ok(object) = space.hold_for_queue(queue.save_area, area) {
        held.save_area = Some(object);
        return Ok(());
    }
    let first = queue.save_area / page;
    let last = (first + area / page).saturating_sub(1);
    call.process().ranges.hold_for_queue(first, last, device)?;
    held.save_range = Some((first, last));
    Ok(())
}

/// AQL rings of gfx7 and gfx8 appear twice their size in the GPU's address space.
fn ring_bytes(gpu: &Gpu, queue: &Properties) -> u64 {
    if queue.kind == Kind::Compute && queue.aql && (70000..90000).contains(&gpu.gfx) {
        queue.ring_size / 2
    } else {
        queue.ring_size + queue.metadata_ring_size
    }
}

/// `kfd_queue_unref_bo_vas` and `kfd_queue_release_buffers`
pub(crate) fn release(call: &mut Call, vm: FileId, held: &Buffers) {
    if let Ok(render) = call.state.render_mut(vm) {
        let objects = [held.write_pointer, held.read_pointer, held.ring, held.eop, held.save_area];
        for object in objects.into_iter().flatten() {
            render.vm.release_for_queue(object);
        }
    }
    if let Some((first, last)) = held.save_range {
        call.process().ranges.release_for_queue(first, last);
    }
}
