//! `scripts/bench tools`: what tools cost a program, ours beside that of ROCr 6.4.3 and 7.2.4: a packet of a queue that a
//! handler sees first, and a call that the tracer writes down, each against none.

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};

use crate::operation::{Operation, print};

/// Repetitions of the shorter run under callgrind, and of one that is timed.
const COUNTED: u64 = 1000;
const TIMED: u64 = 10_000;
/// Runs of which the fastest counts.
const RUNS: usize = 5;

/// Prints both tables, or those rows whose names contain `wanted`.
pub fn run(wanted: &str) {
    let machine = Machine::new("desktop-7900xtx");
    let (program, table) = (Program::ours("tools_bench"), Program::tool("table"));
    let (path, table) = (program.path(), table.path().to_string_lossy().into_owned());
    let tracer = project::script("tracer", &[]).expect("the tracer");
    let suites = [Suite::Sid, Suite::Exp].map(|suite| suite.root().map(|_| suite));
    let rows = [
        ("packet", ["packets", ""]),
        ("packet, intercepted", ["packets", &table]),
        ("call", ["calls", ""]),
        ("call, traced", ["calls", tracer.trim()]),
    ];
    let rows = rows.into_iter().filter(|(name, _)| name.contains(wanted));
    let operations: Vec<_> = rows
        .map(|(name, words)| Operation {
            name,
            suites,
            machine: &machine,
            program: &path,
            words,
            repeats: COUNTED,
            running: false,
            target: 1.0,
        })
        .collect();
    println!("{:30}{:14}{:>12}{:>12}{:>12}", "per operation", "", "6.4.3", "7.2.4", "ours");
    for operation in &operations {
        let theirs = suites.map(|suite| suite.map(|suite| time(operation, suite, &Library::Upstream)));
        let [one, other] = theirs.map(|time| time.map_or(String::new(), |time| time.to_string()));
        let first = suites.into_iter().flatten().next().expect("a suite");
        let ours = time(operation, first, &Library::Ours);
        println!("{:30}{:14}{one:>12}{other:>12}{ours:>12}", operation.name, "nanoseconds");
    }
    print(["6.4.3", "7.2.4"], operations.into_iter());
}

/// Nanoseconds of an operation, in the fastest of several runs.
fn time(operation: &Operation, suite: Suite, library: &Library) -> u64 {
    let [what, tool] = operation.words;
    let run = || {
        let client = Client::new(suite, library.clone(), operation.machine, operation.program);
        let outcome = client.arg(what).arg(&TIMED.to_string()).arg(tool).env("LD_BIND_NOW", "1").run();
        let told = outcome.stdout.lines().find_map(|line| line.strip_prefix("nanoseconds: "));
        told.and_then(|time| time.parse::<u64>().ok()).unwrap_or_else(|| panic!("{outcome:?}"))
    };
    (0..RUNS).map(|_| run()).min().expect("several runs")
}
