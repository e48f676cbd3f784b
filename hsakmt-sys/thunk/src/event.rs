//! Events: created, set, reset, awaited.
//!
//! The event page, whose slots GPUs write to, is allocated with the first event and mapped to a GPU with its first
//! queue. Touches `driver` and `memory`. Answers to upstream's `events.c` and Linux `kfd_events.c`.
#![forbid(unsafe_code)]

use crate::{
    abi::{HsaMemFlags, event_type},
    driver::{Driver, failed},
    error::{Error, Result, Status},
    kernel::{Attached, Backing, Place},
    memory::{Memory, Request},
    topology::model::NodeId,
    uapi::kfd::{
        kfd_event_data, kfd_ioctl_create_event_args, kfd_ioctl_destroy_event_args,
        kfd_ioctl_reset_event_args, kfd_ioctl_set_event_args, kfd_ioctl_wait_events_args, wait_result,
    },
};
use parking_lot::Mutex;
use std::{mem::offset_of, sync::Arc};

/// `KFD_SIGNAL_EVENT_LIMIT`: slots of the event page.
const SLOTS: u64 = 4096;

/// Of the event page: a multiple of the kernel's pages, which may be larger than all slots.
fn page_bytes(driver: &Driver) -> u64 {
    (SLOTS * 8).next_multiple_of(driver.kernel().page_size())
}

/// A created event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The driver's id.
    pub id: u32,
    /// What a packet writes to raise it.
    pub trigger: u32,
    /// Address of its slot in the event page; 0 if it has none.
    pub slot: u64,
}

/// A failed memory access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryFault {
    /// Kernel id of the GPU.
    pub gpu_id: u32,
    /// Address.
    pub address: u64,
    /// Page not there.
    pub not_present: bool,
    /// Written, but read-only.
    pub read_only: bool,
    /// Executed, but no code.
    pub no_execute: bool,
    /// The address is approximate.
    pub imprecise: bool,
    /// KFD_MEM_ERR_*.
    pub error_type: u32,
}

/// A GPU that hangs or was reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardwareException {
    /// Kernel id of the GPU.
    pub gpu_id: u32,
    /// KFD_HW_EXCEPTION_*_RESET.
    pub reset_type: u32,
    /// KFD_HW_EXCEPTION_*.
    pub reset_cause: u32,
    /// Whether video memory was lost.
    pub memory_lost: u32,
}

/// An event to wait for, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wait {
    data: kfd_event_data,
}

impl Wait {
    /// Waits for an event; `age` is the last age seen of a signal event, 0 to ignore it.
    #[must_use]
    pub fn new(id: u32, age: u64) -> Self {
        let mut data = kfd_event_data { event_id: id, ..Default::default() };
        let words = age.to_ne_bytes();
        data.data[0] = u32::from_ne_bytes([words[0], words[1], words[2], words[3]]);
        data.data[1] = u32::from_ne_bytes([words[4], words[5], words[6], words[7]]);
        Self { data }
    }

    /// The age of a signal event after waiting.
    #[must_use]
    pub fn age(&self) -> u64 {
        self.wide(0)
    }

    /// What a memory event tells; `None` if nothing happened.
    #[must_use]
    pub fn memory_fault(&self) -> Option<MemoryFault> {
        // kfd_hsa_memory_exception_data: four flags, the address, the GPU, the error type.
        let words = &self.data.data;
        (words[6] != 0).then(|| MemoryFault {
            gpu_id: words[6],
            address: self.wide(4),
            not_present: words[0] != 0,
            read_only: words[1] != 0,
            no_execute: words[2] != 0,
            imprecise: words[3] != 0,
            error_type: words[7],
        })
    }

    /// What a hardware exception tells; `None` if nothing happened.
    #[must_use]
    pub fn hardware_exception(&self) -> Option<HardwareException> {
        // kfd_hsa_hw_exception_data: reset type, cause, memory lost, the GPU.
        let words = &self.data.data;
        (words[3] != 0).then(|| HardwareException {
            gpu_id: words[3],
            reset_type: words[0],
            reset_cause: words[1],
            memory_lost: words[2],
        })
    }

