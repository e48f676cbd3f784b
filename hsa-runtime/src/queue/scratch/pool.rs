//! The scratch memory of a GPU's queues.
//!
//! A queue keeps what it has for its next dispatches if that is little. More than that it keeps while the GPU has memory
//! to spare: to ask the host before each dispatch, and to tell it after each, takes longer than most kernels. All queues
//! together keep no more than before, since nobody can take back what a queue keeps.
//!
//! What a queue gives back is kept for the next one that needs about as much, until memory lacks.
#![forbid(unsafe_code)]

use std::sync::Arc;

use hsakmt_thunk::topology::model::Node;
use parking_lot::Mutex;

use super::{Shape, need::Need};
use crate::{
    boundary::Error,
    config::Kept,
    driver::{Attributes, Driver},
    queue::buffer::Buffer,
};

/// Bytes that a queue keeps whatever the GPU has left.
const LITTLE: u64 = 140 << 20;
/// A GPU has memory to spare if what a queue keeps is but this part of what is free.
const SPARE: u64 = 8;

/// Scratch memory that a queue has, and gives back when it is dropped.
pub struct Held {
    /// There is some until it is dropped.
    memory: Option<Buffer>,
    pool: Arc<Pool>,
    /// For one dispatch only.
    pub once: bool,
}

impl Held {
    /// Where it is.
    pub fn address(&self) -> u64 {
        self.memory.as_ref().map_or(0, Buffer::address)
    }

    /// How long it is.
    pub fn bytes(&self) -> u64 {
        self.memory.as_ref().map_or(0, Buffer::bytes)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut state = self.pool.state.lock();
        *state.count(self.once) -= self.bytes();
        state.free.extend(self.memory.take());
    }
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// Dispatches at work will give theirs back.
    Now,
    /// It is more than the GPU has.
    ForEver,
}

/// The scratch memory of one GPU.
pub struct Pool {
    driver: Arc<dyn Driver>,
    node: Node,
    shape: Shape,
    /// What the user wants of a queue.
    keep: Kept,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    free: Vec<Buffer>,
    /// Bytes that queues keep.
    kept: u64,
    /// Bytes that dispatches have for once.
    lent: u64,
}

impl Pool {
    /// None is taken before a dispatch needs it.
    pub fn new(driver: Arc<dyn Driver>, node: Node, shape: Shape, keep: Kept) -> Self {
        Self { driver, node, shape, keep, state: Mutex::default() }
    }

    /// The GPU.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Takes memory for a dispatch; `all`: its workgroups wait for each other, so all of its waves must run at once.
    ///
    /// # Errors
    /// Why there is none.
    pub fn take(self: &Arc<Self>, need: &Need, all: bool) -> Result<Held, Shortage> {
        let mut state = self.state.lock();
        let whole = need.wave_bytes() * self.shape.slots();
        let once = !self.keeps(state.kept, whole);
        let wanted = if once { need.wave_bytes() * need.waves } else { whole };
        if let Ok(held) = self.allocate(&mut state, wanted, once) {
            return Ok(held);
        }
        if state.lent > 0 {
            return Err(Shortage::Now);
        }
        if all {
            return Err(Shortage::ForEver);
        }
        self.allocate_for_fewer_waves(&mut state, need)
    }

    /// Whether a queue keeps so much, where queues keep so much already.
    fn keeps(&self, kept: u64, whole: u64) -> bool {
        // Queues that do nothing may keep an eighth of what there can be.
        let fits = kept + whole <= (self.shape.dies << 32) / 8;
        match self.keep {
            Kept::All => true,
            Kept::UpTo(limit) => fits && whole <= limit,
            Kept::AsFits => fits && (whole <= LITTLE || self.free() / SPARE >= whole),
        }
    }

    /// Bytes that the GPU has left; none where the driver does not tell.
    fn free(&self) -> u64 {
        self.driver.available_memory(&self.node).unwrap_or(0)
    }

    /// Gives back what no queue has. Whether there was any.
    pub fn shrink(&self) -> bool {
        let free = std::mem::take(&mut self.state.lock().free);
        !free.is_empty()
    }

    /// Memory with which the dispatch takes longer: so many whole workgroups on every compute unit, as few as one.
    fn allocate_for_fewer_waves(self: &Arc<Self>, state: &mut State, need: &Need) -> Result<Held, Shortage> {
        let mut waves = (need.waves / self.shape.units).next_multiple_of(need.group_waves);
        while waves > 0 {
            let bytes = waves * self.shape.units.next_multiple_of(self.shape.engines) * need.wave_bytes();
            if let Ok(held) = self.allocate(state, bytes, true) {
                return Ok(held);
            }
            waves -= need.group_waves;
        }
        Err(Shortage::ForEver)
    }

