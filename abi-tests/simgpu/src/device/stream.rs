//! Packets of 32-bit words that follow each other in a ring, and in the indirect buffers that they call. The walk is
//! the same for PM4 and for SDMA; what a packet means is its `Engine`'s. Touches memory by its trait.
#![forbid(unsafe_code)]

use super::memory::Fault;
use super::platform::{Platform, WaveError};

/// How far indirect buffers may call each other.
const MAX_DEPTH: usize = 4;

/// Bits `low .. low + width` of a word.
pub(super) fn field(word: u32, low: u32, width: u32) -> u32 {
    (word >> low) & ((1 << width) - 1)
}

/// Two words of a packet as one number, the low one first.
pub(super) fn long(packet: &[u32], at: usize) -> u64 {
    u64::from(packet[at]) | u64::from(packet[at + 1]) << 32
}

/// What a packet wants done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The packet is done.
    Next,
    /// It waits for memory to change: try it again later.
    Blocked,
    /// It is done once the words at `base` are.
    Call {
        /// Address of the indirect buffer.
        base: u64,
        /// Its length in words.
        words: u64,
    },
    /// It is done, and so many words behind it are passed over.
    Skip(u64),
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A packet was done.
    Done,
    /// The packet at hand waits.
    Blocked,
    /// There is nothing to do.
    Idle,
}

/// Why a queue stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The engine itself met a bad address.
    Memory(Fault),
    /// The hardware has no such packet, or not with these fields; its header.
    Packet(u32),
    /// A dispatch failed.
    Wave(WaveError),
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Memory(fault)
    }
}

impl From<WaveError> for Error {
    fn from(error: WaveError) -> Self {
        Self::Wave(error)
    }
}

/// The meaning of packets.
pub trait Engine {
    /// How many words the packet has whose first words `word` gives by number.
    fn length(&self, word: &dyn Fn(u64) -> Result<u32, Fault>) -> Result<u64, Error>;
    /// Does what a whole packet says.
    fn execute(&mut self, packet: &[u32], platform: &dyn Platform) -> Result<Flow, Error>;
}

/// Words in memory, and how far they have been read. A ring's numbers never wrap; only its addresses do.
#[derive(Clone, Copy, Debug)]
struct Window {
    base: u64,
    /// Words that the memory at `base` holds: the addresses wrap there.
    capacity: u64,
    at: u64,
    end: u64,
    /// Length of the packet in the window below that called this one.
    caller: u64,
}

impl Window {
    fn word(&self, platform: &dyn Platform, number: u64) -> Result<u32, Fault> {
        platform.memory().load32(self.base.wrapping_add((self.at + number) % self.capacity * 4))
    }
}

/// A ring, or an indirect buffer, with the buffers that are being called.
#[derive(Debug)]
pub struct Stream {
    windows: Vec<Window>,
}

impl Stream {
    /// An empty ring of `capacity` words.
    pub fn ring(base: u64, capacity: u64) -> Self {
        Self { windows: vec![Window { base, capacity: capacity.max(1), at: 0, end: 0, caller: 0 }] }
    }

    /// A buffer of `words` words, to be done once.
    pub fn buffer(base: u64, words: u64) -> Self {
        let window = Window { base, capacity: words.max(1), at: 0, end: words, caller: 0 };
        Self { windows: vec![window] }
    }

    /// Tells how far the ring has been written, in words since its beginning. A number that is behind what has been
    /// read, or more than the ring holds ahead of it, is not believed.
    pub fn written(&mut self, end: u64) {
        let ring = &mut self.windows[0];
        if end.wrapping_sub(ring.at) <= ring.capacity {
            ring.end = end;
        }
    }

    /// How far the ring has been read, in words since its beginning. A packet in the ring counts as read when the
    /// buffers that it calls are done.
    pub fn read(&self) -> u64 {
        self.windows[0].at
    }

    /// Does one packet.
    pub fn step(&mut self, engine: &mut impl Engine, platform: &dyn Platform) -> Result<Step, Error> {
        self.return_from_calls();
        let depth = self.windows.len();
        let window = self.windows.last_mut().expect("the ring stays");
        if window.at >= window.end {
            return Ok(Step::Idle);
        }
        let length = engine.length(&|number| window.word(platform, number))?;
        let header = window.word(platform, 0)?;
        if length > window.end - window.at {
            // A ring's packet may still be coming; a buffer's never does.
            let complete = depth > 1 || length > window.capacity;
            return if complete { Err(Error::Packet(header)) } else { Ok(Step::Idle) };
        }
        let packet =
            (0..length).map(|number| window.word(platform, number)).collect::<Result<Vec<_>, _>>()?;
        match engine.execute(&packet, platform)? {
            Flow::Blocked => return Ok(Step::Blocked),
            Flow::Next => window.at += length,
            Flow::Skip(words) => window.at = window.end.min(window.at + length + words),
            Flow::Call { .. } if depth > MAX_DEPTH => return Err(Error::Packet(header)),
            Flow::Call { base, words } => {
                self.windows.push(Window { base, capacity: words.max(1), at: 0, end: words, caller: length });
                self.return_from_calls();
            }
        }
        Ok(Step::Done)
    }

    /// Leaves the buffers that are done, and the packets that called them.
    fn return_from_calls(&mut self) {
        while let [.., caller, window] = self.windows.as_mut_slice() {
            if window.at < window.end {
                return;
            }
            caller.at += window.caller;
            self.windows.pop();
        }
    }
}
