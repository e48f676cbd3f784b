//! What happens to a machine without anybody's asking: heat, faults, resets. A fault plan brings it about. Mirrors the
//! callers of amdkfd/kfd_smi_events.c in kfd_device.c, kfd_svm.c and the interrupt handlers. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::smi::{self, Event};
use super::{Call, Host, Kernel, PageFault, queues_evicted};
use crate::uapi::kfd::{kfd_hsa_hw_exception_data, kfd_hsa_memory_exception_data};
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::Layout;

/// `SMU_THROTTLER_TEMP_GPU_BIT`
const TOO_HOT: u64 = 1 << 32;
/// What `amdgpu_reset_get_desc` says of a scheduler that answers no more (assumed).
const HANG: &str = "HWS hang";
/// The same of a RAS error.
const ECC: &str = "RAS";

/// Something that happens to a GPU node and to the calling process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incident {
    /// The GPU is too hot and slows down.
    ThermalThrottle,
    /// It faults at an address, where no retry helps.
    VmFault {
        /// The address.
        address: u64,
    },
    /// It faults at an address, and the driver maps what is there.
    PageFault {
        /// The address.
        address: u64,
    },
    /// It hangs, and is reset with all that it has: the queues of the process stay off it.
    GpuReset,
    /// A memory within it has an error that cannot be corrected: it is reset.
    SramEcc,
    /// All signal events of the process are set, though nobody set them.
    SpuriousEvents,
}

impl Incident {
    /// The incident of a name; `address` is for those that have one.
    pub fn from_name(name: &str, address: u64) -> Option<Incident> {
        match name {
            "THERMAL_THROTTLE" => Some(Incident::ThermalThrottle),
            "VM_FAULT" => Some(Incident::VmFault { address }),
            "PAGE_FAULT" => Some(Incident::PageFault { address }),
            "GPU_RESET" => Some(Incident::GpuReset),
            "SRAM_ECC" => Some(Incident::SramEcc),
            "SPURIOUS_EVENTS" => Some(Incident::SpuriousEvents),
            _ => None,
        }
    }
}

impl Kernel {
    /// Lets something happen to a GPU node, by its index; nothing does on a machine without it, or to a process that
    /// has not opened /dev/kfd.
    pub fn happen(&self, gpu: usize, incident: Incident, host: &dyn Host) {
        if gpu >= self.machine.gpus.len() {
            return;
        }
        if let Incident::VmFault { address } = incident {
            return self.page_fault(gpu, PageFault { address, read_only: false }, host);
        }
        self.on_behalf(host, |call| match incident {
            Incident::ThermalThrottle => throttle(call, gpu),
            Incident::PageFault { address } => retry(call, gpu, address),
            Incident::GpuReset => reset(call, gpu, KFD_HW_EXCEPTION_GPU_HANG),
            Incident::SramEcc => reset(call, gpu, KFD_HW_EXCEPTION_ECC),
            Incident::VmFault { .. } | Incident::SpuriousEvents => {
                call.process().events.set_all_signals();
                call.wake();
            }
        });
    }
}

/// `kgd2kfd_smi_event_throttle`: told of the first node of the device.
fn throttle(call: &mut Call, gpu: usize) {
    let nodes = nodes_of_device(call, gpu);
    let count = call.state.throttles.entry(nodes[0]).or_default();
    *count += 1;
    let text = format!("{TOO_HOT:x}:{count:x}\n");
    call.tell(&Event { gpu: nodes[0], event: KFD_SMI_EVENT_THERMAL_THROTTLE, pid: None, text });
}

/// `svm_range_restore_pages`
fn retry(call: &mut Call, gpu: usize, address: u64) {
    let (host, page) = (call.host, address / call.host.page_size());
    for (event, what) in [(KFD_SMI_EVENT_PAGE_FAULT_START, 'R'), (KFD_SMI_EVENT_PAGE_FAULT_END, 'U')] {
        let node = call.machine.gpus[gpu].id;
        let event = smi::of_page_fault(call.process(), (gpu, node), event, (page, what), host);
        call.tell(&event);
    }
}

/// `kgd2kfd_pre_reset` and `kgd2kfd_post_reset`. The driver puts no queue back that was there before.
fn reset(call: &mut Call, gpu: usize, cause: u32) {
    let nodes = nodes_of_device(call, gpu);
    let count = call.state.resets.entry(nodes[0]).or_default();
    *count += 1;
    let count = *count;
    let told = |event, cause: &str| {
        let text = format!("{count:x} {cause}\n");
        nodes.iter().map(move |gpu| Event { gpu: *gpu, event, pid: None, text: text.clone() })
    };
    let what = if cause == KFD_HW_EXCEPTION_ECC { ECC } else { HANG };
    told(KFD_SMI_EVENT_GPU_PRE_RESET, what).for_each(|event| call.tell(&event));
    call.process().evictions += 1;
    queues_evicted(call, KFD_QUEUE_EVICTION_TRIGGER_SUSPEND);
    nodes.iter().for_each(|gpu| signal_reset(call, *gpu, cause));
    told(KFD_SMI_EVENT_GPU_POST_RESET, "").for_each(|event| call.tell(&event));
    call.wake();
}

/// `kfd_signal_reset_event`: KFD_HW_EXCEPTION_WHOLE_GPU_RESET, which is 0. Errors of memory are told by its events, too.
fn signal_reset(call: &mut Call, gpu: usize, cause: u32) {
    let process = call.process();
    let Some(device) = process.devices.iter().find(|device| device.gpu == gpu) else { return };
    let gpu_id = device.gpu_id;
    let data = kfd_hsa_hw_exception_data { memory_lost: 1, gpu_id, reset_cause: cause, ..Default::default() };
    process.events.signal_exception(KFD_IOC_EVENT_HW_EXCEPTION, &data.to_bytes());
    if cause == KFD_HW_EXCEPTION_ECC {
        let data = kfd_hsa_memory_exception_data {
            imprecise: 1,
            ErrorType: KFD_MEM_ERR_SRAM_ECC,
            gpu_id,
            ..Default::default()
        };
        process.events.signal_memory_exception(&data.to_bytes());
    }
}

