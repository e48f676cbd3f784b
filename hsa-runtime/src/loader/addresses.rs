//! Addresses of symbols by their handles, in a few instructions: HIP asks for one at each launch.
//!
//! Pure. A handle of a symbol is never given twice, so what is known of it stays true until the executable goes. Two symbols
//! may share a place; the later one has it, and the other is looked up in its executable.
//!
//! *Nobody gets the address of another symbol.* Who changes a place takes the word away, writes the address and then the
//! word. Who reads it finds its handle in the word before and after it reads the address. If it got an address that was
//! written later than that word, then the word had been taken away before that, and the fences let it see so; and a word
//! that has been taken away never comes back.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering, fence};

use crate::abi::hsa_executable_symbol_t;

/// How many places.
const PLACES: usize = 1 << 14;
/// Between executables that follow each other.
const APART: u32 = 17;

struct Place {
    /// The handle; 0 for none.
    word: AtomicU64,
    address: AtomicU64,
}

static PLACE: [Place; PLACES] =
    [const { Place { word: AtomicU64::new(0), address: AtomicU64::new(0) } }; PLACES];

#[inline(always)]
fn place(handle: u64) -> &'static Place {
    &PLACE[(handle ^ handle >> APART) as usize % PLACES]
}

/// Stands in a word while its address is written. It is negative, as no handle is.
const BUSY: u64 = u64::MAX;

/// The address of a symbol that is there, if it is known here.
#[inline(always)]
pub fn get(symbol: hsa_executable_symbol_t) -> Option<u64> {
    let (handle, place) = (symbol.handle, place(symbol.handle));
    if handle as i64 <= 0 || place.word.load(Ordering::Acquire) != handle {
        return None;
    }
    let address = place.address.load(Ordering::Relaxed);
    fence(Ordering::Acquire);
    (place.word.load(Ordering::Relaxed) == handle).then_some(address)
}

/// Makes a symbol known, once in its life. It stays unknown if another thread writes to its place.
pub fn add(symbol: hsa_executable_symbol_t, address: u64) {
    let place = place(symbol.handle);
    if place.word.swap(BUSY, Ordering::Acquire) == BUSY {
        return;
    }
    fence(Ordering::Release);
    place.address.store(address, Ordering::Relaxed);
    place.word.store(symbol.handle, Ordering::Release);
}

/// Forgets a symbol that goes.
pub fn remove(symbol: hsa_executable_symbol_t) {
    let handle = symbol.handle;
    let _ = place(handle).word.compare_exchange(handle, 0, Ordering::Relaxed, Ordering::Relaxed);
}

/// Forgets all.
pub fn clear() {
    PLACE.iter().for_each(|place| place.word.store(0, Ordering::Relaxed));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    fn symbol(handle: u64) -> hsa_executable_symbol_t {
        hsa_executable_symbol_t { handle }
    }

    /// Of the same place.
    const PAIR: [u64; 2] = [0x4859_0000_0000_0005, 0x4859_0100_0000_0005];

    #[test]
    fn an_address_is_told_until_its_symbol_goes_or_another_comes() {
        let [one, other] = PAIR.map(symbol);
        assert!(std::ptr::eq(place(one.handle), place(other.handle)));
        assert_eq!((get(one), get(symbol(0)), get(symbol(BUSY))), (None, None, None));
        add(one, 7);
        assert_eq!((get(one), get(other)), (Some(7), None));
        add(other, 8);
        assert_eq!((get(one), get(other)), (None, Some(8)));
        remove(one);
        assert_eq!(get(other), Some(8));
        remove(other);
        assert_eq!(get(other), None);
    }

    #[test]
    fn nobody_gets_the_address_of_another_symbol() {
        let rounds = if cfg!(miri) { 100 } else { 50_000 };
        // Handles that are used once, all of one place.
        let handle = |n: u64| 0x4859_0000_0000_0006 | n << 31;
        thread::scope(|scope| {
            for first in 0..2 {
                scope.spawn(move || {
                    for n in (first..rounds).step_by(2) {
                        add(symbol(handle(n)), n);
                        remove(symbol(handle(n)));
                    }
                });
            }
            for n in 0..rounds {
                assert!(get(symbol(handle(n))).is_none_or(|address| address == n));
            }
        });
    }
}
