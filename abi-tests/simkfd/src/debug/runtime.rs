//! AMDKFD_IOC_RUNTIME_ENABLE, and the rendezvous with a debugger: under one, the runtime sleeps until the debugger
//! has taken note. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::target::Target;
use super::{exceptions, session};
use crate::contract::{Call, Errno, HeldFile, ProcessId};
use crate::uapi::kfd::{kfd_ioctl_runtime_enable_args, kfd_runtime_info};
use crate::uapi::kfd_flags::*;

/// What the runtime told of itself, and how a debugger watches (`struct kfd_runtime_info` and its neighbours in
/// `struct kfd_process`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Runtime {
    pub info: kfd_runtime_info,
    /// A debugger is attached (`debug_trap_enabled`).
    pub traps: bool,
    /// The file that tells it of exceptions.
    pub file: Option<HeldFile>,
    /// The process that attached, when it is another one (`debugger_process`).
    pub debugger: Option<ProcessId>,
    /// The exceptions that it wants to hear of (`exception_enable_mask`).
    pub enabled: u64,
    /// Those of the process itself that it was not told of yet (`exception_status`).
    pub exceptions: u64,
    /// KFD_DBG_TRAP_FLAG_*
    pub flags: u32,
    /// How often the debugger let the runtime go on (`runtime_enable_sema`).
    go_on: u32,
    /// A signal ended the last rendezvous (`is_runtime_retry`).
    retry: bool,
}

impl Runtime {
    /// Lets the runtime go on (`up`).
    pub fn release(&mut self) {
        self.go_on += 1;
    }
}

/// `kfd_ioctl_runtime_enable`
pub(crate) fn enable(call: &mut Call, args: &mut kfd_ioctl_runtime_enable_args) -> Result<(), Errno> {
    if args.mode_mask & KFD_RUNTIME_ENABLE_MODE_ENABLE_MASK == 0 {
        return disable(call);
    }
    let retry = call.process().runtime.retry;
    if !retry {
        announce(call, args)?;
    }
    if !call.process().runtime.traps {
        return Ok(());
    }
    if !retry {
        session::activate(&mut own(call));
        exceptions::raise_process(&mut own(call), kfd_ec_mask(EC_PROCESS_RUNTIME));
    }
    meet(call)
}

/// `runtime_enable`: `EBUSY` when the runtime is enabled already, `EEXIST` when queues exist.
fn announce(call: &mut Call, args: &kfd_ioctl_runtime_enable_args) -> Result<(), Errno> {
    let process = call.process();
    if process.runtime.info.runtime_state != DEBUG_RUNTIME_STATE_DISABLED {
        return Err(Errno::EBUSY);
    }
    if !process.queues.is_empty() {
        return Err(Errno::EEXIST);
    }
    process.runtime.info = kfd_runtime_info {
        r_debug: args.r_debug,
        runtime_state: DEBUG_RUNTIME_STATE_ENABLED,
        ttmp_setup: u32::from(args.mode_mask & KFD_RUNTIME_ENABLE_MODE_TTMP_SAVE_MASK != 0),
    };
    Ok(())
}

/// `runtime_disable`
fn disable(call: &mut Call) -> Result<(), Errno> {
    let info = &mut call.process().runtime.info;
    let was_enabled = info.runtime_state == DEBUG_RUNTIME_STATE_ENABLED;
    (info.runtime_state, info.r_debug) = (DEBUG_RUNTIME_STATE_DISABLED, 0);
    if call.process().runtime.traps {
        if was_enabled {
            session::deactivate(&mut own(call));
        }
        if !call.process().runtime.retry {
            exceptions::raise_process(&mut own(call), kfd_ec_mask(EC_PROCESS_RUNTIME));
        }
        meet(call)?;
    }
    call.process().runtime.info.ttmp_setup = 0;
    Ok(())
}

/// `down_interruptible`: sleeps until the debugger sends EC_PROCESS_RUNTIME. `EINTR`: a signal came first, and the
/// next call goes on where this one stopped.
fn meet(call: &mut Call) -> Result<(), Errno> {
    loop {
        let runtime = &mut call.process().runtime;
        if runtime.go_on > 0 {
            runtime.go_on -= 1;
            runtime.retry = false;
            return Ok(());
        }
        if let Err(error) = call.sleep(None) {
            call.process().runtime.retry = true;
            return Err(error);
        }
    }
}

fn own<'c, 'a>(call: &'c mut Call<'a>) -> Target<'c, 'a> {
    let id = call.process;
    Target { call, id }
}
