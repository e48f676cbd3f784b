//! `scripts/bench runtime`: what operations of libhsa-runtime64 cost, ours beside that of ROCr 6.4.3 and 7.2.4.

use std::path::PathBuf;

use abi_tests::{compile::Program, hip, kernel::Kernel, machine::Machine, suite::Suite};

use crate::operation::{Operation, print};

/// A row of the table.
struct Row {
    name: &'static str,
    /// The client's first word, and what it is done with; [`KERNEL`] stands for a file.
    words: (&'static str, &'static str),
    repeats: u64,
    running: bool,
    target: f64,
}

const fn row(name: &'static str, words: (&'static str, &'static str), repeats: u64, target: f64) -> Row {
    Row { name, words, repeats, running: false, target }
}

/// A row of GPUs that run what is put into queues.
const fn running(name: &'static str, words: (&'static str, &'static str), repeats: u64, target: f64) -> Row {
    Row { running: true, ..row(name, words, repeats, target) }
}

/// A code object.
const KERNEL: &str = "KERNEL";

const ROWS: [Row; 17] = [
    row("signal create, destroy", ("create", ""), 1000, 0.5),
    row("signal load", ("load", ""), 1000, 0.5),
    row("signal store", ("store", ""), 1000, 0.5),
    row("signal subtract", ("subtract", ""), 1000, 0.5),
    row("signal wait, met", ("wait", ""), 1000, 0.5),
    row("write index, doorbell", ("doorbell", ""), 1000, 1.0),
    row("allocate, free 4 KiB", ("allocate", "4096"), 100, 1.0),
    row("allocate, free 2 MiB", ("allocate", "2097152"), 100, 1.0),
    row("pointer info among 100", ("pointer", "100"), 1000, 0.5),
    row("pointer info among 100,000", ("pointer", "100000"), 1000, 0.5),
    row("lock, unlock a live range", ("lock", ""), 1000, 0.5),
    running("copy, submitted", ("copy", ""), 100, 1.0),
    running("barrier, handler among 1", ("handler", "1"), 50, 0.5),
    running("barrier, handler among 1,000", ("handler", "1000"), 50, 0.5),
    // More than the driver has events.
    running("barrier, handler among 100,000", ("handler", "100000"), 50, 0.5),
    running("symbol by name", ("symbol", KERNEL), 1000, 0.5),
    running("symbol's address", ("info", KERNEL), 1000, 0.5),
];

/// HIP's launches of a kernel, of which only what the runtime below HIP does is counted.
const LAUNCHES: [(&str, [Option<Suite>; 2]); 2] =
    [("launch by HIP 6.4", [Some(Suite::SidHip), None]), ("launch by HIP 7.2", [None, Some(Suite::ExpHip)])];

/// Prints the table, or those rows whose names contain `wanted`.
pub fn run(wanted: &str) {
    let machine = Machine::new("desktop-7900xtx");
    let program = Program::ours("hsa_bench");
    let path = program.path();
    let suites = [Suite::Sid, Suite::Exp].map(there);
    let kernel = Kernel::new("sums", &["-O1"]);
    let kernel = kernel.as_ref().map(|kernel| kernel.path().to_string_lossy().into_owned());
    let hip = LAUNCHES.map(|(_, suites)| launch(suites));
    let own = ROWS.iter().filter_map(|row| {
        let last = if row.words.1 == KERNEL { kernel.as_deref()? } else { row.words.1 };
        let words = [row.words.0, last];
        let &Row { name, repeats, running, target, .. } = row;
        Some(Operation { name, suites, machine: &machine, program: &path, words, repeats, running, target })
    });
    let launches = LAUNCHES.iter().zip(&hip).filter_map(|(&(name, suites), program)| {
        let (program, words) = (program.as_deref()?, ["launch", ""]);
        let (repeats, running, target) = (200, true, 1.0);
        Some(Operation { name, suites, machine: &machine, program, words, repeats, running, target })
    });
    print(["6.4.3", "7.2.4"], own.chain(launches).filter(|operation| operation.name.contains(wanted)));
}

/// HIP's program, by the compiler of the suite.
fn launch(suites: [Option<Suite>; 2]) -> Option<PathBuf> {
    let suite = suites.into_iter().flatten().find_map(there)?;
    Some(hip::program(suite, "launch.hip"))
}

/// A suite, if it is to be had.
fn there(suite: Suite) -> Option<Suite> {
    suite.root().map(|_| suite)
}
