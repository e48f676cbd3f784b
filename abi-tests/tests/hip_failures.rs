//! HIP over our runtime when the driver refuses or the GPU fails: a program of HIP 6.4 ends, by itself or as upstream's
//! runtime ends it, and what it leaves to the kernel is no more than what it leaves where nothing fails.
#![forbid(unsafe_code)]

use std::{collections::BTreeMap, fs};

use abi_tests::{
    hip,
    machine::Machine,
    run::{Client, Library, Outcome},
    suite::Suite,
    trace,
};

const SUITE: Suite = Suite::SidHip;
const MACHINE: &str = "sg2044-w7800";

/// Copies, computes and frees, 30 times.
const PROGRAM: &str = "vector_add.hip";

/// Buffers that the program has at a time, and does not free when it ends early.
const BUFFERS: usize = 3;

/// Seconds after which it hangs; without failures it takes one.
const LIMIT: u32 = 60;

/// Where HIP 6.4 itself ends by SIGSEGV: it goes on without its kernels' arguments if the GPU is not let at them. It does
/// over upstream's runtime, too.
const OWN_FAULT: (&str, i32) = ("MAP_MEMORY_TO_GPU", 139);

/// What goes wrong with a GPU, and the exit code; 134 is abort's. HIP 6.4 itself ends by SIGSEGV when it gets no queue.
const MISHAPS: [(&str, i32); 7] = [
    ("ioctl = 'CREATE_QUEUE'\nerrno = 'ENOMEM'", 139),
    ("interrupt = 'lost'\nnth = 2", 0),
    ("packet = 'MEMORY_FAULT'\naddress = 0x123456789\nnth = 20", 134),
    ("instruction = 'MEMORY_FAULT'\naddress = 0x9000\nnth = 300", 134),
    ("packet = 'ILLEGAL_INSTRUCTION'\nnth = 20", 134),
    ("packet = 'GPU_RESET'\nnth = 20", 134),
    ("packet = 'SRAM_ECC'\nnth = 20", 134),
];

/// What upstream's runtime waits through for ever, and the exit code over ours: when no interrupt of a GPU arrives at all,
/// and when one hangs, of which the driver tells nobody until it has to take a queue away.
const ENDURED: [(&str, i32); 2] = [("interrupt = 'lost'", 0), ("packet = 'HANG'\nnth = 20", 134)];

/// What the kernel has of a process at its end: how many queues, and how much memory.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    queues: usize,
    memory: usize,
}

fn left(outcome: &Outcome) -> Left {
    Left { queues: outcome.left("queues"), memory: outcome.left("memory") }
}

/// A way to run the program on one machine, over either runtime.
struct Runs {
    machine: Machine,
    program: std::path::PathBuf,
    folder: tempfile::TempDir,
}

impl Runs {
    /// None where the suite is not to be had.
    fn new() -> Option<Self> {
        SUITE.root()?;
        let folder = tempfile::tempdir().expect("temporary folder");
        Some(Self { machine: Machine::new(MACHINE), program: hip::program(SUITE, PROGRAM), folder })
    }

    fn client(&self, library: Library) -> Client<'_> {
        let client = Client::new(SUITE, library, &self.machine, &self.program).within(LIMIT);
        client.env("SIMKFD_GPU", "1").env("SIMKFD_REPORT", "1").env("ROCR_RS_STALL_CHECK", "100")
    }

    fn with_fault(&self, library: Library, fault: &str) -> Outcome {
        let plan = self.folder.path().join("plan.toml");
        fs::write(&plan, format!("[[fault]]\n{fault}\n")).expect("a plan");
        self.client(library).faults(&plan).run()
    }

    /// How often the program makes each ioctl over ours, and what is left then.
    fn usual(&self) -> (BTreeMap<String, usize>, Left) {
        let file = self.folder.path().join("trace");
        let outcome = self.client(Library::Ours).trace(&file).run();
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let mut counts = BTreeMap::new();
        for call in trace::read(&file) {
            let request = call.name.split(' ').next().expect("a name").to_owned();
            *counts.entry(request).or_default() += 1;
        }
        (counts, left(&outcome))
    }

    /// What is wrong when the `nth` ioctl of a name fails.
    fn wrong(&self, request: &str, nth: usize, usual: &Left) -> Option<String> {
        let fault = format!("ioctl = '{request}'\nerrno = 'ENOMEM'\nnth = {nth}");
        let outcome = self.with_fault(Library::Ours, &fault);
        let defined = outcome.code < 128 || (request, outcome.code) == OWN_FAULT;
        let Left { queues, memory } = left(&outcome);
        let clean = queues <= usual.queues && memory <= usual.memory + BUFFERS;
        (!defined || !clean).then(|| format!("{request} number {nth}: {outcome:?}"))
    }

    /// The program with each ioctl that it makes refused, those of `chosen` among as many as there are of its name.
    fn refused(&self, chosen: impl Fn(usize) -> Vec<usize>) {
        let (counts, usual) = self.usual();
        let cases =
            counts.iter().flat_map(|(name, count)| chosen(*count).into_iter().map(move |nth| (name, nth)));
        let wrong: Vec<_> = cases.filter_map(|(name, nth)| self.wrong(name, nth, &usual)).collect();
        assert!(counts.len() > 10, "{counts:?}");
        assert!(wrong.is_empty(), "{} times:\n{}", wrong.len(), wrong.join("\n"));
    }
}

#[test]
fn a_program_without_memory_ends_and_leaves_nothing() {
    if let Some(runs) = Runs::new() {
        runs.refused(|count| if count == 1 { vec![1] } else { vec![1, count / 2 + 1] });
    }
}

/// Of ioctls that are made hundreds of times, the first forty, and every twentieth.
#[test]
#[ignore = "takes minutes: cargo test -p abi-tests --test hip_failures each_ioctl -- --ignored"]
fn a_program_ends_whatever_each_ioctl_says() {
    if let Some(runs) = Runs::new() {
        runs.refused(|count| (1..=count).filter(|nth| *nth <= 40 || nth % 20 == 0).collect());
    }
}

#[test]
fn what_goes_wrong_with_a_gpu_ends_a_program_as_over_upstreams() {
    let Some(runs) = Runs::new() else { return };
    for (fault, code) in MISHAPS {
        for library in [Library::Upstream, Library::Ours] {
            let outcome = runs.with_fault(library.clone(), fault);
            assert_eq!(outcome.code, code, "{library:?}, {fault}: {outcome:?}");
            assert!(code == 0 || !outcome.stderr.is_empty(), "{library:?}, {fault}: it says nothing");
        }
    }
}

#[test]
fn what_upstreams_runtime_waits_through_for_ever_ends_over_ours() {
    let Some(runs) = Runs::new() else { return };
    for (fault, code) in ENDURED {
        let outcome = runs.with_fault(Library::Ours, fault);
        assert_eq!(outcome.code, code, "{fault}: {outcome:?}");
        assert!(code != 0 || outcome.stdout.ends_with("end\n"), "{fault}: {outcome:?}");
        assert!(!outcome.stderr.is_empty(), "{fault}: it says nothing");
    }
}
