//! Sync objects: DRM_IOCTL_SYNCOBJ_CREATE, _DESTROY and _TIMELINE_WAIT. Mirrors drm_syncobj.c from its known behaviour.
//! Only AMDGPU_GEM_VA adds points, and what it did is done when it returns: a point is signalled or not there at all.
//! Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use super::RenderCall;
use crate::contract::{Errno, lowest_free};
use crate::uapi::drm::*;
use crate::uapi::layout::Plain;

/// Flags that a wait may have.
const WAIT_FLAGS: u32 = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL
    | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT
    | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE
    | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE;

/// `drm_file.syncobj_idr`: each object's last point, if it has a fence. Handles count from 1.
#[derive(Default)]
pub(crate) struct SyncObjects {
    points: BTreeMap<u32, Option<u64>>,
}

impl SyncObjects {
    /// `drm_syncobj_find`: `ENOENT` for a handle that is not the file's.
    pub fn check(&self, handle: u32) -> Result<(), Errno> {
        self.last(handle).map(drop)
    }

    /// `drm_syncobj_add_point`, or for point 0 `drm_syncobj_replace_fence`, with a fence that is signalled.
    pub fn signal(&mut self, handle: u32, point: u64) -> Result<(), Errno> {
        let last = self.points.get_mut(&handle).ok_or(Errno::ENOENT)?;
        *last = if point == 0 { Some(0) } else { Some(last.unwrap_or(0).max(point)) };
        Ok(())
    }

    fn last(&self, handle: u32) -> Result<Option<u64>, Errno> {
        self.points.get(&handle).copied().ok_or(Errno::ENOENT)
    }
}

/// `drm_syncobj_create_ioctl`
pub(super) fn create(call: &mut RenderCall, args: &mut drm_syncobj_create) -> Result<(), Errno> {
    if args.flags & !DRM_SYNCOBJ_CREATE_SIGNALED != 0 {
        return Err(Errno::EINVAL);
    }
    let file = call.file;
    let points = &mut call.state.render_mut(file)?.sync.points;
    args.handle = lowest_free(points.keys(), 1);
    points.insert(args.handle, (args.flags != 0).then_some(0));
    Ok(())
}

/// `drm_syncobj_destroy_ioctl`
pub(super) fn destroy(call: &mut RenderCall, args: &mut drm_syncobj_destroy) -> Result<(), Errno> {
    let file = call.file;
    let points = &mut call.state.render_mut(file)?.sync.points;
    let gone = if args.pad == 0 { points.remove(&args.handle) } else { None };
    gone.map(drop).ok_or(Errno::EINVAL)
}

/// `drm_syncobj_timeline_wait_ioctl` and `drm_syncobj_array_wait_timeout`
pub(super) fn timeline_wait(
    call: &mut RenderCall,
    args: &mut drm_syncobj_timeline_wait,
) -> Result<(), Errno> {
    if args.flags & !WAIT_FLAGS != 0 {
        return Err(Errno::EINVAL);
    }
    let handles: Vec<u32> = array(call, args.handles, args.count_handles)?;
    let points: Vec<u64> = array(call, args.points, args.count_handles)?;
    let sync = &call.state.render(call.file)?.sync;
    let lasts = handles.iter().map(|handle| sync.last(*handle)).collect::<Result<Vec<_>, _>>()?;
    let mut reached = lasts.iter().zip(&points).map(|(last, point)| last.is_some_and(|last| last >= *point));
    if args.flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL != 0 {
        if reached.all(|reached| reached) {
            return Ok(());
        }
    } else if let Some(first) = reached.position(|reached| reached) {
        args.first_signaled = first as u32;
        return Ok(());
    }
    if args.flags & (DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE) == 0 {
        return Err(Errno::EINVAL);
    }
    if args.timeout_nsec != 0 {
        // The kernel sleeps until the time is up, which may be never.
        call.state.report.not_implemented("waiting for a point of a timeline that nothing has added yet");
    }
    Err(Errno::ETIME)
}

fn array<T: Plain>(call: &RenderCall, addr: u64, count: u32) -> Result<Vec<T>, Errno> {
    let mut bytes = vec![0; size_of::<T>()];
    (0..u64::from(count))
        .map(|index| {
            call.host.read_user(addr.wrapping_add(index * bytes.len() as u64), &mut bytes)?;
            Ok(T::get(&bytes))
        })
        .collect()
}
