//! Samples that a client has not heard of yet, and when it does.
//!
//! Pure but for the client's function. Answers to PcSamplingThread and PcSamplingFlush of upstream's `amd_gpu_agent.cpp`,
//! which leave the latency out.
#![forbid(unsafe_code)]

use std::time::Duration;

use crate::{abi::perf_sample_hosttrap_v1_t, boundary::BoundSamplesReady};

/// A sample.
type Sample = perf_sample_hosttrap_v1_t;

/// What has been taken from waves.
pub struct Stock {
    samples: Vec<Sample>,
    /// How many were lost since the client last heard of some.
    lost: u64,
    /// How many the client wants to hear of at once.
    wanted: usize,
    /// How long it takes until it copies them.
    latency: Duration,
    /// How many make it hear of them now.
    due: usize,
}

impl Stock {
    /// None yet.
    pub fn new(wanted: usize, latency: Duration) -> Self {
        Self { samples: Vec::new(), lost: 0, wanted: wanted.max(1), latency, due: wanted.max(1) }
    }

    /// Whether more are to be taken: a client that puts off again and again loses what comes then.
    pub fn has_room(&self) -> bool {
        self.samples.len() < 2 * self.wanted
    }

    /// Puts samples in that came in so long a time, as `take` gives them and tells how many were lost.
    pub fn add(&mut self, over: Duration, take: impl FnOnce(&mut Vec<Sample>) -> u64) -> &mut [Sample] {
        let before = self.samples.len();
        self.lost += take(&mut self.samples);
        let new = (self.samples.len() - before) as u128;
        // What will come while the client makes ready, if it goes on like this.
        let expected = (new * self.latency.as_nanos()).checked_div(over.as_nanos()).unwrap_or(0);
        self.due = self.wanted.saturating_sub(usize::try_from(expected).unwrap_or(usize::MAX)).max(1);
        &mut self.samples[before..]
    }

    /// Tells the client of as many as it wants at once, as long as there are enough; with `all`, of the rest too. It may
    /// put the rest off.
    pub fn tell(&mut self, client: &BoundSamplesReady, all: bool) {
        while !self.samples.is_empty() && (all || self.samples.len() >= self.due) {
            let count = self.samples.len().min(self.wanted);
            let offered = self.samples.drain(..count).collect();
            let kept = client.call(offered, std::mem::take(&mut self.lost) as usize);
            if !kept.is_empty() {
                self.samples.splice(..0, kept);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    fn sample(pc: u64) -> Sample {
        Sample { pc, ..Sample::default() }
    }

    fn add(stock: &mut Stock, count: u64, lost: u64) {
        stock.add(Duration::from_millis(1), |samples| {
            samples.extend((0..count).map(sample));
            lost
        });
    }

    /// How many a client heard of and how many were lost, each time.
    type Heard = Arc<Mutex<Vec<(usize, usize)>>>;

    /// A client that notes how many it heard of and how many were lost, and copies or puts off.
    fn client(puts_off: bool) -> (BoundSamplesReady, Heard) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&heard);
        let ready = BoundSamplesReady::own(move |bytes, lost, copy| {
            notes.lock().unwrap().push((bytes / size_of::<Sample>(), lost));
            copy(if puts_off { 0 } else { bytes });
        });
        (ready, heard)
    }

    #[test]
    fn a_client_hears_of_as_many_as_it_wants_and_of_the_rest_when_it_asks() {
        let (ready, heard) = client(false);
        let mut stock = Stock::new(10, Duration::ZERO);
        add(&mut stock, 9, 0);
        stock.tell(&ready, false);
        assert_eq!(*heard.lock().unwrap(), []);
        add(&mut stock, 14, 5);
        stock.tell(&ready, false);
        assert_eq!(*heard.lock().unwrap(), [(10, 5), (10, 0)]);
        stock.tell(&ready, true);
        stock.tell(&ready, true);
        assert_eq!(heard.lock().unwrap()[2..], [(3, 0)], "and of none never");
    }

    #[test]
    fn a_client_that_takes_long_hears_of_them_earlier() {
        let (ready, heard) = client(false);
        let mut stock = Stock::new(10, Duration::from_millis(2));
        add(&mut stock, 3, 0);
        stock.tell(&ready, false);
        assert_eq!(*heard.lock().unwrap(), [], "four are due");
        add(&mut stock, 3, 0);
        stock.tell(&ready, false);
        assert_eq!(*heard.lock().unwrap(), [(6, 0)]);
        add(&mut stock, 1000, 0);
        assert_eq!(stock.due, 1);
    }

    #[test]
    fn what_is_put_off_comes_again_and_takes_no_more_room_than_there_is() {
        let (ready, heard) = client(true);
        let mut stock = Stock::new(10, Duration::ZERO);
        add(&mut stock, 15, 1);
        stock.tell(&ready, true);
        assert_eq!((stock.samples.len(), stock.has_room()), (15, true));
        add(&mut stock, 5, 2);
        stock.tell(&ready, false);
        assert_eq!((stock.samples.len(), stock.has_room()), (20, false));
        assert_eq!(*heard.lock().unwrap(), [(10, 1), (10, 2)]);
    }
}