    fn wide(&self, word: usize) -> u64 {
        let (low, high) = (self.data.data[word].to_ne_bytes(), self.data.data[word + 1].to_ne_bytes());
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&low);
        bytes[4..].copy_from_slice(&high);
        u64::from_ne_bytes(bytes)
    }
}

/// The events of a process. Thread-safe; waiting takes no lock.
pub struct Events {
    driver: Arc<Driver>,
    page: Mutex<Page>,
}

#[derive(Default)]
struct Page {
    /// Address; 0 before the first event.
    start: u64,
    /// GPUs that it is mapped to.
    gpus: Vec<u32>,
}

impl Events {
    pub(crate) fn new(driver: Arc<Driver>) -> Self {
        Self { driver, page: Mutex::default() }
    }

    /// Creates an event. `kind` is `HSA_EVENTTYPE`, `node` the event's source.
    ///
    /// # Errors
    /// `Error` when the driver refuses, for example because 4096 exist.
    pub fn create(
        &self,
        memory: &Memory,
        kind: u32,
        node: NodeId,
        auto_reset: bool,
        signaled: bool,
    ) -> Result<Event> {
        let mut arguments = kfd_ioctl_create_event_args {
            event_type: kind,
            auto_reset: u32::from(auto_reset),
            node_id: node.0,
            ..Default::default()
        };
        let mut page = self.page.lock();
        let needs_page = memory.is_discrete() && page.start == 0;
        let new_page = if needs_page { Some(allocate_page(memory, page_bytes(&self.driver))?) } else { None };
        arguments.event_page_offset = new_page.and_then(|start| memory.handle_of(start)).unwrap_or(0);
        self.driver.ask("CREATE_EVENT", &mut arguments).inspect_err(|_| {
            // Nothing refers to the new page yet.
            let _ = new_page.map(|start| memory.free(start));
        })?;
        if let Some(start) = new_page {
            page.start = start;
        } else if page.start == 0 && arguments.event_page_offset != 0 {
            page.start = self.map_kernel_page(&arguments)?;
        }
        let has_slot = arguments.event_page_offset != 0 && u64::from(arguments.event_slot_index) < SLOTS;
        let event = Event {
            id: arguments.event_id,
            trigger: arguments.event_trigger_data,
            slot: if has_slot { page.start + u64::from(arguments.event_slot_index) * 8 } else { 0 },
        };
        drop(page);
        if signaled && kind == event_type::SIGNAL {
            self.raise_new(event.id)?;
        }
        Ok(event)
    }

    /// Sets an event that its creator wants signaled, or takes it back. Debug events start unset whatever is wanted: the
    /// kernel lets no process set them (`event_can_be_cpu_signaled`).
    fn raise_new(&self, id: u32) -> Result<()> {
        self.set(id).inspect_err(|_| {
            // The failure to set it is what the caller hears of.
            let _ = self.destroy(id);
        })
    }

    /// Old APUs: the page is the kernel's.
    fn map_kernel_page(&self, arguments: &kfd_ioctl_create_event_args) -> Result<u64> {
        let backing = Backing::Device { fd: self.driver.fd(), offset: arguments.event_page_offset };
        self.driver.kernel().map(Place::Anywhere, page_bytes(&self.driver), backing).map_err(|errno| {
            let _ = self.destroy(arguments.event_id);
            failed("mmap", errno)
        })
    }

    /// Lets a GPU write to the event page; called before its first queue.
    ///
    /// # Errors
    /// `Error` when the driver refuses.
    pub(crate) fn map_page_to(&self, memory: &Memory, gpu: u32) -> Result<()> {
        let mut page = self.page.lock();
        if page.start == 0 || !memory.is_discrete() || page.gpus.contains(&gpu) {
            return Ok(());
        }
        let mut gpus = page.gpus.clone();
        gpus.push(gpu);
        memory.map_to_these(page.start, page_bytes(&self.driver), &gpus)?;
        page.gpus = gpus;
        Ok(())
    }

