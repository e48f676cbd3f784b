//! Faults of GPUs: who hears of them, and the thread that waits for them.
//!
//! The thread starts with the first queue or function that wants to hear, sleeps in the driver, and ends with the runtime. A fault
//! of which nobody takes care ends the process, as upstream's does: results would be wrong. Answers to VMFaultHandler
//! and HwExceptionHandler of upstream's `runtime.cpp`.
#![forbid(unsafe_code)]

use std::{
    process,
    sync::Arc,
    thread::{self, JoinHandle},
};

use hsakmt_thunk::kernel::thread as quiet;
use parking_lot::Mutex;

use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::{BoundEventHandler, Error},
    driver::fault::{Fault, FaultWatch, HardwareException, MemoryFault},
    log::complain,
};

/// Its name in lists of threads.
const THREAD: &str = "hsa-faults";

/// Kinds of memory errors: KFD_MEM_ERR_SRAM_ECC, _POISON_CONSUMED and _GPU_HANG of kfd_ioctl.h.
mod memory_error {
    pub const SRAM_ECC: u32 = 1;
    pub const POISON_CONSUMED: u32 = 2;
    pub const GPU_HANG: u32 = 3;
}

/// KFD_HW_EXCEPTION_ECC of kfd_ioctl.h: why a GPU was reset.
const RESET_FOR_ECC: u32 = 1;

type Handlers = Arc<Mutex<Vec<BoundEventHandler>>>;

/// Who hears of faults.
pub struct Faults {
    machine: Arc<Machine>,
    handlers: Handlers,
    watch: Mutex<Option<(FaultWatch, JoinHandle<()>)>>,
}

impl Faults {
    pub fn new(machine: Arc<Machine>) -> Self {
        Self { machine, handlers: Handlers::default(), watch: Mutex::default() }
    }

    /// Adds a function that hears of every fault from now on.
    ///
    /// # Errors
    /// `OutOfResources` if the driver does not tell of faults, or without a thread.
    pub fn add(&self, handler: BoundEventHandler) -> Result<(), Error> {
        self.start()?;
        self.handlers.lock().push(handler);
        Ok(())
    }

    /// Begins to listen. Whoever starts work on a GPU wants that: without, a fault hangs the process.
    ///
    /// # Errors
    /// As for [`Self::add`].
    pub fn start(&self) -> Result<(), Error> {
        let mut running = self.watch.lock();
        if running.is_none() {
            let watch = self.machine.driver.watch_faults().ok_or(Error::OutOfResources)?;
            let (machine, handlers) = (Arc::clone(&self.machine), Arc::clone(&self.handlers));
            let thread = quiet::spawn(THREAD, move || listen(&machine, &watch, &handlers));
            *running = Some((watch, thread.map_err(|_| Error::OutOfResources)?));
        }
        Ok(())
    }

    /// Ends the thread, unless this is it.
    pub fn end(&self) {
        let Some((watch, thread)) = self.watch.lock().take() else { return };
        self.machine.driver.set_event(&watch.end);
        if thread.thread().id() != thread::current().id() {
            // It panics never; a function of the user's that unwinds ends the process.
            let _ = thread.join();
        }
        self.machine.driver.unwatch_faults(&watch);
    }
}

fn listen(machine: &Machine, watch: &FaultWatch, handlers: &Handlers) {
    loop {
        let faults = machine.driver.next_faults(watch);
        if faults.is_empty() {
            return;
        }
        if faults.into_iter().any(|fault| !is_handled(machine, fault, handlers)) {
            process::abort();
        }
    }
}

