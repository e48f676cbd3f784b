//! libdtif.so: the thunk as ROCr 7 loads it when HSA_ENABLE_DTIF=1.
//!
//! Answers to the name list of ROCr's `thunk_loader.cpp`: the thunk's own names, eleven of libdrm's (`drm`), and a
//! beginning and an end (`instance`). libhsakmt.so.1 keeps to its own list, hence a library beside it. The exports are
//! hsakmt-sys's source, compiled once more, since no crate that makes a shared library may be a dependency.

mod drm;
#[path = "../../hsakmt-sys/src/exports/mod.rs"]
mod exports;
mod instance;
