//! The system clock of HSA: CLOCK_BOOTTIME, which is also what the driver correlates the GPU's clock with.
//!
//! Touches the clock. Answers to ReadSystemClock and SystemClockFrequency of upstream's `os_linux.cpp`.

use std::sync::OnceLock;

const NANOSECONDS: u64 = 1_000_000_000;

fn nanoseconds(read: unsafe extern "C" fn(libc::clockid_t, *mut libc::timespec) -> libc::c_int) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `read` is clock_gettime or clock_getres; both write one timespec, and every kernel that has amdkfd
    // has this clock.
    unsafe { read(libc::CLOCK_BOOTTIME, &raw mut time) };
    (time.tv_sec as u64).wrapping_mul(NANOSECONDS).wrapping_add(time.tv_nsec as u64)
}

/// Nanoseconds of a tick.
fn period() -> u64 {
    static PERIOD: OnceLock<u64> = OnceLock::new();
    *PERIOD.get_or_init(|| nanoseconds(libc::clock_getres).max(1))
}

/// Ticks a second.
pub fn frequency() -> u64 {
    NANOSECONDS / period()
}

/// Ticks since boot.
pub fn now() -> u64 {
    nanoseconds(libc::clock_gettime) / period()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_at_its_frequency() {
        let start = now();
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert!(now() - start >= frequency() / 1000);
    }
}