/// Tells everybody; whether any of them took care of it. Otherwise one line says what happened.
fn is_handled(machine: &Machine, fault: Fault, handlers: &Handlers) -> bool {
    let id = match fault {
        Fault::Memory(fault) => fault.gpu_id,
        Fault::Hardware(exception) => exception.gpu_id,
    };
    let agent = machine.gpus().find(|gpu| gpu.node.gpu_id.0 == id);
    let handle = agent.map_or(hsa_agent_t { handle: 0 }, |agent| machine.handle_of(agent));
    let event = match fault {
        Fault::Memory(fault) => memory_event(handle, fault),
        Fault::Hardware(exception) => hardware_event(handle, exception),
    };
    let handlers = handlers.lock().clone();
    // All of them hear of it, whatever the others say.
    let answers: Vec<hsa_status_t> = handlers.iter().map(|handler| handler.call(&event)).collect();
    let handled = answers.contains(&HSA_STATUS_SUCCESS);
    if !handled {
        complain(&describe(agent, handle, fault));
    }
    handled
}

fn memory_event(agent: hsa_agent_t, fault: MemoryFault) -> hsa_amd_event_t {
    let reasons = [
        (fault.not_present, HSA_AMD_MEMORY_FAULT_PAGE_NOT_PRESENT),
        (fault.read_only, HSA_AMD_MEMORY_FAULT_READ_ONLY),
        (fault.no_execute, HSA_AMD_MEMORY_FAULT_NX),
        (fault.imprecise, HSA_AMD_MEMORY_FAULT_IMPRECISE),
        (fault.error_type == memory_error::SRAM_ECC, HSA_AMD_MEMORY_FAULT_SRAMECC),
        (fault.error_type == memory_error::POISON_CONSUMED, HSA_AMD_MEMORY_FAULT_DRAMECC),
        (fault.error_type == memory_error::GPU_HANG, HSA_AMD_MEMORY_FAULT_HANG),
    ];
    let fault_reason_mask = reasons.iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason.0).sum();
    let memory_fault =
        hsa_amd_gpu_memory_fault_info_t { agent, virtual_address: fault.address, fault_reason_mask };
    let anonymous0 = hsa_amd_event_t_anonymous0 { memory_fault };
    hsa_amd_event_t { event_type: HSA_AMD_GPU_MEMORY_FAULT_EVENT, anonymous0 }
}

fn hardware_event(agent: hsa_agent_t, exception: HardwareException) -> hsa_amd_event_t {
    let ecc = exception.reset_cause == RESET_FOR_ECC;
    let reset_cause = if ecc { HSA_AMD_HW_EXCEPTION_CAUSE_ECC } else { HSA_AMD_HW_EXCEPTION_CAUSE_GPU_HANG };
    let reset_type = HSA_AMD_HW_EXCEPTION_RESET_TYPE_OTHER;
    let hw_exception = hsa_amd_gpu_hw_exception_info_t { agent, reset_type, reset_cause };
    let anonymous0 = hsa_amd_event_t_anonymous0 { hw_exception };
    hsa_amd_event_t { event_type: HSA_AMD_GPU_HW_EXCEPTION_EVENT, anonymous0 }
}

/// The line that upstream prints, for which people search.
fn describe(agent: Option<&Agent>, handle: hsa_agent_t, fault: Fault) -> String {
    let node = agent.map_or_else(|| "?".into(), |agent| agent.node.id.0.to_string());
    let handle = handle.handle;
    match fault {
        Fault::Memory(fault) => {
            let imprecise = if fault.imprecise { "(may not be exact address)" } else { "" };
            format!(
                "Memory access fault by GPU node-{node} (Agent handle: {handle:#x}) on address {:#x}{imprecise}. \
                 Reason: {}.",
                fault.address,
                reason(fault)
            )
        }
        Fault::Hardware(exception) => {
            let reason = if exception.reset_cause == RESET_FOR_ECC { "ECC" } else { "GPU Hang" };
            format!("HW Exception by GPU node-{node} (Agent handle: {handle:#x}) reason :{reason}")
        }
    }
}

