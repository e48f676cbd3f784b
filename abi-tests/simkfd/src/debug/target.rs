//! The process that a debugger acts on. Touches nothing but memory.
#![forbid(unsafe_code)]

use crate::contract::{Call, Process, ProcessId};
use crate::topology::Gpu;

/// What a debugger set on a device of a process, and what it is to be told of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeviceDebug {
    /// `pdd->exception_status`
    pub exceptions: u64,
    /// Watch points of this process (`pdd->alloc_watch_ids`).
    pub watch_points: u32,
    /// The exceptions that trap from the launch on (what of `pdd->spi_dbg_override` user mode sees).
    pub launch_override: u32,
    /// KFD_DBG_TRAP_WAVE_LAUNCH_MODE_*
    pub launch_mode: u8,
}

/// The debugged process, and the call that acts on it.
pub(super) struct Target<'c, 'a> {
    pub call: &'c mut Call<'a>,
    pub id: ProcessId,
}

impl<'a> Target<'_, 'a> {
    /// The process itself.
    pub fn process(&mut self) -> &mut Process {
        self.call.state.processes.get_mut(&self.id).expect("looked up under the same lock")
    }

    /// The GPUs of its devices, in their order.
    pub fn gpus(&mut self) -> Vec<&'a Gpu> {
        let machine = self.call.machine;
        self.process().devices.iter().map(|device| &machine.gpus[device.gpu]).collect()
    }

    /// Writes to the file that the debugger waits on (`dbg_ev_file`).
    pub fn notify(&mut self) {
        if let Some(file) = self.process().runtime.file {
            self.call.host.write_file(file, b".");
        }
    }
}
