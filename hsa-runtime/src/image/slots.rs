//! Places for descriptors in memory that GPUs read. Touches `driver` to get more of it.

use parking_lot::Mutex;

use crate::{boundary::Error, driver::Driver};

/// Bytes of a place: a resource of eight words, three that compilers of HSAIL read behind it, and rounded up so that
/// scalar loads of eight words find it aligned.
pub const SLOT: u64 = 64;

/// The free places. Memory that they are in stays for as long as the process lives, as the driver's shared memory does.
#[derive(Default)]
pub struct Slots(Mutex<Vec<u64>>);

impl Slots {
    /// The address of a free place.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn take(&self, driver: &dyn Driver) -> Result<u64, Error> {
        let mut free = self.0.lock();
        if free.is_empty() {
            let bytes = driver.page_size();
            let start = driver.allocate_shared(bytes)?;
            free.extend((0..bytes / SLOT).map(|index| start + index * SLOT));
        }
        free.pop().ok_or(Error::OutOfResources)
    }

    /// Takes a place back that nobody uses any more.
    pub fn give_back(&self, slot: u64) {
        self.0.lock().push(slot);
    }
}
