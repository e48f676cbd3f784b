//! An SDMA engine's lane: its ring, and how it does jobs.
#![forbid(unsafe_code)]

use std::collections::VecDeque;

use super::{
    engine::Lane,
    job::{Habits, Job},
    packet::Packet,
    ring::Ring,
};
use crate::signal::Signal;

/// A ring of an SDMA engine.
pub struct Sdma {
    pub habits: Habits,
    pub ring: Ring,
}

impl Lane for Sdma {
    type Packet = Packet;
    /// Words: an atomic or two fences, a fence and a trap, and what may be passed over at the end of the ring.
    const RESERVE: usize = 32;

    fn packets(&self, job: &Job<'_>, put: &mut impl FnMut(Packet)) {
        self.habits.packets(job, put);
    }

    fn append(&mut self, job: &Job<'_>, backlog: &mut VecDeque<Packet>) {
        let Self { habits, ring } = self;
        habits.packets(job, &mut |packet| {
            if !backlog.is_empty() || !ring.put(&packet, Self::RESERVE) {
                backlog.push_back(packet);
            }
        });
    }

    fn complete(&self, signal: Signal, put: &mut impl FnMut(Packet)) {
        self.habits.complete(signal, 1, put);
    }

    fn has_room(&self, room: usize) -> bool {
        self.ring.has_room(room)
    }

    fn put(&mut self, packet: &Packet, reserve: usize) -> bool {
        self.ring.put(packet, reserve)
    }

    fn tell(&mut self) {
        self.ring.tell();
    }

    fn is_idle(&self) -> bool {
        self.ring.is_idle()
    }
}
