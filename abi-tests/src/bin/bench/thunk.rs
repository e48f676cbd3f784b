//! `scripts/bench thunk`: what operations of libhsakmt cost, ours beside that of Debian 13 (6.2.4).

use abi_tests::{compile::Program, machine::Machine, suite::Suite};

use crate::operation::{Operation, print};

/// Lines of the table: name, the client's words, repetitions of the shorter run, at most which part of upstream's.
const OPERATIONS: [(&str, [&str; 2], u64, f64); 5] = [
    ("allocate, map, unmap, free", ["memory", ""], 100, 1.0),
    ("create, set, wait, destroy", ["event", ""], 100, 1.0),
    ("look up among 100", ["lookup", "100"], 10_000, 0.5),
    ("look up among 10,000", ["lookup", "10000"], 10_000, 0.5),
    ("look up among 1,000,000", ["lookup", "1000000"], 10_000, 0.5),
];

/// Prints the table, or those rows whose names contain `wanted`.
pub fn run(wanted: &str) {
    let machine = Machine::new("desktop-7900xtx");
    let program = Program::ours("kmt_bench");
    let path = program.path();
    let operation = |&(name, words, repeats, target)| Operation {
        name,
        suites: [Some(Suite::Trixie), None],
        machine: &machine,
        program: &path,
        words,
        repeats,
        running: false,
        target,
    };
    print(
        ["6.2.4", ""],
        OPERATIONS.iter().map(operation).filter(|operation| operation.name.contains(wanted)),
    );
}
