//! One process's address space on one GPU: which ranges are mapped, for what, and where they are in the process.
//! Answers to the GPU's page tables (amdgpu_vm.c). Unsafe: `map` takes the promise on which `held` relies.

mod held;
mod lanes;
mod ranges;
mod raw;
#[cfg(test)]
mod tests;

use std::sync::atomic::AtomicU64;
use std::sync::{PoisonError, RwLock};

use super::memory::{Fault, LANES, Memory, Places};
use held::Held;
use ranges::{Range, Ranges};

/// What the GPU may do with a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Stores and atomic operations are allowed (AMDGPU_VM_PAGE_WRITEABLE).
    pub write: bool,
}

/// A range of the process's memory, and the GPU's addresses for it.
#[derive(Clone, Copy, Debug)]
pub struct Mapping {
    /// The GPU's address.
    pub address: u64,
    /// How long the range is.
    pub bytes: u64,
    /// Where it is in the process.
    pub host: u64,
    /// What the GPU may do there.
    pub permissions: Permissions,
}

/// The mapped ranges. An access holds the lock, so that when [`Vm::unmap`] returns nothing touches the range any more.
#[derive(Default)]
pub struct Vm {
    ranges: RwLock<Ranges>,
    /// Memory that belongs to no process.
    own: Vec<AtomicU64>,
}

impl Vm {
    /// An address space with nothing mapped.
    pub fn new() -> Self {
        Self::default()
    }

    /// An address space with one range of zeroes at `base`, which is its own: for tests, and for kernels that are run
    /// by hand.
    pub fn plain(base: u64, bytes: usize) -> Self {
        let own: Vec<_> = (0..bytes.div_ceil(8)).map(|_| AtomicU64::new(0)).collect();
        let vm = Self { ranges: RwLock::default(), own };
        let host = vm.own.as_ptr() as u64;
        // SAFETY: the words live as long as the address space, nobody changes the vector, and references to atomics
        // allow any access.
        unsafe { vm.map(base, 8 * vm.own.len() as u64, host, Permissions { write: true }) };
        vm
    }

    /// Maps `bytes` bytes of the process at `host` to the GPU's `address`; replaces what was mapped there.
    ///
    /// # Safety
    /// The range at `host` is mapped in the process, readable, and writable if `permissions` says so, until
    /// [`Vm::unmap`] of it has returned; and no Rust reference to its bytes lives meanwhile.
    pub unsafe fn map(&self, address: u64, bytes: u64, host: u64, permissions: Permissions) {
        // SAFETY: by this function's own contract.
        unsafe { self.change(&[], &[Mapping { address, bytes, host, permissions }]) };
    }

    /// Takes ranges away, addresses and bytes, and then maps others, each over what was mapped there. No engine sees a state
    /// in between, nor finds what goes when this returns.
    ///
    /// # Safety
    /// As [`Vm::map`], of each new range.
    pub unsafe fn change(&self, gone: &[(u64, u64)], new: &[Mapping]) {
        let mut ranges = self.ranges.write().unwrap_or_else(PoisonError::into_inner);
        for &(address, bytes) in gone {
            ranges.cut(address, address.saturating_add(bytes));
        }
        for &Mapping { address, bytes, host, permissions } in new {
            ranges.insert(Range { start: address, end: address.saturating_add(bytes), host, permissions });
        }
    }

    /// Takes a range away. When this returns no engine uses it any more.
    pub fn unmap(&self, address: u64, bytes: u64) {
        // SAFETY: nothing new is mapped.
        unsafe { self.change(&[(address, bytes)], &[]) };
    }

    /// Works on the ranges as they are now.
    fn with<T>(&self, work: impl FnOnce(&Held<'_>) -> T) -> T {
        let ranges = self.ranges.read().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the ranges came by `map`, and none goes before the lock does.
        work(&unsafe { Held::new(&ranges) })
    }
}

impl Memory for Vm {
    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Fault> {
        self.with(|held| held.read(address, bytes))
    }

    fn write(&self, address: u64, bytes: &[u8]) -> Result<(), Fault> {
        self.with(|held| held.write(address, bytes))
    }

    fn load32(&self, address: u64) -> Result<u32, Fault> {
        self.with(|held| held.load32(address))
    }

    fn load64(&self, address: u64) -> Result<u64, Fault> {
        self.with(|held| held.load64(address))
    }

    fn store32(&self, address: u64, value: u32) -> Result<(), Fault> {
        self.with(|held| held.store32(address, value))
    }

    fn store64(&self, address: u64, value: u64) -> Result<(), Fault> {
        self.with(|held| held.store64(address, value))
    }

    fn update32(&self, address: u64, change: &mut dyn FnMut(u32) -> u32) -> Result<u32, Fault> {
        self.with(|held| held.update32(address, change))
    }

    fn update64(&self, address: u64, change: &mut dyn FnMut(u64) -> u64) -> Result<u64, Fault> {
        self.with(|held| held.update64(address, change))
    }

    fn load_lanes(&self, places: Places<'_>, bytes: usize, words: &mut [[u32; LANES]]) -> Result<(), Fault> {
        self.with(|held| held.load_lanes(places, bytes, words))
    }

    fn store_lanes(&self, places: Places<'_>, bytes: usize, words: &[[u32; LANES]]) -> Result<(), Fault> {
        self.with(|held| held.store_lanes(places, bytes, words))
    }

    fn hold(&self, work: &mut dyn FnMut(&dyn Memory)) {
        self.with(|held| work(held));
    }
}
