//! SMI event streams: a file for each subscriber, to which the client writes which events it wants, and from which it
//! reads them as lines of text. Mirrors amdkfd/kfd_smi_events.c. Of its events the simulator has the two that tell of
//! processes; migrations, faults, evictions and resets do not happen here. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Call, Errno, File, FileId, Host, State};
use crate::uapi::kfd::kfd_ioctl_smi_events_args;
use crate::uapi::kfd_flags::KFD_SMI_EVENT_PROCESS_START;
use crate::uapi::layout::Plain;

/// `struct kfd_smi_client`
pub(crate) struct SmiClient {
    /// Index of the GPU node that it listens to.
    gpu: usize,
    /// Bit `n - 1` asks for event `n`; none at first.
    events: u64,
}

/// `kfd_ioctl_smi_events` and `kfd_smi_event_open`
pub(super) fn open(call: &mut Call, args: &mut kfd_ioctl_smi_events_args) -> Result<(), Errno> {
    let device = call.device(args.gpuid)?;
    let gpu = call.process().devices[device].gpu;
    let file = call.state.add_file(File::Smi(SmiClient { gpu, events: 0 }));
    let opened = call.host.open_stream(file);
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
        let gpu = call.process().devices[device].gpu;
        let (pid, command) = (call.process().pid, call.host.command());
        let text = format!("{pid:x} {command}\n");
        tell(&mut call.state, call.host, gpu, KFD_SMI_EVENT_PROCESS_START, &text);
    }
}

/// `kfd_smi_event_add`
fn tell(state: &mut State, host: &dyn Host, gpu: usize, event: u32, text: &str) {
    let clients = state.files.iter_mut().filter_map(|(id, file)| match file {
        File::Smi(client) if client.gpu == gpu => Some((*id, client)),
        _ => None,
    });
    for (file, client) in clients {
        client.hear(host, file);
        if client.events >> (event - 1) & 1 != 0 {
            host.stream_put(file, format!("{event:x} {text}").as_bytes());
        }
    }
}

impl SmiClient {
    /// `kfd_smi_ev_write`, looked at when it matters: the last mask that the client wrote is the one that counts.
    fn hear(&mut self, host: &dyn Host, file: FileId) {
        let written = host.stream_take(file);
        if let Some(mask) = written.chunks_exact(size_of::<u64>()).next_back() {
            self.events = u64::get(mask);
        }
    }
}
