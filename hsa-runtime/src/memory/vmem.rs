//! Addresses without memory, and what is mapped there.
//!
//! Touches `driver`. Answers to the VMemory functions of upstream's `runtime.cpp`. Both stand in ordered maps without
//! locks, so that who looks an address up waits for nobody; changes are made one at a time.
#![forbid(unsafe_code)]

use std::{ops::Bound, sync::Arc};

use crossbeam_skiplist::SkipMap;
use parking_lot::{Mutex, MutexGuard};

use super::physical::{Handles, Physical};
use crate::{
    agent::Agent,
    boundary::Error,
    driver::{
        Driver,
        virtual_memory::{Access, Attached, Part, Viewer},
    },
};

/// Addresses that a program has reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Bytes.
    pub bytes: u64,
    /// It is the driver's; otherwise it is plain memory of the process.
    pub registered: bool,
}

/// Memory at reserved addresses.
pub struct Mapping {
    part: Part,
    /// The memory, until it is unmapped: the map drops what was removed when nobody can be looking at it any more, and
    /// memory goes at once.
    physical: Mutex<Option<Arc<Physical>>>,
    /// Who sees it: index of the agent, and what it may do.
    seen: Mutex<Vec<(usize, View)>>,
}

/// How an agent sees memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct View {
    attached: Attached,
    viewer: Viewer,
    access: Access,
}

impl Mapping {
    /// Where it begins.
    pub fn start(&self) -> u64 {
        self.part.address
    }

    /// Bytes.
    pub fn bytes(&self) -> u64 {
        self.part.bytes
    }

    /// The memory; none if it is being unmapped.
    pub fn physical(&self) -> Option<Arc<Physical>> {
        self.physical.lock().clone()
    }

    /// What an agent may do with it, by its index.
    pub fn access(&self, agent: usize) -> Access {
        let seen = self.seen.lock();
        seen.iter().find(|(known, _)| *known == agent).map_or(Access::default(), |(_, view)| view.access)
    }

    /// Indices of the agents that may do something with it.
    pub fn viewers(&self) -> Vec<usize> {
        let seen = self.seen.lock();
        seen.iter().filter(|(_, view)| view.access != Access::default()).map(|(agent, _)| *agent).collect()
    }

    /// Lets an agent see it; `owner` is its GPU, on whose render node processors find it.
    fn show(&self, driver: &dyn Driver, agent: &Agent, owner: &Agent, access: Access) -> Result<(), Error> {
        let (viewer, node) =
            if agent.is_cpu() { (Viewer::Host, &owner.node) } else { (Viewer::Gpu, &agent.node) };
        let physical = self.physical().ok_or(Error::InvalidAllocation)?;
        let view = View { attached: physical.on(node)?, viewer, access };
        let mut seen = self.seen.lock();
        if let Some(at) = seen.iter().position(|(known, _)| *known == agent.index) {
            let before = seen[at].1;
            if before == view {
                return Ok(());
            }
            driver.hide(before.attached, self.part, before.viewer)?;
            seen.remove(at);
        }
        driver.show(view.attached, self.part, viewer, access)?;
        seen.push((agent.index, view));
        Ok(())
    }

    /// Hides it from all.
    fn hide(&self, driver: &dyn Driver) -> Result<(), Error> {
        let mut seen = self.seen.lock();
        while let Some((_, view)) = seen.last() {
            driver.hide(view.attached, self.part, view.viewer)?;
            seen.pop();
        }
        Ok(())
    }
}

/// The virtual memory of a machine. Thread-safe.
pub struct Vmem {
    driver: Arc<dyn Driver>,
    reservations: SkipMap<u64, Reservation>,
    pub(super) mappings: SkipMap<u64, Arc<Mapping>>,
    /// Held while anything changes.
    handles: Mutex<Handles>,
}

impl Vmem {
    /// None.
    pub fn new(driver: Arc<dyn Driver>) -> Self {
        let (reservations, mappings) = (SkipMap::new(), SkipMap::new());
        Self { driver, reservations, mappings, handles: Mutex::default() }
    }

