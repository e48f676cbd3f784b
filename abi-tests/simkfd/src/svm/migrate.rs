//! What follows from changed attributes: pages go where they are to be prefetched, and GPUs get them mapped. Only the
//! tale of it is simulated, as SMI events: GPUs reach the process's own memory, wherever it is said to be. Mirrors
//! `svm_range_trigger_migration`, `svm_range_validate_and_map` and `svm_range_evict` of amdkfd/kfd_svm.c and
//! amdkfd/kfd_migrate.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use crate::contract::{Call, Migration, queues_evicted, queues_restored, unmapped_from_gpu};
use crate::topology::Gpu;
use crate::uapi::kfd_flags::*;

/// What `svm_range_apply_attrs` left to do.
pub(super) struct Changed {
    /// First pages of the ranges that are not as they were.
    pub ranges: Vec<u64>,
    /// Their mappings on GPUs are out of date.
    pub mappings: bool,
}

/// The second half of `svm_range_set_attr`.
pub(super) fn settle(call: &mut Call, changed: &Changed) {
    let mut evicted = false;
    for first in &changed.ranges {
        let migrated = migrate(call, *first, &mut evicted);
        if migrated || changed.mappings {
            map(call, *first);
        }
    }
    // svm_range_restore_work, a millisecond later there.
    if evicted {
        queues_restored(call);
    }
}

/// `svm_range_trigger_migration`: whether pages moved.
fn migrate(call: &mut Call, first: u64, evicted: &mut bool) -> bool {
    let wanted = prefetch_location(call, first);
    let Some(range) = call.process().ranges.at(first) else { return false };
    match (wanted, range.location) {
        (KFD_IOCTL_SVM_LOCATION_UNDEFINED, _) => false,
        (KFD_IOCTL_SVM_LOCATION_SYSMEM, KFD_IOCTL_SVM_LOCATION_SYSMEM) => false,
        (KFD_IOCTL_SVM_LOCATION_SYSMEM, from) => {
            travel(call, first, (from, KFD_IOCTL_SVM_LOCATION_SYSMEM), evicted);
            true
        }
        (to, from) => {
            if from != KFD_IOCTL_SVM_LOCATION_SYSMEM && from != to {
                // svm_migrate_vram_to_vram: by way of system memory.
                travel(call, first, (from, KFD_IOCTL_SVM_LOCATION_SYSMEM), evicted);
            }
            let room = has_room(call, first, to);
            if room {
                travel(call, first, (KFD_IOCTL_SVM_LOCATION_SYSMEM, to), evicted);
            }
            room
        }
    }
}

/// `svm_range_best_prefetch_location`: system memory where devices that use the range do not all reach the GPU's.
fn prefetch_location(call: &mut Call, first: u64) -> u32 {
    let (machine, xnack) = (call.machine, call.process().xnack);
    let process = call.process();
    let Some(range) = process.ranges.at(first) else { return KFD_IOCTL_SVM_LOCATION_UNDEFINED };
    let attributes = &range.attributes;
    let Ok(device) = process.device(attributes.prefetch) else { return attributes.prefetch };
    let gpu = |device: usize| &machine.gpus[process.devices[device].gpu];
    let home = gpu(device);
    let users = attributes.in_place.iter().chain(attributes.access.iter().filter(|_| !xnack));
    let reached = |user: &Gpu| user.device == home.device || user.same_hive(home);
    if home.prefers_gtt() || !users.map(|user| gpu(*user)).all(reached) {
        return KFD_IOCTL_SVM_LOCATION_SYSMEM;
    }
    attributes.prefetch
}

/// `svm_migrate_ram_to_vram` asks for the memory, and gives it back to the accounts when it is done.
fn has_room(call: &mut Call, first: u64, gpu_id: u32) -> bool {
    let page = call.host.page_size();
    let process = call.process();
    let (Some(range), Ok(device)) = (process.ranges.at(first), process.device(gpu_id)) else { return false };
    let (bytes, node) = ((range.last - first + 1) * page, process.devices[device].gpu);
    let (state, flags) = (&mut call.state, KFD_IOC_ALLOC_MEM_FLAGS_VRAM);
    let room = state.accounts.reserve((call.machine, call.host), node, bytes, flags).is_ok();
    if room {
        state.accounts.unreserve((call.machine, call.host), node, bytes, flags);
    }
    room
}

/// Moves a range from one place to another, of which one is a GPU. Assumed: its pages are of one mapping of the
/// process's, and anonymous; each mapping would be told of on its own.
fn travel(call: &mut Call, first: u64, (from, to): (u32, u32), evicted: &mut bool) {
    let host = call.host;
    let process = call.process();
    let node_of = |gpu_id| process.device(gpu_id).ok();
    let (Some(device), Some(range)) = (node_of(from).or(node_of(to)), process.ranges.at(first)) else {
        return;
    };
    let id_of = |gpu_id| node_of(gpu_id).map_or(0, |device| process.devices[device].node_id);
    let migration = Migration {
        device,
        pages: (first, range.last),
        from: id_of(from),
        to: id_of(to),
        prefetch: range.attributes.prefetch,
        preferred: range.attributes.preferred,
        trigger: KFD_MIGRATE_TRIGGER_PREFETCH,
    };
    let [start, end] = migration.events(process, host);
    call.tell(&start);
    invalidate(call, first, evicted);
    call.tell(&end);
    if let Some(range) = call.process().ranges.at_mut(first) {
        range.location = to;
    }
}

/// `svm_range_evict`, which the kernel's own page tables call for as pages leave: queues stop, or where they can
/// retry, the mappings go.
fn invalidate(call: &mut Call, first: u64, evicted: &mut bool) {
    let xnack = call.process().xnack;
    let Some(range) = call.process().ranges.at_mut(first).filter(|range| range.mapped) else { return };
    if !xnack || range.attributes.flags & KFD_IOCTL_SVM_FLAG_GPU_ALWAYS_MAPPED != 0 {
        if !std::mem::replace(evicted, true) {
            queues_evicted(call, KFD_QUEUE_EVICTION_TRIGGER_SVM);
        }
        return;
    }
    range.mapped = false;
    let (pages, devices) = ((first, range.last), range.attributes.users());
    let host = call.host;
    for device in devices {
        let trigger = KFD_SVM_UNMAP_TRIGGER_MMU_NOTIFY_MIGRATE;
        let event = unmapped_from_gpu(call.process(), device, pages, trigger, host);
        call.tell(&event);
    }
}

/// `svm_range_validate_and_map`: on which GPUs a range is mapped when nobody has asked for it yet.
fn map(call: &mut Call, first: u64) {
    let process = call.process();
    let Some(range) = process.ranges.at(first) else { return };
    let attributes = &range.attributes;
    let lives_with_user = process.device(range.location).is_ok_and(|home| attributes.access.contains(&home));
    let always = range.mapped || attributes.flags & KFD_IOCTL_SVM_FLAG_GPU_ALWAYS_MAPPED != 0;
    let accessed = !attributes.access.is_empty() && (!process.xnack || always);
    let any = !attributes.in_place.is_empty() || lives_with_user || accessed;
    if let Some(range) = process.ranges.at_mut(first).filter(|_| any) {
        range.mapped = true;
    }
}
