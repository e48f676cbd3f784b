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
//! ```
//!
//! Paths are the client's, links of sysfs not followed: `*` stands for any text without a slash, `**` for any text.
//! `after` (default 0) lets that many matching calls through, `times` (default: no limit) is how many are struck
//! then, and `nth = n` is short for `after = n - 1, times = 1`. A vanished directory answers ENOENT to everything
//! but is still listed by its parent, as in the race that it stands for.
#![forbid(unsafe_code)]

mod counter;
mod pattern;
mod plan;

pub use pattern::matches;
pub use plan::{Distortion, Plan};
