//! A GPU on a bench: memory of its own, a code object, and kernels started by hand. What `simgpu run` and the tests
//! of instructions use; no queue and no driver. Touches `object`, `grid` and `device`.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::flow::Chip;
use super::grid::{self, Plan};
use super::group::{Error, Group, Surroundings};
use super::object::{CodeObject, ObjectError};
use super::order::Order;
use super::program::Program;
use super::sync::GlobalSync;
use super::wave::Wave;
use crate::device::dispatch::descriptor::{
    Descriptor,
    properties::{DYNAMIC_STACK, WAVEFRONT_SIZE32},
};
use crate::device::dispatch::{Dispatch, Pointers, Scratch, user_sgprs};
use crate::device::gpu::Gfx;
use crate::device::memory::{Fault, Memory};
use crate::device::vm::Vm;
use crate::isa::Target;

/// Where the bench's memory begins.
const BASE: u64 = 0x1_0000_0000;

/// Private memory of a work-item whose kernel calls functions without a known depth.
const UNKNOWN_STACK_BYTES: u32 = 16 << 10;

/// Why a kernel did not run to its end.
#[derive(Debug)]
pub enum BenchError {
    /// The code object is at fault.
    Object(ObjectError),
    /// The bench's memory is too small.
    Memory(Fault),
    /// A wave failed.
    Wave(Error),
}

