//! Debugging for tests: there is none.
#![forbid(unsafe_code)]

use super::FakeDriver;
use crate::driver::debugging::{Debugging, OwnQueue, ProcessState};

impl Debugging for FakeDriver {
    fn dumps_cores(&self) -> bool {
        true
    }

    fn begin_debugging(&self) -> Result<ProcessState, String> {
        Err("no debugger".into())
    }

    fn end_debugging(&self) {}

    fn save_area(&self, _: u64) -> Option<(u64, u64)> {
        None
    }

    fn own_state(&self, _: &[OwnQueue]) -> Result<ProcessState, String> {
        Err("no debugger".into())
    }
}
