//! `hsa_init` and `hsa_shut_down`.
#![forbid(unsafe_code)]

use crate::{boundary::Error, runtime, table};

pub fn init() -> Result<(), Error> {
    runtime::init(table::debugger_address())
}

pub fn shut_down() -> Result<(), Error> {
    runtime::shut_down()
}
