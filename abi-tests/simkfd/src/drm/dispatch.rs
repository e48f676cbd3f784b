//! `drm_ioctl`: sizes, directions and permission of a render node's ioctls. Written from drm_ioctl.c's known
//! behaviour. Touches nothing but memory.
#![forbid(unsafe_code)]

use parking_lot::MutexGuard;

use super::{client, gem, info, syncobj, va};
use crate::contract::{Errno, FileId, Host, State};
use crate::topology::{Gpu, Machine};
use crate::uapi::drm::{DRM_COMMAND_BASE, DRM_IOCTL_BASE};
use crate::uapi::ioc;
use crate::uapi::layout::Layout;
use crate::uapi::table::{self, Descriptor};

/// The last driver ioctl, AMDGPU_GEM_LIST_HANDLES.
const LAST_DRIVER_NR: u8 = DRM_COMMAND_BASE + 0x19;

/// What a kernel without the old drivers (`CONFIG_DRM_LEGACY`) makes of a number on a render node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Permission {
    /// DRM_RENDER_ALLOW
    Allowed,
    /// It is for primary nodes, whose clients authenticate, are master, or have displays.
    Refused,
    /// There is no such ioctl.
    Unknown,
}

/// The flags of `drm_ioctls` (drm_ioctl.c) and `amdgpu_ioctls_kms` (amdgpu_drv.c).
fn permission(nr: u8) -> Permission {
    match nr {
        // VERSION, GEM_CLOSE, GET_CAP, PRIME, sync objects, SET_CLIENT_NAME, GEM_CHANGE_HANDLE.
        0x00 | 0x09 | 0x0c | 0x2d | 0x2e | 0xbf..=0xc5 | 0xca..=0xcd | 0xcf | 0xd1 | 0xd2 => {
            Permission::Allowed
        }
        // Identity, magic, names of buffers, master, drawables, vertical blanks.
        0x01 | 0x02 | 0x05..=0x07 | 0x0a | 0x0b | 0x0d | 0x10..=0x13 | 0x1e | 0x1f => Permission::Refused,
        0x27 | 0x28 | 0x2c | 0x3a..=0x3c | 0x3f => Permission::Refused,
        // Displays, and their leases.
        0xa0..=0xbe | 0xc6..=0xc9 | 0xce | 0xd0 => Permission::Refused,
        // AMDGPU_SCHED changes others' priorities, which is the master's to do.
        0x55 => Permission::Refused,
        0x40..=0x49 | 0x50..=LAST_DRIVER_NR => Permission::Allowed,
        _ => Permission::Unknown,
    }
}

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
    let permission = permission(nr);
    let served = table::drm(nr).filter(|ioctl| permission == Permission::Allowed && !ioctl.fields.is_empty());
    let Some(ioctl) = served else {
        return Err(refusal(call, request, arg, permission));
    };
    call.state.report.count(&format!("DRM_{}", ioctl.name));
    exchange(call.host, ioctl, request, arg, |data| run(call, ioctl, data))
}

/// The copies before and after an ioctl (`drm_ioctl`): only what both the caller and the table say is copied is copied,
/// whatever the ioctl ends with.
pub(crate) fn exchange(
    host: &dyn Host,
    ioctl: &Descriptor,
    request: u32,
    arg: u64,
    run: impl FnOnce(&mut [u8]) -> Result<(), Errno>,
) -> Result<i32, Errno> {
    let size = ioc::size(request);
    let copied_in = if ioc::caller_writes(request) && ioctl.direction.copies_in() { size } else { 0 };
    let copied_out = if ioc::caller_reads(request) && ioctl.direction.copies_out() { size } else { 0 };
    let mut data = vec![0; size.max(ioctl.size)];
    host.read_user(arg, &mut data[..copied_in])?;
    let done = run(&mut data);
    host.write_user(arg, &data[..copied_out])?;
    done.map(|()| 0)
}

/// What an ioctl that is not served fails with: `EINVAL` for a number that the kernel does not know, `EACCES` for one
/// that is not for render nodes (`drm_ioctl_permit`), and `EINVAL` with a loud note for one that it would serve.
fn refusal(call: &mut RenderCall, request: u32, arg: u64, permission: Permission) -> Errno {
    let nr = ioc::nr(request);
    match permission {
        Permission::Unknown => Errno::EINVAL,
        Permission::Refused => {
            call.state.report.count(&format!("DRM ioctl {nr:#04x} (refused)"));
            // The argument is copied before anybody asks who may.
            let mut data = vec![0; if ioc::caller_writes(request) { ioc::size(request) } else { 0 }];
            call.host.read_user(arg, &mut data).err().unwrap_or(Errno::EACCES)
        }
        Permission::Allowed => {
            let name = table::drm(nr).map_or("", |ioctl| ioctl.name);
            call.state.report.not_implemented(format!("DRM ioctl {nr:#04x} {name}"));
            Errno::EINVAL
        }
    }
}

fn run(call: &mut RenderCall, ioctl: &Descriptor, data: &mut [u8]) -> Result<(), Errno> {
    match ioctl.nr {
        0x00 => with(call, data, client::version),
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

/// Runs a handler on its argument struct, which is written back whatever the handler ends with.
pub(crate) fn with<C, T: Layout>(
    call: &mut C,
    data: &mut [u8],
    handler: fn(&mut C, &mut T) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let mut args = T::get(data);
    let done = handler(call, &mut args);
    args.put(data);
    done
}