/// The nodes of the device that a node is on.
fn nodes_of_device(call: &Call, gpu: usize) -> Vec<usize> {
    let gpus = &call.machine.gpus;
    (0..gpus.len()).filter(|other| gpus[*other].device == gpus[gpu].device).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Errno;
    use crate::contract::testing::*;
    use crate::uapi::kfd::*;

    /// A machine of one GPU, of which everything is listened to.
    fn rig() -> Rig {
        let rig = Rig::on(crate::contract::testing::machine(vec![gpu(GPU, 1, 110000)])).bind();
        let mut args = kfd_ioctl_smi_events_args { gpuid: GPU, anon_fd: 0 };
        assert_eq!(rig.ioctl(0x1f, &mut args), Ok(0));
        rig.host.listened_to.store(u64::MAX, std::sync::atomic::Ordering::Relaxed);
        rig
    }

    fn told(rig: &Rig) -> String {
        String::from_utf8(std::mem::take(&mut rig.host.readable.lock())).expect("text")
    }

    fn event(rig: &Rig, event_type: u32) -> u32 {
        let mut args = kfd_ioctl_create_event_args { event_type, ..Default::default() };
        assert_eq!(rig.ioctl(0x08, &mut args), Ok(0));
        args.event_id
    }

    /// How waiting for an event ends at once, and what it tells.
    fn wait(rig: &Rig, event_id: u32) -> (Result<i32, Errno>, u32, kfd_event_data) {
        let data = kfd_event_data { event_id, ..Default::default() };
        rig.host_write(SCRATCH, &data.to_bytes());
        let mut args =
            kfd_ioctl_wait_events_args { events_ptr: SCRATCH, num_events: 1, ..Default::default() };
        let done = rig.ioctl(0x0c, &mut args);
        let mut bytes = vec![0; kfd_event_data::SIZE];
        rig.host.read_user(SCRATCH, &mut bytes).expect("mapped");
        (done, args.wait_result, crate::uapi::layout::Plain::get(&bytes))
    }

    #[test]
    fn each_incident_is_told_in_the_kernels_words() {
        let rig = rig();
        rig.kernel.happen(0, Incident::ThermalThrottle, &rig.host);
        rig.kernel.happen(0, Incident::ThermalThrottle, &rig.host);
        assert_eq!(told(&rig), "2 100000000:1\n2 100000000:2\n");
        rig.kernel.happen(0, Incident::PageFault { address: 0x5000 }, &rig.host);
        assert_eq!(told(&rig), "7 7000000 -100 @5(1234) R\n8 7000000 -100 @5(1234) U\n");
        rig.kernel.happen(0, Incident::VmFault { address: 0x5000 }, &rig.host);
        assert_eq!(told(&rig), "1 64:client\n");
        rig.kernel.happen(0, Incident::GpuReset, &rig.host);
        assert_eq!(told(&rig), "3 1 HWS hang\n9 7000000 -100 1234 3\n4 1 \n");
        rig.kernel.happen(1, Incident::GpuReset, &rig.host);
        assert_eq!(told(&rig), "", "there is no second GPU");
    }

    #[test]
    fn a_reset_sets_hardware_events_and_keeps_queues_off() {
        let rig = rig();
        let hardware = event(&rig, KFD_IOC_EVENT_HW_EXCEPTION);
        rig.kernel.happen(0, Incident::GpuReset, &rig.host);
        let (done, result, data) = wait(&rig, hardware);
        assert_eq!((done, result), (Ok(0), KFD_IOC_WAIT_RESULT_COMPLETE));
        let lost_memory_of = [1, u64::from(GPU) << 32];
        assert_eq!(data.union_data[1], lost_memory_of[0] | lost_memory_of[1]);
        assert!(rig.kernel.gpu_view(0, &rig.host).queues.iter().all(|queue| !queue.active));
    }

    #[test]
    fn an_error_of_memory_is_told_by_both_kinds_of_events() {
        let rig = rig();
        let (hardware, memory) = (event(&rig, KFD_IOC_EVENT_HW_EXCEPTION), event(&rig, KFD_IOC_EVENT_MEMORY));
        rig.kernel.happen(0, Incident::SramEcc, &rig.host);
        assert_eq!(told(&rig), "3 1 RAS\n9 7000000 -100 1234 3\n4 1 \n");
        assert_eq!(wait(&rig, hardware).2.union_data[0], u64::from(KFD_HW_EXCEPTION_ECC) << 32);
        let data = wait(&rig, memory).2.union_data;
        let error = u64::from(GPU) | u64::from(KFD_MEM_ERR_SRAM_ECC) << 32;
        assert_eq!((data[1] >> 32, data[3]), (1, error), "imprecise");
    }

    #[test]
    fn spurious_events_wake_who_waits_for_any() {
        let rig = rig();
        let signal = event(&rig, KFD_IOC_EVENT_SIGNAL);
        assert_eq!(wait(&rig, signal).1, KFD_IOC_WAIT_RESULT_TIMEOUT);
        rig.kernel.happen(0, Incident::SpuriousEvents, &rig.host);
        assert_eq!(wait(&rig, signal).1, KFD_IOC_WAIT_RESULT_COMPLETE);
    }
}
