//! One process's address space on one GPU: which ranges are mapped, for what, and where they are in the process.
//! Answers to the GPU's page tables (amdgpu_vm.c). Unsafe: `map` takes the promise on which `raw` relies.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::memory::{Access, Fault, Memory, Reason};
use super::raw;

/// What the GPU may do with a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Stores and atomic operations are allowed (AMDGPU_VM_PAGE_WRITEABLE).
    pub write: bool,
}

#[derive(Clone, Copy)]
struct Range {
    /// First address behind the range.
    end: u64,
    /// Where the range begins in the process.
    host: u64,
    permissions: Permissions,
}

/// The mapped ranges. An access holds the lock, so that when [`Vm::unmap`] returns nothing touches the range any more.
#[derive(Default)]
pub struct Vm {
    ranges: RwLock<BTreeMap<u64, Range>>,
}

impl Vm {
    /// An address space with nothing mapped.
    pub fn new() -> Self {
        Self::default()
    }

    /// Maps `bytes` bytes of the process at `host` to the GPU's `address`; replaces what was mapped there.
    ///
    /// # Safety
    /// The range at `host` is mapped in the process, readable, and writable if `permissions` says so, until
    /// [`Vm::unmap`] of it has returned; and no Rust reference to its bytes lives meanwhile.
    pub unsafe fn map(&self, address: u64, bytes: u64, host: u64, permissions: Permissions) {
        let mut ranges = self.write_lock();
        let end = address.saturating_add(bytes);
        cut(&mut ranges, address, end);
        if end > address {
            ranges.insert(address, Range { end, host, permissions });
        }
    }

    /// Takes a range away. When this returns no engine uses it any more.
    pub fn unmap(&self, address: u64, bytes: u64) {
        cut(&mut self.write_lock(), address, address.saturating_add(bytes));
    }

    fn write_lock(&self) -> RwLockWriteGuard<'_, BTreeMap<u64, Range>> {
        self.ranges.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_lock(&self) -> RwLockReadGuard<'_, BTreeMap<u64, Range>> {
        self.ranges.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `piece` on each mapped part of a range: the host address, and which part of the range it is. Nothing is
    /// done when any of it is not mapped.
    fn each(
        &self,
        address: u64,
        bytes: usize,
        access: Access,
        mut piece: impl FnMut(u64, std::ops::Range<usize>),
    ) -> Result<(), Fault> {
        let ranges = self.read_lock();
        let mut parts = Vec::with_capacity(1);
        let mut done = 0;
        while done < bytes {
            let at = address.wrapping_add(done as u64);
            let (host, left) = find(&ranges, at, access)?;
            let length = left.min((bytes - done) as u64) as usize;
            parts.push((host, done..done + length));
            done += length;
        }
        for (host, part) in parts {
            piece(host, part);
        }
        Ok(())
    }

    /// Runs `use_word` on the host address of an aligned word, under the lock.
    fn aligned<T>(
        &self,
        address: u64,
        size: u64,
        access: Access,
        use_word: impl FnOnce(u64) -> T,
    ) -> Result<T, Fault> {
        let ranges = self.read_lock();
        let (host, left) = find(&ranges, address, access)?;
        if address % size != 0 || host % size != 0 || left < size {
            return Err(Fault { address, access, reason: Reason::Misaligned });
        }
        Ok(use_word(host))
    }
}

/// The host address of a GPU address and how many bytes of its range follow.
fn find(ranges: &BTreeMap<u64, Range>, address: u64, access: Access) -> Result<(u64, u64), Fault> {
    let fault = |reason| Fault { address, access, reason };
    let (start, range) = ranges.range(..=address).next_back().ok_or(fault(Reason::NotPresent))?;
    if address >= range.end {
        return Err(fault(Reason::NotPresent));
    }
    if access == Access::Write && !range.permissions.write {
        return Err(fault(Reason::Permission));
    }
    Ok((range.host + (address - start), range.end - address))
}

/// Takes `start .. end` out of the ranges; what sticks out at either side stays.
fn cut(ranges: &mut BTreeMap<u64, Range>, start: u64, end: u64) {
    let before = ranges.range(..start).next_back().map(|(at, _)| *at);
    let touched: Vec<u64> = before.into_iter().chain(ranges.range(start..end).map(|(at, _)| *at)).collect();
    for at in touched {
        let range = ranges[&at];
        if range.end <= start {
            continue;
        }
        ranges.remove(&at);
        if at < start {
            ranges.insert(at, Range { end: start, ..range });
        }
        if range.end > end {
            ranges.insert(end, Range { host: range.host + (end - at), ..range });
        }
    }
}

// SAFETY of every block below: `find` gave the host address from a range that `map`'s caller promised to keep mapped
// until `unmap` returns, which cannot happen while the read lock is held; `find` checked the permission.
impl Memory for Vm {
    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Fault> {
        self.each(address, bytes.len(), Access::Read, |host, part| {
            // SAFETY: see above.
            unsafe { raw::read(host, &mut bytes[part]) }
        })
    }

