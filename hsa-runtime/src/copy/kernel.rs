//! Copies and fills by kernels of our own, where no SDMA engine fits: a lane of AQL packets.
//!
//! The kernels are assembled from `shaders/blit.s`. Answers to upstream's `amd_blit_kernel.cpp`.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::{
    engine::Lane,
    job::{Job, Move, Work},
};
use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::Error,
    driver::Driver,
    memory::Owned,
    queue::{Queues, build::Request, hardware::Queue},
    signal::Signal,
};

/// Packets of the queue: several hundred copies, and as many places for their arguments.
const PACKETS: u32 = 1024;
/// Bytes of a kernel's arguments.
const ARGUMENTS: u64 = 64;
/// Bytes from the code of one kernel to the next.
const KERNEL_BYTES: u64 = 512;
/// Bytes from one descriptor of a kernel to the next.
const DESCRIPTOR_BYTES: u64 = 64;
/// Bytes of the descriptors, before the code, which processors fetch in lines of up to 256 bytes.
const DESCRIPTORS: u64 = 256;
/// Work-items of a workgroup.
const GROUP: u64 = 256;
/// Workgroups for each compute unit: enough to keep memory busy.
const GROUPS_PER_UNIT: u64 = 4;
/// Most units that one dispatch does.
const MOST_UNITS: u64 = 1 << 30;

/// A kernel, by its position in the code.
#[derive(Clone, Copy)]
enum Kernel {
    /// Units of 16 bytes.
    Copy,
    CopyBytes,
    /// Units of 4 bytes.
    Fill,
}

/// The code for a generation; `None` if there is none.
fn code(major: u32) -> Option<&'static [u8]> {
    Some(match major {
        8 => include_bytes!("../../shaders/gfx8.bin"),
        9 => include_bytes!("../../shaders/gfx9.bin"),
        10 => include_bytes!("../../shaders/gfx10.bin"),
        11 => include_bytes!("../../shaders/gfx11.bin"),
        12 => include_bytes!("../../shaders/gfx12.bin"),
        _ => return None,
    })
}

/// The descriptor of the kernel at `position` (llvm::amdhsa::kernel_descriptor_t): its registers, and where its code is.
fn descriptor(major: u32, position: u64) -> [u64; 8] {
    // 32 vector registers, counted in fours or, on gfx90a and gfx94x, in eights.
    let vector = 7;
    // Scalar ones are counted before gfx10 only: 96, as the first of gfx8 must have them, or 32 with VCC at their end.
    let scalar = match major {
        8 => 11 << 6,
        9 => 2 << 6,
        _ => 0,
    };
    // MEM_ORDERED
    let ordered = if major < 10 { 0 } else { 1 << 30 };
    // Two user registers, for the arguments' address; the workgroup's number.
    let rsrc2 = 2 << 1 | 1 << 7;
    // ACCUM_OFFSET, of gfx90a and gfx94x: accumulation registers would follow the others.
    let rsrc3: u64 = if major == 9 { 7 } else { 0 };
    let properties = AMD_KERNEL_CODE_PROPERTIES_ENABLE_SGPR_KERNARG_SEGMENT_PTR.0 as u64;
    let entry = DESCRIPTORS + position * KERNEL_BYTES - position * DESCRIPTOR_BYTES;
    let rsrc1: u64 = vector | scalar | ordered;
    [0, ARGUMENTS, entry, 0, 0, rsrc3 << 32, rsrc1 | rsrc2 << 32, properties]
}

/// Descriptors and code, as they are to be in memory.
fn image(major: u32) -> Option<Vec<u64>> {
    let code = code(major)?;
    let kernels = [Kernel::Copy, Kernel::CopyBytes, Kernel::Fill];
    let mut descriptors: Vec<u64> =
        kernels.iter().flat_map(|kernel| descriptor(major, *kernel as u64)).collect();
    descriptors.resize(DESCRIPTORS as usize / 8, 0);
    let code = code.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()));
    descriptors.extend(code);
    Some(descriptors)
}

/// A packet, and what the kernel that it starts gets.
pub struct Packet {
    words: [u32; 16],
    arguments: [u64; 8],
}

/// A queue of a GPU for kernels.
pub struct Kernels {
    driver: Arc<dyn Driver>,
    queue: Arc<Queue>,
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
        let image = image(major).ok_or(Error::OutOfResources)?;
        let code = machine.engine_memory(gpu, 8 * image.len() as u64)?;
        code.store(&image);
        let arguments = machine.engine_memory(gpu, u64::from(PACKETS) * ARGUMENTS)?;
        let request = Request { packets: PACKETS, handler: None, private: 0 };
        let queue = queues.create(gpu, &request)?;
        // For copies that are to tell their times.
        queue.set_profiling(true);
        let most_lanes = gpu.compute_units().max(1) * GROUPS_PER_UNIT * GROUP;
        let driver = Arc::clone(&machine.driver);
        Ok(Self { driver, queue, code, arguments, most_lanes, written: 0, told: 0 })
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
            // Engines copy boxes; who asks for one where there is none is refused.
            Work::Rect(_) => {}
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
        let lanes = (arguments[2] >> 32) as u32;
        let object = self.code.address() + kernel as u64 * DESCRIPTOR_BYTES;
        let mut words = [0; 16];
        words[0] = header(HSA_PACKET_TYPE_KERNEL_DISPATCH) | 1 << 16;
        words[1] = GROUP as u32 | 1 << 16;
        words[2..6].copy_from_slice(&[1, lanes, 1, 1]);
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
        if words[0] & 0xff == HSA_PACKET_TYPE_KERNEL_DISPATCH.0 {
            words[10..12].copy_from_slice(&halves(place));
        }
        self.queue.put(self.written, &words);
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
    fn descriptors_lead_to_the_kernels_of_every_generation() {
        for major in 8..=12 {
            let words = image(major).unwrap();
            for kernel in [Kernel::Copy, Kernel::CopyBytes, Kernel::Fill] {
                let descriptor = kernel as u64 * DESCRIPTOR_BYTES;
                let entry = descriptor + words[descriptor as usize / 8 + 2];
                assert_eq!(entry, DESCRIPTORS + kernel as u64 * KERNEL_BYTES);
                assert_ne!(words[entry as usize / 8], 0, "gfx{major}");
            }
        }
        assert!(image(7).is_none() && image(13).is_none());
    }

    #[test]
    fn registers_are_as_the_assembler_describes_them() {
        // What `.amdhsa_kernel` makes of 32 and 23 registers, MEM_ORDERED and nothing of floating point.
        let of = |major| descriptor(major, 0)[5..].to_vec();
        let rest = 0x84 << 32;
        assert_eq!(of(8), [0, 0x2c7 | rest, 8]);
        assert_eq!(of(9), [7 << 32, 0x87 | rest, 8]);
        assert_eq!(of(11), [0, 0x4000_0007 | rest, 8]);
    }

    #[test]
    fn long_moves_are_done_in_parts() {
        let whole = Move { target: 0x1000, source: 0x9000, bytes: 25 };
        let parts: Vec<Move> = parts(&whole, 10).collect();
        let [first, .., last] = parts[..] else { panic!("three parts") };
        assert_eq!((first, parts.len()), (Move { bytes: 10, ..whole }, 3));
        assert_eq!(last, Move { target: 0x1014, source: 0x9014, bytes: 5 });
    }
}
