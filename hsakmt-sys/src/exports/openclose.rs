//! Opening and closing, version, clocks. Answers to upstream's `openclose.c`, `version.c` and `time.c`.

use super::{exports, process};
use hsakmt_thunk::{
    Status,
    abi::{HsaClockCounters, HsaVersionInfo},
    topology::model::GpuId,
};

exports! {
    /// Opens the driver; counts when it is open.
    fn hsaKmtOpenKFD() {
        let openings = process::change().open()?;
        if openings > 1 { Err(Status::KernelAlreadyOpened.into()) } else { Ok(()) }
    }

    /// Takes one opening back.
    fn hsaKmtCloseKFD() {
        process::change().close()
    }

    /// The driver's interface version.
    fn hsaKmtGetVersion(VersionInfo: *mut HsaVersionInfo) {
        let version = process::thunk()?.version();
        VersionInfo.write(HsaVersionInfo {
            KernelInterfaceMajorVersion: version.major,
            KernelInterfaceMinorVersion: version.minor,
        })
    }

    /// Clocks of a node.
    fn hsaKmtGetClockCounters(NodeId: u32, Counters: *mut HsaClockCounters) {
        let thunk = process::thunk()?;
        let counters = thunk.clock_counters(GpuId(process::gpu_id(NodeId)?))?;
        Counters.write(HsaClockCounters {
            GPUClockCounter: counters.gpu,
            CPUClockCounter: counters.cpu,
            SystemClockCounter: counters.system,
            SystemClockFrequencyHz: counters.system_frequency,
        })
    }

    /// Frequency of a GPU's clock, Hz.
    fn hsaKmtGetNodeWallclockFrequency(NodeId: u32, Frequency: *mut u64) {
        Frequency.check()?;
        let khz = process::with_node(NodeId, |node| node.drm.map(|drm| drm.counter_frequency_khz))?;
        Frequency.write(u64::from(khz.ok_or(Status::Error)?) * 1000)
    }
}
