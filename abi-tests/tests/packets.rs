//! What programs ask of the hardware and the kernel over our runtime is what they ask over upstream's: the same packets in
//! the queues, field by field, and no ioctl more often. What differs on purpose stands with its reason in
//! golden/packets-explained.toml.
#![forbid(unsafe_code)]

use std::path::Path;

use abi_tests::{
    compile::Program,
    hip,
    machine::Machine,
    packets::{self, Queues, Reasons},
    project,
    run::{Client, Library},
    suite::Suite,
    trace::{self, Call},
};

/// Programs of `clients/hip`, each of which waits for its GPU so often that what it submits does not depend on time, with
/// the machine that it needs.
const PROGRAMS: [(&str, &str); 21] = [
    ("vector_add", W7800),
    ("copies", W7800),
    ("copies_3d", W7800),
    ("fill", W7800),
    ("atomics", W7800),
    ("virtual_memory", W7800),
    ("peers", "sg2044-two-w7800"),
    ("device", W7800),
    ("reduction", W7800),
    ("print", W7800),
    ("heap", W7800),
    ("cooperative", W7800),
    ("graphs", W7800),
    ("host_memory", W7800),
    ("pools", W7800),
    ("runtime_compiler", W7800),
    ("calls", W7800),
    ("symbols", W7800),
    ("stream_values", W7800),
    ("textures", W7800),
    ("matrices", W7800),
];
const W7800: &str = "sg2044-w7800";

/// How many of them, from the first on, run each time; their suites take turns.
const EACH_TIME: usize = 7;

/// What one run asked for.
struct Asked {
    queues: Queues,
    calls: Vec<Call>,
}

/// Runs a program and reads what it asked for.
fn asked(client: Client<'_>, folder: &Path, exact: bool) -> Asked {
    let (packets, calls) = (folder.join("packets"), folder.join("calls"));
    for file in [&packets, &calls] {
        std::fs::write(file, "").expect("temporary folder");
    }
    let client = client.env("SIMKFD_GPU", "1").env("SIMGPU_PACKETS", &packets).trace(&calls);
    let outcome = client.run();
    assert!(outcome.code == 0 && outcome.stdout.ends_with("end\n"), "{outcome:?}");
    Asked { queues: packets::read(&packets, exact), calls: trace::read(&calls) }
}

/// How often somebody sleeps and is woken depends on time, and how often two clocks are compared: either runtime does it
/// again for times that are later than the last comparison.
const BY_CHANCE: [&str; 3] = ["SET_EVENT", "WAIT_EVENTS", "GET_CLOCK_COUNTERS"];

/// What differs between upstream's runtime and ours and has no reason, for a run of `client` on either.
fn unexplained<'a>(
    name: &str,
    reasons: &Reasons,
    exact: bool,
    client: impl Fn(Library) -> Client<'a>,
) -> Vec<String> {
    let folder = tempfile::tempdir().expect("temporary folder");
    let [theirs, ours] =
        [Library::Upstream, Library::Ours].map(|library| asked(client(library), folder.path(), exact));
    let packets = theirs.queues.values().flatten().flatten().count();
    assert!(packets > 0 || name == "device.hip", "{name}: no packets");
    let counted = |calls: &[Call]| {
        let mut counts = trace::count(calls);
        counts.retain(|call, _| !BY_CHANCE.contains(&&*call.name));
        counts
    };
    let mut found = packets::differences(&theirs.queues, &ours.queues);
    found.extend(trace::excess(&counted(&theirs.calls), &counted(&ours.calls)));
    reasons.unexplained(name, found)
}

/// Compares programs of HIP, and tells what differs.
fn compare<'p>(programs: impl Iterator<Item = (Suite, &'p (&'p str, &'p str))>, reasons: &Reasons) {
    let mut wrong = Vec::new();
    for (suite, (name, machine)) in programs.filter(|(suite, _)| suite.root().is_some()) {
        let name = format!("{name}.hip");
        let (program, machine) = (hip::program(suite, &name), Machine::new(machine));
        // HIP puts a wait into a queue where it finds something unfinished, and takes an engine that has nothing to do.
        let found =
            unexplained(&name, reasons, false, |library| Client::new(suite, library, &machine, &program));
        wrong.extend(found.into_iter().map(|what| format!("{name} with {}: {what}", suite.name())));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

fn reasons() -> Reasons {
    Reasons::read(&project::data("golden/packets-explained.toml"))
}

#[test]
fn hip_asks_for_the_same() {
    let (reasons, suites) = (reasons(), [Suite::SidHip, Suite::ExpHip]);
    compare(suites.into_iter().cycle().zip(&PROGRAMS[..EACH_TIME]), &reasons);
    if suites.iter().all(|suite| suite.root().is_some()) {
        let names = PROGRAMS[..EACH_TIME].iter().map(|(name, _)| format!("{name}.hip"));
        assert_eq!(
            reasons.unused(&names.collect::<Vec<_>>()),
            Vec::<String>::new(),
            "reasons that explain nothing"
        );
    }
}

#[test]
#[ignore = "takes minutes: cargo test -p abi-tests --test packets every_program -- --ignored"]
fn every_program_of_hip_asks_for_the_same() {
    let of = |suite| PROGRAMS.iter().map(move |program| (suite, program));
    compare([Suite::SidHip, Suite::ExpHip].into_iter().flat_map(of), &reasons());
}

/// These put all their packets themselves, so waits and engines are compared, too.
#[test]
fn programs_in_c_ask_for_the_same() {
    let (reasons, machine) = (reasons(), Machine::new("desktop-7900xtx"));
    for suite in [Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
        for name in ["copies", "queues"] {
            let program = Program::ours(name);
            let found = unexplained(&format!("{name}.c"), &reasons, true, |library| {
                Client::new(suite, library, &machine, &program.path())
            });
            assert!(found.is_empty(), "{name} with {}:\n{}", suite.name(), found.join("\n"));
        }
    }
}