fn reason(fault: MemoryFault) -> &'static str {
    match fault {
        MemoryFault { not_present: true, .. } => "Page not present or supervisor privilege",
        MemoryFault { read_only: true, .. } => "Write access to a read-only page",
        MemoryFault { no_execute: true, .. } => "Execute access to a page marked NX",
        MemoryFault { error_type: memory_error::SRAM_ECC, .. } => "SRAM ECC failure",
        MemoryFault { error_type: memory_error::POISON_CONSUMED, .. } => "DRAM ECC failure",
        MemoryFault { error_type: memory_error::GPU_HANG, .. } => "Generic hang recovery",
        _ => "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        agent::{discovery, fixture},
        config::Config,
        driver::{Driver, fake::FakeDriver},
        handle::Epoch,
    };
    use hsakmt_thunk::topology::model::Snapshot;
    use std::sync::mpsc;

    fn machine(driver: Arc<FakeDriver>) -> Machine {
        let (gpu, _) = fixture::gpu(1, (11, 0, 0), 1 << 30);
        let snapshot = Snapshot { nodes: vec![fixture::cpu(0, 1 << 30), gpu], ..Default::default() };
        let config = Config::new(|_| None);
        discovery::discover(config, driver as Arc<dyn Driver>, &snapshot, false, Epoch::new(1))
    }

    /// What happens to the GPU of node 1, whose kernel id is 101.
    fn fault(address: u64) -> Fault {
        Fault::Memory(MemoryFault { gpu_id: 101, address, not_present: true, ..Default::default() })
    }

    #[test]
    fn everybody_hears_of_a_fault_and_one_has_to_take_care() {
        let machine = machine(Arc::default());
        let (sender, receiver) = mpsc::channel();
        let answering = |status: hsa_status_t| {
            let sender = sender.clone();
            BoundEventHandler::of_test(move |event| {
                let _ = sender.send(event.event_type);
                status
            })
        };
        let handlers = Handlers::default();
        assert!(!is_handled(&machine, fault(0x5000), &handlers));
        handlers.lock().extend([answering(HSA_STATUS_SUCCESS), answering(HSA_STATUS_ERROR)]);
        assert!(is_handled(&machine, fault(0x5000), &handlers));
        let hang = Fault::Hardware(HardwareException { gpu_id: 101, ..Default::default() });
        handlers.lock().remove(0);
        assert!(!is_handled(&machine, hang, &handlers));
        let heard: Vec<_> = receiver.try_iter().collect();
        let (memory, hardware) = (HSA_AMD_GPU_MEMORY_FAULT_EVENT, HSA_AMD_GPU_HW_EXCEPTION_EVENT);
        assert_eq!(heard, [memory, memory, hardware]);
    }

    #[test]
    fn the_line_is_upstreams() {
        let machine = machine(Arc::default());
        let gpu = machine.gpus().next();
        let handle = hsa_agent_t { handle: 0xab };
        let said = describe(gpu, handle, fault(0x12_3000));
        let wanted = "Memory access fault by GPU node-1 (Agent handle: 0xab) on address 0x123000. \
                      Reason: Page not present or supervisor privilege.";
        assert_eq!(said, wanted);
        let hang = Fault::Hardware(HardwareException { gpu_id: 7, ..Default::default() });
        assert_eq!(
            describe(None, handle, hang),
            "HW Exception by GPU node-? (Agent handle: 0xab) reason :GPU Hang"
        );
    }

    #[test]
    fn the_thread_starts_with_who_wants_to_hear_and_goes_on_after_a_fault() {
        let driver = Arc::new(FakeDriver::default());
        driver.faults.lock().extend([fault(1), fault(2)]);
        let faults = Faults::new(Arc::new(machine(Arc::clone(&driver))));
        faults.end();
        let (sender, receiver) = mpsc::channel();
        let handler = BoundEventHandler::of_test(move |event| {
            let _ = sender.send(event.event_type);
            HSA_STATUS_SUCCESS
        });
        faults.handlers.lock().push(handler);
        faults.start().unwrap();
        assert!(receiver.recv().is_ok() && receiver.recv().is_ok());
        faults.end();
        assert!(receiver.try_recv().is_err());
    }
}
