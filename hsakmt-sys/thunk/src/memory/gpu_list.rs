//! GPUs that an object is registered for or mapped to, and the same as nodes for callers.
//!
//! Touches nothing.

use std::{ops::Deref, sync::OnceLock};

/// Kernel ids of GPUs. A C caller that asks holds a pointer to the nodes until the list changes.
#[derive(Clone, Debug, Default)]
pub(super) struct GpuList {
    ids: Vec<u32>,
    /// As told; made when first asked for.
    nodes: OnceLock<Box<[u32]>>,
}

impl GpuList {
    /// Replaces the list.
    pub(super) fn set(&mut self, ids: &[u32]) {
        if self.ids != ids {
            *self = Self { ids: ids.to_vec(), nodes: OnceLock::new() };
        }
    }

    /// Removes some, then adds others at the end.
    pub(super) fn change(&mut self, leaving: &[u32], coming: &[u32]) {
        let staying = self.ids.iter().filter(|id| !leaving.contains(id) && !coming.contains(id));
        let list: Vec<u32> = staying.chain(coming).copied().collect();
        self.set(&list);
    }

    /// Address and length of the list of nodes; 0 if it is empty.
    pub(super) fn told(&self, nodes: impl FnOnce(&[u32]) -> Box<[u32]>) -> (u64, u32) {
        if self.ids.is_empty() {
            return (0, 0);
        }
        let nodes = self.nodes.get_or_init(|| nodes(&self.ids));
        if nodes.is_empty() { (0, 0) } else { (nodes.as_ptr() as u64, nodes.len() as u32) }
    }
}

impl Deref for GpuList {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        &self.ids
    }
}
