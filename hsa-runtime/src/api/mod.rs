//! The entries: one function an entry, which validates, looks handles up and calls the rooms below. Named by the
//! lists in `table`; `table`'s documentation tells how to add one.
#![forbid(unsafe_code)]

pub mod agent;
pub mod cache;
pub mod code_object;
pub mod code_symbol;
pub mod copy;
pub mod copy_batch;
pub mod executable;
pub mod extension;
pub mod file;
pub mod image;
pub mod image_copy;
pub mod ipc;
pub mod isa;
pub mod life;
pub mod loader;
pub mod lock;
pub mod memory;
mod missing;
pub mod pc_sampling;
pub mod pointer;
pub mod pool;
pub mod profiling;
pub mod queue;
pub mod queue_create;
pub mod queue_index;
pub mod reader;
pub mod region;
pub mod semaphore;
pub mod share;
pub mod signal;
pub mod signal_batch;
pub mod signal_wait;
pub mod spm;
pub mod status;
pub mod svm;
pub mod symbol;
pub mod system;
pub mod transfer;
pub mod vmem;

pub use self::missing::missing;
