//! From the ticks of GPUs to those of the system.
//!
//! Touches `driver`, which reads both clocks together. Answers to SyncClocks and TranslateTime of upstream's
//! `amd_gpu_agent.cpp`. Times between two such readings are interpolated; others are counted from the nearer one at the
//! rate that the driver tells, not further than a sixteenth of a second into the future: then the clocks are read again.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::Node;
use parking_lot::Mutex;

use super::{Agent, machine::Machine};
use crate::{boundary::Error, driver::Driver};

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    gpu: u64,
    system: u64,
}

/// Readings of the clocks of one GPU and the system.
#[derive(Debug, Default)]
pub struct Clock(Mutex<Option<[Moment; 2]>>);

fn read(driver: &dyn Driver, node: &Node) -> Result<Moment, Error> {
    let clocks = driver.clock_counters(node)?;
    Ok(Moment { gpu: clocks.gpu, system: clocks.system })
}

/// `at`, moved by `ticks` of which `gpu` take as long as `system` of the others.
fn moved(at: u64, ticks: i128, gpu: u64, system: u64) -> u64 {
    (i128::from(at) + ticks * i128::from(system) / i128::from(gpu.max(1))) as u64
}

impl Clock {
    /// Reads the clocks, if they were never read.
    pub fn begin(&self, driver: &dyn Driver, node: &Node) -> Result<(), Error> {
        let mut moments = self.0.lock();
        if moments.is_none() {
            *moments = Some([read(driver, node)?; 2]);
        }
        Ok(())
    }

    /// The system's time of a GPU's. `rates` are the ticks of both a second.
    fn translate(
        &self,
        tick: u64,
        rates: (u64, u64),
        now: impl Fn() -> Result<Moment, Error>,
    ) -> Result<u64, Error> {
        let mut moments = self.0.lock();
        let [first, last] = match &mut *moments {
            Some(moments) => moments,
            none => none.insert([now()?; 2]),
        };
        if tick > last.gpu.saturating_add(rates.0 / 16) {
            *last = now()?;
        }
        let from = |moment: &Moment| i128::from(tick) - i128::from(moment.gpu);
        Ok(if tick < first.gpu {
            moved(first.system, from(first), rates.0, rates.1)
        } else if tick > last.gpu {
            moved(last.system, from(last), rates.0, rates.1)
        } else {
            moved(first.system, from(first), last.gpu - first.gpu, last.system - first.system)
        })
    }
}

impl Machine {
    /// Reads the clocks of a GPU and the system for the first time, if that was not done.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    pub fn begin_clock(&self, agent: &Agent) -> Result<(), Error> {
        agent.gpu.as_ref().map_or(Ok(()), |gpu| gpu.clock.begin(&*self.driver, &agent.node))
    }

    /// The system's time of a GPU's.
    ///
    /// # Errors
    /// `InvalidAgent` for a processor, `Generic` when the driver refuses to read the clocks.
    pub fn system_tick(&self, agent: &Agent, tick: u64) -> Result<u64, Error> {
        let gpu = agent.gpu.as_ref().ok_or(Error::InvalidAgent)?;
        // A driver too old to tell the GPU's rate is of a time when it was the reference clock's 100 MHz.
        let rate = agent.node.drm.map_or(100_000_000, |drm| u64::from(drm.counter_frequency_khz) * 1000);
        // The driver reads the system's clock in nanoseconds, whatever that one's own rate is.
        gpu.clock.translate(tick, (rate, 1_000_000_000), || read(&*self.driver, &agent.node))
    }

    /// Start and end of what a GPU did: the end first, so that a reading between the two does not change how long it took.
    ///
    /// # Errors
    /// As [`Self::system_tick`].
    pub fn system_ticks(&self, agent: &Agent, (start, end): (u64, u64)) -> Result<(u64, u64), Error> {
        let end = self.system_tick(agent, end)?;
        Ok((self.system_tick(agent, start)?, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const RATES: (u64, u64) = (100, 1000);

    #[test]
    fn times_are_counted_from_the_nearer_reading_or_between_two() {
        let clock = Clock::default();
        let readings = Cell::new(0);
        let translate = |tick, gpu, system| {
            let now = || {
                readings.set(readings.get() + 1);
                Ok(Moment { gpu, system })
            };
            clock.translate(tick, RATES, now).unwrap()
        };
        assert_eq!(translate(1000, 1000, 50_000), 50_000);
        // Before the first, and a little after the last: at the rate that was told.
        assert_eq!((translate(900, 0, 0), translate(1006, 0, 0)), (49_000, 50_060));
        assert_eq!(readings.get(), 1);
        // Further in the future: it is read again, and the clock turns out to be slower.
        assert_eq!(translate(1500, 2000, 60_100), 55_050);
        assert_eq!((translate(2000, 0, 0), translate(2002, 0, 0), readings.get()), (60_100, 60_120, 2));
    }

    #[test]
    fn a_driver_that_refuses_is_heard_of() {
        assert_eq!(Clock::default().translate(7, RATES, || Err(Error::Generic)), Err(Error::Generic));
    }
}
