//! `scripts/bench thunk`: what operations of libhsakmt cost, ours beside that of Debian 13 (6.2.4).
//!
//! Each number is the difference of two runs that differ in how often they repeat the operation, divided by the
//! difference: what the program, the loader and the opening cost is in neither. The simulator's instructions are left out.

use abi_tests::{compile::Program, machine::Machine, suite::Suite};

use crate::operation::{Operation, print};

/// Lines of the table: name, the client's words, repetitions of the shorter run.
const OPERATIONS: [(&str, &[&str], u64); 5] = [
    ("allocate, map, unmap, free", &["memory"], 100),
    ("create, set, wait, destroy", &["event"], 100),
    ("look up among 100", &["lookup", "100"], 10_000),
    ("look up among 10,000", &["lookup", "10000"], 10_000),
    ("look up among 1,000,000", &["lookup", MOST], 10_000),
];

/// Allocations at most.
const MOST: &str = "1000000";

/// Prints the table.
pub fn run() {
    let machine = Machine::new("desktop-7900xtx");
    let program = Program::ours("kmt_bench");
    let operations = OPERATIONS.iter().map(|&(name, words, repeats)| {
        let watched = words.last() != Some(&MOST);
        (
            name,
            Operation { suite: Suite::Trixie, machine: &machine, program: &program, words, repeats, watched },
        )
    });
    print(operations);
}
