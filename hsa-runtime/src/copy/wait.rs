//! Copies and fills of GPUs' memory that the caller waits for. Answers to CopyMemory and FillMemory of upstream's
//! `runtime.cpp`.
#![forbid(unsafe_code)]

use std::slice;

use super::{
    Rooms,
    job::{FillBox, Job, Move, Work},
    packet::rect::{Image, Rect},
    route::Route,
};
use crate::{
    agent::{Agent, machine::Machine},
    boundary::Error,
    events::{
        patience::Hint,
        wait::{self, Condition, Limits, Want},
    },
    memory::transfer::Side,
    signal::{Kind, Signal},
};

/// Bytes of the host's memory through which a GPU's goes to another's.
const STAGE: u64 = 4 << 20;

/// One end of a copy.
#[derive(Clone, Copy)]
pub struct End {
    pub side: Side,
    pub address: u64,
}

impl Machine {
    /// Copies between two ends, of which one is a GPU's.
    ///
    /// # Errors
    /// `OutOfResources` if nothing can carry it; what locking memory says.
    pub fn copy_now(&self, rooms: Rooms<'_>, target: End, source: End, bytes: u64) -> Result<(), Error> {
        match (target.side, source.side) {
            (Side::Gpu(to), Side::Gpu(from)) if to != from => self.copy_between(rooms, target, source, bytes),
            (Side::Gpu(gpu), _) | (_, Side::Gpu(gpu)) => {
                let gpu = &self.agents[gpu];
                let (there, here) = (self.lend(gpu, target, bytes)?, self.lend(gpu, source, bytes)?);
                let part = Move { target: there.address, source: here.address, bytes };
                let agent = |end| self.agent_of(end, gpu).ok_or(Error::Generic);
                let route = Route { machine: self, gpu, target: agent(target)?, source: agent(source)? };
                self.carry_now(rooms, &route, bytes, Work::Moves(&[part]))
            }
            _ => Err(Error::Generic),
        }
    }

    /// Fills a GPU's memory with a word.
    ///
    /// # Errors
    /// `OutOfResources` if nothing can carry it.
    pub fn fill_now(
        &self,
        rooms: Rooms<'_>,
        gpu: usize,
        address: u64,
        word: u32,
        words: u64,
    ) -> Result<(), Error> {
        let gpu = &self.agents[gpu];
        let route = Route { machine: self, gpu, target: gpu, source: gpu };
        self.carry_now(rooms, &route, 4 * words, Work::Fill { address, word, words })
    }

    /// Copies a box from anywhere to anywhere that a GPU reaches.
    ///
    /// # Errors
    /// `OutOfResources` if nothing can carry it; what locking memory says.
    pub fn copy_box_now(&self, rooms: Rooms<'_>, gpu: &Agent, rect: &Rect) -> Result<(), Error> {
        let end = |image: &Image| {
            let bytes = rect.extent(image);
            (End { side: self.side(image.start, bytes), address: image.start }, bytes)
        };
        let [(target, to), (source, from)] = [end(&rect.target), end(&rect.source)];
        let (there, here) = (self.lend(gpu, target, to)?, self.lend(gpu, source, from)?);
        let mut rect = *rect;
        (rect.target.start, rect.source.start) = (there.address, here.address);
        let agent = |end| self.agent_of(end, gpu).ok_or(Error::Generic);
        let route = Route { machine: self, gpu, target: agent(target)?, source: agent(source)? };
        let line = Move { target: there.address, source: here.address, bytes: rect.width };
        let is_line = rect.height == 1 && rect.depth == 1;
        let work = if is_line { Work::Moves(slice::from_ref(&line)) } else { Work::Rect(&rect) };
        self.carry_now(rooms, &route, rect.width * rect.height * rect.depth, work)
    }

    /// Fills a box of memory that a GPU reaches with a texel.
    ///
    /// # Errors
    /// `OutOfResources` if it has no kernels.
    pub fn fill_box_now(&self, rooms: Rooms<'_>, gpu: &Agent, fill: &FillBox) -> Result<(), Error> {
        self.kernels_now(rooms, gpu, Work::FillBox(fill))
    }

