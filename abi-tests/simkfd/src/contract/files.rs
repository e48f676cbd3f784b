//! Files and what hangs on them: a process with /dev/kfd, an address space with a render node. Mirrors `kfd_open`,
//! `kfd_release`, `kfd_ioctl_acquire_vm` and their neighbours in amdkfd/kfd_chardev.c and kfd_process.c. Touches
//! nothing but memory.
#![forbid(unsafe_code)]

use super::{Call, Context, Errno, File, FileId, FileKind, Host, Process, ProcessId, State, smi};
use crate::accel::AccelFile;
use crate::debug::sampling;
use crate::drm::RenderFile;
use crate::memory::{GPU_PAGE, Objects, Storage, Vm};
use crate::topology::{Gpu, Machine};
use crate::uapi::kfd::kfd_ioctl_acquire_vm_args;
use crate::uapi::kfd_flags::{
    KFD_IOC_ALLOC_MEM_FLAGS_GTT, KFD_QUEUE_EVICTION_TRIGGER_SVM, KFD_QUEUE_EVICTION_TRIGGER_USERPTR,
    KFD_SMI_EVENT_PROCESS_END, KFD_SVM_UNMAP_TRIGGER_UNMAP_FROM_CPU,
};
use std::ops::Range;

/// Opens a device file.
pub(super) fn open(
    state: &mut State,
    machine: &Machine,
    kind: FileKind,
    host: &dyn Host,
) -> Result<FileId, Errno> {
    let file = match kind {
        FileKind::Kfd => File::Kfd { process: primary_process(state, machine, host)? },
        FileKind::Render { minor } => {
            let gpu = machine.gpu_by_minor(minor).ok_or(Errno::ENODEV)?;
            let vm = Vm::new(1 << machine.gpus[gpu].address_bits());
            File::Render(RenderFile::new(gpu, vm))
        }
        FileKind::Accel { minor } => {
            let npu = machine.npus.iter().position(|npu| npu.minor == minor).ok_or(Errno::ENODEV)?;
            File::Accel(AccelFile::new(npu))
        }
    };
    Ok(state.add_file(file))
}

/// `kfd_create_process`: the first open makes the process, later ones find it; it lives as long as the address
/// space, not as long as the files.
fn primary_process(state: &mut State, machine: &Machine, host: &dyn Host) -> Result<ProcessId, Errno> {
    // Assumed: the refusal came with KFD 1.19; before it, a machine without GPUs had a working /dev/kfd.
    if machine.gpus.is_empty() && machine.kfd_at_least(19) {
        return Err(Errno::EINVAL);
    }
    let pid = host.process_id();
    let known = state
        .processes
        .iter()
        .find(|(_, process)| process.pid == pid && process.context == Context::Primary)
        .map(|(id, _)| *id);
    Ok(known.unwrap_or_else(|| state.add_process(Process::new(pid, Context::Primary, machine))))
}

/// Drops a file.
pub(super) fn close(state: &mut State, machine: &Machine, file: FileId, host: &dyn Host) {
    match state.files.remove(&file) {
        Some(File::Kfd { process }) => release_secondary(state, machine, process, host),
        Some(File::Render(mut render)) => {
            for object in render.gem.drain() {
                render.vm.remove(object);
                state.release_object(object, machine, host);
            }
            let acquired = |process: &Process| process.devices.iter().any(|device| device.vm == Some(file));
            if state.processes.values().any(acquired) {
                // The process keeps the file, and with it the address space.
                render.closed = true;
                state.files.insert(file, File::Render(render));
            }
        }
        Some(File::DmaBuf { object }) => {
            state.objects.get_mut(object).dmabuf = None;
            state.release_object(object, machine, host);
        }
        Some(File::Accel(client)) => client.close(host),
        Some(File::Smi) => host.close_stream(file),
        None => {}
    }
}

/// `kfd_release` of another context than the primary one: what it has goes with the file. Its entry stays, empty,
/// for threads that are still inside an ioctl.
fn release_secondary(state: &mut State, machine: &Machine, process: ProcessId, host: &dyn Host) {
    let Some(known) = state.processes.get_mut(&process) else { return };
    if known.context == Context::Primary {
        return;
    }
    let bound = (0..known.devices.len()).filter(|device| known.devices[*device].vm.is_some());
    let ends: Vec<_> =
        bound.map(|device| smi::of_process(known, device, KFD_SMI_EVENT_PROCESS_END, host)).collect();
    let devices = std::mem::take(&mut known.devices);
    if machine.kfd_at_least(18) {
        ends.iter().for_each(|event| smi::tell(host, event));
    }
    state.profilers.retain(|_, holder| *holder != process);
    sampling::release(state, process);
    for mut device in devices {
        for memory in device.handles.drain() {
            for place in &memory.attachments {
                if let Ok(render) = state.render_mut(place.vm) {
                    render.vm.remove(memory.object);
                }
            }
            state.release_object(memory.object, machine, host);
        }
        if let Some(doorbells) = device.doorbells {
            host.release_backing(doorbells.backing);
        }
        if let Some(vm) = device.vm {
            let bytes = kernel_memory(&machine.gpus[device.gpu], host.page_size());
            state.accounts.unreserve((machine, host), device.gpu, bytes, KFD_IOC_ALLOC_MEM_FLAGS_GTT);
            release_vm(state, vm);
        }
    }
}

/// `amdgpu_amdkfd_gpuvm_destroy_cb` and `fput`: the address space is free again, and gone when its file is closed.
fn release_vm(state: &mut State, file: FileId) {
    match state.render_mut(file) {
        Ok(render) if render.closed => drop(state.files.remove(&file)),
        Ok(render) => render.vm.process = None,
        Err(_) => {}
    }
}

