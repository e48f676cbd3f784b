//! libhsakmt.so.1 under C programs, ours against upstream's 6.2.4: the same statuses and outputs on every machine, and
//! no ioctl that upstream does not make as often. And under upstream's runtime, which allocates, locks, creates
//! signals and queues through it.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use abi_tests::{
    compile::Program,
    lines::Reasons,
    machine::Machine,
    project,
    run::{self, Client, Library, Outcome},
    suite::Suite,
    trace::{self, Call},
};

/// One with a discrete GPU, one with two kinds, an APU, and 64 partitions.
const MACHINES: [&str; 4] = ["sg2044-w7800", "desktop-7900xtx", "bc250", "mi300x-cpx"];

const CLIENTS: [&str; 11] = [
    "kmt_memory",
    "kmt_events",
    "kmt_queues",
    "kmt_svm",
    "kmt_arguments",
    "kmt_process",
    "kmt_perf",
    "kmt_debug",
    "kmt_profile",
    "kmt_dmabuf",
    "kmt_again",
];

/// What a client printed and which ioctls it made.
fn run(library: Library, machine: &Machine, program: &Program) -> (Outcome, BTreeMap<Call, usize>) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let file = folder.path().join("trace");
    let client = Client::new(Suite::Trixie, library, machine, &program.path()).trace(&file);
    let outcome = client.run();
    (outcome, trace::count(&trace::read(&file)))
}

#[test]
fn programs_on_the_thunk_see_the_same() {
    let reasons = Reasons::read(&project::data("golden/thunk-explained.toml"));
    let mut wrong = Vec::new();
    for client in CLIENTS {
        let program = Program::ours(client);
        for name in MACHINES {
            let machine = Machine::new(name);
            let (theirs, their_calls) = run(Library::Upstream, &machine, &program);
            let (ours, our_calls) = run(Library::Ours, &machine, &program);
            let found = reasons.unexplained(client, &theirs, &ours);
            let found = found.into_iter().chain(trace::excess(&their_calls, &our_calls));
            wrong.extend(found.map(|what| format!("{client} on {name}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{} differences (upstream | ours):\n{}", wrong.len(), wrong.join("\n"));
    assert!(reasons.unused().is_empty(), "reasons that explain nothing: {:?}", reasons.unused());
}

#[test]
fn threads_of_one_process_do_not_disturb_each_other() {
    let program = Program::ours("kmt_threads");
    for name in MACHINES {
        let (outcome, _) = run(Library::Ours, &Machine::new(name), &program);
        assert!(outcome.stdout.contains("\n0 failures\n"), "{name}:\n{}{}", outcome.stdout, outcome.stderr);
        assert_eq!(outcome.code, 0, "{name}");
    }
}

#[test]
fn upstreams_runtime_allocates_and_makes_queues_over_our_thunk() {
    let folder = run::thunk_only();
    let ours = Library::Folder(folder.path().to_owned());
    let program = Program::ours("resources");
    for name in MACHINES {
        let machine = Machine::new(name);
        // Its own threads wait on events: how often is a matter of time, so the ioctls are not counted here.
        let (expected, _) = run(Library::Upstream, &machine, &program);
        let (said, _) = run(ours.clone(), &machine, &program);
        assert_eq!(said.stdout, expected.stdout, "{name}: {}", said.stderr);
        assert!(said.stdout.contains("shut_down: 0"), "{name}: {}", said.stdout);
        assert_eq!(said.code, expected.code, "{name}");
    }
}
