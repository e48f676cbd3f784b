//! What one operation of a client costs: system calls and instructions, ours beside upstream's.
//!
//! Each number is the difference of two runs that differ in how often they repeat the operation, divided by the
//! difference: what the program, the loader and the opening cost is in neither. Counted are the libraries in every thread,
//! with what they call: neither the simulator nor the program (`count::Profile`).

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use abi_tests::{
    machine::Machine,
    run::{Client, Library},
    suite::Suite,
};

use crate::count::Profile;

/// An operation of a client, and what is wanted of it.
pub struct Operation<'a> {
    pub name: &'a str,
    /// Whose libraries are upstream's, a column each; ours run in the first suite.
    pub suites: [Option<Suite>; 2],
    pub machine: &'a Machine,
    pub program: &'a Path,
    /// The client's first word and, after the number of repetitions, its last.
    pub words: [&'a str; 2],
    /// Repetitions of the shorter run.
    pub repeats: u64,
    /// Whether GPUs run what is put into queues.
    pub running: bool,
    /// How many instructions at most, as a part of upstream's.
    pub target: f64,
}

/// What one operation costs.
#[derive(Clone, Copy)]
struct Cost {
    system_calls: f64,
    instructions: f64,
}

/// Prints a table of operations, each when it is known. Each column of upstream's has its heading.
pub fn print<'a>(headings: [&str; 2], operations: impl Iterator<Item = Operation<'a>>) {
    let [one, other] = headings;
    println!("{:30}{:14}{one:>12}{other:>12}{:>12}{:>8}  at most", "per operation", "", "ours", "ratio");
    for operation in operations {
        print!("{:30}", operation.name);
        // The numbers come a minute later.
        let _ = io::stdout().flush();
        let theirs = operation.suites.map(|suite| Some(operation.measure(suite?, &Library::Upstream)));
        let first = operation.suites.into_iter().flatten().next().expect("a suite");
        let ours = operation.measure(first, &Library::Ours);
        line("system calls", theirs.map(|cost| Some(cost?.system_calls)), ours.system_calls, 1.0);
        print!("{:30}", "");
        line(
            "instructions",
            theirs.map(|cost| Some(cost?.instructions)),
            ours.instructions,
            operation.target,
        );
    }
}

/// The rest of a line; ours is compared with the least of theirs.
fn line(what: &str, theirs: [Option<f64>; 2], own: f64, target: f64) {
    print!("{what:14}");
    for cost in theirs {
        print!("{:>12}", cost.map_or(String::new(), |cost| format!("{cost:.1}")));
    }
    let least = theirs.into_iter().flatten().fold(f64::INFINITY, f64::min);
    let ratio = if least > 0.0 { format!("{:.3}", own / least) } else { String::new() };
    // Once in many repetitions a thread does something more, in either library.
    let verdict = if own < target * least + 0.05 { "met" } else { "MISSED" };
    println!("{own:12.1}{ratio:>8}  {target:<4} {verdict}");
}

impl Operation<'_> {
    /// What a run of twice as many repetitions counts more, for one of them.
    fn measure(&self, suite: Suite, library: &Library) -> Cost {
        let [few, many] = [1, 2].map(|times| self.profile(suite, library, times * self.repeats));
        let each = |few: u64, many: u64| many.saturating_sub(few) as f64 / self.repeats as f64;
        Cost {
            system_calls: each(few.system_calls, many.system_calls),
            instructions: each(few.instructions, many.instructions),
        }
    }

    /// By callgrind, which the client switches on for the operations alone.
    fn profile(&self, suite: Suite, library: &Library, repeats: u64) -> Profile {
        let out = tempfile::NamedTempFile::new().expect("temporary file");
        let file = format!("--callgrind-out-file={}", out.path().display());
        let callgrind = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--compress-strings=no"];
        let client = Client::new(suite, library.clone(), self.machine, self.program);
        let [what, last] = self.words;
        let client = client.arg(what).arg(&repeats.to_string()).arg(last).within(1200);
        // A million allocations without memory are then one mapping of the kernel's, which allows 65,530.
        // And no function is looked up at its first call, which would count for the caller.
        let client = client.env("HSA_SVM_GUARD_PAGES", "0").env("LD_BIND_NOW", "1");
        let client = if self.running { client.env("SIMKFD_GPU", "1") } else { client };
        // Threads take turns, so that none that waits by looking has all the time there is.
        let outcome = client.under(&[&callgrind[..], &["--fair-sched=yes", &file]].concat()).run();
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        Profile::read(&fs::read_to_string(out.path()).expect("callgrind's profile"))
    }
}
