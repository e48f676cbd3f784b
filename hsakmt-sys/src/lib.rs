//! libhsakmt.so.1: the C face of the thunk.
//!
//! Every name of hsakmt.h stands in `exports`; all work is done in `hsakmt-thunk`.

mod exports;
