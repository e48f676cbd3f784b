//! Buffers at GPU addresses of the caller's choice.
//!
//! The driver changes page tables behind the caller's back. Since DRM 3.64 it adds a point to a timeline when it is
//! done, and mapping waits for that: queues of the process start without the driver, which could wait for them. Older
//! drivers take the request and add no point, so there nobody must wait (rocm-systems issue 9820: upstream's library
//! hangs). Touches what its room touches. Answers to `hsaKmtMemoryVaMap` and `hsaKmtMemoryVaUnmap` in `memory.c` and
//! `hsakmt_fmm_advance_vm_timeline` in `fmm.c` of upstream's library of 2026.

use super::{Buffers, Handle};
use crate::{
    error::Result,
    kernel::Attached,
    uapi::drm::{
        AMDGPU_VA_OP_MAP, AMDGPU_VA_OP_UNMAP, AMDGPU_VM_PAGE_READABLE, AMDGPU_VM_PAGE_WRITEABLE,
        DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT, VM_TIMELINE_SINCE, drm_amdgpu_gem_va, drm_syncobj_create,
        drm_syncobj_timeline_wait, drm_version,
    },
};
use parking_lot::Mutex;
use std::{collections::BTreeMap, mem::offset_of};

/// What a GPU may do with a mapping; code runs in none, as in upstream's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Read.
    pub read: bool,
    /// Write.
    pub write: bool,
}

/// A part of a buffer, and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Of the part in the buffer, bytes.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
    /// GPU address.
    pub address: u64,
}

/// The timelines of the render nodes, made with the first mapping.
#[derive(Default)]
pub(super) struct Timelines(Mutex<BTreeMap<u32, Timeline>>);

/// How far a render node is.
#[derive(Clone, Copy)]
struct Timeline {
    /// The sync object; `None` where the driver adds no points.
    syncobj: Option<u32>,
    /// The last point that the driver was asked for.
    point: u64,
}

impl Buffers {
    /// Maps a part of a buffer on its GPU; done when it returns.
    ///
    /// # Errors
    /// `InvalidHandle`; `Error` when the driver refuses: what is not whole pages, lies outside of the buffer, or is
    /// taken.
    pub fn map(&self, handle: Handle, range: Range, access: Access) -> Result<()> {
        let read = if access.read { AMDGPU_VM_PAGE_READABLE } else { 0 };
        let write = if access.write { AMDGPU_VM_PAGE_WRITEABLE } else { 0 };
        self.change(handle, range, AMDGPU_VA_OP_MAP, read | write)
    }

    /// Takes a mapping away, the whole of it; done when it returns.
    ///
    /// # Errors
    /// `InvalidHandle`; `Error` when no mapping of the buffer begins at the address.
    pub fn unmap(&self, handle: Handle, range: Range) -> Result<()> {
        self.change(handle, range, AMDGPU_VA_OP_UNMAP, 0)
    }

    fn change(&self, handle: Handle, range: Range, operation: u32, flags: u32) -> Result<()> {
        self.check(handle)?;
        let mut arguments = drm_amdgpu_gem_va {
            handle: handle.gem,
            operation,
            flags,
            va_address: range.address,
            offset_in_bo: range.offset,
            map_size: range.size,
            ..Default::default()
        };
        // Held for the request: the driver wants the points in order.
        let mut timelines = self.timelines.0.lock();
        let timeline = timelines.entry(handle.minor).or_insert_with(|| self.new_timeline(handle.minor));
        let point = timeline.syncobj.map(|syncobj| (syncobj, timeline.point + 1));
        (arguments.vm_timeline_syncobj_out, arguments.vm_timeline_point) = point.unwrap_or_default();
        self.ask(handle.minor, "AMDGPU_GEM_VA", &mut arguments)?;
        let Some((syncobj, point)) = point else { return Ok(()) };
        timeline.point = point;
        drop(timelines);
        self.wait(handle.minor, syncobj, point)
    }

    fn new_timeline(&self, minor: u32) -> Timeline {
        let mut version = drm_version::default();
        let known = self.ask(minor, "VERSION", &mut version).is_ok();
        let adds_points = known && (version.version_major, version.version_minor) >= VM_TIMELINE_SINCE;
        let mut new = drm_syncobj_create::default();
        let made = adds_points && self.ask(minor, "SYNCOBJ_CREATE", &mut new).is_ok();
        Timeline { syncobj: made.then_some(new.handle), point: 0 }
    }

    fn wait(&self, minor: u32, syncobj: u32, point: u64) -> Result<()> {
        type Arguments = drm_syncobj_timeline_wait;
        let (mut handles, mut points) = ([syncobj], [point]);
        let mut arguments = Arguments {
            timeout_nsec: i64::MAX,
            count_handles: 1,
            flags: DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
            ..Default::default()
        };
        let mut attached = [
            Attached::new(offset_of!(Arguments, handles), &mut handles),
            Attached::new(offset_of!(Arguments, points), &mut points),
        ];
        self.ask_with(minor, "SYNCOBJ_TIMELINE_WAIT", &mut arguments, &mut attached)
    }
}
