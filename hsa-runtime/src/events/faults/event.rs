//! Faults in the words of hsa_ext_amd.h, and in the line that upstream prints. Pure.
#![forbid(unsafe_code)]

use crate::{
    abi::*,
    agent::Agent,
    driver::fault::{Fault, HardwareException, MemoryFault},
};

/// Kinds of memory errors: KFD_MEM_ERR_SRAM_ECC, _POISON_CONSUMED and _GPU_HANG of kfd_ioctl.h.
mod memory_error {
    pub const SRAM_ECC: u32 = 1;
    pub const POISON_CONSUMED: u32 = 2;
    pub const GPU_HANG: u32 = 3;
}

/// KFD_HW_EXCEPTION_ECC of kfd_ioctl.h: why a GPU was reset.
const RESET_FOR_ECC: u32 = 1;

/// What handlers of system events hear of.
pub fn event(agent: hsa_agent_t, fault: &Fault) -> hsa_amd_event_t {
    match fault {
        Fault::Memory(fault) => memory_event(agent, fault),
        Fault::Hardware(exception) => hardware_event(agent, exception),
    }
}

/// What is wrong with memory: whether it is that, the bit for handlers, the word for records, and upstream's sentence.
type Reason = (bool, hsa_amd_memory_fault_reason_t, &'static str, &'static str);

/// Each reason that a driver can tell.
fn reasons(fault: &MemoryFault) -> [Reason; 7] {
    let is = |error| fault.error_type == error;
    [
        (
            fault.not_present,
            HSA_AMD_MEMORY_FAULT_PAGE_NOT_PRESENT,
            "not-present",
            "Page not present or supervisor privilege",
        ),
        (fault.read_only, HSA_AMD_MEMORY_FAULT_READ_ONLY, "read-only", "Write access to a read-only page"),
        (fault.no_execute, HSA_AMD_MEMORY_FAULT_NX, "no-execute", "Execute access to a page marked NX"),
        (is(memory_error::SRAM_ECC), HSA_AMD_MEMORY_FAULT_SRAMECC, "sram-ecc", "SRAM ECC failure"),
        (is(memory_error::POISON_CONSUMED), HSA_AMD_MEMORY_FAULT_DRAMECC, "dram-ecc", "DRAM ECC failure"),
        (is(memory_error::GPU_HANG), HSA_AMD_MEMORY_FAULT_HANG, "hang", "Generic hang recovery"),
        (fault.imprecise, HSA_AMD_MEMORY_FAULT_IMPRECISE, "imprecise", "Unknown"),
    ]
}

fn memory_event(agent: hsa_agent_t, fault: &MemoryFault) -> hsa_amd_event_t {
    let fault_reason_mask =
        reasons(fault).iter().filter(|(holds, ..)| *holds).map(|(_, reason, ..)| reason.0).sum();
    let memory_fault =
        hsa_amd_gpu_memory_fault_info_t { agent, virtual_address: fault.address, fault_reason_mask };
    let anonymous0 = hsa_amd_event_t_anonymous0 { memory_fault };
    hsa_amd_event_t { event_type: HSA_AMD_GPU_MEMORY_FAULT_EVENT, anonymous0 }
}

fn hardware_event(agent: hsa_agent_t, exception: &HardwareException) -> hsa_amd_event_t {
    let ecc = exception.reset_cause == RESET_FOR_ECC;
    let reset_cause = if ecc { HSA_AMD_HW_EXCEPTION_CAUSE_ECC } else { HSA_AMD_HW_EXCEPTION_CAUSE_GPU_HANG };
    let reset_type = HSA_AMD_HW_EXCEPTION_RESET_TYPE_OTHER;
    let hw_exception = hsa_amd_gpu_hw_exception_info_t { agent, reset_type, reset_cause };
    let anonymous0 = hsa_amd_event_t_anonymous0 { hw_exception };
    hsa_amd_event_t { event_type: HSA_AMD_GPU_HW_EXCEPTION_EVENT, anonymous0 }
}

/// Why memory could not be accessed, in a record's words.
pub fn words(fault: &MemoryFault) -> String {
    let words: Vec<&str> =
        reasons(fault).iter().filter(|(holds, ..)| *holds).map(|(.., word, _)| *word).collect();
    if words.is_empty() { "unknown".into() } else { words.join(",") }
}

/// Why a GPU was reset, likewise.
pub fn word(exception: &HardwareException) -> &'static str {
    if exception.reset_cause == RESET_FOR_ECC { "ecc" } else { "hang" }
}

/// The line that upstream prints, for which people search.
pub fn line(agent: Option<&Agent>, handle: hsa_agent_t, fault: &Fault) -> String {
    let node = agent.map_or_else(|| "?".into(), |agent| agent.node.id.0.to_string());
    let handle = handle.handle;
    match fault {
        Fault::Memory(fault) => {
            let imprecise = if fault.imprecise { "(may not be exact address)" } else { "" };
            let reasons = reasons(fault);
            let reason = reasons.iter().find(|(holds, ..)| *holds).map_or("Unknown", |(.., said)| said);
            format!(
                "Memory access fault by GPU node-{node} (Agent handle: {handle:#x}) on address {:#x}{imprecise}. \
                 Reason: {reason}.",
                fault.address,
            )
        }
        Fault::Hardware(exception) => {
            let reason = if exception.reset_cause == RESET_FOR_ECC { "ECC" } else { "GPU Hang" };
            format!("HW Exception by GPU node-{node} (Agent handle: {handle:#x}) reason :{reason}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_upstreams() {
        let (node, isa) = crate::agent::fixture::gpu(1, (11, 0, 0), 1 << 30);
        let gpu = Some(crate::agent::Gpu::new(isa));
        let agent = Agent { index: 1, node, gpu, npu: None, pools: 0..0, caches: 0..0 };
        let handle = hsa_agent_t { handle: 0xab };
        let fault = MemoryFault { address: 0x12_3000, not_present: true, ..Default::default() };
        let said = line(Some(&agent), handle, &Fault::Memory(fault));
        let wanted = "Memory access fault by GPU node-1 (Agent handle: 0xab) on address 0x123000. \
                      Reason: Page not present or supervisor privilege.";
        assert_eq!(said, wanted);
        let hang = Fault::Hardware(HardwareException { gpu_id: 7, ..Default::default() });
        assert_eq!(
            line(None, handle, &hang),
            "HW Exception by GPU node-? (Agent handle: 0xab) reason :GPU Hang"
        );
    }

    #[test]
    fn reasons_have_their_bits_and_words() {
        let fault = MemoryFault { read_only: true, imprecise: true, error_type: 1, ..Default::default() };
        let wanted =
            [HSA_AMD_MEMORY_FAULT_READ_ONLY, HSA_AMD_MEMORY_FAULT_SRAMECC, HSA_AMD_MEMORY_FAULT_IMPRECISE];
        let told = memory_event(hsa_agent_t { handle: 1 }, &fault);
        assert_eq!(told.event_type, HSA_AMD_GPU_MEMORY_FAULT_EVENT);
        assert_eq!(words(&fault), "read-only,sram-ecc,imprecise");
        let bits =
            reasons(&fault).iter().filter(|(holds, ..)| *holds).map(|(_, bit, ..)| *bit).collect::<Vec<_>>();
        assert_eq!(bits, wanted);
        assert_eq!(
            (words(&MemoryFault::default()).as_str(), word(&HardwareException::default())),
            ("unknown", "hang")
        );
    }
}
