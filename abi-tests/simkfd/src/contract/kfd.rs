//! `kfd_ioctl`: which numbers /dev/kfd knows, whose file it is, how arguments are copied, and who serves each.
//! Mirrors the end of amdkfd/kfd_chardev.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Call, Errno, files, queries, smi};
use crate::topology::Machine;
use crate::uapi::ioc;
use crate::uapi::kfd::kfd_ioctl_create_queue_args_size_before_1_17;
use crate::uapi::layout::Layout;
use crate::uapi::table::{self, Descriptor};
use crate::{criu, debug, event, memory, queue, svm};

const CREATE_QUEUE: u8 = 0x02;
const SVM: u8 = 0x20;
const CRIU_OP: u8 = 0x22;
/// Of AMD's own driver (`AMDKFD_COMMAND_START_2`).
const PC_SAMPLE: u8 = 0x85;

/// The table's entry for a request, as far as the machine's kernel has it.
pub(super) fn known(machine: &Machine, request: u32) -> Option<&'static Descriptor> {
    let is_there = |ioctl: &&Descriptor| {
        machine.kfd_at_least(ioctl.since) && (ioctl.nr != PC_SAMPLE || !machine.kernel.sampling.is_empty())
    };
    table::kfd(ioc::nr(request)).filter(is_there)
}

/// Whether a request is AMDKFD_IOC_MAP_MEMORY_TO_GPU or _UNMAP_MEMORY_FROM_GPU, whose arguments are alike.
pub(super) fn takes_devices(machine: &Machine, request: u32) -> bool {
    known(machine, request).is_some_and(|ioctl| matches!(ioctl.nr, 0x18 | 0x19))
}

/// Serves one ioctl. The kernel's own table, not the caller's request, says which way the argument is copied; the
/// caller's request says how much of it.
pub(super) fn serve(call: &mut Call, request: u32, arg: u64) -> Result<i32, Errno> {
    let nr = ioc::nr(request);
    let Some(ioctl) = known(call.machine, request) else {
        call.state.report.count(&format!("KFD {nr:#04x} (unknown)"));
        return Err(Errno::ENOTTY);
    };
    call.state.report.count(&format!("KFD {}", ioctl.name));
    // A forked child has the descriptor, not the process.
    if call.process().pid != call.host.process_id() {
        return Err(Errno::EBADF);
    }
    if nr == CRIU_OP && !call.host.may_checkpoint() {
        return Err(Errno::EACCES);
    }
    let size = ioc::size(request);
    let mut data = vec![0; size.max(kernel_size(call, ioctl))];
    if ioctl.direction.copies_in() {
        call.host.read_user(arg, &mut data[..size])?;
    }
    if nr == SVM {
        svm::validate(&data, size)?;
    }
    let done = run(call, ioctl, &mut data);
    // The argument is copied out even when the call failed.
    if ioctl.direction.copies_out() {
        call.host.write_user(arg, &data[..size])?;
    }
    done
}

/// `_IOC_SIZE` of the kernel's table entry.
fn kernel_size(call: &Call, ioctl: &Descriptor) -> usize {
    if ioctl.nr == CREATE_QUEUE && !call.machine.kfd_at_least(17) {
        kfd_ioctl_create_queue_args_size_before_1_17()
    } else {
        ioctl.size
    }
}

fn run(call: &mut Call, ioctl: &Descriptor, data: &mut [u8]) -> Result<i32, Errno> {
    match ioctl.nr {
        0x01 => with(call, data, queries::get_version),
        0x02 => with(call, data, queue::create),
        0x03 => with(call, data, queue::destroy),
        0x04 => with(call, data, queries::set_memory_policy),
        0x05 => with(call, data, queries::get_clock_counters),
        0x06 => with(call, data, queries::get_apertures),
        0x07 => with(call, data, queue::ioctls::update),
        0x08 => with(call, data, event::create),
        0x09 => with(call, data, event::destroy),
        0x0a => with(call, data, event::set),
        0x0b => with(call, data, event::reset),
        0x0c => with(call, data, event::wait),
        0x0d..=0x10 => queries::refuse_old_debugger().map(|()| 0),
        0x11 => with(call, data, queries::set_scratch_backing_va),
        0x12 => with(call, data, queries::get_tile_config),
        0x13 => with(call, data, queries::set_trap_handler),
        0x14 => with(call, data, queries::get_apertures_new),
        0x15 => with(call, data, files::acquire_vm),
        0x16 => with(call, data, memory::alloc::alloc),
        0x17 => with(call, data, memory::alloc::free),
        0x18 => with(call, data, memory::map::map),
        0x19 => with(call, data, memory::map::unmap),
        nr => run_from_1a(call, nr, data),
    }
}

/// Those after the memory ioctls of the first amdkfd for discrete GPUs.
fn run_from_1a(call: &mut Call, nr: u8, data: &mut [u8]) -> Result<i32, Errno> {
    match nr {
        0x1a => with(call, data, queue::ioctls::set_cu_mask),
        0x1b => with(call, data, queue::ioctls::wave_state),
        0x1c => with(call, data, memory::share::info),
        0x1d => with(call, data, memory::share::import),
        0x1e => with(call, data, queue::ioctls::alloc_gws),
        0x1f => with(call, data, smi::open),
        SVM => svm::serve(call, data).map(|()| 0),
        0x21 => with(call, data, svm::set_xnack_mode),
        CRIU_OP => with(call, data, criu::serve),
        0x23 => with(call, data, memory::alloc::available),
        0x24 => with(call, data, memory::share::export_handle),
        0x25 => with(call, data, debug::enable),
        0x26 => with(call, data, debug::trap),
        0x27 => files::create_process(call).map(|()| 0),
        0x28 => with(call, data, debug::profiler),
        PC_SAMPLE => with(call, data, debug::sampling::serve),
        nr => unreachable!("entry {nr:#x} of the table has no handler"),
    }
}

/// What a handler answers with success: nearly always nothing.
trait Answer {
    fn code(self) -> i32;
}

impl Answer for () {
    fn code(self) -> i32 {
        0
    }
}

impl Answer for i32 {
    fn code(self) -> i32 {
        self
    }
}

fn with<T: Layout, A: Answer>(
    call: &mut Call,
    data: &mut [u8],
    handler: impl FnOnce(&mut Call, &mut T) -> Result<A, Errno>,
) -> Result<i32, Errno> {
    let mut args = T::get(data);
    let done = handler(call, &mut args);
    args.put(data);
    done.map(Answer::code)
}
