//! DRM_IOCTL_VERSION and _GET_CAP: who the driver is and what it can. Written from drm_ioctl.c's known
//! behaviour. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::RenderCall;
use crate::contract::{Errno, Host};
use crate::uapi::drm::*;

/// `DRIVER_NAME` and `DRIVER_DESC` of amdgpu. The date is 0 since Linux 6.14, which dropped it; before it was this
/// one's for ten years.
const NAME: &str = "amdgpu";
const DESCRIPTION: &str = "AMD GPU";
const DATE: &str = "20150101";

/// `drm_version`
pub(super) fn version(call: &mut RenderCall, args: &mut drm_version) -> Result<(), Errno> {
    let [major, minor, patch] = call.machine.kernel.drm_version;
    (args.version_major, args.version_minor, args.version_patchlevel) =
        (major as i32, minor as i32, patch as i32);
    copy_field(call.host, args.name, &mut args.name_len, NAME)?;
    copy_field(call.host, args.date, &mut args.date_len, DATE)?;
    copy_field(call.host, args.desc, &mut args.desc_len, DESCRIPTION)
}

/// `drm_copy_field`: as much as there is room for, no terminator, and the whole length.
pub(crate) fn copy_field(host: &dyn Host, addr: u64, len: &mut u64, text: &str) -> Result<(), Errno> {
    let room = (*len).min(text.len() as u64) as usize;
    *len = text.len() as u64;
    if room > 0 && addr != 0 { host.write_user(addr, &text.as_bytes()[..room]) } else { Ok(()) }
}

/// `drm_getcap`: what is no matter of displays, and whether there are dumb buffers.
pub(super) fn get_cap(call: &mut RenderCall, args: &mut drm_get_cap) -> Result<(), Errno> {
    args.value = match args.capability {
        DRM_CAP_PRIME => DRM_PRIME_CAP_IMPORT | DRM_PRIME_CAP_EXPORT,
        DRM_CAP_DUMB_BUFFER | DRM_CAP_TIMESTAMP_MONOTONIC | DRM_CAP_SYNCOBJ | DRM_CAP_SYNCOBJ_TIMELINE => 1,
        other => {
            if (DRM_CAP_DUMB_BUFFER..=DRM_CAP_ATOMIC_ASYNC_PAGE_FLIP).contains(&other) {
                call.state.report.not_implemented(format!("DRM_IOCTL_GET_CAP {other:#x}"));
            }
            return Err(Errno::EINVAL);
        }
    };
    Ok(())
}