    fn write(&self, address: u64, bytes: &[u8]) -> Result<(), Fault> {
        self.each(address, bytes.len(), Access::Write, |host, part| {
            // SAFETY: see above.
            unsafe { raw::write(host, &bytes[part]) }
        })
    }

    fn load32(&self, address: u64) -> Result<u32, Fault> {
        // SAFETY: see above; `aligned` checked the alignment.
        self.aligned(address, 4, Access::Read, |host| unsafe { raw::load32(host) })
    }

    fn load64(&self, address: u64) -> Result<u64, Fault> {
        // SAFETY: as in `load32`.
        self.aligned(address, 8, Access::Read, |host| unsafe { raw::load64(host) })
    }

    fn store32(&self, address: u64, value: u32) -> Result<(), Fault> {
        // SAFETY: as in `load32`.
        self.aligned(address, 4, Access::Write, |host| unsafe { raw::store32(host, value) })
    }

    fn store64(&self, address: u64, value: u64) -> Result<(), Fault> {
        // SAFETY: as in `load32`.
        self.aligned(address, 8, Access::Write, |host| unsafe { raw::store64(host, value) })
    }

    fn update32(&self, address: u64, change: &mut dyn FnMut(u32) -> u32) -> Result<u32, Fault> {
        // SAFETY: as in `load32`.
        self.aligned(address, 4, Access::Write, |host| unsafe { raw::update32(host, change) })
    }

    fn update64(&self, address: u64, change: &mut dyn FnMut(u64) -> u64) -> Result<u64, Fault> {
        // SAFETY: as in `load32`.
        self.aligned(address, 8, Access::Write, |host| unsafe { raw::update64(host, change) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ_WRITE: Permissions = Permissions { write: true };

    /// Words of the test's own that the GPU sees at `at`.
    fn window(vm: &Vm, words: &'static [std::sync::atomic::AtomicU64], at: u64, permissions: Permissions) {
        // SAFETY: a leaked slice of atomics stays mapped for ever, and shared atomics allow any access.
        unsafe { vm.map(at, 8 * words.len() as u64, words.as_ptr() as u64, permissions) };
    }

    fn words(count: usize) -> &'static [std::sync::atomic::AtomicU64] {
        Vec::leak((0..count).map(|i| std::sync::atomic::AtomicU64::new(i as u64)).collect())
    }

    #[test]
    fn what_is_written_can_be_read_at_any_alignment() {
        let vm = Vm::new();
        window(&vm, words(8), 0x1000, READ_WRITE);
        for start in 0..16 {
            for length in 0..32 {
                let bytes: Vec<u8> = (0..length).map(|i| (i * 7 + start) as u8).collect();
                vm.write(0x1000 + start as u64, &bytes).unwrap();
                let mut back = vec![0; length];
                vm.read(0x1000 + start as u64, &mut back).unwrap();
                assert_eq!(back, bytes);
            }
        }
    }

    #[test]
    fn a_copy_crosses_ranges_but_not_a_hole() {
        let vm = Vm::new();
        window(&vm, words(1), 0x1000, READ_WRITE);
        window(&vm, words(1), 0x1008, READ_WRITE);
        vm.write(0x1004, &[1; 8]).unwrap();
        assert_eq!(vm.load32(0x1008), Ok(0x0101_0101));
        let fault = vm.write(0x100c, &[2; 8]).unwrap_err();
        assert_eq!(fault, Fault { address: 0x1010, access: Access::Write, reason: Reason::NotPresent });
        assert_eq!(vm.load32(0x100c), Ok(0), "nothing of a copy that faults is written");
    }

    #[test]
    fn permissions_alignment_and_unmapping() {
        let vm = Vm::new();
        window(&vm, words(4), 0x1000, Permissions { write: false });
        assert_eq!(vm.load64(0x1018), Ok(3));
        assert_eq!(vm.store32(0x1000, 1).unwrap_err().reason, Reason::Permission);
        assert_eq!(vm.load64(0x1004).unwrap_err().reason, Reason::Misaligned);
        vm.unmap(0x1008, 8);
        assert_eq!(vm.load64(0x1000), Ok(0));
        assert_eq!(vm.load64(0x1008).unwrap_err().reason, Reason::NotPresent);
        assert_eq!(vm.load64(0x1010), Ok(2), "what was behind the hole keeps its place");
    }

    #[test]
    fn atomic_operations_of_many_threads_lose_nothing() {
        let vm = Vm::new();
        let words = words(1);
        window(&vm, words, 0x1000, READ_WRITE);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        vm.update64(0x1000, &mut |old| old + 1).unwrap();
                    }
                });
            }
        });
        assert_eq!(words[0].load(std::sync::atomic::Ordering::Relaxed), 4000);
    }
}
