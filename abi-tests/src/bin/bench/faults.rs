//! `scripts/bench faults`: how long it takes from the packet that goes wrong until the last wait for its queue has returned
//! with the error, on our runtime; upstream's leaves them waiting. What the simulated GPU takes to come to the packet is in it.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    run::{Client, Library},
    suite::Suite,
};

/// What goes wrong (`clients/faults.c`).
const FAULTS: [&str; 4] = ["memory", "abort", "illegal", "packet"];
const RUNS: usize = 11;
/// What is wanted: ten milliseconds.
const WANTED: u64 = 10_000;

pub fn run() {
    let Some(kernels) = Kernel::new("meeting", &["-O2"]) else {
        println!("no compiler for the GPU's kernels here");
        return;
    };
    let (machine, program) = (Machine::new("desktop-7900xtx"), Program::ours("faults"));
    println!("microseconds until the last wait has returned, of {RUNS} runs; wanted: {WANTED} at most");
    println!("{:12}{:>12}{:>12}{:>12}", "fault", "least", "middle", "most");
    for what in FAULTS {
        let mut times: Vec<u64> = (0..RUNS)
            .map(|_| {
                let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).within(60);
                let client = client.arg(&kernels.path().to_string_lossy()).arg(what).arg("both").arg("time");
                let outcome = client.env("SIMKFD_GPU", "1").run();
                let time = outcome.stdout.lines().find_map(|line| line.strip_prefix("microseconds: "));
                time.and_then(|time| time.parse().ok()).unwrap_or_else(|| panic!("{outcome:?}"))
            })
            .collect();
        times.sort_unstable();
        println!("{what:12}{:>12}{:>12}{:>12}", times[0], times[RUNS / 2], times[RUNS - 1]);
    }
}
