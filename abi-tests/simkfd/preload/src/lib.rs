//! The LD_PRELOAD face of the simulated machine: it takes the place of libc's path, descriptor, ioctl and mmap
//! functions, leads paths of the machine into its tree, and serves the device files with `simkfd::contract`.
//! **The unsafe room of the simulator**: libc's names can be defined in no other way.
//!
//! | environment | meaning |
//! |---|---|
//! | `SIMKFD_ROOT` | the machine's tree; without it every call goes straight to libc |
//! | `SIMKFD_REDIRECT` | `from=to:from=to`: further path prefixes and where they lead |
//! | `SIMKFD_FAULTS` | fault plan, see `simkfd::faults` |
//! | `SIMKFD_TRACE` | file that gets a line for each call on a device file, see `simkfd::trace` |
//! | `SIMKFD_COVERAGE` | file that gets a line for each ioctl and outcome, see `simkfd coverage` |
//! | `SIMKFD_GPU` | `1`: the GPUs run what is put into queues; otherwise nothing ever does |
//! | `SIMKFD_REPORT` | `1`: print the kernel's report at exit even if nothing unimplemented was asked for |
//!
//! The hooks take fixed arguments where libc's prototypes are variadic (`open`, `ioctl`, ...). On the 64-bit ABIs
//! of Linux for x86, arm64, POWER (ELFv2) and RISC-V a variadic integer argument travels in the same register as a
//! named one, and reading one that the caller did not pass gives garbage, not a fault.
//!
//! Each process has a kernel of its own. What processes of one machine share lies in the folder `run` of its tree: the
//! memory of each (`arena`), how much of the machine's each has in use (`usage`), who holds buffers that were shared
//! (`objects`), and who listens to what happens to GPUs (`streams`). A dma-buf's descriptor tells by its content what
//! it stands for (`shared`). Events and queues of other processes are not seen, so that a debugger finds nothing.
//!
//! Calls that this library makes itself while it serves a hook go to libc: see `entry`.

mod arena;
mod cookie;
mod devices;
mod entry;
mod face;
mod files;
mod gpu;
mod heap;
mod hooks;
mod host;
mod mappings;
mod maps;
mod next;
mod objects;
mod process;
mod shared;
mod streams;
mod tree;
mod usage;
mod user;
