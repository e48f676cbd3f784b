//! SMI event streams: a file for each subscriber, to which the client writes which events it wants, and from which it
//! reads them as lines of text, in the formats of kfd_ioctl.h (KFD_EVENT_FMT_*). Mirrors amdkfd/kfd_smi_events.c.
//! Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Call, Clock, Errno, File, Host, Process};
use crate::uapi::kfd::kfd_ioctl_smi_events_args;
use crate::uapi::kfd_flags::*;

/// `struct kfd_smi_client`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Index of the GPU node that it listens to.
    pub gpu: usize,
    /// Who opened it: of other processes it hears only what concerns all,
    pub pid: u32,
    /// unless it was a super user's.
    pub suser: bool,
    /// Bit `n - 1` asks for event `n`; none at first.
    pub events: u64,
}

impl Listener {
    /// `kfd_smi_ev_enabled`. KFD_SMI_EVENT_ALL_PROCESS, which the header has for super users, is not looked at.
    fn hears(&self, what: &Event) -> bool {
        let concerned = self.suser || what.pid.is_none_or(|pid| pid == self.pid);
        self.gpu == what.gpu && concerned && self.events >> (what.event - 1) & 1 != 0
    }
}

/// What there is to tell.
pub(crate) struct Event {
    /// Index of the GPU node.
    pub gpu: usize,
    /// KFD_SMI_EVENT_*
    pub event: u32,
    /// The process that it concerns; none when it concerns all.
    pub pid: Option<u32>,
    pub text: String,
}

/// `kfd_ioctl_smi_events` and `kfd_smi_event_open`
pub(super) fn open(call: &mut Call, args: &mut kfd_ioctl_smi_events_args) -> Result<(), Errno> {
    let device = call.device(args.gpuid)?;
    let (gpu, pid) = (call.process().devices[device].gpu, call.process().pid);
    let suser = call.host.is_admin();
    let file = call.state.add_file(File::Smi);
    let opened = call.host.open_stream(file, Listener { gpu, pid, suser, events: 0 });
    if opened.is_err() {
        call.state.files.remove(&file);
    }
    args.anon_fd = opened? as u32;
    Ok(())
}

/// `kfd_smi_event_process`: tells all who listen to a GPU that a process has begun to use it. Since KFD 1.18
/// (assumed: it came with Linux 6.16, between two versions of the interface).
pub(super) fn process_started(call: &mut Call, device: usize) {
    if call.machine.kfd_at_least(18) {
        let host = call.host;
        tell(host, &of_process(call.process(), device, KFD_SMI_EVENT_PROCESS_START, host));
    }
}

/// The same of the end of the calling process, on every device that it used.
pub(super) fn process_ends(call: &mut Call) {
    let (host, young) = (call.host, call.machine.kfd_at_least(18));
    let process = call.process();
    let used = (0..process.devices.len()).filter(|device| young && process.devices[*device].vm.is_some());
    used.for_each(|device| tell(host, &of_process(process, device, KFD_SMI_EVENT_PROCESS_END, host)));
}

/// The two events that tell of a process: its id and name.
pub(super) fn of_process(process: &Process, device: usize, event: u32, host: &dyn Host) -> Event {
    let text = format!("{:x} {}\n", process.pid, host.command());
    Event { gpu: process.devices[device].gpu, event, pid: None, text }
}

/// `kfd_smi_event_update_vmfault`: which process a GPU node faulted for.
pub(super) fn of_vm_fault(process: &Process, gpu: usize, host: &dyn Host) -> Event {
    let text = format!("{:x}:{}\n", process.pid, host.command());
    Event { gpu, event: KFD_SMI_EVENT_VMFAULT, pid: None, text }
}

/// `kfd_smi_event_page_fault_start` and `kfd_smi_event_page_fault_end`: on a node, by its index and its id, at a page,
/// with the letter that ends the line.
pub(super) fn of_page_fault(
    process: &Process,
    (gpu, node): (usize, u32),
    event: u32,
    (page, what): (u64, char),
    host: &dyn Host,
) -> Event {
    let text = format!("{} -{} @{page:x}({node:x}) {what}\n", host.clock_ns(Clock::Boottime), process.pid);
    Event { gpu, event, pid: Some(process.pid), text }
}

