//! The accelerator's node: what a runtime asks of a neural processor (NPU). Queries, buffers and contexts are served;
//! commands are not, as nothing here runs the processor's programs. Mirrors drivers/accel/amdxdna for the devices that
//! aie2_pci.c drives. Touches nothing but memory.
#![forbid(unsafe_code)]

mod bo;
mod context;
mod dispatch;
mod info;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub(crate) use bo::{map, mapped, unmapped};
pub(crate) use dispatch::{AccelCall, serve};

use crate::contract::{Host, lowest_free};
use crate::memory::FIRST_MMAP_OFFSET;
use bo::Bo;
use context::Context;

/// An open accelerator (`struct drm_file` and `struct amdxdna_client`).
pub(crate) struct AccelFile {
    /// Index of the device.
    pub npu: usize,
    /// Buffers by handle (`object_idr`): the lowest free handle first.
    bos: BTreeMap<u32, Bo>,
    /// The first heap, from which device buffers are taken. It lives as long as the file, handle or not
    /// (`dev_heap_xa`).
    heap: Option<Bo>,
    /// What of the device's addresses is taken (`dev_heap_mm`): start and bytes.
    taken: BTreeMap<u64, u64>,
    /// Contexts by number, and the number that is looked at first for the next (`hwctx_xa`, `next_hwctxid`).
    contexts: BTreeMap<u32, Context>,
    next_context: u32,
    /// Numbers of the contexts' sync objects.
    syncobjs: Vec<u32>,
    /// Where the next buffer can be mapped from.
    next_offset: u64,
}

impl AccelFile {
    /// `amdxdna_drm_open`
    pub fn new(npu: usize) -> Self {
        AccelFile {
            npu,
            bos: BTreeMap::new(),
            heap: None,
            taken: BTreeMap::new(),
            contexts: BTreeMap::new(),
            next_context: 1,
            syncobjs: Vec::new(),
            next_offset: FIRST_MMAP_OFFSET,
        }
    }

    /// `amdxdna_client_cleanup`
    pub fn close(self, host: &dyn Host) {
        // The heap has a handle, too, or had one.
        let shared =
            self.bos.values().filter(|bo| Some(bo.backing) != self.heap.as_ref().map(|heap| heap.backing));
        shared
            .chain(&self.heap)
            .filter_map(|bo| bo.backing)
            .for_each(|backing| host.release_backing(backing));
    }

    /// `drm_gem_handle_create`
    fn add(&mut self, bo: Bo) -> u32 {
        let handle = lowest_free(self.bos.keys(), 1);
        self.bos.insert(handle, bo);
        handle
    }
}
