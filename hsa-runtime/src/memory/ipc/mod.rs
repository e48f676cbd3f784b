//! Memory of GPUs shared with other processes, and signals.
//!
//! Touches sockets. Answers to IPCCreate, IPCAttach and IPCDetach of upstream's `runtime.cpp`, in its way of dma-bufs: Linux's
//! own driver has no other. A process that shares something listens at a socket and hands descriptors out to
//! processes of the same user that tell the right [`Ticket`]; what it has freed it hands out no more. Tickets hold random
//! numbers, so that one of a process that has gone is never taken for another's, even if the process's number is used
//! again; nobody listens there then, and the importer hears of it at once. Tickets of other runtimes are refused, as ours are by
//! them.
#![forbid(unsafe_code)]

mod exports;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod socket;

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
};

pub use self::{
    exports::Exports,
    socket::{Shared, fetch},
};
use super::{Heap, Origin};
use crate::{
    agent::{Agent, machine::Machine},
    boundary::Error,
};

/// What is shared. The number stands in tickets; one that means it otherwise is another number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// Memory: one descriptor.
    Memory = 1,
    /// A signal: two, as [`crate::signal::Parts`] has them.
    Signal = 2,
}

/// What names something shared in another process: a socket, and a number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    kind: Kind,
    server: u64,
    number: u64,
    bytes: u64,
}

/// In tickets of ours, and in no other runtime's.
const MARK: u32 = 0x7273_6372;

impl Ticket {
    /// How large it is.
    pub fn bytes(self) -> u64 {
        self.bytes
    }

    /// The words that programs pass on.
    pub fn words(self) -> [u32; 8] {
        let [a, b, c] = [self.server, self.number, self.bytes].map(|word| [word as u32, (word >> 32) as u32]);
        [a[0], a[1], b[0], b[1], c[0], c[1], MARK, self.kind as u32]
    }

    /// The ticket of such words, if it is for this.
    pub fn from_words(words: [u32; 8], kind: Kind) -> Option<Self> {
        let word = |at: usize| u64::from(words[at]) | u64::from(words[at + 1]) << 32;
        let is_one = words[6..] == [MARK, kind as u32];
        is_one.then(|| Self { kind, server: word(0), number: word(2), bytes: word(4) })
    }
}

/// A number that nobody guesses: the standard library's keys are the system's random numbers.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

impl Machine {
    /// Shares memory that begins at an address, all of it.
    ///
    /// # Errors
    /// `InvalidArgument` for anything else than the whole of an allocation of a GPU's memory, `OutOfResources`.
    pub fn share(&self, address: u64, bytes: u64) -> Result<Ticket, Error> {
        let record =
            self.heap.at(address).filter(|record| record.asked == bytes).ok_or(Error::InvalidArgument)?;
        let known = self.heap.exports.find(address);
        known.map_or_else(
            || {
                let (descriptor, offset) =
                    self.export(address, record.size, false).map_err(|error| match error {
                        Error::OutOfResources => error,
                        _ => Error::InvalidArgument,
                    })?;
                self.heap.exports.add(Kind::Memory, (address, bytes), Shared::new(vec![descriptor], offset))
            },
            Ok,
        )
    }

    /// Takes shared memory in, for these agents' GPUs, or for all.
    ///
    /// # Errors
    /// `InvalidArgument` if the ticket is none, or who gave it out has gone or has freed the memory, or it is shorter;
    /// `OutOfResources`.
    pub fn take_in(&self, ticket: Ticket, bytes: u64, agents: &[&Agent]) -> Result<u64, Error> {
        if bytes > ticket.bytes {
            return Err(Error::InvalidArgument);
        }
        let mut nodes: Vec<_> =
            agents.iter().filter(|agent| agent.is_gpu()).map(|agent| agent.node.id).collect();
        if nodes.is_empty() {
            nodes = self.gpus().map(|agent| agent.node.id).collect();
        }
        let shared = fetch(ticket).ok_or(Error::InvalidArgument)?;
        let [descriptor] = shared.descriptors() else { return Err(Error::InvalidArgument) };
        let taken = self.heap.import(*descriptor, &nodes)?;
        if shared.offset.checked_add(ticket.bytes).is_some_and(|end| end <= taken.bytes) {
            return Ok(taken.address + shared.offset);
        }
        // It is not what the ticket says.
        self.heap.give_back(taken.address)?;
        Err(Error::InvalidArgument)
    }
}

impl Heap {
    /// Gives back what was taken in.
    ///
    /// # Errors
    /// `InvalidArgument` if it was not.
    pub fn let_go(&self, address: u64) -> Result<(), Error> {
        let record = self.containing(address).filter(|record| record.origin == Origin::Imported);
        self.give_back(record.ok_or(Error::InvalidArgument)?.start)
    }
}

#[cfg(test)]
mod tests;