/// `kfd_ioctl_create_process`: the file gets a context of its own.
pub(super) fn create_process(call: &mut Call) -> Result<(), Errno> {
    if call.process().context != Context::Primary {
        return Err(Errno::EINVAL);
    }
    let made = Process::new(call.process().pid, Context::Secondary, call.machine);
    let process = call.state.add_process(made);
    let file = call.file;
    call.state.files.insert(file, File::Kfd { process });
    Ok(())
}

/// `kfd_ioctl_acquire_vm`: the address space of an open render node becomes the process's on a device. The same file
/// again is fine, another one `EBUSY`. Which device the render node belongs to is not checked there either.
pub(super) fn acquire_vm(call: &mut Call, args: &mut kfd_ioctl_acquire_vm_args) -> Result<(), Errno> {
    let file = call.host.file_behind(args.drm_fd as i32).map_err(|_| Errno::EINVAL)?;
    let device = call.device(args.gpu_id)?;
    if let Some(acquired) = call.process().devices[device].vm {
        return if Some(acquired) == file { Ok(()) } else { Err(Errno::EBUSY) };
    }
    init_vm(call, device, file.ok_or(Errno::EINVAL)?)
}

/// `kfd_process_device_init_vm`: the address space of a render node becomes the process's on a device. `EINVAL` for a
/// file that is no render node, or whose address space is taken.
pub(crate) fn init_vm(call: &mut Call, device: usize, file: FileId) -> Result<(), Errno> {
    let process = call.process;
    let vm = &mut call.state.render_mut(file)?.vm;
    // amdgpu_amdkfd_gpuvm_acquire_process_vm: already a compute VM.
    if vm.process.is_some() {
        return Err(Errno::EINVAL);
    }
    vm.process = Some(process);
    if let Err(error) = reserve_kernel_memory(call, device) {
        call.state.render_mut(file)?.vm.process = None;
        return Err(error);
    }
    call.process().devices[device].vm = Some(file);
    smi::process_started(call, device);
    Ok(())
}

/// `kfd_process_device_init_cwsr_dgpu` and `_reserve_ib_mem`: `ENOMEM` when there is no memory for them.
fn reserve_kernel_memory(call: &mut Call, device: usize) -> Result<(), Errno> {
    let bytes = kernel_memory(call.gpu(device), call.host.page_size());
    let node = call.process().devices[device].gpu;
    call.state.accounts.reserve((call.machine, call.host), node, bytes, KFD_IOC_ALLOC_MEM_FLAGS_GTT)
}

/// What the kernel itself keeps in an address space, as GTT memory: the trap handler and, before gfx9, a page of
/// commands.
fn kernel_memory(gpu: &Gpu, page: u64) -> u64 {
    /// `KFD_CWSR_TBA_TMA_SIZE`
    const TRAP_HANDLER_BYTES: u64 = 2 * GPU_PAGE;
    let commands = if gpu.is_soc15() { 0 } else { page };
    let trap_handler = if gpu.saves_waves() { TRAP_HANDLER_BYTES } else { 0 };
    commands + trap_handler.next_multiple_of(page)
}

/// What MMU notifiers find when the caller unmaps memory: SVM ranges end and give their pages back
/// (`svm_range_cpu_invalidate_pagetables`), queues stop for a while where user memory is gone.
pub(super) fn unmapped(state: &mut State, addr: u64, bytes: u64, host: &dyn Host) {
    let (pid, page) = (host.process_id(), host.page_size());
    let (Some(end), true) = (addr.checked_add(bytes), bytes > 0) else { return };
    let (first, last) = (addr / page, (end - 1) / page);
    for file in state.files.values_mut() {
        if let File::Accel(client) = file {
            crate::accel::unmapped(client, addr, bytes);
        }
    }
    let State { processes, accounts, objects, .. } = state;
    let mut events = Vec::new();
    for process in processes.values_mut().filter(|process| process.pid == pid) {
        for (start, end, devices) in process.ranges.parts(first, last) {
            let trigger = KFD_SVM_UNMAP_TRIGGER_UNMAP_FROM_CPU;
            let of = |device| smi::of_unmap(process, device, (start, end), trigger, host);
            events.extend(devices.into_iter().map(of));
        }
        if process.ranges.serve_queues(first, last) {
            // Nothing puts them back: what they save their waves in is gone.
            process.evictions += 1;
            events.extend(smi::of_eviction(process, KFD_QUEUE_EVICTION_TRIGGER_SVM, host));
        }
        // amdgpu_amdkfd_evict_userptr looks away until a restored process goes on.
        if process.restored.is_none() && has_user_memory(process, objects, addr..end) {
            // They run again once the driver has looked at what is left (amdgpu_amdkfd_evict_userptr).
            events.extend(smi::of_eviction(process, KFD_QUEUE_EVICTION_TRIGGER_USERPTR, host));
            events.extend(smi::of_restore(process, host));
        }
        let pages = process.ranges.remove(first, last);
        if !process.xnack {
            accounts.unreserve_system(host, pages * page);
        }
    }
    events.iter().for_each(|event| smi::tell(host, event));
}

/// Whether the GPUs use memory of the caller's own in a range of addresses.
fn has_user_memory(process: &Process, objects: &Objects, range: Range<u64>) -> bool {
    let mut held = process.devices.iter().flat_map(|device| device.handles.objects());
    held.any(|object| {
        let object = objects.get(object);
        matches!(object.storage, Storage::User(addr) if addr < range.end && addr + object.size > range.start)
    })
}