    /// Destroys an event.
    ///
    /// # Errors
    /// `Error` when there is none.
    pub fn destroy(&self, id: u32) -> Result<()> {
        self.driver.ask("DESTROY_EVENT", &mut kfd_ioctl_destroy_event_args { event_id: id, pad: 0 })
    }

    /// Raises a signal event.
    ///
    /// # Errors
    /// `Error` when there is none.
    pub fn set(&self, id: u32) -> Result<()> {
        self.driver.ask("SET_EVENT", &mut kfd_ioctl_set_event_args { event_id: id, pad: 0 })
    }

    /// Resets a signal event.
    ///
    /// # Errors
    /// `Error` when there is none.
    pub fn reset(&self, id: u32) -> Result<()> {
        self.driver.ask("RESET_EVENT", &mut kfd_ioctl_reset_event_args { event_id: id, pad: 0 })
    }

    /// Waits for one or all of several events, at most `milliseconds`; `u32::MAX` is for ever.
    ///
    /// # Errors
    /// `WaitTimeout`; `Error` when an event does not exist.
    pub fn wait(&self, waits: &mut [Wait], all: bool, milliseconds: u32) -> Result<()> {
        type Arguments = kfd_ioctl_wait_events_args;
        let mut data: Vec<kfd_event_data> = waits.iter().map(|wait| wait.data).collect();
        let mut arguments = Arguments {
            num_events: data.len() as u32,
            wait_for_all: u32::from(all),
            timeout: milliseconds,
            ..Default::default()
        };
        let result = {
            let buffer = Attached::new(offset_of!(Arguments, events_ptr), &mut data);
            self.driver.call_with(&mut arguments, &mut [buffer])
        };
        for (wait, data) in waits.iter_mut().zip(data) {
            wait.data = data;
        }
        match result {
            Err(errno) => Err(failed("WAIT_EVENTS", errno)),
            Ok(()) if arguments.wait_result == wait_result::TIMEOUT => Err(Status::WaitTimeout.into()),
            Ok(()) => Ok(()),
        }
    }
}

/// Whether the CPU may raise an event of this type; debug events behave as signals.
#[must_use]
pub fn is_signal(kind: u32) -> bool {
    matches!(kind, event_type::SIGNAL | event_type::DEBUG_EVENT)
}

fn allocate_page(memory: &Memory, size: u64) -> Result<u64> {
    use HsaMemFlags as Flags;
    let flags = Flags::HOST_ACCESS | Flags::EXECUTE_ACCESS | Flags::NON_PAGED | Flags::UNCACHED;
    let node = NodeId(0);
    let page = memory.allocate(Request { node, size, alignment: 0, at: None, flags: HsaMemFlags(flags) });
    page.map_err(|error| Error { status: Status::Error, ..error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_goes_in_and_out_unchanged() {
        assert_eq!(Wait::new(3, 0x1234_5678_9abc_def0).age(), 0x1234_5678_9abc_def0);
    }

    #[test]
    fn exceptions_are_read_from_the_words_of_the_union() {
        let mut wait = Wait::new(3, 0);
        assert_eq!(wait.memory_fault(), None);
        assert_eq!(wait.hardware_exception(), None);
        wait.data.data = [1, 0, 0, 1, 0x5000, 0, 1234, 3];
        let fault = wait.memory_fault().unwrap();
        assert!(fault.not_present && fault.imprecise && !fault.read_only);
        assert_eq!((fault.gpu_id, fault.error_type), (1234, 3));
        #[cfg(target_endian = "little")]
        assert_eq!(fault.address, 0x5000);
        wait.data.data = [1, 0, 2, 99, 0, 0, 0, 0];
        let exception = wait.hardware_exception().unwrap();
        assert_eq!((exception.gpu_id, exception.reset_type, exception.memory_lost), (99, 1, 2));
    }
}
