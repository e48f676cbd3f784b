//! AMDKFD_IOC_PC_SAMPLE, which AMD's own driver has and Linux's has not (`[kernel] sampling` of a machine): who samples
//! program counters on which GPU, and how often. Mirrors kfd_pc_sampling.c of ROCK-Kernel-Driver, version 1.5 of its
//! change log; the traps themselves are the GPU's. Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use crate::contract::{Call, Errno, ProcessId, State, lowest_free};
use crate::uapi::kfd::{kfd_ioctl_pc_sample_args, kfd_pc_sample_info};
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

/// `kfd_node.pcs_data`: what there is on a GPU.
#[derive(Default)]
pub(crate) struct Samplers {
    /// `sampling_idr`
    sessions: BTreeMap<u32, Session>,
    /// The number after the one that was given last.
    next: u32,
}

/// `struct pc_sampling_entry`, and what its method's entry of the device remembers.
#[derive(Clone, Copy)]
struct Session {
    process: ProcessId,
    info: kfd_pc_sample_info,
    enabled: bool,
}

/// `sample_info_hosttrap_9_0_0`
const HOST_TRAP: kfd_pc_sample_info = kfd_pc_sample_info {
    interval: 0,
    interval_min: 1,
    interval_max: u64::MAX,
    flags: 0,
    method: KFD_IOCTL_PCS_METHOD_HOSTTRAP,
    r#type: KFD_IOCTL_PCS_TYPE_TIME_US,
};

/// `sample_info_stoch_cycle_9_4_3`
const STOCHASTIC: kfd_pc_sample_info = kfd_pc_sample_info {
    interval: 0,
    interval_min: 256,
    interval_max: 1 << 31,
    flags: KFD_IOCTL_PCS_FLAG_POWER_OF_2,
    method: KFD_IOCTL_PCS_METHOD_STOCHASTIC,
    r#type: KFD_IOCTL_PCS_TYPE_CLOCK_CYCLES,
};

/// `kfd_ioctl_pc_sample` and `kfd_pc_sample`
pub(crate) fn serve(call: &mut Call, args: &mut kfd_ioctl_pc_sample_args) -> Result<(), Errno> {
    let device = call.device(args.gpu_id)?;
    // kfd_bind_process_to_device
    call.process().vm(device).map_err(|_| Errno::ESRCH)?;
    let gpu = call.process().devices[device].gpu;
    match args.op {
        KFD_IOCTL_PCS_OP_QUERY_CAPABILITIES | KFD_IOCTL_PCS_OP_CREATE if call.process().runtime.traps => {
            Err(Errno::EBUSY)
        }
        KFD_IOCTL_PCS_OP_QUERY_CAPABILITIES => query(call, gpu, args),
        KFD_IOCTL_PCS_OP_CREATE => create(call, gpu, args),
        op => change(call, (device, gpu), op, args.trace_id),
    }
}

/// `supported_formats`, for the GPUs that the machine's driver samples.
fn formats(call: &Call, gpu: usize) -> Vec<kfd_pc_sample_info> {
    let gfx = call.machine.gpus[gpu].gfx;
    if !call.machine.kernel.sampling.contains(&gfx) {
        return Vec::new();
    }
    match gfx {
        90402 | 90500 => vec![HOST_TRAP, STOCHASTIC],
        _ => vec![HOST_TRAP],
    }
}

/// `kfd_pc_sample_query_cap`
fn query(call: &mut Call, gpu: usize, args: &mut kfd_ioctl_pc_sample_args) -> Result<(), Errno> {
    let room = args.num_sample_info;
    // Not for Linux, says the source: the version of what samples.
    args.version = KFD_IOCTL_PCS_MAJOR_VERSION << 16 | KFD_IOCTL_PCS_MINOR_VERSION;
    let formats = formats(call, gpu);
    if formats.is_empty() {
        return Err(Errno::EOPNOTSUPP);
    }
    let samplers = call.state.samplers.entry(gpu).or_default();
    if args.flags != KFD_IOCTL_PCS_QUERY_TYPE_FULL && !samplers.sessions.is_empty() {
        // Stochastic sampling comes first.
        let methods = [KFD_IOCTL_PCS_METHOD_STOCHASTIC, KFD_IOCTL_PCS_METHOD_HOSTTRAP];
        let used: Vec<_> = methods.iter().filter_map(|method| samplers.used(*method)).collect();
        args.num_sample_info = used.len() as u32;
        let told = used.len().min(if args.sample_info_ptr == 0 { 0 } else { room as usize });
        return call.write_array(args.sample_info_ptr, &used[..told]);
    }
    args.num_sample_info = formats.len() as u32;
    if args.sample_info_ptr == 0 || room == 0 {
        return Ok(());
    }
    if room < args.num_sample_info {
        return Err(Errno::ENOSPC);
    }
    call.write_array(args.sample_info_ptr, &formats)
}

