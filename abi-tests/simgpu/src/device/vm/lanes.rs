//! What a wave's lanes load and store, at host addresses. Every access is atomic and relaxed, as in `raw`: as wide as
//! it can be where it is aligned, else byte by byte. Unsafe: raw pointers.

use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, Ordering::Relaxed};

use crate::device::memory::LANES;

type Words = [[u32; LANES]];

/// Loads a lane's bytes.
///
/// # Safety
/// `host .. host + bytes` is mapped readable.
#[inline(always)]
pub(super) unsafe fn load(host: u64, bytes: usize, words: &mut Words, lane: usize) {
    match bytes {
        // SAFETY: the caller's promise, and a byte is always aligned.
        1 => words[0][lane] = unsafe { AtomicU8::from_ptr(host as *mut u8) }.load(Relaxed).into(),
        2 if host % 2 == 0 => {
            // SAFETY: the caller's promise, and the address is aligned.
            words[0][lane] = unsafe { AtomicU16::from_ptr(host as *mut u16) }.load(Relaxed).into();
        }
        _ if host % 4 == 0 && bytes % 4 == 0 => {
            for (number, word) in words.iter_mut().take(bytes / 4).enumerate() {
                // SAFETY: as above.
                word[lane] = unsafe { AtomicU32::from_ptr((host as *mut u32).add(number)) }.load(Relaxed);
            }
        }
        _ => {
            let mut data = [0; 16];
            // SAFETY: the caller's promise.
            unsafe { super::raw::read(host, &mut data[..bytes]) };
            spread(&data, bytes, words, lane);
        }
    }
}

/// Stores a lane's bytes.
///
/// # Safety
/// `host .. host + bytes` is mapped writable.
#[inline(always)]
pub(super) unsafe fn store(host: u64, bytes: usize, words: &Words, lane: usize) {
    match bytes {
        // SAFETY: the caller's promise, and a byte is always aligned.
        1 => unsafe { AtomicU8::from_ptr(host as *mut u8) }.store(words[0][lane] as u8, Relaxed),
        2 if host % 2 == 0 => {
            // SAFETY: the caller's promise, and the address is aligned.
            unsafe { AtomicU16::from_ptr(host as *mut u16) }.store(words[0][lane] as u16, Relaxed);
        }
        _ if host % 4 == 0 && bytes % 4 == 0 => {
            for (number, word) in words.iter().take(bytes / 4).enumerate() {
                // SAFETY: as above.
                unsafe { AtomicU32::from_ptr((host as *mut u32).add(number)) }.store(word[lane], Relaxed);
            }
        }
        // SAFETY: the caller's promise.
        _ => unsafe { super::raw::write(host, &gathered(words, lane)[..bytes]) },
    }
}

/// Loads what all lanes want, one behind the other.
///
/// # Safety
/// `host .. host + LANES * bytes` is mapped readable.
pub(super) unsafe fn load_row(host: u64, bytes: usize, words: &mut Words) {
    // SAFETY: the caller's promise.
    (0..LANES).for_each(|lane| unsafe { load(host + (bytes * lane) as u64, bytes, words, lane) });
}

/// The other way.
///
/// # Safety
/// `host .. host + LANES * bytes` is mapped writable.
pub(super) unsafe fn store_row(host: u64, bytes: usize, words: &Words) {
    // SAFETY: the caller's promise.
    (0..LANES).for_each(|lane| unsafe { store(host + (bytes * lane) as u64, bytes, words, lane) });
}

/// Bytes as the words of a lane, zeroes behind them.
pub(super) fn spread(data: &[u8; 16], bytes: usize, words: &mut Words, lane: usize) {
    for (word, data) in words.iter_mut().zip(data.chunks_exact(4)).take(bytes.div_ceil(4)) {
        word[lane] = u32::from_le_bytes(data.try_into().expect("four bytes"));
    }
}

/// The words of a lane as bytes.
pub(super) fn gathered(words: &Words, lane: usize) -> [u8; 16] {
    let mut data = [0; 16];
    for (word, data) in words.iter().zip(data.chunks_exact_mut(4)) {
        data.copy_from_slice(&word[lane].to_le_bytes());
    }
    data
}
