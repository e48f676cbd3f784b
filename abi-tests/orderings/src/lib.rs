//! Files of the runtime in which threads and GPUs share words, compiled with words of loom's, which know every order that
//! Rust's memory model allows, not only those of the processor that the test runs on. `tests/models.rs` runs them.
#![expect(missing_docs, reason = "the modules' files say what they are")]
#![expect(dead_code, reason = "not everything is modelled")]

#[path = "../../../hsa-runtime/src/signal/free.rs"]
pub mod free;
#[path = "../../../hsa-runtime/src/queue/protocol.rs"]
pub mod packets;
#[path = "../../../hsa-runtime/src/loader/place.rs"]
pub mod place;
#[path = "../../../hsa-runtime/src/signal/protocol.rs"]
pub mod signal;
pub mod sync;
#[path = "../../../hsa-runtime/src/queue/turn.rs"]
pub mod turn;

pub mod handle;

mod arch {
    /// Lines of caches have no part in what is allowed.
    #[derive(Default)]
    pub struct Line<T>(pub T);
}
