//! A platform for the tests of the command processors: plain memory, a clock that ticks when it is read, and lists of
//! what was asked of it. Touches nothing else.
#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::dispatch::Dispatch;
use super::gpu::{Gfx, Gpu};
use super::memory::Memory;
use super::platform::{Platform, WaveError};
use super::vm::Vm;

/// Where the test memory begins.
pub const BASE: u64 = 0x1_0000_0000;

/// A Radeon RX 7900 XTX, whose firmware also reclaims scratch memory.
pub const NAVI31: Gpu = Gpu {
    gfx: Gfx { major: 11, minor: 0, stepping: 0 },
    compute_units: 96,
    shader_engines: 6,
    async_scratch_reclaim: true,
};

/// Memory of 256 KiB and records of what the queue did.
pub struct Bench {
    pub memory: Vm,
    clock: AtomicU64,
    pub interrupts: Mutex<Vec<u32>>,
    pub launched: Mutex<Vec<Dispatch>>,
    /// How often instructions were forgotten.
    pub forgotten: AtomicU64,
    /// What the next dispatches end with.
    pub outcome: Mutex<Result<(), WaveError>>,
}

impl Bench {
    pub fn new() -> Self {
        Self {
            memory: Vm::plain(BASE, 256 << 10),
            clock: AtomicU64::new(1000),
            interrupts: Mutex::default(),
            launched: Mutex::default(),
            forgotten: AtomicU64::new(0),
            outcome: Mutex::new(Ok(())),
        }
    }

    /// Writes words to memory.
    pub fn put(&self, address: u64, words: &[u32]) {
        for (number, word) in words.iter().enumerate() {
            self.memory.store32(address + 4 * number as u64, *word).expect("inside the test memory");
        }
    }

    /// Loads a 64-bit word.
    pub fn long(&self, address: u64) -> u64 {
        self.memory.load64(address).expect("inside the test memory")
    }

    /// Stores a 64-bit word.
    pub fn put_long(&self, address: u64, value: u64) {
        self.memory.store64(address, value).expect("inside the test memory");
    }
}

impl Platform for Bench {
    fn memory(&self) -> &dyn Memory {
        &self.memory
    }

    fn clock(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    fn interrupt(&self, event_id: u32) {
        self.interrupts.lock().unwrap().push(event_id);
    }

    fn launch(&self, dispatch: &Dispatch) -> Result<(), WaveError> {
        self.launched.lock().unwrap().push(dispatch.clone());
        *self.outcome.lock().unwrap()
    }

    fn invalidate_code(&self) {
        self.forgotten.fetch_add(1, Ordering::Relaxed);
    }
}
