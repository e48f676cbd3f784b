//! `scripts/bench runtime`: what operations of libhsa-runtime64 cost, ours beside that of ROCr 6.4.3.

use abi_tests::{compile::Program, machine::Machine, suite::Suite};

use crate::operation::{Operation, print};

/// Lines of the table: name, the client's words, repetitions of the shorter run.
const OPERATIONS: [(&str, &[&str], u64); 8] = [
    ("signal create, destroy", &["create"], 1000),
    ("signal load", &["load"], 1000),
    ("signal store", &["store"], 1000),
    ("signal subtract", &["subtract"], 1000),
    ("signal wait, met", &["wait"], 1000),
    ("handler among 1", &["handler", "1"], 100),
    ("handler among 1,000", &["handler", "1000"], 100),
    // More than the driver has events.
    ("handler among 10,000", &["handler", "10000"], 100),
];

/// Prints the table.
pub fn run() {
    let machine = Machine::new("desktop-7900xtx");
    let program = Program::ours("hsa_bench");
    let operations = OPERATIONS.iter().map(|&(name, words, repeats)| {
        let operation = Operation {
            suite: Suite::Sid,
            machine: &machine,
            program: &program,
            words,
            repeats,
            watched: true,
        };
        (name, operation)
    });
    print(operations);
}
