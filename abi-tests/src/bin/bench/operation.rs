//! What one operation of a client costs: system calls and instructions, ours beside upstream's.
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

/// An operation: the client's first word, how often, and its other words.
#[derive(Clone, Copy)]
pub struct Operation<'a> {
    /// Whose libraries are upstream's.
    pub suite: Suite,
    pub machine: &'a Machine,
    pub program: &'a Program,
    pub words: &'a [&'a str],
    /// Repetitions of the shorter run.
    pub repeats: u64,
    /// Whether to count system calls: not where strace would watch a million of them first.
    pub watched: bool,
}

/// What one operation costs.
struct Cost {
    system_calls: Option<f64>,
    instructions: f64,
}

/// Prints a table of operations, each with its name.
pub fn print<'a>(operations: impl Iterator<Item = (&'a str, Operation<'a>)>) {
    println!("{:30}{:14}{:>12}{:>12}{:>8}", "per operation", "", "upstream", "ours", "ratio");
    for (name, operation) in operations {
        let (upstream, ours) = (operation.measure(&Library::Upstream), operation.measure(&Library::Ours));
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

impl Operation<'_> {
    fn measure(&self, library: &Library) -> Cost {
        let calls = |repeats| self.ioctls(library, repeats) + self.mappings(library, repeats);
        Cost {
            system_calls: self.watched.then(|| self.each(calls)),
            instructions: self.each(|repeats| self.instructions(library, repeats)),
        }
    }

    /// What a run of so many repetitions counts, for one of them.
    fn each(&self, count: impl Fn(u64) -> u64) -> f64 {
        (count(2 * self.repeats) as f64 - count(self.repeats) as f64) / self.repeats as f64
    }

    fn client(&self, library: &Library, repeats: u64) -> Client<'_> {
        let client = Client::new(self.suite, library.clone(), self.machine, &self.program.path());
        let client = client.arg(self.words[0]).arg(&repeats.to_string());
        // A million allocations without memory are then one mapping of the kernel's, which allows 65,530.
        self.words[1..].iter().fold(client, |client, word| client.arg(word)).env("HSA_SVM_GUARD_PAGES", "0")
    }

    /// The simulator answers ioctls without the kernel, so they are counted in its trace.
    fn ioctls(&self, library: &Library, repeats: u64) -> u64 {
        let log = tempfile::NamedTempFile::new().expect("temporary file");
        succeed(self.client(library, repeats).trace(log.path()));
        trace::read(log.path()).len() as u64
    }

    /// Calls about memory, the only others that are made here. The simulator passes each on.
    fn mappings(&self, library: &Library, repeats: u64) -> u64 {
        let log = tempfile::NamedTempFile::new().expect("temporary file");
        let path = log.path().to_str().expect("plain path").to_owned();
        succeed(self.client(library, repeats).under(&[
            "strace",
            "-f",
            "-c",
            "-e",
            "trace=%memory",
            "-o",
            &path,
        ]));
        total_calls(&fs::read_to_string(log.path()).expect("strace's summary"))
    }

    /// By callgrind, which the client switches on for the operations alone.
    fn instructions(&self, library: &Library, repeats: u64) -> u64 {
        let out = tempfile::NamedTempFile::new().expect("temporary file");
        let file = format!("--callgrind-out-file={}", out.path().display());
        let tool = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--compress-strings=no", &file];
        succeed(self.client(library, repeats).under(&tool));
        cost_without(&fs::read_to_string(out.path()).expect("callgrind's profile"), "simkfd")
    }
}

fn succeed(client: Client<'_>) {
    let outcome = client.run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
}