    /// What is held by handles; nothing else changes meanwhile.
    pub fn handles(&self) -> MutexGuard<'_, Handles> {
        self.handles.lock()
    }

    /// The reservation that an address lies in, and where it begins.
    pub fn reservation(&self, address: u64) -> Option<(u64, Reservation)> {
        let entry = self.reservations.upper_bound(Bound::Included(&address))?;
        (address - entry.key() < entry.value().bytes).then(|| (*entry.key(), *entry.value()))
    }

    /// The mapping that an address lies in.
    pub fn mapping(&self, address: u64) -> Option<Arc<Mapping>> {
        let entry = self.mappings.upper_bound(Bound::Included(&address))?;
        (address - entry.key() < entry.value().bytes()).then(|| Arc::clone(entry.value()))
    }

    /// The same with its memory.
    pub fn mapped(&self, address: u64) -> Option<(Arc<Mapping>, Arc<Physical>)> {
        let mapping = self.mapping(address)?;
        mapping.physical().map(|physical| (mapping, physical))
    }

    /// Reserves addresses: plain memory of the process, or nothing until something is mapped there.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn reserve(&self, bytes: u64, hint: u64, alignment: u64, registered: bool) -> Result<u64, Error> {
        let alignment = if alignment == 0 { self.driver.page_size() } else { alignment };
        let start = if registered {
            self.driver.reserve(bytes, hint, alignment)?
        } else {
            self.driver.reserve_plain(bytes, hint, alignment)?
        };
        self.reservations.insert(start, Reservation { bytes, registered });
        Ok(start)
    }

    /// Gives addresses back.
    ///
    /// # Errors
    /// `InvalidAllocation` if no reservation begins there, `InvalidArgument` if it is of another size, `ResourceFree`
    /// if something is mapped there, `Generic`.
    pub fn free(&self, start: u64, bytes: u64) -> Result<(), Error> {
        let _changing = self.handles.lock();
        let entry = self.reservations.get(&start).ok_or(Error::InvalidAllocation)?;
        let reservation = *entry.value();
        if reservation.bytes != bytes {
            return Err(Error::InvalidArgument);
        }
        if self.mappings.range(start..start + bytes).next().is_some() {
            return Err(Error::ResourceFree);
        }
        entry.remove();
        if reservation.registered {
            self.driver.unreserve(start)
        } else {
            self.driver.unreserve_plain(start, bytes)
        }
    }

    /// Whether the whole of a range is reserved.
    fn is_reserved(&self, start: u64, bytes: u64) -> bool {
        let Some((base, reservation)) = self.reservation(start) else { return false };
        bytes <= reservation.bytes - (start - base)
    }

    /// Maps a part of the memory of a handle; nobody sees it yet.
    ///
    /// # Errors
    /// `InvalidArgument` if the addresses are not reserved or something is there, for no handle, and for a part that
    /// the memory does not have.
    pub fn map(&self, part: Part, handle: u32) -> Result<(), Error> {
        let handles = self.handles.lock();
        let physical = handles.get(handle).ok_or(Error::InvalidArgument)?;
        let free = self.mapping(part.address).is_none()
            && self.is_reserved(part.address, part.bytes)
            && self.mappings.range(part.address..part.address + part.bytes).next().is_none();
        let fits = physical.bytes.checked_sub(part.offset).is_some_and(|rest| part.bytes <= rest);
        if !free || !fits {
            return Err(Error::InvalidArgument);
        }
        let mapping = Mapping { part, physical: Mutex::new(Some(physical)), seen: Mutex::default() };
        self.mappings.insert(part.address, Arc::new(mapping));
        Ok(())
    }

    /// The mappings that follow one another from an address to an end, or beyond.
    fn row(&self, start: u64, end: u64) -> Result<Vec<Arc<Mapping>>, Error> {
        let (mut row, mut next) = (Vec::new(), start);
        while next < end {
            let entry = self.mappings.get(&next).ok_or(Error::InvalidAllocation)?;
            next += entry.value().bytes();
            row.push(Arc::clone(entry.value()));
        }
        Ok(row)
    }

    /// Takes mappings away that fill a range.
    ///
    /// # Errors
    /// `InvalidAllocation` if none do, `Generic`.
    pub fn unmap(&self, start: u64, bytes: u64) -> Result<(), Error> {
        let _changing = self.handles.lock();
        let end = start.checked_add(bytes).ok_or(Error::InvalidAllocation)?;
        let row = self.row(start, end)?;
        if row.iter().map(|mapping| mapping.bytes()).sum::<u64>() != bytes {
            return Err(Error::InvalidAllocation);
        }
        for mapping in row {
            mapping.hide(&*self.driver)?;
            self.mappings.remove(&mapping.start());
            drop(mapping.physical.lock().take());
        }
        Ok(())
    }

    /// Lets agents see the mappings that fill a range.
    ///
    /// # Errors
    /// `InvalidArgument` if it is not reserved, `InvalidAllocation` if mappings are missing, those of the driver.
    pub fn set_access<'a>(
        &self,
        (start, bytes): (u64, u64),
        agents: &[(&Agent, Access)],
        owner: impl Fn(&Physical) -> Option<&'a Agent>,
    ) -> Result<(), Error> {
        let _changing = self.handles.lock();
        if !self.is_reserved(start, bytes) {
            return Err(Error::InvalidArgument);
        }
        for mapping in self.row(start, start + bytes)? {
            let physical = mapping.physical().ok_or(Error::InvalidAllocation)?;
            let owner = owner(&physical).ok_or(Error::InvalidAgent)?;
            for (agent, access) in agents {
                mapping.show(&*self.driver, agent, owner, *access)?;
            }
        }
        Ok(())
    }
}
