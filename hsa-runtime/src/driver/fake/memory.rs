//! The memory of the driver for tests: real as far as it is small.
#![forbid(unsafe_code)]

use std::{
    os::fd::{AsRawFd, OwnedFd},
    sync::atomic::{AtomicU64, Ordering},
};

use hsakmt_thunk::{
    kernel::{Backing, Fd, Kernel, Linux, Place},
    topology::model::NodeId,
};

use super::FakeDriver;
use crate::{
    boundary::Error,
    driver::{Attributes, Direction, Driver, FilePart, Imported, Memory, Share, Transferred, memory::Pinned},
};

/// Up to so many bytes an allocation is memory, and never freed; beyond, it is an address.
const REAL: u64 = 1 << 20;

/// A piece of memory that was allocated.
#[derive(Debug, Default)]
pub struct Block {
    bytes: u64,
    mapped: Vec<NodeId>,
    stored: Vec<u64>,
}

impl FakeDriver {
    /// The nodes that reach what was allocated at an address; `None` if nothing is there.
    pub fn mapped(&self, address: u64) -> Option<Vec<NodeId>> {
        self.blocks.lock().get(&address).map(|block| block.mapped.clone())
    }

    /// How often memory was locked and unlocked, by the address at which GPUs find it.
    pub fn locked(&self, address: u64) -> (u32, u32) {
        self.locks.lock().get(&address).copied().unwrap_or_default()
    }

    /// What was stored there.
    pub fn stored(&self, address: u64) -> Vec<u64> {
        self.blocks.lock().get(&address).map(|block| block.stored.clone()).unwrap_or_default()
    }
}

impl Memory for FakeDriver {
    fn transfer(&self, address: u64, bytes: u64, file: FilePart, _: Direction) -> Result<Transferred, Error> {
        self.call();
        let room = self.blocks.lock().get(&address).map(|block| block.bytes);
        let bytes = bytes.min(room.ok_or(Error::Generic)?);
        Ok(Transferred { bytes, status: file.descriptor })
    }

    fn allocate(&self, _: NodeId, bytes: u64, _: Attributes) -> Result<u64, Error> {
        let take = |from: &AtomicU64, count: u64| {
            from.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(count)).is_ok()
        };
        if take(&self.refusals, 1) || !take(&self.room, bytes) {
            return Err(Error::OutOfResources);
        }
        let address = if bytes <= REAL {
            self.allocate_shared(bytes)?
        } else {
            self.next.fetch_add(bytes, Ordering::Relaxed)
        };
        self.blocks.lock().insert(address, Block { bytes, ..Block::default() });
        Ok(address)
    }

    fn map(&self, address: u64, _: u64, nodes: &[NodeId]) -> Result<(), Error> {
        self.blocks.lock().get_mut(&address).ok_or(Error::OutOfResources)?.mapped = nodes.to_vec();
        Ok(())
    }

    fn unmap(&self, address: u64) -> Result<(), Error> {
        self.blocks.lock().get_mut(&address).ok_or(Error::Generic)?.mapped.clear();
        Ok(())
    }

    fn free(&self, address: u64) -> Result<(), Error> {
        let block = self.blocks.lock().remove(&address).ok_or(Error::Generic)?;
        self.room.fetch_add(block.bytes, Ordering::Relaxed);
        Ok(())
    }

    fn lock(&self, address: u64, _: u64, _: Attributes, nodes: &[NodeId]) -> Result<Pinned, Error> {
        self.call();
        let address = address + self.alias;
        self.locks.lock().entry(address).or_default().0 += 1;
        Ok(Pinned { address, node: NodeId(1), nodes: nodes.to_vec() })
    }

    fn unlock(&self, address: u64) {
        self.call();
        self.locks.lock().entry(address).or_default().1 += 1;
    }

    fn store(&self, address: u64, words: &[u64]) {
        if let Some(block) = self.blocks.lock().get_mut(&address) {
            block.stored = words.to_vec();
        }
    }
}

impl Share for FakeDriver {
    fn export(&self, address: u64, _: u64) -> Result<(i32, u64), Error> {
        Ok((address as i32, 0))
    }

    fn import(&self, dmabuf: i32, _: &[NodeId]) -> Result<Imported, Error> {
        let address = self.next.fetch_add(0x1000, Ordering::Relaxed);
        let attributes = Attributes { local: true, ..Attributes::default() };
        let taken = Imported { address, bytes: 0x1000, node: NodeId(1), attributes, metadata: (0, 0) };
        if dmabuf < 0 { Err(Error::Generic) } else { Ok(taken) }
    }

    fn map_file(&self, file: &OwnedFd, bytes: u64) -> Result<u64, Error> {
        self.call();
        let backing = Backing::Device { fd: Fd(file.as_raw_fd()), offset: 0 };
        Linux.map(Place::Anywhere, bytes, backing).map_err(|_| Error::OutOfResources)
    }

    fn unmap_file(&self, address: u64) {
        self.call();
        let _ = Linux.unmap(address, self.page_size());
    }

    fn give_back(&self, _: u64) -> Result<(), Error> {
        self.call();
        Ok(())
    }
}
