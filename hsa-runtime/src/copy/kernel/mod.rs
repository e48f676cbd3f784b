//! Copies and fills by kernels of our own, where no SDMA engine fits: a lane of AQL packets.
//!
//! The kernels are assembled from `shaders/blit.s`; [`code`] knows how they are started. Answers to upstream's
//! `amd_blit_kernel.cpp` and, for boxes, to the kernels of its `imageblit_kernels.cl`.
#![forbid(unsafe_code)]

mod code;

use std::sync::Arc;

use self::code::{ARGUMENTS, DESCRIPTOR_BYTES, Kernel};
use super::{
    engine::Lane,
    job::{FillBox, Job, Move, Work},
    packet::{pm4, rect::Rect},
};
use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::Error,
    driver::Driver,
    log::packets,
    memory::Owned,
    queue::{Queues, build::Request, hardware::Queue},
    signal::Signal,
};

/// Packets of the queue: several hundred copies, and as many places for their arguments.
const PACKETS: u32 = 1024;
/// Work-items of a workgroup.
const GROUP: u64 = 256;
/// Workgroups for each compute unit: enough to keep memory busy.
const GROUPS_PER_UNIT: u64 = 4;
/// Most units that one dispatch does.
const MOST_UNITS: u64 = 1 << 30;
/// Most bytes of a row, rows, and layers that one dispatch of a box does.
const MOST_OF_BOX: [u64; 3] = [1 << 30, 1 << 15, 1 << 15];

/// A packet, and what it refers to: the arguments of the kernel that it starts, or words of the command processor.
pub struct Packet {
    words: [u32; 16],
    arguments: [u64; 8],
}

/// A queue of a GPU for kernels.
pub struct Kernels {
    driver: Arc<dyn Driver>,
    queue: Arc<Queue>,
    /// Of the GPU's gfx version.
    major: u32,
    code: Owned,
    /// One place a packet.
    arguments: Owned,
    /// Most work-items of a dispatch.
    most_lanes: u64,
    written: u64,
    told: u64,
}

impl Kernels {
    /// A queue of a GPU.
    ///
    /// # Errors
    /// `OutOfResources`, also where there is no code for the GPU.
    pub fn new(machine: &Machine, queues: &Queues, gpu: &Agent) -> Result<Self, Error> {
        let major = gpu.gpu.as_ref().map_or(0, |gpu| gpu.isa.major());
        let image = code::image(major).ok_or(Error::OutOfResources)?;
        let code = machine.engine_memory(gpu, 8 * image.len() as u64)?;
        code.store(&image);
        let arguments = machine.engine_memory(gpu, u64::from(PACKETS) * ARGUMENTS)?;
        let request = Request { packets: PACKETS, ..Request::default() };
        let queue = queues.create(gpu, &request)?;
        // For copies that are to tell their times.
        queue.set_profiling(true);
        let most_lanes = gpu.compute_units().max(1) * GROUPS_PER_UNIT * GROUP;
        let driver = Arc::clone(&machine.driver);
        Ok(Self { driver, queue, major, code, arguments, most_lanes, written: 0, told: 0 })
    }

    /// The dispatches that do some work.
    fn dispatches(&self, work: &Work<'_>, put: &mut impl FnMut(Packet)) {
        match *work {
            Work::Moves(moves) => {
                for part in moves.iter().flat_map(|part| parts(part, MOST_UNITS)) {
                    put(self.dispatch(self.copy(&part)));
                }
            }
            Work::Fill { address, word, words } => {
                for at in (0..words).step_by(MOST_UNITS as usize) {
                    let count = (words - at).min(MOST_UNITS);
                    let arguments = self.arguments_for(word.into(), address + 4 * at, count);
                    put(self.dispatch((Kernel::Fill, arguments)));
                }
            }
            Work::Rect(rect) => self.copy_box(rect, put),
            Work::FillBox(fill) => self.fill_box(fill, put),
            Work::ForgetCode { address, bytes } => put(self.forget_code(address, bytes)),
        }
    }

    fn forget_code(&self, address: u64, bytes: u64) -> Packet {
        let code = pm4::forget_code(self.major, address, bytes);
        let mut arguments = [0; 8];
        for (place, pair) in arguments.iter_mut().zip(code.chunks_exact(2)) {
            *place = u64::from(pair[0]) | u64::from(pair[1]) << 32;
        }
        Packet { words: pm4::VENDOR_PACKET, arguments }
    }

