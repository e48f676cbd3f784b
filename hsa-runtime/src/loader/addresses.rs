//! Addresses of symbols by their handles, in a few instructions: HIP asks for one at each launch.
//!
//! Pure. A handle of a symbol is never given twice, so what is known of it stays true until the executable goes. Two symbols
//! may share a place; the later one has it, and the other is looked up in its executable.
#![forbid(unsafe_code)]

use super::place::Place;
use crate::{
    abi::hsa_executable_symbol_t,
    sync::{AtomicU64, Ordering},
};

/// How many places.
const PLACES: usize = 1 << 14;
/// Between executables that follow each other.
const APART: u32 = 17;

static PLACE: [Place; PLACES] =
    [const { Place { key: AtomicU64::new(0), value: AtomicU64::new(0) } }; PLACES];

#[inline(always)]
fn place(handle: u64) -> &'static Place {
    &PLACE[(handle ^ handle >> APART) as usize % PLACES]
}

/// The address of a symbol that is there, if it is known here.
#[inline(always)]
pub fn get(symbol: hsa_executable_symbol_t) -> Option<u64> {
    place(symbol.handle).get(symbol.handle)
}

/// Makes a symbol known, once in its life. It stays unknown if another thread writes to its place.
pub fn add(symbol: hsa_executable_symbol_t, address: u64) {
    place(symbol.handle).put(symbol.handle, address);
}

/// Forgets a symbol that goes.
pub fn remove(symbol: hsa_executable_symbol_t) {
    place(symbol.handle).remove(symbol.handle);
}

/// Forgets all.
pub fn clear() {
    PLACE.iter().for_each(|place| place.key.store(0, Ordering::Relaxed));
}

#[cfg(test)]
mod tests {
    use super::{super::place::BUSY, *};
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
