//! Where waves write samples and the host takes them, without a copy by a GPU: memory of the host's with two halves. Waves
//! fill one, while the host reads the other.
//!
//! Touches `queue::ring`. Answers to `pcs_sampling_data_t` of upstream's `amd_gpu_agent.h` and to
//! PcSamplingFlushDeviceBuffers; the other side is `WRITE_SAMPLE` of shaders/trap.s.
//!
//! The first line has, in the first word, where the halves end, in bytes from the line on; and in the second the next place.
//! That one's low half counts up to 0, from minus the number of places of a half, so that a place is 64 times that from the
//! half's end, and a high half that is not 0 says that none was left; its top bit says which half it is. A wave adds 1,
//! and has the place that was there before. The host puts the other half's start there, and has how many took a place:
//! all that are beyond the half's places have lost their sample. Each of the others says in a word of its sample when the
//! rest of it is there.
#![forbid(unsafe_code)]

use std::{
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use hsakmt_thunk::topology::model::NodeId;

use crate::{
    abi::perf_sample_hosttrap_v1_t,
    boundary::Error,
    driver::{Attributes, Driver},
    queue::{
        buffer::Buffer,
        ring::{Line, Lines},
    },
};

/// The word of the first line that has the next place.
const NEXT: usize = 1;
/// The word of a sample whose upper half says that it is there.
const THERE: usize = 4;
/// The bit of the next place that says which half it is of.
const HALF: u64 = 1 << 63;
/// How long a wave may be at writing a sample. Longer takes only one whose GPU hangs.
const PATIENCE: Duration = Duration::from_secs(1);

/// Two halves of places for samples.
pub struct Halves {
    lines: Lines,
    /// Of a half.
    places: u32,
}

impl Halves {
    /// Most places of a half: offsets have 32 bits.
    pub const MOST: usize = 1 << 24;

    /// Memory of the node `host` that the GPU of the node `gpu` reaches, with so many places in a half, at most
    /// [`Self::MOST`].
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn new(
        driver: &Arc<dyn Driver>,
        (host, gpu): (NodeId, NodeId),
        places: usize,
    ) -> Result<Self, Error> {
        let places = places.clamp(1, Self::MOST) as u32;
        let bytes = Line::BYTES * (1 + 2 * u64::from(places));
        // Nobody caches it.
        let attributes = Attributes { host: true, uncached: true, ..Attributes::default() };
        let lines = Lines::new(Buffer::new(driver, host, &[gpu], bytes, attributes)?);
        let halves = Self { lines, places };
        let end = |half: u64| Line::BYTES * (1 + (half + 1) * u64::from(places));
        halves.lines[0].0[0].store(end(0) | end(1) << 32, Ordering::Relaxed);
        halves.lines[0].0[NEXT].store(halves.start(0), Ordering::Release);
        Ok(halves)
    }

    /// Where it is: what waves are told.
    pub fn address(&self) -> u64 {
        self.lines.address()
    }

    /// The first place of a half.
    fn start(&self, half: u64) -> u64 {
        half << 63 | ((1 << 32) - u64::from(self.places))
    }

    /// Takes what waves have written. How many samples are lost is the answer. One thread at a time does this.
    pub fn take(&self, samples: &mut Vec<perf_sample_hosttrap_v1_t>) -> u64 {
        let next = &self.lines[0].0[NEXT];
        let current = next.load(Ordering::Relaxed) >> 63;
        let old = next.swap(self.start(1 - current), Ordering::AcqRel);
        let wanted = (old & !HALF).wrapping_sub(self.start(0));
        let written = wanted.min(u64::from(self.places));
        let first = 1 + (current * u64::from(self.places)) as usize;
        let deadline = Instant::now() + PATIENCE;
        let before = samples.len();
        let lines = self.lines[first..].iter().take(written as usize);
        samples.extend(lines.filter_map(|line| taken(line, deadline)));
        wanted - (samples.len() - before) as u64
    }
}

/// The sample of a place that a wave has taken, once it is there.
fn taken(line: &Line, deadline: Instant) -> Option<perf_sample_hosttrap_v1_t> {
    while line.0[THERE].load(Ordering::Acquire) >> 32 == 0 {
        if Instant::now() > deadline {
            return None;
        }
        thread::yield_now();
    }
    let word = |at: usize| line.0[at].load(Ordering::Relaxed);
    let sample = perf_sample_hosttrap_v1_t {
        pc: word(0),
        exec_mask: word(1),
        workgroup_id_x: word(2) as u32,
        workgroup_id_y: (word(2) >> 32) as u32,
        workgroup_id_z: word(3) as u32,
        wave: (word(3) >> 32) as u32,
        hw_id: word(THERE) as u32,
        timestamp: word(6),
        correlation_id: word(7),
        ..Default::default()
    };
    line.0[THERE].store(0, Ordering::Relaxed);
    Some(sample)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::driver::fake::FakeDriver;

    impl Halves {
        /// What a wave does, as `WRITE_SAMPLE` says it.
        pub fn write(&self, pc: u64) {
            let next = self.lines[0].0[NEXT].fetch_add(1, Ordering::AcqRel);
            let (low, high) = (next as u32, (next >> 32) as u32);
            if high & !(1 << 31) != 0 {
                return;
            }
            let end = (self.lines[0].0[0].load(Ordering::Relaxed) >> (32 * (high >> 31))) as u32;
            let offset = (low << 6).wrapping_add(end);
            let line = &self.lines[(offset / 64) as usize];
            for (word, value) in [(0, pc), (1, 1), (2, 3 << 32 | 2), (3, 5 << 32 | 4), (6, 1000), (7, 7)] {
                line.0[word].store(value, Ordering::Relaxed);
            }
            line.0[THERE].store(1 << 32 | 6, Ordering::Release);
        }
    }

    fn halves(places: usize) -> Halves {
        let driver: Arc<dyn Driver> = Arc::new(FakeDriver::default());
        Halves::new(&driver, (NodeId(0), NodeId(1)), places).unwrap()
    }

    fn take(halves: &Halves) -> (Vec<u64>, u64) {
        let mut samples = Vec::new();
        let lost = halves.take(&mut samples);
        (samples.iter().map(|sample| sample.pc).collect(), lost)
    }

    #[test]
    fn samples_come_in_order_and_those_without_a_place_are_counted() {
        let halves = halves(3);
        assert_eq!(take(&halves), (vec![], 0));
        for round in 0..5 {
            (0..3).for_each(|pc| halves.write(10 * round + pc));
            assert_eq!(take(&halves), ((0..3).map(|pc| 10 * round + pc).collect(), 0));
        }
        (0..8).for_each(|pc| halves.write(pc));
        assert_eq!(take(&halves), (vec![0, 1, 2], 5));
        halves.write(9);
        assert_eq!(take(&halves), (vec![9], 0));
    }

    #[test]
    fn a_samples_words_are_the_structures() {
        let halves = halves(2);
        halves.write(0x1_0000_0000);
        let mut samples = Vec::new();
        halves.take(&mut samples);
        let sample = samples[0];
        let ids = [sample.workgroup_id_x, sample.workgroup_id_y, sample.workgroup_id_z, sample.wave];
        assert_eq!((sample.pc, sample.exec_mask, ids), (0x1_0000_0000, 1, [2, 3, 4, 5]));
        let rest = (sample.hw_id, sample.reserved0, sample.reserved1);
        assert_eq!((rest, sample.timestamp, sample.correlation_id), ((6, 0, 0), 1000, 7));
    }

    #[test]
    fn waves_write_while_the_host_takes() {
        let halves = halves(64);
        let (mut all, mut lost) = (Vec::new(), 0);
        thread::scope(|scope| {
            let waves: Vec<_> =
                (0..4).map(|_| scope.spawn(|| (1..=2000).for_each(|pc| halves.write(pc)))).collect();
            while waves.iter().any(|wave| !wave.is_finished()) {
                lost += halves.take(&mut all);
            }
        });
        lost += halves.take(&mut all);
        assert_eq!(all.len() as u64 + lost, 8000);
        assert!(all.iter().all(|sample| (1..=2000).contains(&sample.pc)));
    }

    /// The test takes as long as the patience.
    #[test]
    fn a_wave_that_never_comes_to_an_end_is_not_waited_for_for_ever() {
        let halves = halves(4);
        halves.lines[0].0[NEXT].fetch_add(1, Ordering::AcqRel);
        halves.write(5);
        assert_eq!(take(&halves), (vec![5], 1));
    }
}
