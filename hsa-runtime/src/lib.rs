//! libhsa-runtime64.so.1: the HSA runtime. Each module says what it is and what it may touch; ARCHITECTURE.md has
//! the map.

mod abi;
mod api;
mod boundary;
mod table;
