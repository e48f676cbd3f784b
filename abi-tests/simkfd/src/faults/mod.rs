//! The fault plan: which call of a client fails, and how. Pure; the preload face asks before it serves a call.
//! A plan is a TOML file (environment `SIMKFD_FAULTS`) of rules. The rules of a kind are asked in their order,
//! and the first that strikes decides:
//!
//! ```toml
//! [[fault]]                        # the second CREATE_QUEUE fails
//! ioctl = "CREATE_QUEUE"           # a name of the trace; "*" matches every ioctl
//! errno = "ENOMEM"
//! nth = 2
//!
//! [[fault]]                        # opening this file fails, from the fourth time on
//! open = "/sys/devices/virtual/kfd/kfd/topology/nodes/1/mem_banks/*/properties"
//! errno = "EACCES"
//! after = 3
//!
//! [[fault]]                        # it opens, but reading it fails, as a device cgroup makes it
//! read = "/sys/devices/virtual/kfd/kfd/topology/nodes/1/gpu_id"
//! errno = "EPERM"
//!
//! [[fault]]                        # each read(2) gives at most 7 bytes
//! read = "/sys/devices/virtual/kfd/**"
//! short = 7
//!
//! [[fault]]                        # the file ends after 100 bytes
//! read = "/proc/cpuinfo"
//! truncate = 100
//!
//! [[fault]]                        # the node is gone after two opens of files in it
//! vanish = "/sys/devices/virtual/kfd/kfd/topology/nodes/2"
//! after = 2
//!
//! [[fault]]                        # the number grows by one at each of the first three opens after the first
//! bump = "/sys/devices/virtual/kfd/kfd/topology/generation_id"
//! after = 1
//! times = 3
//!
//! [[fault]]                        # memory is mapped on one device, and the call fails: n_success tells 1
//! ioctl = "MAP_MEMORY_TO_GPU"      # or UNMAP_MEMORY_FROM_GPU
//! errno = "ENOMEM"
//! done = 1
//!
//! [[fault]]                        # the second GPU is reset before the third wait begins
//! ioctl = "WAIT_EVENTS"
//! incident = "GPU_RESET"
//! gpu = 1                          # counted from 0, which is meant when nothing is said
//! nth = 3
//!
//! [[fault]]                        # the second interrupt by which a GPU signals an event does not arrive
//! interrupt = "lost"
//! nth = 2
//!
//! [[fault]]                        # the third packet that the second GPU begins meets an address that is not mapped
//! packet = "MEMORY_FAULT"
//! address = 0x7000_0000
//! gpu = 1
//! nth = 3
//!
//! [[fault]]                        # the first GPU hangs in the turn of a wave in which the thousandth instruction is run
//! instruction = "HANG"
//! nth = 1000
//! ```
//!
//! | incident | what happens |
//! |---|---|
//! | `THERMAL_THROTTLE` | an SMI event |
//! | `VM_FAULT` | a memory exception at `address`, with its SMI event |
//! | `PAGE_FAULT` | a fault at `address` that is mended: two SMI events |
//! | `GPU_RESET` | SMI events before and after, the hardware exception; the process's queues stay off all GPUs |
//! | `SRAM_ECC` | the same for a memory error within the GPU: memory events tell of it, too |
//! | `SPURIOUS_EVENTS` | all signal events of the process are set: every wait for one of them wakes up |
//!
//! An ioctl with an incident is then served as ever. What goes wrong at a `packet` or an `instruction` is
//! `MEMORY_FAULT` (at `address`) or `ILLEGAL_INSTRUCTION`, which end the queue as they do on hardware, `HANG`, or an
//! incident of the table, with which the queue hangs, too.
//!
//! Paths are the client's, links of sysfs not followed: `*` stands for any text without a slash, `**` for any text.
//! `after` (default 0) lets that many matching calls through, `times` (default: no limit) is how many are struck
//! then, and `nth = n` is short for `after = n - 1, times = 1`. A vanished directory answers ENOENT to everything
//! but is still listed by its parent, as in the race that it stands for.
#![forbid(unsafe_code)]

mod counter;
mod pattern;
mod plan;
mod text;

pub use pattern::matches;
pub use plan::{Distortion, Failure, Mishap, Plan, Work};
