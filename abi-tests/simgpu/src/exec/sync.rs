//! Global wave sync (GWS): barriers and semaphores of waves of all workgroups, which cooperative kernels before gfx11
//! use. Answers to the DS_GWS_* instructions of the ISA manuals. Touches nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Resources of a GPU, all of which amdkfd gives to one queue (`pqm_set_gws`).
const RESOURCES: usize = 64;

/// What an instruction does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Sets the count.
    Init,
    /// Waits for all others; the last one sets the count anew.
    Barrier,
    /// Waits until the count is not zero, and takes one.
    Take,
    /// Adds one.
    Give,
    /// Adds many.
    GiveMany,
    /// Lets all go that wait now.
    ReleaseAll,
}

/// What a wave waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ticket {
    /// The end of a barrier's round: the resource and which round.
    Barrier(u8, u64),
    /// A resource's count to take one from.
    Semaphore(u8),
}

/// A resource. As a barrier it counts the waves that come before the last one.
#[derive(Clone, Copy, Default)]
struct Resource {
    count: u32,
    /// How often all waves have come.
    rounds: u64,
    /// Waves that wait for the semaphore.
    waiting: u32,
}

/// The resources of one process on one GPU.
pub struct GlobalSync(Mutex<[Resource; RESOURCES]>);

impl Default for GlobalSync {
    fn default() -> Self {
        Self(Mutex::new([Resource::default(); RESOURCES]))
    }
}

impl GlobalSync {
    /// Does an operation with the value that it is given; tells what the wave has to wait for.
    pub fn run(&self, operation: Operation, number: u8, value: u32) -> Option<Ticket> {
        let resource = &mut self.resources()[usize::from(number) % RESOURCES];
        match operation {
            Operation::Init => (resource.count, resource.waiting) = (value, 0),
            Operation::Barrier if resource.count == 0 => {
                (resource.count, resource.rounds) = (value, resource.rounds + 1);
            }
            Operation::Barrier => {
                resource.count -= 1;
                return Some(Ticket::Barrier(number, resource.rounds));
            }
            Operation::Take => {
                resource.waiting += 1;
                return Some(Ticket::Semaphore(number));
            }
            Operation::Give => resource.count = resource.count.saturating_add(1),
            Operation::GiveMany => resource.count = resource.count.saturating_add(value),
            Operation::ReleaseAll => resource.count = resource.waiting,
        }
        None
    }

    /// Whether a wave need not wait any longer; then its ticket is void.
    pub fn passes(&self, ticket: Ticket) -> bool {
        let mut resources = self.resources();
        match ticket {
            Ticket::Barrier(number, round) => resources[usize::from(number) % RESOURCES].rounds > round,
            Ticket::Semaphore(number) => {
                let resource = &mut resources[usize::from(number) % RESOURCES];
                let passes = resource.count > 0;
                resource.count -= u32::from(passes);
                resource.waiting = resource.waiting.saturating_sub(passes.into());
                passes
            }
        }
    }

    fn resources(&self) -> MutexGuard<'_, [Resource; RESOURCES]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_wave_lets_all_go_and_the_next_round_begins() {
        let sync = GlobalSync::default();
        assert_eq!(sync.run(Operation::Init, 3, 2), None);
        for round in 0..3 {
            let ticket = Ticket::Barrier(3, round);
            assert_eq!([(); 2].map(|()| sync.run(Operation::Barrier, 3, 2)), [Some(ticket); 2]);
            assert!(!sync.passes(ticket));
            assert_eq!(sync.run(Operation::Barrier, 3, 2), None);
            assert!(sync.passes(ticket));
        }
        assert_eq!(sync.run(Operation::Barrier, 4, 0), None, "a barrier for one");
    }

    #[test]
    fn a_semaphore_lets_as_many_go_as_it_was_given() {
        let sync = GlobalSync::default();
        assert_eq!(sync.run(Operation::Init, 0, 1), None);
        let ticket = Ticket::Semaphore(0);
        assert_eq!([(); 5].map(|()| sync.run(Operation::Take, 0, 0)), [Some(ticket); 5]);
        let passing = || (0..9).filter(|_| sync.passes(ticket)).count();
        assert_eq!(passing(), 1, "as it was set");
        assert_eq!(sync.run(Operation::Give, 0, 7), None);
        assert_eq!(passing(), 1);
        assert_eq!(sync.run(Operation::GiveMany, 0, 2), None);
        assert_eq!(passing(), 2);
        assert_eq!(sync.run(Operation::ReleaseAll, 0, 0), None);
        assert_eq!(passing(), 1, "the last one");
    }
}
