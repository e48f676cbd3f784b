//! The C side: repr(C) types and constants under their C names, one module a header of upstream's. Read from
//! the headers of interface version 1.31 (SO version 1.21) and, where older releases differ, from theirs;
//! sizes and offsets are asserted in `layout`. Touches nothing but core.
#![forbid(unsafe_code)]
#![allow(
    dead_code,
    unused_imports,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "the whole ABI under C's names, whether or not a room needs an item yet"
)]

mod amd;
mod amd_queue;
mod amd_signal;
mod c_enum;
mod finalizer;
mod hsa;
mod image;
mod kernel_code;
mod launch;
mod layout;
mod link;
mod loader;
mod pc_sampling;
mod tool;
mod trace;
mod trace_version;

pub(crate) use self::c_enum::c_enum;
pub use self::{
    amd::*, amd_queue::*, amd_signal::*, finalizer::*, hsa::*, image::*, kernel_code::*, launch::*, link::*,
    loader::*, pc_sampling::*, tool::*, trace::*, trace_version::*,
};