/// `kfd_pc_sample_create`
fn create(call: &mut Call, gpu: usize, args: &mut kfd_ioctl_pc_sample_args) -> Result<(), Errno> {
    if args.num_sample_info != 1 {
        return Err(Errno::EINVAL);
    }
    let mut bytes = [0; kfd_pc_sample_info::SIZE];
    call.host.read_user(args.sample_info_ptr, &mut bytes)?;
    let wanted = kfd_pc_sample_info::get(&bytes);
    let formats = formats(call, gpu);
    let fits = |format: &&kfd_pc_sample_info| {
        (wanted.method, wanted.r#type) == (format.method, format.r#type)
            && (format.interval_min..=format.interval_max).contains(&wanted.interval)
    };
    let format = formats.iter().find(fits).ok_or(Errno::EOPNOTSUPP)?;
    if format.flags == KFD_IOCTL_PCS_FLAG_POWER_OF_2 && !wanted.interval.is_power_of_two() {
        return Err(Errno::EINVAL);
    }
    let process = call.process;
    let samplers = call.state.samplers.entry(gpu).or_default();
    if let Some(used) = samplers.used(wanted.method).filter(|used| used.to_bytes() != bytes) {
        call.host.write_user(args.sample_info_ptr, &used.to_bytes())?;
        return Err(Errno::EEXIST);
    }
    args.trace_id = samplers.add(Session { process, info: wanted, enabled: false });
    // kfd_dbg_enable_ttmp_setup
    call.process().runtime.info.ttmp_setup = 1;
    Ok(())
}

/// The rest of `kfd_pc_sample`: of a session of the caller's.
fn change(call: &mut Call, (device, gpu): (usize, usize), op: u32, id: u32) -> Result<(), Errno> {
    let process = call.process;
    let samplers = call.state.samplers.entry(gpu).or_default();
    let mine = |session: &&mut Session| session.process == process;
    let session = samplers.sessions.get_mut(&id).filter(mine).ok_or(Errno::EINVAL)?;
    match (op, session.enabled) {
        (KFD_IOCTL_PCS_OP_DESTROY, true) => return Err(Errno::EBUSY),
        (KFD_IOCTL_PCS_OP_DESTROY, false) => drop(samplers.sessions.remove(&id)),
        (KFD_IOCTL_PCS_OP_START, true) | (KFD_IOCTL_PCS_OP_STOP, false) => return Err(Errno::EALREADY),
        (KFD_IOCTL_PCS_OP_START, false) => session.enabled = true,
        (KFD_IOCTL_PCS_OP_STOP, true) => {
            session.enabled = false;
            // remap_queue: all queues leave the hardware once, and no wave is in the trap handler then.
            for (_, queue) in call.process().queues.newest_first().filter(|(_, one)| one.device == device) {
                queue.remaps += 1;
            }
        }
        _ => return Err(Errno::EINVAL),
    }
    Ok(())
}

impl Samplers {
    /// What the device's entry of a method says, while it has sessions.
    fn used(&self, method: u32) -> Option<kfd_pc_sample_info> {
        self.sessions.values().map(|session| session.info).find(|info| info.method == method)
    }

    /// `idr_alloc_cyclic` from 1 on.
    fn add(&mut self, session: Session) -> u32 {
        let id = lowest_free(self.sessions.keys(), self.next.max(1));
        self.next = id + 1;
        self.sessions.insert(id, session);
        id
    }
}

/// Microseconds between two traps of a process's waves on a GPU (`kfd_pc_sample_thread`), while they are for it
/// (`kfd_process_set_trap_pc_sampling_flag`).
pub(crate) fn interval(state: &State, process: ProcessId, gpu: usize) -> Option<u32> {
    let samplers = state.samplers.get(&gpu)?;
    let mut traps = samplers.sessions.values().filter(|session| {
        session.enabled && session.process == process && session.info.method == KFD_IOCTL_PCS_METHOD_HOSTTRAP
    });
    // The driver keeps 32 bits of it, and does not trap at all if they are 0.
    traps.next().map(|session| session.info.interval as u32).filter(|interval| *interval != 0)
}

/// Whether a process has sessions, while which nobody debugs it (`pc_sampling_ref`).
pub(crate) fn is_sampled(state: &State, process: ProcessId) -> bool {
    let mut sessions = state.samplers.values().flat_map(|samplers| samplers.sessions.values());
    sessions.any(|session| session.process == process)
}

/// `kfd_pc_sample_release`: a process has none any more.
pub(crate) fn release(state: &mut State, process: ProcessId) {
    for samplers in state.samplers.values_mut() {
        samplers.sessions.retain(|_, session| session.process != process);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Host, testing::*};

    /// A machine whose driver samples its first GPU, by host traps.
    fn rig() -> Rig {
        let mut machine = machine(vec![gpu(GPU, 1, 110000), gpu(PEER, 2, 90402)]);
        machine.kernel.sampling = vec![110000];
        Rig::on(machine).bind()
    }

    fn ask(rig: &Rig, op: u32, gpu_id: u32, trace_id: u32) -> Result<i32, Errno> {
        rig.ioctl(0x85, &mut kfd_ioctl_pc_sample_args { op, gpu_id, trace_id, ..Default::default() })
    }

    fn create(rig: &Rig, info: kfd_pc_sample_info) -> Result<u32, Errno> {
        rig.host_write(SCRATCH, &info.to_bytes());
        let mut args = kfd_ioctl_pc_sample_args {
            op: KFD_IOCTL_PCS_OP_CREATE,
            gpu_id: GPU,
            sample_info_ptr: SCRATCH,
            num_sample_info: 1,
            ..Default::default()
        };
        rig.ioctl(0x85, &mut args).map(|_| args.trace_id)
    }

    fn every(interval: u64) -> kfd_pc_sample_info {
        kfd_pc_sample_info { interval, ..HOST_TRAP }
    }

    #[test]
    fn linux_does_not_know_the_number() {
        let rig = Rig::bound();
        assert_eq!(ask(&rig, KFD_IOCTL_PCS_OP_QUERY_CAPABILITIES, GPU, 0), Err(Errno::ENOTTY));
    }

    #[test]
    fn what_can_be_sampled_is_told_and_while_it_is_how() {
        let rig = rig();
        let query = |gpu_id: u32, room: u32, at: u64| {
            let mut args = kfd_ioctl_pc_sample_args {
                gpu_id,
                num_sample_info: room,
                sample_info_ptr: at,
                ..Default::default()
            };
            rig.ioctl(0x85, &mut args).map(|_| (args.num_sample_info, args.version))
        };
        let told = || {
            let mut bytes = [0; kfd_pc_sample_info::SIZE];
            rig.host.read_user(SCRATCH, &mut bytes).unwrap();
            kfd_pc_sample_info::get(&bytes)
        };
        assert_eq!(query(GPU, 0, 0), Ok((1, 1 << 16 | 5)));
        assert_eq!(query(GPU, 1, SCRATCH).map(|_| told().interval), Ok(0));
        assert_eq!(query(PEER, 0, 0), Err(Errno::EOPNOTSUPP), "the machine does not sample it");
        assert_eq!(query(0, 0, 0), Err(Errno::EINVAL));
        assert_eq!(query(GPU, 1, 8), Err(Errno::EFAULT));
        create(&rig, every(7)).unwrap();
        assert_eq!(query(GPU, 4, SCRATCH).map(|(count, _)| (count, told().interval)), Ok((1, 7)));
    }

    #[test]
    fn one_interval_serves_all_sessions_of_a_gpu() {
        let rig = rig();
        let first = create(&rig, every(7)).unwrap();
        assert_eq!(create(&rig, every(8)), Err(Errno::EEXIST));
        let second = create(&rig, every(7)).unwrap();
        assert_eq!((first, second), (1, 2));
        assert_eq!(ask(&rig, KFD_IOCTL_PCS_OP_DESTROY, GPU, 2), Ok(0));
        assert_eq!(create(&rig, every(7)), Ok(3), "numbers go on");
        for (info, error) in [
            (every(0), Errno::EOPNOTSUPP),
            (kfd_pc_sample_info { r#type: 1, ..every(7) }, Errno::EOPNOTSUPP),
            (kfd_pc_sample_info { interval: 256, ..STOCHASTIC }, Errno::EOPNOTSUPP),
        ] {
            assert_eq!(create(&rig, info), Err(error));
        }
    }

    #[test]
    fn a_session_is_started_stopped_and_destroyed_in_turn() {
        let rig = rig();
        use Errno as E;
        let id = create(&rig, every(7)).unwrap();
        let ask = |op, id| ask(&rig, op, GPU, id);
        let traps = || rig.kernel.gpu_view(0, &rig.host).sampling;
        assert_eq!(ask(KFD_IOCTL_PCS_OP_STOP, id), Err(E::EALREADY));
        assert_eq!((ask(KFD_IOCTL_PCS_OP_START, id), traps()), (Ok(0), Some(7)));
        assert_eq!(ask(KFD_IOCTL_PCS_OP_START, id), Err(E::EALREADY));
        assert_eq!(ask(KFD_IOCTL_PCS_OP_DESTROY, id), Err(E::EBUSY));
        assert_eq!((ask(KFD_IOCTL_PCS_OP_STOP, id), traps()), (Ok(0), None));
        assert_eq!(ask(7, id), Err(E::EINVAL));
        assert_eq!(ask(KFD_IOCTL_PCS_OP_DESTROY, id), Ok(0));
        assert_eq!(ask(KFD_IOCTL_PCS_OP_START, id), Err(E::EINVAL));
        assert_eq!(rig.kernel.gpu_view(1, &rig.host).sampling, None);
    }
}
