//! The one place where the simulated GPU touches memory of the process: copies and atomic words at addresses that
//! `vm` has found in a mapped range. Unsafe: raw pointers, to memory that other threads use at the same time.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

/// Copies out of memory that others may write meanwhile.
///
/// # Safety
/// `address .. address + bytes.len()` is mapped readable for as long as this runs.
pub(super) unsafe fn read(address: u64, bytes: &mut [u8]) {
    for (start, length) in pieces(address, bytes.len()) {
        let (at, target) = (address + start as u64, &mut bytes[start..start + length]);
        if length == 8 {
            // SAFETY: the caller's promise, and `pieces` gives eight bytes only where they are aligned.
            let word = unsafe { AtomicU64::from_ptr(at as *mut u64) }.load(Ordering::Relaxed);
            target.copy_from_slice(&word.to_ne_bytes());
        } else {
            // SAFETY: the caller's promise; a byte is always aligned.
            target[0] = unsafe { AtomicU8::from_ptr(at as *mut u8) }.load(Ordering::Relaxed);
        }
    }
}

/// Copies into memory that others may use meanwhile.
///
/// # Safety
/// `address .. address + bytes.len()` is mapped writable for as long as this runs.
pub(super) unsafe fn write(address: u64, bytes: &[u8]) {
    for (start, length) in pieces(address, bytes.len()) {
        let (at, source) = (address + start as u64, &bytes[start..start + length]);
        if let Ok(word) = source.try_into() {
            // SAFETY: the caller's promise, and `pieces` gives eight bytes only where they are aligned.
            unsafe { AtomicU64::from_ptr(at as *mut u64) }.store(u64::from_ne_bytes(word), Ordering::Relaxed);
        } else {
            // SAFETY: the caller's promise; a byte is always aligned.
            unsafe { AtomicU8::from_ptr(at as *mut u8) }.store(source[0], Ordering::Relaxed);
        }
    }
}

/// Cuts a range into aligned pieces of eight bytes, and single bytes at its ends. Every access is atomic and relaxed,
/// so that a race with the program's own threads is one between hardware stores, not undefined behaviour.
fn pieces(address: u64, length: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let left = length.checked_sub(at).filter(|left| *left > 0)?;
        let step = if left >= 8 && (address + at as u64) % 8 == 0 { 8 } else { 1 };
        at += step;
        Some((at - step, step))
    })
}

/// Loads an aligned word; what was written before it was stored is seen afterwards.
///
/// # Safety
/// `address` is a multiple of 4 and its four bytes are mapped readable.
pub(super) unsafe fn load32(address: u64) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { AtomicU32::from_ptr(address as *mut u32) }.load(Ordering::Acquire)
}

/// As [`load32`], of 64 bits.
///
/// # Safety
/// `address` is a multiple of 8 and its eight bytes are mapped readable.
pub(super) unsafe fn load64(address: u64) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { AtomicU64::from_ptr(address as *mut u64) }.load(Ordering::Acquire)
}

/// Stores an aligned word after all that was written before.
///
/// # Safety
/// `address` is a multiple of 4 and its four bytes are mapped writable.
pub(super) unsafe fn store32(address: u64, value: u32) {
    // SAFETY: the caller's promise.
    unsafe { AtomicU32::from_ptr(address as *mut u32) }.store(value, Ordering::Release);
}

/// As [`store32`], of 64 bits.
///
/// # Safety
/// `address` is a multiple of 8 and its eight bytes are mapped writable.
pub(super) unsafe fn store64(address: u64, value: u64) {
    // SAFETY: the caller's promise.
    unsafe { AtomicU64::from_ptr(address as *mut u64) }.store(value, Ordering::Release);
}

/// Replaces an aligned word by a function of it in one step; gives what it was.
///
/// # Safety
/// `address` is a multiple of 4 and its four bytes are mapped writable.
pub(super) unsafe fn update32(address: u64, change: &mut dyn FnMut(u32) -> u32) -> u32 {
    // SAFETY: the caller's promise.
    let word = unsafe { AtomicU32::from_ptr(address as *mut u32) };
    let changed = word.fetch_update(Ordering::AcqRel, Ordering::Acquire, |old| Some(change(old)));
    changed.unwrap_or_else(|old| old)
}

/// As [`update32`], of 64 bits.
///
/// # Safety
/// `address` is a multiple of 8 and its eight bytes are mapped writable.
pub(super) unsafe fn update64(address: u64, change: &mut dyn FnMut(u64) -> u64) -> u64 {
    // SAFETY: the caller's promise.
    let word = unsafe { AtomicU64::from_ptr(address as *mut u64) };
    let changed = word.fetch_update(Ordering::AcqRel, Ordering::Acquire, |old| Some(change(old)));
    changed.unwrap_or_else(|old| old)
}
