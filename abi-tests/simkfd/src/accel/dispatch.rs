//! `drm_ioctl` on an accelerator's node. Touches nothing but memory.
#![forbid(unsafe_code)]

use parking_lot::MutexGuard;

use super::{AccelFile, bo, context, info};
use crate::contract::{Errno, File, FileId, Host, State};
use crate::drm::{copy_field, exchange, with};
use crate::topology::{Machine, Npu};
use crate::uapi::amdxdna::amdxdna_drm_wait_cmd;
use crate::uapi::drm::{DRM_IOCTL_BASE, drm_version};
use crate::uapi::ioc;
use crate::uapi::table::{self, Descriptor};

/// AMDXDNA_DRIVER_MAJOR and _MINOR, and what else `amdxdna_drm_drv` says.
const VERSION: [i32; 2] = [0, 10];
const NAME: &str = "amdxdna_accel_driver";
const DESCRIPTION: &str = "AMD XDNA DRM implementation";

/// An ioctl on an accelerator's node in service.
pub(crate) struct AccelCall<'a> {
    pub machine: &'a Machine,
    pub host: &'a dyn Host,
    pub state: MutexGuard<'a, State>,
    pub file: FileId,
}

impl<'a> AccelCall<'a> {
    /// The open file.
    pub fn client(&mut self) -> &mut AccelFile {
        match self.state.files.get_mut(&self.file) {
            Some(File::Accel(client)) => client,
            _ => unreachable!("an accelerator's ioctl is served on an accelerator's file"),
        }
    }

    /// The device.
    pub fn npu(&mut self) -> &'a Npu {
        let npu = self.client().npu;
        &self.machine.npus[npu]
    }
}

/// Serves one ioctl. `EINVAL` for a number that the driver does not know, and, with a loud note, for one that is not
/// simulated.
pub(crate) fn serve(call: &mut AccelCall, request: u32, arg: u64) -> Result<i32, Errno> {
    if ioc::kind(request) != DRM_IOCTL_BASE {
        return Err(Errno::ENOTTY);
    }
    let ioctl = table::accel(ioc::nr(request)).ok_or(Errno::EINVAL)?;
    if ioctl.fields.is_empty() {
        call.state.report.not_implemented(format!("accelerator's ioctl {}", ioctl.name));
        return Err(Errno::EINVAL);
    }
    call.state.report.count(&format!("ACCEL_{}", ioctl.name));
    exchange(call.host, ioctl, request, arg, |data| run(call, ioctl, data))
}

fn run(call: &mut AccelCall, ioctl: &Descriptor, data: &mut [u8]) -> Result<(), Errno> {
    match ioctl.nr {
        0x00 => with(call, data, version),
        0x09 => with(call, data, bo::close),
        0x40 => with(call, data, context::create),
        0x41 => with(call, data, context::destroy),
        0x42 => with(call, data, context::config),
        0x43 => with(call, data, bo::create),
        0x44 => with(call, data, bo::info),
        0x45 => with(call, data, bo::sync),
        0x47 => with(call, data, info::get),
        0x49 => with(call, data, wait),
        nr => unreachable!("entry {nr:#x} of the table has fields but no handler"),
    }
}

/// `drm_version`
fn version(call: &mut AccelCall, args: &mut drm_version) -> Result<(), Errno> {
    [args.version_major, args.version_minor] = VERSION;
    args.version_patchlevel = 0;
    copy_field(call.host, args.name, &mut args.name_len, NAME)?;
    copy_field(call.host, args.desc, &mut args.desc_len, DESCRIPTION)
}

/// `amdxdna_drm_wait_cmd_ioctl`: these devices' clients wait for sync objects (aie2_ops has no cmd_wait).
fn wait(_: &mut AccelCall, _: &mut amdxdna_drm_wait_cmd) -> Result<(), Errno> {
    Err(Errno::EOPNOTSUPP)
}
