//! What the runtime asks of a driver in a debugger's place, for core dumps.
#![forbid(unsafe_code)]

/// Records of one kind, as the kernel's header has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// All of them.
    pub bytes: Vec<u8>,
    /// How many there are.
    pub count: u32,
    /// Bytes of one.
    pub each: u32,
}

/// What a debugger is told of a process: `kfd_runtime_info`, `kfd_dbg_device_info_entry` and `kfd_queue_snapshot_entry` of
/// kfd_ioctl.h.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessState {
    /// Version of the interface that the records are of.
    pub version: (u32, u32),
    /// The runtime.
    pub runtime: Vec<u8>,
    /// The GPUs.
    pub devices: Entries,
    /// The queues.
    pub queues: Entries,
}

/// A queue, as the runtime knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnQueue {
    /// What the driver knows it by.
    pub id: u64,
    /// The driver's number of its GPU.
    pub gpu_id: u32,
    /// Address and bytes of the ring.
    pub ring: (u64, u64),
    /// Address of the read index.
    pub read_index: u64,
    /// Address of the write index.
    pub write_index: u64,
}

/// Debugging of the process by itself.
pub trait Debugging {
    /// Whether the kernel's core dumps of processes have what GPUs have, too.
    fn dumps_cores(&self) -> bool;

    /// Becomes the process's debugger and stops its queues, until [`Self::end_debugging`].
    ///
    /// # Errors
    /// Why not, in words: there is another debugger, the driver has no such interface, or queues would not be the same
    /// afterwards.
    fn begin_debugging(&self) -> Result<ProcessState, String>;

    /// Ends it: queues go on.
    fn end_debugging(&self);

    /// Where the waves of a queue are saved: address and bytes. None of no queue.
    fn save_area(&self, queue: u64) -> Option<(u64, u64)>;

    /// The same state by what the process knows itself, without what went wrong with GPUs and queues. The caller has stopped
    /// the queues.
    ///
    /// # Errors
    /// Why not, in words: no debugger knows a driver that is so old.
    fn own_state(&self, queues: &[OwnQueue]) -> Result<ProcessState, String>;
}