impl fmt::Display for BenchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(error) => write!(f, "{error}"),
            Self::Memory(fault) => write!(f, "{fault}"),
            Self::Wave(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for BenchError {}

impl From<ObjectError> for BenchError {
    fn from(error: ObjectError) -> Self {
        Self::Object(error)
    }
}

impl From<Fault> for BenchError {
    fn from(fault: Fault) -> Self {
        Self::Memory(fault)
    }
}

impl From<Error> for BenchError {
    fn from(error: Error) -> Self {
        Self::Wave(error)
    }
}

/// Nobody hears interrupts, and the clock goes on whenever it is read.
#[derive(Default)]
struct Alone(AtomicU64, GlobalSync);

impl Chip for Alone {
    fn clock(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
    fn interrupt(&self, _data: u32) {}
    fn doorbell(&self) -> u32 {
        0
    }
    fn global_sync(&self) -> Option<&GlobalSync> {
        Some(&self.1)
    }
}

/// How a kernel is started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// Work-items in each dimension.
    pub grid: [u32; 3],
    /// Work-items of a workgroup.
    pub block: [u32; 3],
    /// Arguments, laid out as the kernel wants them.
    pub arguments: Vec<u8>,
    /// LDS besides what the kernel declares.
    pub dynamic_lds: u32,
    /// Threads that run its workgroups.
    pub threads: usize,
    /// In which order workgroups and waves begin.
    pub order: Order,
}

impl Launch {
    /// Workgroups that are begun at once, at most.
    fn resident(&self) -> usize {
        let axes = self.grid.iter().zip(self.block);
        let groups: u64 = axes.map(|(grid, block)| u64::from(grid.div_ceil(block.max(1)))).product();
        groups.min(8 * self.threads.max(1) as u64) as usize
    }
}

/// The bench.
pub struct Bench {
    memory: Vm,
    next: u64,
    program: Program,
    chip: Alone,
}

impl Bench {
    /// A bench with so much memory.
    pub fn new(target: Target, bytes: usize) -> Self {
        let memory = Vm::plain(BASE, bytes);
        Self { memory, next: BASE, program: Program::new(target), chip: Alone::default() }
    }

    /// Its memory.
    pub fn memory(&self) -> &dyn Memory {
        &self.memory
    }

    /// Takes a piece of it, aligned to a page, which is never given back.
    pub fn take(&mut self, bytes: u64) -> u64 {
        let address = self.next;
        self.next += bytes.next_multiple_of(4096);
        address
    }

    /// A buffer with contents.
    pub fn buffer(&mut self, contents: &[u8]) -> Result<u64, Fault> {
        let address = self.take(contents.len() as u64);
        self.memory.write(address, contents)?;
        Ok(address)
    }

    /// Loads a code object; tells where.
    pub fn load(&mut self, object: &CodeObject<'_>) -> Result<u64, BenchError> {
        let base = self.take(object.bytes());
        object.load(&self.memory, base)?;
        Ok(base)
    }

    /// Runs the kernel whose descriptor is at an address. Tells how many wave instructions it took.
    pub fn run(&mut self, descriptor: u64, launch: &Launch) -> Result<u64, BenchError> {
        let kernel = Descriptor::read(&self.memory, descriptor)?;
        let arguments = self.buffer(&with_hidden(launch))?;
        let scratch = self.scratch(&kernel, launch);
        let pointers = Pointers {
            arguments,
            private_bytes: kernel.private_segment_bytes,
            scratch: scratch.map_or(0, |scratch| scratch.base),
            scratch_descriptor: scratch.map_or([0; 4], scratch_descriptor),
            ..Pointers::default()
        };
        let gfx = match self.program.target {
            Target::Gfx1010 => Gfx::from_kfd(100_100),
            Target::Gfx1013 => Gfx::from_kfd(100_103),
            Target::Gfx1030 => Gfx::from_kfd(100_300),
            Target::Gfx1100 => Gfx::from_kfd(110_000),
        };
        let dispatch = Dispatch {
            gfx,
            entry: kernel.entry,
            rsrc: kernel.rsrc,
            wave32: kernel.has(WAVEFRONT_SIZE32),
            grid: launch.grid,
            workgroup: launch.block,
            lds_bytes: kernel.group_segment_bytes + launch.dynamic_lds,
            user_sgprs: user_sgprs(&kernel, &pointers, gfx, &self.memory)?,
            scratch,
            packet: 0,
        };
        let around = Surroundings { program: &self.program, memory: &self.memory, chip: &self.chip };
        let plan =
            Plan { threads: launch.threads, alone: 0, resident: launch.resident(), order: launch.order };
        Ok(grid::run(&dispatch, &around, plan)?)
    }

    /// Runs words of code, which end with s_endpgm, on waves of one workgroup with so much LDS, on the bench's chip or
    /// another; tells what the waves and LDS hold then.
    pub fn snippet(
        &mut self,
        code: &[u32],
        mut waves: Vec<Wave>,
        lds: usize,
        chip: Option<&dyn Chip>,
    ) -> Result<(Vec<Wave>, Vec<u8>), BenchError> {
        let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
        let entry = self.buffer(&bytes)?;
        waves.iter_mut().for_each(|wave| wave.pc = entry);
        let chip = chip.unwrap_or(&self.chip);
        let around = Surroundings { program: &self.program, memory: &self.memory, chip };
        let mut group = Group::new(waves, lds);
        while !group.round(&around)? {}
        Ok(group.into_parts())
    }

    /// Mnemonics of what ran here ([`Program::executed`]).
    pub fn executed(&self) -> BTreeSet<String> {
        self.program.executed()
    }

    /// Private memory for as many waves as are begun at once.
    fn scratch(&mut self, kernel: &Descriptor, launch: &Launch) -> Option<Scratch> {
        let lanes = if kernel.has(WAVEFRONT_SIZE32) { 32 } else { 64 };
        let waves = launch.block.iter().product::<u32>().div_ceil(lanes);
        let stack = if kernel.has(DYNAMIC_STACK) { UNKNOWN_STACK_BYTES } else { 0 };
        let wave_bytes = (kernel.private_segment_bytes.max(stack) * lanes).next_multiple_of(256);
        let slots = waves * launch.resident() as u32;
        (wave_bytes > 0).then(|| {
            let base = self.take(u64::from(wave_bytes) * u64::from(slots));
            Scratch { base, wave_bytes, slots }
        })
    }
}

/// The buffer descriptor that ROCr gives gfx10's queues (`InitScratchSRD`): swizzled, each lane at its own element of 32
/// bits, and without bounds.
fn scratch_descriptor(scratch: Scratch) -> [u32; 4] {
    const SWIZZLED: u32 = 1 << 31;
    const SELECT: u32 = 4 | 5 << 3 | 6 << 6 | 7 << 9;
    const FORMAT_32_UINT: u32 = 20 << 12;
    const ADD_LANE: u32 = 1 << 23;
    const RESOURCE_LEVEL: u32 = 1 << 24;
    const UNBOUND: u32 = 2 << 28;
    [
        scratch.base as u32,
        (scratch.base >> 32) as u32 | SWIZZLED,
        scratch.wave_bytes * scratch.slots,
        SELECT | FORMAT_32_UINT | ADD_LANE | RESOURCE_LEVEL | UNBOUND,
    ]
}

/// The arguments, and behind them the beginning of what code object version 5 hides there: how many workgroups, how
/// large they are, and what is left at the end.
fn with_hidden(launch: &Launch) -> Vec<u8> {
    let mut bytes = launch.arguments.clone();
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let axes = || launch.grid.iter().zip(&launch.block);
    bytes.extend(axes().flat_map(|(grid, block)| (grid / block.max(&1)).to_le_bytes()));
    bytes.extend(axes().flat_map(|(_, block)| (*block as u16).to_le_bytes()));
    bytes.extend(axes().flat_map(|(grid, block)| ((grid % block.max(&1)) as u16).to_le_bytes()));
    bytes.resize(bytes.len() + 256 - 24, 0);
    bytes
}
