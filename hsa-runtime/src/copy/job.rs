//! What an engine is to do for a call, as packets: wait, copy, tell.
//!
//! Pure but for the values of signals that it looks at. Answers to SubmitCommand of upstream's `amd_blit_sdma.cpp`, whose
//! order of packets it keeps.
#![forbid(unsafe_code)]

use super::packet::{self, Dialect, LONGEST_FILL, Packet, rect::Rect};
use crate::signal::Signal;

/// Bytes to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub target: u64,
    pub source: u64,
    pub bytes: u64,
}

/// What is to be done to memory.
#[derive(Clone, Copy, Debug)]
pub enum Work<'a> {
    /// Copies, in order.
    Moves(&'a [Move]),
    /// A copy of a box.
    Rect(&'a Rect),
    /// Words to store.
    Fill { address: u64, word: u32, words: u64 },
    /// Texels to store in a box.
    FillBox(&'a FillBox),
    /// Caches are to forget the instructions that they hold of a range.
    ForgetCode { address: u64, bytes: u64 },
}

/// A box that is to hold one texel everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillBox {
    /// The box, whose source is the target too.
    pub area: Rect,
    /// The texel, from the lowest byte on.
    pub texel: u128,
    /// Bytes of a texel: 1, 2, 4, 8 or 16, of which addresses and pitches are multiples.
    pub texel_bytes: u64,
}

/// Work, with what comes before and after it.
pub struct Job<'a> {
    /// Signals that are to become 0 before.
    pub after: &'a [Signal],
    pub work: Work<'a>,
    /// The signal that becomes less.
    pub completion: Signal,
    /// By how much: one for each operation that the job stands for.
    pub operations: u32,
    /// Whether the signal is to tell when the work began and ended.
    pub timed: bool,
}

/// How an engine does its jobs.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    pub dialect: Dialect,
    /// Atomics of 64 bits reach the host's memory.
    pub atomics: bool,
    /// Writes of the host to the GPU's memory must be flushed before they are read.
    pub flushes_host_data: bool,
}

impl Habits {
    /// The packets of a job, in order, without those that wait before it and those that complete its signal.
    pub fn packets(&self, job: &Job<'_>, put: &mut impl FnMut(Packet)) {
        let times = job.timed.then(|| job.completion.copy_time_addresses());
        if let Some((start, _)) = times {
            put(packet::timestamp(start));
        }
        if self.flushes_host_data {
            put(packet::flush_host_data());
        }
        if self.dialect.has_gcr {
            put(packet::write_caches_back(true));
        }
        self.work(&job.work, put);
        if self.dialect.has_gcr {
            put(packet::write_caches_back(false));
        }
        if let Some((_, end)) = times {
            put(packet::timestamp(end));
        }
    }

    /// Waits until a signal is 0. Engines look at 32 bits at a time; of a word that is 0 already nothing more is
    /// expected, so that two polls, the high word first, see a counter reach 0.
    pub fn wait(&self, signal: Signal, put: &mut impl FnMut(Packet)) {
        let (value, address) = (signal.load() as u64, signal.value_address());
        let words = [(value >> 32 != 0, address + 4), (value != 0, address)];
        for (_, word) in words.into_iter().filter(|(wanted, _)| *wanted) {
            put(packet::poll(word, 0));
            if self.dialect.polls_twice {
                put(packet::poll(word, 0));
            }
        }
    }

    fn work(&self, work: &Work<'_>, put: &mut impl FnMut(Packet)) {
        match *work {
            Work::Moves(moves) => {
                for &Move { target, source, bytes } in moves {
                    self.dialect.copy_linear(target, source, bytes, put);
                }
            }
            Work::Rect(rect) => self.dialect.copy_rect(rect, put),
            // Kernels do: nobody asks an engine for it.
            Work::FillBox(_) | Work::ForgetCode { .. } => {}
            Work::Fill { address, word, words } => {
                for at in (0..4 * words).step_by(LONGEST_FILL as usize) {
                    put(packet::fill(address + at, word, (4 * words - at).min(LONGEST_FILL)));
                }
            }
        }
    }

    /// Makes a signal so much less, then rings its bell.
    ///
    /// Without atomics the value that it will have is written, the high word first, if nobody else changes it: by
    /// fences, since those are in order with copies.
    pub fn complete(&self, signal: Signal, operations: u32, put: &mut impl FnMut(Packet)) {
        let address = signal.value_address();
        if self.atomics {
            put(packet::add(address, -i64::from(operations)));
        } else {
            let value = signal.load().wrapping_sub(operations.into()) as u64;
            if value >> 32 != 0 {
                put(self.dialect.fence(address + 4, (value >> 32) as u32));
            }
            put(self.dialect.fence(address, value as u32));
        }
        if let Some((mailbox, event)) = signal.mailbox() {
            put(self.dialect.fence(mailbox, event));
            put(packet::trap(event));
        }
    }
}
