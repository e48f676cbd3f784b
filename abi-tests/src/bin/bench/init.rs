//! `scripts/bench init`: what hsa_init and hsa_shut_down cost, ours beside upstream's in one run.
//!
//! The machine is simulated, so the simulator's own work is taken out: instructions are counted without calls
//! into it, and system calls and time are those above a run that only loads the library.

use std::fs;

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library},
    suite::Suite,
    trace,
};

use crate::count::{Profile, total_calls};

/// One graphics processor, and 64 of them.
const MACHINES: [&str; 2] = ["sg2044-w7800", "mi300x-cpx"];

/// Under valgrind, a process has 128 GB of addresses, of which upstream reserves 4 GB a GPU when it starts: so many
/// are shown to either library, and no more, while instructions are counted.
const CALLGRIND_GPUS: u32 = 24;

/// Times are the middle one of so many.
const RUNS: usize = 11;

/// What one library costs on one machine.
struct Cost {
    system_calls: u64,
    ioctls: u64,
    instructions: u64,
    microseconds: u64,
}

/// Prints the table.
pub fn run() {
    let suite = [Suite::Exp, Suite::Sid, Suite::Trixie].into_iter().find(|suite| suite.root().is_some());
    let suite = suite.expect("trixie is always there");
    let program = Program::ours("init");
    println!("hsa_init + hsa_shut_down; upstream's is that of {}", suite.name());
    println!("{:14}{:16}{:>12}{:>12}{:>8}", "machine", "", "upstream", "ours", "ratio");
    for name in MACHINES {
        let machine = Machine::new(name);
        let measure = |library| Bench { suite, library, machine: &machine, program: &program }.measure();
        report(name, &measure(Library::Upstream), &measure(Library::Ours));
    }
    println!("instructions are counted with at most {CALLGRIND_GPUS} GPUs visible");
}

fn report(machine: &str, upstream: &Cost, ours: &Cost) {
    let line = |what: &str, theirs: u64, own: u64| {
        let ratio = own as f64 / theirs.max(1) as f64;
        println!("{machine:14}{what:16}{theirs:12}{own:12}{ratio:8.3}");
    };
    line("system calls", upstream.system_calls, ours.system_calls);
    line("of them ioctls", upstream.ioctls, ours.ioctls);
    line("instructions", upstream.instructions, ours.instructions);
    line("microseconds", upstream.microseconds, ours.microseconds);
}

struct Bench<'a> {
    suite: Suite,
    library: Library,
    machine: &'a Machine,
    program: &'a Program,
}

impl Bench<'_> {
    fn client(&self) -> Client<'_> {
        Client::new(self.suite, self.library.clone(), self.machine, &self.program.path())
    }

    fn measure(&self) -> Cost {
        let ioctls = self.ioctls();
        Cost {
            system_calls: self.system_calls() + ioctls,
            ioctls,
            instructions: self.instructions(),
            microseconds: self.microseconds(),
        }
    }

    /// The simulator answers ioctls without the kernel, so they are counted in its trace.
    fn ioctls(&self) -> u64 {
        let log = tempfile::NamedTempFile::new().expect("temporary file");
        self.succeed(self.client().trace(log.path()));
        trace::read(log.path()).len() as u64
    }

    /// Everything else it passes on: files of the simulated machine are real files elsewhere.
    fn system_calls(&self) -> u64 {
        let count = |client: Client<'_>| {
            let log = tempfile::NamedTempFile::new().expect("temporary file");
            let path = log.path().to_str().expect("plain path").to_owned();
            // How the simulator copies arguments is its own affair.
            let filter = "trace=!process_vm_readv,process_vm_writev";
            self.succeed(client.under(&["strace", "-f", "-c", "-e", filter, "-o", &path]));
            total_calls(&fs::read_to_string(log.path()).expect("strace's summary"))
        };
        count(self.client()).saturating_sub(count(self.client().arg("none")))
    }

    /// Instructions below the two calls, by callgrind, without the simulator's.
    fn instructions(&self) -> u64 {
        let out = tempfile::NamedTempFile::new().expect("temporary file");
        let file = format!("--callgrind-out-file={}", out.path().display());
        let tool =
            ["valgrind", "--tool=callgrind", "--toggle-collect=hsa_init", "--toggle-collect=hsa_shut_down"];
        let visible: Vec<String> = (0..CALLGRIND_GPUS).map(|index| index.to_string()).collect();
        let client = self.client().env("ROCR_VISIBLE_DEVICES", visible.join(","));
        self.succeed(client.under(&[&tool[..], &["--compress-strings=no", &file]].concat()));
        Profile::read(&fs::read_to_string(out.path()).expect("callgrind's profile")).instructions
    }

    fn microseconds(&self) -> u64 {
        let once = || self.succeed(self.client()).trim().parse::<u64>().expect("nanoseconds") / 1000;
        let mut times: Vec<u64> = (0..RUNS).map(|_| once()).collect();
        times.sort_unstable();
        times[RUNS / 2]
    }

    fn succeed(&self, client: Client<'_>) -> String {
        let outcome = client.run();
        assert_eq!(outcome.code, 0, "{:?}: {}", self.library, outcome.stderr);
        outcome.stdout
    }
}
