//! `scripts/bench thunk`: what operations of libhsakmt cost, ours beside that of Debian 13 (6.2.4).
//!
//! Each number is the difference of two runs that differ in how often they repeat the operation, divided by the
//! difference: what the program, the loader and the opening cost is in neither. The simulator's instructions are left out.

use std::fs;

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library},
    suite::Suite,
    trace,
};

use crate::count::{cost_without, total_calls};

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

/// What one operation costs.
struct Cost {
    /// Not counted where strace would watch a million allocations first.
    system_calls: Option<f64>,
    instructions: f64,
}

/// Prints the table.
pub fn run() {
    let machine = Machine::new("desktop-7900xtx");
    let program = Program::ours("kmt_bench");
    println!("{:30}{:14}{:>12}{:>12}{:>8}", "per operation", "", "upstream", "ours", "ratio");
    for (name, words, repeats) in OPERATIONS {
        let measure =
            |library| Operation { library, machine: &machine, program: &program, words, repeats }.measure();
        let (upstream, ours) = (measure(Library::Upstream), measure(Library::Ours));
        let line = |what: &str, theirs: f64, own: f64| {
            let ratio = if theirs > 0.0 { format!("{:8.3}", own / theirs) } else { String::new() };
            println!("{name:30}{what:14}{theirs:12.1}{own:12.1}{ratio}");
        };
        if let (Some(upstream), Some(ours)) = (upstream.system_calls, ours.system_calls) {
            line("system calls", upstream, ours);
        }
        line("instructions", upstream.instructions, ours.instructions);
    }
}

struct Operation<'a> {
    library: Library,
    machine: &'a Machine,
    program: &'a Program,
    words: &'a [&'a str],
    repeats: u64,
}

impl Operation<'_> {
    fn measure(&self) -> Cost {
        Cost {
            system_calls: (self.words.last() != Some(&MOST))
                .then(|| self.each(|repeats| self.ioctls(repeats) + self.mappings(repeats))),
            instructions: self.each(|repeats| self.instructions(repeats)),
        }
    }

    /// What a run of so many repetitions counts, for one of them.
    fn each(&self, count: impl Fn(u64) -> u64) -> f64 {
        (count(2 * self.repeats) as f64 - count(self.repeats) as f64) / self.repeats as f64
    }

    fn client(&self, repeats: u64) -> Client<'_> {
        let client = Client::new(Suite::Trixie, self.library.clone(), self.machine, &self.program.path());
        let client = client.arg(self.words[0]).arg(&repeats.to_string());
        // A million allocations without memory are then one mapping of the kernel's, which allows 65,530.
        self.words[1..].iter().fold(client, |client, word| client.arg(word)).env("HSA_SVM_GUARD_PAGES", "0")
    }

    /// The simulator answers ioctls without the kernel, so they are counted in its trace.
    fn ioctls(&self, repeats: u64) -> u64 {
        let log = tempfile::NamedTempFile::new().expect("temporary file");
        succeed(self.client(repeats).trace(log.path()));
        trace::read(log.path()).len() as u64
    }

    /// Calls about memory, the only others that the thunk makes here. The simulator passes each on.
    fn mappings(&self, repeats: u64) -> u64 {
        let log = tempfile::NamedTempFile::new().expect("temporary file");
        let path = log.path().to_str().expect("plain path").to_owned();
        succeed(self.client(repeats).under(&["strace", "-f", "-c", "-e", "trace=%memory", "-o", &path]));
        total_calls(&fs::read_to_string(log.path()).expect("strace's summary"))
    }

    /// By callgrind, which the client switches on for the operations alone.
    fn instructions(&self, repeats: u64) -> u64 {
        let out = tempfile::NamedTempFile::new().expect("temporary file");
        let file = format!("--callgrind-out-file={}", out.path().display());
        let tool = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--compress-strings=no", &file];
        succeed(self.client(repeats).under(&tool));
        cost_without(&fs::read_to_string(out.path()).expect("callgrind's profile"), "simkfd")
    }
}

fn succeed(client: Client<'_>) {
    let outcome = client.run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
}
