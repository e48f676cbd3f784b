//! amdkfd, by way of the thunk. Answers to upstream's `amd_kfd_driver.cpp`.
#![forbid(unsafe_code)]

use std::{sync::Arc, time::Duration};

use hsakmt_thunk::{
    self as thunk, ClockCounters, Config, Linux, Status, Thunk,
    abi::{HsaMemFlags, event_type},
    event::{Event, Wait},
    memory::Request,
    topology::model::{Node, NodeId, Snapshot},
};

use super::{
    Driver,
    fault::{Fault, FaultWatch},
    kfd_fault,
};
use crate::{boundary::Error, log::complain};

/// KFD_RUNTIME_ENABLE_CAPS_SUPPORTS_CORE_DUMP_MASK of kfd_ioctl.h.
const DUMPS_CORES: u32 = 1 << 31;

/// An open `/dev/kfd`.
#[derive(Clone)]
pub struct Kfd {
    thunk: Arc<Thunk>,
    /// It tells what is wrong with queues, as it does where a debugger could be told, too.
    reports_errors: bool,
    /// Its core dumps have what GPUs have.
    dumps_cores: bool,
}

impl Kfd {
    /// Opens the device and reads the topology. The thunk's own variables (HSA_OVERRIDE_GFX_VERSION and others) count
    /// as they are now.
    ///
    /// # Errors
    /// `OutOfResources`, as upstream answers whatever is wrong with the driver. One line on standard error says what.
    pub fn open() -> Result<Self, Error> {
        let opened = Thunk::open(Box::new(Linux), Config::from_environment());
        opened
            .map(|thunk| Self { thunk, reports_errors: false, dumps_cores: false })
            .map_err(|_| Error::OutOfResources)
    }

    /// Reads the topology anew.
    ///
    /// # Errors
    /// `OutOfResources`; one line on standard error says why.
    pub fn look_again(&self) -> Result<(), Error> {
        self.thunk.reread_topology().map(drop).map_err(|error| out_of_resources(&error))
    }

    /// Tells the kernel where the debugger finds the loader's list, `r_debug`; `debug` also asks for the trap
    /// temporaries that a debugger reads.
    ///
    /// # Errors
    /// `OutOfResources`; one line on standard error says why.
    pub fn enable(&mut self, r_debug: u64, debug: bool) -> Result<(), Error> {
        (self.reports_errors, self.dumps_cores) = match self.thunk.runtime_enable(r_debug, debug) {
            Ok(capabilities) => (true, capabilities & DUMPS_CORES != 0),
            // An old driver or old firmware has no debugger; everything else works.
            Err(error) if error.status == Status::NotSupported => (false, false),
            Err(error) => return Err(out_of_resources(&error)),
        };
        Ok(())
    }

    /// The machine's nodes.
    pub fn topology(&self) -> Arc<Snapshot> {
        self.thunk.topology()
    }

    /// Switches XNACK to `wanted` if the hardware lets the process choose, and tells what holds.
    pub fn settle_xnack(&self, wanted: Option<bool>) -> bool {
        match wanted {
            Some(wanted) if self.thunk.set_xnack_mode(wanted).is_ok() => wanted,
            // A driver that does not know the question has it off.
            _ => self.thunk.xnack_mode().unwrap_or(false),
        }
    }
}

impl Kfd {
    /// Memory of signals: that of the pool for kernel arguments, in which upstream has them.
    pub(super) const SIGNALS: HsaMemFlags = HsaMemFlags(HsaMemFlags::HOST_ACCESS | HsaMemFlags::UNCACHED);

    /// Whether it tells what is wrong with queues.
    pub(super) fn tells_errors(&self) -> bool {
        self.reports_errors
    }

    /// Whether its core dumps have what GPUs have.
    pub(super) fn kernel_dumps_cores(&self) -> bool {
        self.dumps_cores
    }

    /// The thunk.
    pub(super) fn thunk(&self) -> &Thunk {
        &self.thunk
    }

    /// The thunk's memory, queues and events.
    ///
    /// # Errors
    /// `OutOfResources`; one line on standard error says why.
    pub(super) fn services(&self) -> Result<&thunk::Services, Error> {
        self.thunk.services().map_err(|error| out_of_resources(&error))
    }
}

impl Driver for Kfd {
    fn version(&self) -> (u32, u32) {
        let version = self.thunk.version();
        (version.major, version.minor)
    }

    fn clock_counters(&self, node: &Node) -> Result<ClockCounters, Error> {
        self.thunk.clock_counters(node.gpu_id).map_err(|_| Error::Generic)
    }

    fn available_memory(&self, node: &Node) -> Result<u64, Error> {
        self.thunk.available_memory(node.id).map_err(|_| Error::Generic)
    }

    fn page_size(&self) -> u64 {
        self.thunk.driver().kernel().page_size()
    }

    fn group_base(&self, node: &Node) -> u64 {
        let apertures = self.thunk.apertures().unwrap_or_default();
        apertures
            .iter()
            .find(|aperture| aperture.gpu_id == node.gpu_id.0)
            .map_or(0, |aperture| aperture.lds.0)
    }

    fn flush_registers(&self, node: &Node) -> Option<u64> {
        let services = self.thunk.services().ok()?;
        let gpu = services.memory.gpu(node.gpu_id.0)?;
        services.memory.registers(gpu).map(|page| page.base)
    }

    fn allocate_shared(&self, bytes: u64) -> Result<u64, Error> {
        let memory = &self.thunk.services().map_err(|error| out_of_resources(&error))?.memory;
        let request = Request { node: NodeId(0), size: bytes, alignment: 0, at: None, flags: Self::SIGNALS };
        let address = memory.allocate(request).map_err(|error| out_of_resources(&error))?;
        memory.map_to_gpus(address, bytes).map_err(|error| {
            // The mapping's failure is what the user hears of.
            let _ = memory.free(address);
            out_of_resources(&error)
        })?;
        Ok(address)
    }

    fn create_event(&self) -> Option<Event> {
        let memory = &self.thunk.services().ok()?.memory;
        self.thunk.events().create(memory, event_type::SIGNAL, NodeId(0), true, false).ok()
    }

    fn set_event(&self, event: &Event) {
        // It exists as long as the process; in a forked child nobody waits for it.
        let _ = self.thunk.events().set(event.id);
    }

    fn wait_events(&self, waits: &mut [Wait], milliseconds: u32) -> Result<(), Error> {
        match self.thunk.events().wait(waits, false, milliseconds) {
            Err(error) if error.status != Status::WaitTimeout => Err(Error::Generic),
            _ => Ok(()),
        }
    }

    fn watch_faults(&self) -> Option<FaultWatch> {
        kfd_fault::watch(&self.thunk)
    }

    fn next_faults(&self, watch: &FaultWatch, at_most: Duration) -> Option<Vec<Fault>> {
        kfd_fault::next(&self.thunk, watch, at_most)
    }

    fn unwatch_faults(&self, watch: &FaultWatch) {
        kfd_fault::unwatch(&self.thunk, watch);
    }

    fn close(&self) {
        // The kernel undoes it anyway when the descriptor closes; a refusal has no consequence.
        let _ = self.thunk.runtime_disable();
    }
}

pub(super) fn out_of_resources(error: &thunk::Error) -> Error {
    complain(&error.to_string());
    Error::OutOfResources
}
