//! Memory services: what upstream's libraries answer, ours answer, with no ioctl that they do not make as often.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library, Outcome},
    suite::Suite,
    trace::{self, Call},
};

/// One with two GPUs, an APU, and 64 partitions; one whose GPU has a CPU of another architecture.
const MACHINES: [&str; 4] = ["sg2044-w7800", "desktop-7900xtx", "bc250", "mi300x-cpx"];

/// How often these are made depends on who sleeps when: a store tells the driver only of what somebody waits for.
const BY_CHANCE: [&str; 2] = ["SET_EVENT", "WAIT_EVENTS"];

/// What a client printed and which ioctls it made, of those that it always makes as often.
fn run(
    suite: Suite,
    library: Library,
    machine: &Machine,
    program: &Program,
    environment: &[(&str, &str)],
) -> (Outcome, BTreeMap<Call, usize>) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let file = folder.path().join("trace");
    let client = Client::new(suite, library, machine, &program.path()).trace(&file);
    let client = environment.iter().fold(client, |client, (name, value)| client.env(name, *value));
    let outcome = client.run();
    let mut calls = trace::count(&trace::read(&file));
    calls.retain(|call, _| !BY_CHANCE.contains(&call.name.as_str()));
    (outcome, calls)
}

/// What ours asks more of a render node: whether GPUs see memory yet where it was mapped, before the call returns.
const MORE: [&str; 3] = ["render VERSION", "SYNCOBJ_CREATE", "SYNCOBJ_TIMELINE_WAIT"];

/// That a client says the same with ours and with the library of each of these suites.
fn same(client: &str, suites: &[Suite], environment: &[(&str, &str)]) {
    let program = Program::ours(client);
    for name in MACHINES {
        let machine = Machine::new(name);
        let (ours, our_calls) = run(Suite::Trixie, Library::Ours, &machine, &program, environment);
        assert_eq!(ours.code, 0, "{client} on {name}: {}{}", ours.stdout, ours.stderr);
        for &suite in suites.iter().filter(|suite| suite.root().is_some()) {
            let (theirs, their_calls) = run(suite, Library::Upstream, &machine, &program, environment);
            assert_eq!(
                (&ours.stdout, 0),
                (&theirs.stdout, theirs.code),
                "{client} on {name}, {}",
                suite.name()
            );
            let more = trace::excess(&their_calls, &our_calls).into_iter();
            let more: Vec<String> =
                more.filter(|call| !MORE.iter().any(|known| call.contains(known))).collect();
            assert!(more.is_empty(), "{client} on {name}, {}: {more:?}", suite.name());
        }
    }
}

const ALL: [Suite; 3] = [Suite::Trixie, Suite::Sid, Suite::Exp];

#[test]
fn addresses_locks_copies_and_fills_of_the_host() {
    same("memory", &ALL, &[]);
}

/// Newer upstream's runtimes tell a locked range's grain wrongly there, or abort when one is unlocked too often.
#[test]
fn locks_where_the_kernel_shares_no_memory() {
    same("memory", &[Suite::Trixie], &[("HSA_USE_SVM", "0")]);
}

#[test]
fn memory_by_descriptors() {
    same("dmabuf", &ALL, &[]);
}

/// Other devices on PCIe reach what the host reaches.
#[test]
fn descriptors_are_for_devices_that_reach_the_memory() {
    let program = Program::ours("dmabuf");
    for (bar, answers) in [("", ["0", "0"]), ("visible_kib = 262144\n", ["0", "0x2f"])] {
        let machine = Machine::with("sg2044-w7800", bar);
        let run = |suite, library| {
            let outcome = Client::new(suite, library, &machine, &program.path()).arg("devices").run();
            assert_eq!(outcome.code, 0, "{outcome:?}");
            outcome.stdout
        };
        let ours = run(Suite::Trixie, Library::Ours);
        let told = ours.lines().filter_map(|line| line.rsplit_once(": ")).map(|(_, answer)| answer);
        assert!(told.take(2).eq(answers), "{ours}");
        if Suite::Exp.root().is_some() {
            assert_eq!(run(Suite::Exp, Library::Upstream), ours);
        }
    }
}

/// 6.1.2 and 6.4.3 share by tickets only where the driver is AMD's own.
const WAYS: [(&str, &[Suite]); 3] = [("buffer", &ALL), ("physical", &ALL), ("ticket", &[Suite::Exp])];

#[test]
fn two_processes_share_a_gpus_memory() {
    let program = Program::ours("shared_memory");
    for machine in ["sg2044-w7800", "bc250"].map(Machine::new) {
        for (way, suites) in WAYS {
            let run = |suite, library| {
                let client = Client::new(suite, library, &machine, &program.path()).arg(way);
                client.env("SIMKFD_GPU", "1").run()
            };
            let ours = run(Suite::Trixie, Library::Ours);
            assert!(ours.code == 0 && ours.stdout.ends_with("end 0\n"), "{way}: {ours:?}");
            assert_eq!(ours.stdout.matches(": 524288 words").count(), 3, "{way}: {}", ours.stdout);
            for &suite in suites.iter().filter(|suite| suite.root().is_some()) {
                let theirs = run(suite, Library::Upstream);
                assert_eq!((&ours.stdout, 0), (&theirs.stdout, theirs.code), "{way}, {}", suite.name());
            }
        }
    }
}

#[test]
fn addresses_and_memory_that_are_joined_later() {
    same("vmem", &[Suite::Exp], &[]);
}

#[test]
fn attributes_of_memory_that_the_kernel_moves() {
    same("svm", &ALL, &[]);
}
