//! The way from a handle to its signal, for nearly all signals: by some bits of its address, in a few instructions.
//!
//! Every call looks a handle up, so the directory is static and read without a lock. The bits tell the one place of a signal
//! that can be meant; at that place is a word which is the handle while the signal is live. A forged, stale or foreign
//! handle is not that word, and is not followed. Two signals may have the same bits: the second has no place here, and is
//! found otherwise (`chunk`). Of as many signals as there are places none is a second one, as long as the driver's memory
//! is in one piece.
//!
//! *What is found is there.* A word is stored with release when all that it leads to is written, and loaded with acquire.
//! A place never becomes another signal's, so what was read there after the word cannot be another's; but in a child of
//! fork, whose own signals begin anew.

use std::{
    ptr,
    sync::atomic::{AtomicPtr, AtomicU64, Ordering},
};

use super::{block::Block, protocol::Sleepers, slot::Slot};

/// How many places. They take 5 MiB of addresses, and memory where they are used.
const PLACES: usize = 1 << 18;

/// In arrays of their own: whoever only loads a value reads eight words with a line of the cache.
struct Directory {
    /// 0 where no signal is, [`dead`] while it is not live, else its handle; of a doorbell what [`ringing`] makes of it.
    words: [AtomicU64; PLACES],
    sleepers: [Sleepers; PLACES],
    slots: [AtomicPtr<Slot>; PLACES],
}

static DIRECTORY: Directory = Directory {
    words: [const { AtomicU64::new(0) }; PLACES],
    sleepers: [const { Sleepers::none() }; PLACES],
    slots: [const { AtomicPtr::new(ptr::null_mut()) }; PLACES],
};

/// What is known of a signal where it is looked up.
pub struct Place {
    word: &'static AtomicU64,
    /// Those who sleep until the value changes.
    pub sleepers: &'static Sleepers,
}

/// The place of an address, by the bits that tell blocks apart.
#[inline(always)]
fn index(address: u64) -> usize {
    (address / size_of::<Block>() as u64) as usize % PLACES
}

/// Stands for an address without being a handle: it is looked up at another place.
fn dead(address: u64) -> u64 {
    !address
}

/// The same for doorbells, of which every load and store is something else.
fn ringing(address: u64) -> u64 {
    address ^ size_of::<Block>() as u64
}

/// Who sleeps for the signal of a handle, and its memory; if its place is here, and it is live and no doorbell.
#[inline(always)]
pub fn find_near(handle: u64) -> Option<(&'static Sleepers, &'static Block)> {
    let index = index(handle);
    if handle == 0 || DIRECTORY.words[index].load(Ordering::Acquire) != handle {
        return None;
    }
    // SAFETY: a word is such an address only while a signal's memory is there, which is for as long as the process lives.
    Some((&DIRECTORY.sleepers[index], unsafe { &*ptr::with_exposed_provenance(handle as usize) }))
}

/// The live signal of a handle, if its place is here.
#[inline]
pub fn find(handle: u64) -> Option<&'static Slot> {
    let word = DIRECTORY.words[index(handle)].load(Ordering::Acquire);
    let is_live = handle != 0 && (word == handle || word == ringing(handle));
    // SAFETY: null or a slot that was leaked.
    if is_live { unsafe { DIRECTORY.slots[index(handle)].load(Ordering::Relaxed).as_ref() } } else { None }
}

/// Nothing is found at the place of an address any more.
pub fn forget(address: u64) {
    DIRECTORY.words[index(address)].store(0, Ordering::Relaxed);
}

impl Place {
    /// The place of the signal at an address; one elsewhere, if another has its place.
    pub fn of(address: u64) -> Self {
        let index = index(address);
        let (word, sleepers) = (&DIRECTORY.words[index], &DIRECTORY.sleepers[index]);
        match word.compare_exchange(0, dead(address), Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => Self { word, sleepers },
            Err(_) => Self::elsewhere(),
        }
    }

    /// A place that is not looked up here.
    pub fn elsewhere() -> Self {
        let (word, sleepers) = Box::leak(Box::new((AtomicU64::new(0), Sleepers::none())));
        Self { word, sleepers }
    }

    /// Whose it is, before the signal is live for the first time.
    pub fn set_slot(&self, address: u64, slot: &'static Slot) {
        if ptr::eq(self.word, &DIRECTORY.words[index(address)]) {
            DIRECTORY.slots[index(address)].store(ptr::from_ref(slot).cast_mut(), Ordering::Relaxed);
        }
    }

    /// The signal at this address is live from now on.
    pub fn begin(&self, address: u64) {
        self.word.store(address, Ordering::Release);
    }

    /// And is a doorbell.
    pub fn begin_doorbell(&self, address: u64) {
        self.word.store(ringing(address), Ordering::Release);
    }

    /// It is not live any more.
    pub fn end(&self, address: u64) {
        self.word.store(dead(address), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_but_the_handle_of_a_live_signal_is_found() {
        // No signal is at these addresses: they are looked up, and nothing is followed. Other tests have places, too.
        let places = (0x10_0000_0000_1000..).step_by(128).map(|address| (address, Place::of(address)));
        let is_here =
            |(address, place): &(u64, Place)| ptr::eq(place.word, &DIRECTORY.words[index(*address)]);
        let (address, place) = places.into_iter().find(is_here).expect("a free place");
        let others = [0, 1, 128, address ^ 128, address + 8, address ^ 1 << 40, !address, u64::MAX];
        let finds =
            |handle: u64| DIRECTORY.words[index(handle)].load(Ordering::Acquire) == handle && handle != 0;
        let none_of_the_others = || others.iter().all(|&other| !finds(other) && find(other).is_none());
        assert!(none_of_the_others() && !finds(address));
        place.begin(address);
        assert!(none_of_the_others() && finds(address));
        place.begin_doorbell(address);
        assert!(none_of_the_others() && !finds(address));
        place.end(address);
        assert!(none_of_the_others() && !finds(address));
        assert!(!ptr::eq(Place::of(address).word, place.word), "it has one place");
        forget(address);
    }
}