    fn copy_box(&self, rect: &Rect, put: &mut impl FnMut(Packet)) {
        for part in rect.parts(MOST_OF_BOX) {
            let (kernel, unit) = match part.unit() {
                16 => (Kernel::CopyBox16, 16),
                4.. => (Kernel::CopyBox4, 4),
                _ => (Kernel::CopyBox1, 1),
            };
            let [source, target] = [part.source, part.target];
            let arguments = [
                source.start,
                target.start,
                source.pitch | target.pitch << 32,
                source.slice | target.slice << 32,
                0,
                0,
                0,
                0,
            ];
            put(self.start(kernel, arguments, [part.width / unit, part.height, part.depth]));
        }
    }

    fn fill_box(&self, fill: &FillBox, put: &mut impl FnMut(Packet)) {
        let kernel = match fill.texel_bytes {
            1 => Kernel::FillBox1,
            2 => Kernel::FillBox2,
            4 => Kernel::FillBox4,
            8 => Kernel::FillBox8,
            _ => Kernel::FillBox16,
        };
        let [low, high] = [fill.texel as u64, (fill.texel >> 64) as u64];
        for part in fill.area.parts(MOST_OF_BOX) {
            let target = part.target;
            let arguments = [0, target.start, target.pitch << 32, target.slice << 32, low, high, 0, 0];
            put(self.start(kernel, arguments, [part.width / fill.texel_bytes, part.height, part.depth]));
        }
    }

    fn copy(&self, part: &Move) -> (Kernel, [u64; 8]) {
        let Move { target, source, bytes } = *part;
        if (source ^ target) & 3 != 0 {
            return (Kernel::CopyBytes, self.arguments_for(source, target, bytes));
        }
        // Loads of 16 bytes want addresses that 4 divides.
        let before = (target.wrapping_neg() & 3).min(bytes);
        let (units, behind) = ((bytes - before) / 16, (bytes - before) % 16);
        let (from, to) = (source + before, target + before);
        let mut arguments = self.arguments_for(from, to, units);
        arguments[3] = before | behind << 32;
        arguments[4..].copy_from_slice(&[from + 16 * units, to + 16 * units, source, target]);
        (Kernel::Copy, arguments)
    }

    fn arguments_for(&self, source: u64, target: u64, units: u64) -> [u64; 8] {
        let lanes = units.next_multiple_of(GROUP).clamp(GROUP, self.most_lanes);
        [source, target, units | lanes << 32, 0, 0, 0, 0, 0]
    }

    fn dispatch(&self, (kernel, arguments): (Kernel, [u64; 8])) -> Packet {
        self.start(kernel, arguments, [arguments[2] >> 32, 1, 1])
    }

    /// Starts a kernel on so many work-items along each axis.
    fn start(&self, kernel: Kernel, arguments: [u64; 8], grid: [u64; 3]) -> Packet {
        const DIMENSIONS: u32 = 3;
        let object = self.code.address() + kernel as u64 * DESCRIPTOR_BYTES;
        let mut words = [0; 16];
        words[0] = header(HSA_PACKET_TYPE_KERNEL_DISPATCH) | DIMENSIONS << 16;
        words[1..3].copy_from_slice(&[GROUP as u32 | 1 << 16, 1]);
        words[3..6].copy_from_slice(&grid.map(|items| items as u32));
        words[8..10].copy_from_slice(&halves(object));
        Packet { words, arguments }
    }
}

/// A packet's header: it begins when all before are done, and sees, and shows, what everybody wrote.
fn header(kind: hsa_packet_type_t) -> u32 {
    let system = HSA_FENCE_SCOPE_SYSTEM.0;
    kind.0
        | 1 << HSA_PACKET_HEADER_BARRIER.0
        | system << HSA_PACKET_HEADER_SCACQUIRE_FENCE_SCOPE.0
        | system << HSA_PACKET_HEADER_SCRELEASE_FENCE_SCOPE.0
}

fn halves(number: u64) -> [u32; 2] {
    [number as u32, (number >> 32) as u32]
}

