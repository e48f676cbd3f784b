//! libhsakmt.so.1.
