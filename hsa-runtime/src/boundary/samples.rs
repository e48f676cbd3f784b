//! Samples of program counters on their way to a client: its function hears that there are some, and calls one of ours that
//! copies them to where it wants them.
//!
//! What the client hands back to that function is a number that is looked up, no address: it may come at any time, and from
//! any thread.

use core::{ffi::c_void, ptr};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use parking_lot::Mutex;

use super::{Bound, Data, Error, Function};
use crate::abi::{
    HSA_STATUS_SUCCESS, hsa_status_t, hsa_ven_amd_pcs_data_copy_callback_t, perf_sample_hosttrap_v1_t,
};

type RawReady = unsafe extern "C-unwind" fn(Data, usize, usize, hsa_ven_amd_pcs_data_copy_callback_t, Data);

/// A function that hears of samples.
pub type SamplesReady = Function<RawReady>;
/// Such a function, and what it gets.
pub type BoundSamplesReady = Bound<RawReady>;

/// A sample.
type Sample = perf_sample_hosttrap_v1_t;

/// What a client is told of, and how far it has copied it.
struct Offer {
    samples: Vec<Sample>,
    progress: Mutex<Progress>,
}

#[derive(Clone, Copy, Default)]
struct Progress {
    /// Bytes that were copied.
    copied: usize,
    /// The client wants the rest the next time.
    keeps: bool,
}

/// What clients are being told of, by number.
static OFFERS: Mutex<BTreeMap<usize, Arc<Offer>>> = Mutex::new(BTreeMap::new());
/// The next number; 0 is none.
static NEXT: AtomicUsize = AtomicUsize::new(1);

impl BoundSamplesReady {
    /// Tells of samples, under no lock and no guard, and of how many were lost. What the client wants to hear of again is
    /// the answer.
    pub fn call(&self, samples: Vec<Sample>, lost: usize) -> Vec<Sample> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let bytes = size_of_val(samples.as_slice());
        let offer = Arc::new(Offer { samples, progress: Mutex::default() });
        OFFERS.lock().insert(number, Arc::clone(&offer));
        // SAFETY: FromC's contract: the caller's function takes what its declaration says.
        unsafe { (self.function)(self.data, bytes, lost, Some(copy), ptr::without_provenance_mut(number)) };
        OFFERS.lock().remove(&number);
        offer.rest()
    }
}

impl Offer {
    /// Samples that were not copied whole, if they are to be kept.
    fn rest(&self) -> Vec<Sample> {
        let Progress { copied, keeps } = *self.progress.lock();
        if keeps { self.samples[copied / size_of::<Sample>()..].to_vec() } else { Vec::new() }
    }

    /// Counts so many bytes as copied; from where on they are. None ends it, and keeps the rest.
    fn take(&self, bytes: usize) -> Result<*const u8, Error> {
        let mut progress = self.progress.lock();
        progress.keeps |= bytes == 0;
        let whole = size_of_val(self.samples.as_slice());
        let end = progress.copied.checked_add(bytes).filter(|end| *end <= whole).ok_or(Error::Exception)?;
        let from = self.samples.as_ptr().cast::<u8>().wrapping_add(progress.copied);
        progress.copied = end;
        Ok(from)
    }
}

/// Copies the next bytes of an offer. Upstream's takes all at once alone; the header allows parts.
unsafe extern "C-unwind" fn copy(offer: Data, bytes: usize, to: *mut c_void) -> hsa_status_t {
    let found = OFFERS.lock().get(&offer.addr()).cloned();
    let Some(offer) = found.filter(|_| bytes == 0 || !to.is_null()) else {
        return Error::InvalidArgument.into();
    };
    match offer.take(bytes) {
        // SAFETY: `take` has seen that there are so many bytes, which live as long as `offer`; the caller says that there is
        // room for them, and could not know where they are.
        Ok(from) => unsafe { ptr::copy_nonoverlapping(from, to.cast(), bytes) },
        Err(error) => return error.into(),
    }
    HSA_STATUS_SUCCESS
}

#[cfg(test)]
impl BoundSamplesReady {
    /// A function of a test's, which is never freed; one thread at a time calls it. It gets the bytes, how many samples
    /// were lost, and a function that copies so many bytes.
    pub fn own(
        handler: impl FnMut(usize, usize, &dyn Fn(usize) -> (hsa_status_t, Vec<u8>)) + Send + 'static,
    ) -> Self {
        type Boxed = Box<dyn FnMut(usize, usize, &dyn Fn(usize) -> (hsa_status_t, Vec<u8>)) + Send>;
        unsafe extern "C-unwind" fn trampoline(
            data: Data,
            bytes: usize,
            lost: usize,
            copy: hsa_ven_amd_pcs_data_copy_callback_t,
            offer: Data,
        ) {
            let take = |bytes: usize| {
                let mut room = vec![0; bytes];
                // SAFETY: as the declaration wants it.
                let status = copy.map(|copy| unsafe { copy(offer, bytes, room.as_mut_ptr().cast()) });
                (status.unwrap_or(hsa_status_t(1)), room)
            };
            // SAFETY: a `Boxed` that was leaked below.
            unsafe { (*data.cast::<Boxed>())(bytes, lost, &take) }
        }
        let boxed: &'static mut Boxed = Box::leak(Box::new(Box::new(handler)));
        Bound { function: trampoline, data: ptr::from_mut(boxed).cast() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(pc: u64) -> Sample {
        Sample { pc, ..Sample::default() }
    }

    #[test]
    fn samples_are_copied_in_parts_and_no_more_than_there_are() {
        let ready = BoundSamplesReady::own(|bytes, lost, copy| {
            assert_eq!((bytes, lost), (192, 7));
            let (status, first) = copy(64);
            assert_eq!((status, first[0]), (HSA_STATUS_SUCCESS, 1));
            assert_eq!(copy(129).0, Error::Exception.into());
            let (status, rest) = copy(128);
            assert_eq!((status, rest[0], rest[64]), (HSA_STATUS_SUCCESS, 2, 3));
            assert_eq!(copy(1).0, Error::Exception.into());
        });
        assert!(ready.call([1, 2, 3].map(sample).to_vec(), 7).is_empty());
    }

    #[test]
    fn what_a_client_does_not_want_now_it_hears_of_again() {
        let ready = BoundSamplesReady::own(|_, _, copy| {
            copy(65);
            assert_eq!(copy(0).0, HSA_STATUS_SUCCESS);
        });
        let kept = ready.call([1, 2, 3].map(sample).to_vec(), 0);
        assert_eq!(kept.iter().map(|sample| sample.pc).collect::<Vec<_>>(), [2, 3]);
        assert!(BoundSamplesReady::own(|_, _, _| {}).call(vec![sample(1)], 0).is_empty(), "as upstream");
    }

    #[test]
    fn nothing_is_copied_of_what_was_made_up() {
        let mut room = [0u8; 64];
        for number in [0, 4711, usize::MAX] {
            let offer = ptr::without_provenance_mut(number);
            // SAFETY: there is room.
            let status = unsafe { copy(offer, 64, room.as_mut_ptr().cast()) };
            assert_eq!(status, Error::InvalidArgument.into());
        }
    }
}