/// `kfd_smi_event_unmap_from_gpu`: shared virtual memory of these pages is gone from a device; why it is
/// (KFD_SVM_UNMAP_TRIGGER_*).
pub(crate) fn of_unmap(
    process: &Process,
    device: usize,
    pages: (u64, u64),
    trigger: u32,
    host: &dyn Host,
) -> Event {
    let (gpu, count) = (&process.devices[device], pages.1 - pages.0 + 1);
    let text = format!(
        "{} -{} @{:x}({count:x}) {:x} {trigger}\n",
        host.clock_ns(Clock::Boottime),
        process.pid,
        pages.0,
        gpu.node_id
    );
    Event { gpu: gpu.gpu, event: KFD_SMI_EVENT_UNMAP_FROM_GPU, pid: Some(process.pid), text }
}

/// Pages on their way from one place to another.
pub(crate) struct Migration {
    /// The device that is told of: the one that is not the system's memory.
    pub device: usize,
    /// First and last page.
    pub pages: (u64, u64),
    /// Ids of nodes, or 0 for system memory.
    pub from: u32,
    pub to: u32,
    /// Where the range was to be prefetched, and where it is best.
    pub prefetch: u32,
    pub preferred: u32,
    /// KFD_MIGRATE_TRIGGER_*
    pub trigger: u32,
}

impl Migration {
    /// `kfd_smi_event_migration_start` and `kfd_smi_event_migration_end`, with no error.
    pub fn events(&self, process: &Process, host: &dyn Host) -> [Event; 2] {
        let Migration { pages, from, to, prefetch, preferred, trigger, .. } = self;
        let count = pages.1 - pages.0 + 1;
        let who = format!("{} -{}", host.clock_ns(Clock::Boottime), process.pid);
        let way = format!("{who} @{:x}({count:x}) {from:x}->{to:x}", pages.0);
        let of = |event, text| Event {
            gpu: process.devices[self.device].gpu,
            event,
            pid: Some(process.pid),
            text,
        };
        [
            of(KFD_SMI_EVENT_MIGRATE_START, format!("{way} {prefetch:x}:{preferred:x} {trigger}\n")),
            of(KFD_SMI_EVENT_MIGRATE_END, format!("{way} {trigger} 0\n")),
        ]
    }
}

/// `kfd_smi_event_queue_eviction` on every device of a process whose queues stop; why they do
/// (KFD_QUEUE_EVICTION_TRIGGER_*).
pub(super) fn of_eviction(process: &Process, trigger: u32, host: &dyn Host) -> Vec<Event> {
    of_queues(process, KFD_SMI_EVENT_QUEUE_EVICTION, trigger, host)
}

/// `kfd_smi_event_queue_restore` on every device of a process whose queues run again.
pub(super) fn of_restore(process: &Process, host: &dyn Host) -> Vec<Event> {
    of_queues(process, KFD_SMI_EVENT_QUEUE_RESTORE, 0, host)
}

fn of_queues(process: &Process, event: u32, what: u32, host: &dyn Host) -> Vec<Event> {
    let of = |device: &super::process::ProcessDevice| Event {
        gpu: device.gpu,
        event,
        pid: Some(process.pid),
        text: format!("{} -{} {:x} {what}\n", host.clock_ns(Clock::Boottime), process.pid, device.node_id),
    };
    process.devices.iter().map(of).collect()
}

/// Tells that the caller's queues stop.
pub(crate) fn queues_evicted(call: &mut Call, trigger: u32) {
    let host = call.host;
    of_eviction(call.process(), trigger, host).iter().for_each(|event| tell(host, event));
}

/// Tells that the caller's queues run again.
pub(crate) fn queues_restored(call: &mut Call) {
    let host = call.host;
    of_restore(call.process(), host).iter().for_each(|event| tell(host, event));
}

impl Call<'_> {
    /// Tells all who listen.
    pub fn tell(&self, event: &Event) {
        tell(self.host, event);
    }
}

/// `kfd_smi_event_add`
pub(super) fn tell(host: &dyn Host, what: &Event) {
    for (stream, _) in host.listeners().into_iter().filter(|(_, listener)| listener.hears(what)) {
        host.stream_put(stream, format!("{:x} {}", what.event, what.text).as_bytes());
    }
}
