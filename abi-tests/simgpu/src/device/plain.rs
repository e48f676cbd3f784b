//! Memory of atomic words, for tests and for kernels that are run by hand: one range of addresses, readable and
//! writable. Touches nothing else.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};

use super::memory::{Access, Fault, Memory, Reason};

/// A range of zero-filled memory.
pub struct PlainMemory {
    base: u64,
    words: Vec<AtomicU64>,
}

impl PlainMemory {
    /// Memory at `base`, which is a multiple of 8, of at least `bytes` bytes.
    pub fn new(base: u64, bytes: usize) -> Self {
        assert!(base % 8 == 0, "the base of plain memory is aligned");
        Self { base, words: (0..bytes.div_ceil(8)).map(|_| AtomicU64::new(0)).collect() }
    }

    fn word(&self, address: u64, access: Access) -> Result<&AtomicU64, Fault> {
        let index = address.checked_sub(self.base).map(|offset| (offset / 8) as usize);
        let word = index.and_then(|index| self.words.get(index));
        word.ok_or(Fault { address, access, reason: Reason::NotPresent })
    }

    fn aligned(&self, address: u64, size: u64, access: Access) -> Result<&AtomicU64, Fault> {
        if address % size != 0 {
            return Err(Fault { address, access, reason: Reason::Misaligned });
        }
        self.word(address, access)
    }

    /// Changes the part of a word that `mask` names.
    fn exchange(word: &AtomicU64, mut change: impl FnMut(u64) -> u64) -> u64 {
        let mut old = word.load(Ordering::Acquire);
        loop {
            let new = change(old);
            match word.compare_exchange_weak(old, new, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return old,
                Err(now) => old = now,
            }
        }
    }
}

/// How far a byte or a 32-bit word is shifted in the word that holds it.
fn shift(address: u64) -> u32 {
    (address % 8 * 8) as u32
}

impl Memory for PlainMemory {
    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Fault> {
        for (offset, byte) in bytes.iter_mut().enumerate() {
            let at = address.wrapping_add(offset as u64);
            *byte = (self.word(at, Access::Read)?.load(Ordering::Acquire) >> shift(at)) as u8;
        }
        Ok(())
    }

    fn write(&self, address: u64, bytes: &[u8]) -> Result<(), Fault> {
        for (offset, byte) in bytes.iter().enumerate() {
            let at = address.wrapping_add(offset as u64);
            let word = self.word(at, Access::Write)?;
            Self::exchange(word, |old| old & !(0xff << shift(at)) | u64::from(*byte) << shift(at));
        }
        Ok(())
    }

    fn load32(&self, address: u64) -> Result<u32, Fault> {
        let word = self.aligned(address, 4, Access::Read)?;
        Ok((word.load(Ordering::Acquire) >> shift(address)) as u32)
    }

    fn load64(&self, address: u64) -> Result<u64, Fault> {
        Ok(self.aligned(address, 8, Access::Read)?.load(Ordering::Acquire))
    }

    fn store32(&self, address: u64, value: u32) -> Result<(), Fault> {
        self.update32(address, &mut |_| value).map(|_| ())
    }

    fn store64(&self, address: u64, value: u64) -> Result<(), Fault> {
        self.aligned(address, 8, Access::Write)?.store(value, Ordering::Release);
        Ok(())
    }

    fn update32(&self, address: u64, change: &mut dyn FnMut(u32) -> u32) -> Result<u32, Fault> {
        let word = self.aligned(address, 4, Access::Write)?;
        let part = shift(address);
        let old = Self::exchange(word, |old| {
            old & !(0xffff_ffff << part) | u64::from(change((old >> part) as u32)) << part
        });
        Ok((old >> part) as u32)
    }

    fn update64(&self, address: u64, change: &mut dyn FnMut(u64) -> u64) -> Result<u64, Fault> {
        Ok(Self::exchange(self.aligned(address, 8, Access::Write)?, change))
    }
}