    /// Has a GPU's caches forget the instructions of a range: there are others now.
    ///
    /// # Errors
    /// `OutOfResources` if it has no queue for that.
    pub fn forget_code_now(
        &self,
        rooms: Rooms<'_>,
        gpu: &Agent,
        address: u64,
        bytes: u64,
    ) -> Result<(), Error> {
        self.kernels_now(rooms, gpu, Work::ForgetCode { address, bytes })
    }

    fn kernels_now(&self, rooms: Rooms<'_>, gpu: &Agent, work: Work<'_>) -> Result<(), Error> {
        let kernels = self.kernels(rooms, gpu).ok_or(Error::OutOfResources)?;
        self.wait_for(rooms, |completion| {
            let job = Job { after: &[], work, completion, operations: 1, timed: false };
            kernels.submit(&[job], rooms.events)
        })
    }

    fn carry_now(
        &self,
        rooms: Rooms<'_>,
        route: &Route<'_>,
        bytes: u64,
        work: Work<'_>,
    ) -> Result<(), Error> {
        self.wait_for(rooms, |completion| {
            let job = Job { after: &[], work, completion, operations: 1, timed: false };
            self.carry(rooms, route.gpu, route.carrier(bytes), &[job])
        })
    }

    /// Begins what makes a signal 0, and waits until it is.
    fn wait_for(
        &self,
        rooms: Rooms<'_>,
        begin: impl FnOnce(Signal) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let completion = rooms.events.signals.create(1, Kind::Interrupt)?;
        let begun = begin(completion).and_then(|()| {
            let limits = Limits { timeout: u64::MAX, hint: Hint::Active };
            let left = wait::one(Want { signal: completion, condition: Condition::Less, compare: 1 }, limits);
            if left < 0 { Err(Error::Generic) } else { Ok(()) }
        });
        // The end of the runtime may have destroyed it.
        let _ = completion.destroy();
        begun
    }

    /// Copies through the host's memory: GPUs need not reach each other's.
    fn copy_between(&self, rooms: Rooms<'_>, target: End, source: End, bytes: u64) -> Result<(), Error> {
        let (Side::Gpu(to), Side::Gpu(from)) = (target.side, source.side) else { return Err(Error::Generic) };
        let stage = self.engine_memory(&self.agents[from], STAGE.min(bytes))?;
        self.allow_access(stage.address(), &[&self.agents[from], &self.agents[to]])?;
        let host = End { side: Side::Host, address: stage.address() };
        for at in (0..bytes).step_by(STAGE as usize) {
            let part = STAGE.min(bytes - at);
            self.copy_now(rooms, host, End { address: source.address + at, ..source }, part)?;
            self.copy_now(rooms, End { address: target.address + at, ..target }, host, part)?;
        }
        Ok(())
    }

    /// Whose memory an end is, as routes have it.
    fn agent_of<'a>(&'a self, end: End, gpu: &'a Agent) -> Option<&'a Agent> {
        match end.side {
            Side::Gpu(_) => Some(gpu),
            Side::Host | Side::Process => self.cpus().next(),
        }
    }

    /// Where a GPU finds an end. What is allocated it reaches if the program lets it; other memory is locked meanwhile.
    fn lend(&self, gpu: &Agent, end: End, bytes: u64) -> Result<Lent<'_>, Error> {
        let is_allocated = end.side != Side::Process && self.heap.containing(end.address).is_some();
        let pool = self.locking_pool().filter(|_| !is_allocated && !matches!(end.side, Side::Gpu(_)));
        let address =
            pool.map_or(Ok(end.address), |pool| self.lock(pool, end.address, bytes, [gpu].into_iter()))?;
        Ok(Lent { address, locked: pool.map(|_| (self, end.address)) })
    }
}

/// Memory that a GPU reaches for a while.
struct Lent<'a> {
    address: u64,
    locked: Option<(&'a Machine, u64)>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some((machine, address)) = self.locked {
            machine.heap.unlock(address);
        }
    }
}