    fn allocate(self: &Arc<Self>, state: &mut State, bytes: u64, once: bool) -> Result<Held, Error> {
        // One that is not much too large.
        let fits = |free: &Buffer| (bytes..=bytes.saturating_mul(2)).contains(&free.bytes());
        let memory = match state.free.iter().position(fits) {
            Some(index) => state.free.swap_remove(index),
            None => self.fresh(bytes).or_else(|_| {
                state.free.clear();
                self.fresh(bytes)
            })?,
        };
        *state.count(once) += memory.bytes();
        Ok(Held { memory: Some(memory), pool: Arc::clone(self), once })
    }

    fn fresh(&self, bytes: u64) -> Result<Buffer, Error> {
        let attributes = Attributes { local: true, coarse: true, ..Attributes::default() };
        Buffer::new(&self.driver, self.node.id, &[self.node.id], bytes, attributes)
    }
}

impl State {
    fn count(&mut self, once: bool) -> &mut u64 {
        if once { &mut self.lent } else { &mut self.kept }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{agent::fixture, driver::fake::FakeDriver};
    use std::sync::atomic::Ordering;

    const SHAPE: Shape = Shape { major: 11, units: 4, engines: 2, dies: 1, slots_per_unit: 2 };
    /// 4096 bytes a wave, of which there are two.
    const NEED: Need = Need { lane_bytes: 64, lanes: 64, group_waves: 2, waves: 2 };

    fn pool(keep: Kept) -> (Arc<Pool>, Arc<FakeDriver>) {
        pool_of(keep, FakeDriver::default())
    }

    fn pool_of(keep: Kept, driver: FakeDriver) -> (Arc<Pool>, Arc<FakeDriver>) {
        let (driver, node) = (Arc::new(driver), fixture::gpu(1, (11, 0, 0), 1 << 30).0);
        let pool = Pool::new(Arc::clone(&driver) as Arc<dyn Driver>, node, SHAPE, keep);
        (Arc::new(pool), driver)
    }

    #[test]
    fn little_is_kept_for_all_waves_and_much_is_lent_for_the_dispatchs() {
        let kept = pool(Kept::AsFits).0.take(&NEED, false).unwrap();
        assert_eq!((kept.bytes(), kept.once), (8 * 4096, false));
        let lent = pool(Kept::UpTo(4096)).0.take(&NEED, false).unwrap();
        assert_eq!((lent.bytes(), lent.once), (2 * 4096, true));
    }

    #[test]
    fn more_is_kept_while_the_gpu_has_memory_to_spare_and_queues_keep_little_together() {
        // 200 MiB for all waves.
        let much = Need { lane_bytes: (200 << 20) / 8 / 64, ..NEED };
        let take = |keep, available| {
            let (pool, _) = pool_of(keep, FakeDriver { available, ..FakeDriver::default() });
            let held: Vec<Held> = (0..3).map(|_| pool.take(&much, false).unwrap()).collect();
            held.iter().map(|held| held.once).collect::<Vec<_>>()
        };
        assert_eq!(take(Kept::AsFits, Ok(1600 << 20)), [false, false, true]);
        assert_eq!(take(Kept::AsFits, Ok((1600 << 20) - 1)), [true; 3]);
        assert_eq!(take(Kept::AsFits, Err(Error::Generic)), [true; 3]);
        assert_eq!(take(Kept::UpTo(140 << 20), Ok(u64::MAX)), [true; 3]);
        assert_eq!(take(Kept::All, Ok(0)), [false; 3]);
    }

    #[test]
    fn what_is_given_back_is_used_again_or_goes_when_others_need_it() {
        let (pool, driver) = pool(Kept::AsFits);
        let before = driver.room.load(Ordering::Relaxed);
        let first = pool.take(&NEED, false).unwrap();
        let address = first.address();
        drop(first);
        assert_eq!(pool.take(&NEED, false).unwrap().address(), address);
        assert!(driver.room.load(Ordering::Relaxed) < before && pool.shrink() && !pool.shrink());
        assert_eq!(driver.room.load(Ordering::Relaxed), before);
    }

    #[test]
    fn where_memory_lacks_fewer_waves_run_unless_all_have_to() {
        let (pool, driver) = pool(Kept::UpTo(0));
        let need = Need { waves: 8, ..NEED };
        driver.room.store(10 * 4096, Ordering::Relaxed);
        assert_eq!(pool.take(&Need { waves: 16, ..NEED }, true).err(), Some(Shortage::ForEver));
        let fewer = pool.take(&Need { waves: 16, ..NEED }, false).unwrap();
        assert_eq!(fewer.bytes(), 8 * 4096);
        assert_eq!(pool.take(&need, false).err(), Some(Shortage::Now));
        drop(fewer);
        assert!(pool.take(&need, true).is_ok());
    }
}
