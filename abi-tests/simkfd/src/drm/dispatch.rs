//! `drm_ioctl`: sizes, directions and permission of a render node's ioctls. Written from drm_ioctl.c's known
//! behaviour. Touches nothing but memory.
#![forbid(unsafe_code)]

use parking_lot::MutexGuard;

use super::{client, gem, info, syncobj, va};
use crate::contract::{Errno, FileId, Host, State};
use crate::topology::{Gpu, Machine};
use crate::uapi::drm::{DRM_COMMAND_BASE, DRM_COMMAND_END, DRM_IOCTL_BASE};
use crate::uapi::ioc;
use crate::uapi::layout::Layout;
use crate::uapi::table::{self, Descriptor};

/// The last ioctl number of drm core (`DRM_CORE_IOCTL_COUNT - 1`), as far as it matters: beyond it and outside the
/// driver's numbers there is nothing.
const LAST_CORE_NR: u8 = 0xd2;
/// The last driver ioctl, AMDGPU_GEM_LIST_HANDLES.
const LAST_DRIVER_NR: u8 = DRM_COMMAND_BASE + 0x19;

/// DRM_IOCTL_GEM_FLINK and _GEM_OPEN: names that all processes share are for those who authenticated on a primary
/// node.
const GEM_NAMES: [u8; 2] = [0x0a, 0x0b];

/// An ioctl on a render node in service.
pub(crate) struct RenderCall<'a> {
    pub machine: &'a Machine,
    pub host: &'a dyn Host,
    pub state: MutexGuard<'a, State>,
    pub file: FileId,
    /// Index of the file's GPU node.
    pub node: usize,
}

impl<'a> RenderCall<'a> {
    /// The file's GPU node.
    pub fn gpu(&self) -> &'a Gpu {
        &self.machine.gpus[self.node]
    }
}

/// Serves one ioctl.
pub(crate) fn serve(call: &mut RenderCall, request: u32, arg: u64) -> Result<i32, Errno> {
    if ioc::kind(request) != DRM_IOCTL_BASE {
        return Err(Errno::ENOTTY);
    }
    let nr = ioc::nr(request);
    // drm_ioctl_permit: without DRM_RENDER_ALLOW.
    if GEM_NAMES.contains(&nr) {
        call.state.report.count("DRM_GEM_FLINK and _GEM_OPEN (refused)");
        return Err(Errno::EACCES);
    }
    let Some(ioctl) = table::drm(nr).filter(|ioctl| !ioctl.fields.is_empty()) else {
        return Err(unknown(call, nr));
    };
    call.state.report.count(&format!("DRM_{}", ioctl.name));
    // Only what both the caller and the table say is copied is copied.
    let size = ioc::size(request);
    let copied_in = if ioc::caller_writes(request) && ioctl.direction.copies_in() { size } else { 0 };
    let copied_out = if ioc::caller_reads(request) && ioctl.direction.copies_out() { size } else { 0 };
    let mut data = vec![0; size.max(ioctl.size)];
    call.host.read_user(arg, &mut data[..copied_in])?;
    let done = run(call, ioctl, &mut data);
    call.host.write_user(arg, &data[..copied_out])?;
    done.map(|()| 0)
}

/// `EINVAL` for a number that the kernel does not know; the same, and a loud note, for one that it does.
fn unknown(call: &mut RenderCall, nr: u8) -> Errno {
    let known = match nr {
        DRM_COMMAND_BASE..DRM_COMMAND_END => nr <= LAST_DRIVER_NR,
        _ => nr <= LAST_CORE_NR,
    };
    if known {
        let name = table::drm(nr).map_or("", |ioctl| ioctl.name);
        call.state.report.not_implemented(format!("DRM ioctl {nr:#04x} {name}"));
    }
    Errno::EINVAL
}

fn run(call: &mut RenderCall, ioctl: &Descriptor, data: &mut [u8]) -> Result<(), Errno> {
    match ioctl.nr {
        0x00 => with(call, data, client::version),
        0x05 => with(call, data, client::get_client),
        0x09 => with(call, data, gem::close),
        0x0c => with(call, data, client::get_cap),
        0x2d => with(call, data, gem::handle_to_fd),
        0x2e => with(call, data, gem::fd_to_handle),
        0x41 => with(call, data, gem::mmap),
        0x45 => with(call, data, info::info),
        0x46 => with(call, data, gem::metadata),
        0x48 => with(call, data, va::serve),
        0x50 => with(call, data, gem::op),
        0xbf => with(call, data, syncobj::create),
        0xc0 => with(call, data, syncobj::destroy),
        0xca => with(call, data, syncobj::timeline_wait),
        nr => unreachable!("entry {nr:#x} of the table has fields but no handler"),
    }
}

fn with<T: Layout>(
    call: &mut RenderCall,
    data: &mut [u8],
    handler: fn(&mut RenderCall, &mut T) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let mut args = T::get(data);
    let done = handler(call, &mut args);
    args.put(data);
    done
}
