//! Queues that make no progress, and GPUs that hang without anybody's hearing of it.
//!
//! amdkfd does not watch over its queues: it finds out that a GPU hangs when it has to take a queue off the hardware, and
//! then resets it, of which `events::faults` hears. A program that only waits for its kernel never has it do so, and waits
//! for ever. So the thread that waits for faults comes by every ten seconds, and a queue that has something to do and has
//! not gone on since is given to the driver once more, as it is (AMDKFD_IOC_UPDATE_QUEUE).
//!
//! *What the driver does* (Linux 7.2, kfd_device_queue_manager.c): `update_queue` unmaps the device's queues
//! (`unmap_queues_cpsch`), or this one where MES schedules (`remove_queue_mes`), writes the queue's descriptor and maps them
//! again, as it does for each queue that is made, destroyed or given another priority. If the firmware cannot take the
//! waves off in `queue_preemption_timeout_ms`, 9 s, that is a hang: it resets the queue (`reset_queues_on_hws_hang`,
//! `reset_queues_mes`) or the GPU (`kfd_hws_hang`), and sets the process's events (`kfd_signal_reset_event`).
//!
//! *A kernel that takes long* is saved and restored (CWSR), which costs it less than a millisecond. Where the driver does
//! not do that, it would wait for the kernel's end, and reset the GPU for it: there, nothing is done. Nor is it often: at
//! the first look that finds no progress, the second, the fourth and so on, in the end every ten minutes. The rings of SDMA
//! engines are looked at likewise (`copy::failing`).
#![forbid(unsafe_code)]

use super::hardware::Queue;
use crate::agent::machine::Machine;

/// After so many looks without progress, the driver is asked once in as many.
const RAREST: u32 = 64;

/// What is known of a queue's progress.
#[derive(Default)]
pub struct Stall {
    /// The packet that it was at; none when there was nothing to do.
    packet: Option<u64>,
    /// How many looks since then found it there.
    looks: u32,
}

impl Stall {
    /// A look finds the queue at a packet, or with nothing to do. Whether the driver is to be asked.
    pub fn look(&mut self, packet: Option<u64>) -> bool {
        if packet.is_none() || packet != self.packet {
            *self = Self { packet, looks: 0 };
            return false;
        }
        self.looks = self.looks.wrapping_add(1);
        self.looks.is_power_of_two() && self.looks < RAREST || self.looks % RAREST == 0
    }
}

impl Queue {
    /// Has the driver see whether its GPU hangs, if it has made no progress.
    pub(super) fn look(&self, machine: &Machine) {
        let packet = self.undone().next().map(|_| self.read_index());
        let is_due = self.stall.lock().look(packet);
        if is_due && machine.driver.saves_waves(&machine.agents[self.agent].node) {
            self.remap();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_is_asked_ever_more_rarely_and_never_while_there_is_progress() {
        let mut stall = Stall::default();
        assert!((0..100).all(|packet| !stall.look(Some(packet)) && !stall.look(None)));
        let asked: Vec<u32> = (0..200).filter(|_| stall.look(Some(7))).collect();
        assert_eq!(asked, [1, 2, 4, 8, 16, 32, 64, 128, 192]);
        assert!(!stall.look(Some(8)) && stall.look(Some(8)), "it is at another packet");
    }
}
