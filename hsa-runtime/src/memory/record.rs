//! What is known of a piece of memory.
//!
//! Pure. Answers to `AllocationRegion` of upstream's `runtime.h` and to the thunk's `HsaPointerInfo`. What can change is
//! atomic or has a lock of its own: who looks memory up waits for nobody who changes other memory.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};

use hsakmt_thunk::topology::model::NodeId;
use parking_lot::Mutex;
use smallvec::SmallVec;

use crate::{boundary::BoundNotifier, driver::Attributes, handle::Extent};

/// Where memory comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Allocated from the pool at an index.
    Pool(usize),
    /// The process's own at this address, which GPUs reach elsewhere.
    Locked(u64),
    /// Taken in from another library or process.
    Imported,
}

/// Nodes whose GPUs reach a piece of memory: one, usually.
pub type Nodes = SmallVec<[NodeId; 2]>;

/// A piece of memory, by the address at which GPUs find it.
pub struct Record {
    /// Where it begins.
    pub start: u64,
    /// Bytes that the user asked for, and is told of.
    pub asked: u64,
    /// Bytes that it takes: whole pages.
    pub size: u64,
    /// Where it comes from.
    pub origin: Origin,
    /// The node it belongs to.
    pub node: NodeId,
    /// How it is.
    pub attributes: Attributes,
    /// Where the driver's block begins that it is a part of.
    pub block: Option<u64>,
    /// Nodes whose GPUs reach it.
    reachable: Mutex<Nodes>,
    /// The user's word.
    word: AtomicU64,
    /// Functions to call before it goes, in order; `None` when it is going.
    notifiers: Mutex<Option<Vec<BoundNotifier>>>,
}

impl Extent for Record {
    fn extent(&self) -> (u64, u64) {
        (self.start, self.size)
    }
}

impl Record {
    /// Memory that is reached from `nodes`.
    pub fn new(
        (start, asked, size): (u64, u64, u64),
        origin: Origin,
        node: NodeId,
        attributes: Attributes,
        nodes: Nodes,
    ) -> Self {
        Self {
            start,
            asked,
            size,
            origin,
            node,
            attributes,
            block: None,
            reachable: Mutex::new(nodes),
            word: AtomicU64::new(0),
            notifiers: Mutex::new(Some(Vec::new())),
        }
    }

    /// The same, as a part of a block.
    pub fn in_block(self, block: Option<u64>) -> Self {
        Self { block, ..self }
    }

    /// Nodes whose GPUs reach it, in the order in which they came to.
    pub fn reachable(&self) -> Nodes {
        self.reachable.lock().clone()
    }

    /// Whether GPUs of all these nodes reach it.
    pub fn is_reachable(&self, mut nodes: impl Iterator<Item = NodeId>) -> bool {
        let reachable = self.reachable.lock();
        nodes.all(|node| reachable.contains(&node))
    }

    /// From now on it is reached from exactly these nodes.
    pub fn set_reachable(&self, nodes: &[NodeId]) {
        let mut reachable = self.reachable.lock();
        reachable.retain(|node| nodes.contains(&*node));
        let coming: Nodes = nodes.iter().filter(|node| !reachable.contains(node)).copied().collect();
        reachable.extend(coming);
    }

    /// The user's word.
    pub fn word(&self) -> u64 {
        self.word.load(Ordering::Relaxed)
    }

    /// Replaces the user's word. Relaxed: a number of the user's, who orders what it stands for.
    pub fn set_word(&self, word: u64) {
        self.word.store(word, Ordering::Relaxed);
    }

    /// Adds a function to call before the memory goes; whether there was still time.
    pub fn notify(&self, notifier: BoundNotifier) -> bool {
        let mut notifiers = self.notifiers.lock();
        notifiers.as_mut().map(|all| all.push(notifier)).is_some()
    }

    /// Takes such functions back; whether there were any.
    pub fn forget(&self, is_meant: impl Fn(&BoundNotifier) -> bool) -> bool {
        let mut notifiers = self.notifiers.lock();
        let Some(all) = notifiers.as_mut() else { return false };
        let before = all.len();
        all.retain(|notifier| !is_meant(notifier));
        all.len() < before
    }

    /// The functions to call, now that it goes.
    pub fn last_words(&self) -> Vec<BoundNotifier> {
        self.notifiers.lock().take().unwrap_or_default()
    }
}