/// A packet that waits for five signals at most.
fn barrier(after: &[Signal]) -> Packet {
    let mut words = [0; 16];
    words[0] = header(HSA_PACKET_TYPE_BARRIER_AND);
    for (place, signal) in words[2..12].chunks_exact_mut(2).zip(after) {
        place.copy_from_slice(&halves(signal.handle().handle));
    }
    Packet { words, arguments: [0; 8] }
}

fn completing(mut packet: Packet, signal: Signal) -> Packet {
    packet.words[14..].copy_from_slice(&halves(signal.handle().handle));
    packet
}

/// A packet for who reads along.
fn described(words: &[u32; 16]) -> String {
    let pair = |at: usize| u64::from(words[at]) | u64::from(words[at + 1]) << 32;
    let (header, done) = (words[0] & 0xffff, pair(14));
    if header & 0xff == HSA_PACKET_TYPE_KERNEL_DISPATCH.0 {
        let [x, y, z] = [words[3], words[4], words[5]];
        let (group, kernel, arguments) = (words[1] & 0xffff, pair(8), pair(10));
        format!(
            "dispatch, header {header:#x}, grid {x} {y} {z}, workgroup {group}, kernel {kernel:#x}, arguments \
             {arguments:#x}, completion signal {done:#x}"
        )
    } else if header & 0xff == HSA_PACKET_TYPE_VENDOR_SPECIFIC.0 {
        format!("caches forget code, header {header:#x}, words {:#x}, completion signal {done:#x}", pair(2))
    } else {
        let after = [2, 4, 6, 8, 10].map(pair);
        format!("barrier, header {header:#x}, after signals {after:x?}, completion signal {done:#x}")
    }
}

/// Parts of at most so many bytes.
fn parts(part: &Move, most: u64) -> impl Iterator<Item = Move> {
    let Move { target, source, bytes } = *part;
    (0..bytes).step_by(most as usize).map(move |at| Move {
        target: target + at,
        source: source + at,
        bytes: most.min(bytes - at),
    })
}

impl Lane for Kernels {
    type Packet = Packet;
    const RESERVE: usize = 1;

    fn packets(&self, job: &Job<'_>, put: &mut impl FnMut(Packet)) {
        job.after.chunks(5).map(barrier).for_each(&mut *put);
        let mut last = None;
        self.dispatches(&job.work, &mut |packet| {
            if let Some(earlier) = last.replace(packet) {
                put(earlier);
            }
        });
        (1..job.operations).for_each(|_| put(completing(barrier(&[]), job.completion)));
        // With the last dispatch the signal gets its times, too.
        put(completing(last.unwrap_or_else(|| barrier(&[])), job.completion));
    }

    fn complete(&self, signal: Signal, put: &mut impl FnMut(Packet)) {
        put(completing(barrier(&[]), signal));
    }

    fn has_room(&self, room: usize) -> bool {
        self.written - self.queue.read_index() + room as u64 <= self.queue.packets()
    }

    fn put(&mut self, packet: &Packet, reserve: usize) -> bool {
        if !self.has_room(1 + reserve) {
            return false;
        }
        let place = self.arguments.address() + self.written % self.queue.packets() * ARGUMENTS;
        self.driver.store(place, &packet.arguments);
        let mut words = packet.words;
        match hsa_packet_type_t(words[0] & 0xff) {
            HSA_PACKET_TYPE_KERNEL_DISPATCH => words[10..12].copy_from_slice(&halves(place)),
            HSA_PACKET_TYPE_VENDOR_SPECIFIC => {
                words[pm4::CALL].copy_from_slice(&pm4::call(place, pm4::FORGET_WORDS));
            }
            _ => {}
        }
        self.queue.put(self.written, &words);
        if packets::are_followed() {
            packets::tell(&format!("{} of a copy: {}", self.written, described(&words)));
        }
        self.written += 1;
        true
    }

    fn tell(&mut self) {
        if self.told != self.written {
            self.told = self.written;
            self.queue.tell(self.written);
        }
    }

    fn is_idle(&self) -> bool {
        self.queue.read_index() == self.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_moves_are_done_in_parts() {
        let whole = Move { target: 0x1000, source: 0x9000, bytes: 25 };
        let parts: Vec<Move> = parts(&whole, 10).collect();
        let [first, .., last] = parts[..] else { panic!("three parts") };
        assert_eq!((first, parts.len()), (Move { bytes: 10, ..whole }, 3));
        assert_eq!(last, Move { target: 0x1014, source: 0x9014, bytes: 5 });
    }
}
