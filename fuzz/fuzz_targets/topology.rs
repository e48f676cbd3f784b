//! The topology's text: whatever the files say, reading them ends, in time and without a panic.
#![no_main]

mod machine;

use hsakmt_thunk::{Config, Thunk};
use libfuzzer_sys::fuzz_target;
use machine::Machine;

fuzz_target!(|input: (Vec<(u8, Vec<u8>)>, Vec<u8>)| {
    let (files, answers) = input;
    let machine = Machine::with(files);
    machine.answers().set(answers);
    if let Ok(thunk) = Thunk::open(Box::new(machine), Config::default()) {
        let _ = thunk.reread_topology();
        let _ = thunk.services();
    }
});
