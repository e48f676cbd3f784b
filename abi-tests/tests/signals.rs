//! Signals: what upstream's libraries answer, ours answer; and what upstream's cannot: 100,000 of them, and rest.
#![forbid(unsafe_code)]

use std::{fs, path::Path};

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library, Outcome},
    suite::Suite,
};

const MACHINE: &str = "desktop-7900xtx";

#[test]
fn every_kind_of_signal_is_as_upstreams() {
    let (program, machine) = (Program::ours("signals"), Machine::new(MACHINE));
    let ours = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).run();
    assert_eq!(ours.code, 0, "{}", ours.stderr);
    assert!(ours.stdout.lines().count() > 150, "{}", ours.stdout);
    for suite in [Suite::Trixie, Suite::Sid, Suite::Exp] {
        if suite.root().is_none() {
            continue;
        }
        let theirs = Client::new(suite, Library::Upstream, &machine, &program.path()).run();
        assert_eq!((ours.stdout.as_str(), 0), (theirs.stdout.as_str(), theirs.code), "{}", suite.name());
    }
}

#[test]
fn signals_are_the_same_where_events_have_no_ages() {
    let (program, machine) = (Program::ours("signals"), Machine::new(MACHINE));
    let run = || Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).run();
    let with = run();
    machine.set_kfd_version([1, 13]);
    let without = run();
    assert_eq!((without.stdout, without.code), (with.stdout, 0), "{}", without.stderr);
}

#[test]
fn signals_work_without_events() {
    let (program, machine) = (Program::ours("signals"), Machine::new(MACHINE));
    let folder = tempfile::tempdir().expect("temporary folder");
    let plan = folder.path().join("plan");
    fs::write(&plan, "[[fault]]\nioctl = \"CREATE_EVENT\"\nerrno = \"ENOSPC\"\n").expect("write the plan");
    let client = |library| Client::new(Suite::Trixie, library, &machine, &program.path());
    let (with, refused) = (client(Library::Ours).run(), client(Library::Ours).faults(&plan).run());
    // What tells of mailboxes and events is other.
    assert_eq!(without_mailboxes(&refused), without_mailboxes(&with), "{}", refused.stderr);
    let [ours, theirs] = [Library::Ours, Library::Upstream]
        .map(|library| client(library).env("HSA_ENABLE_INTERRUPT", "0").run());
    assert_eq!((ours.stdout, ours.code), (theirs.stdout, 0), "{}", ours.stderr);
}

fn without_mailboxes(outcome: &Outcome) -> String {
    let text = outcome.stdout.replace("mailbox no, event no", "mailbox");
    text.replace("mailbox yes, event yes", "mailbox")
}

fn many(what: &str, trace: Option<&Path>) -> Outcome {
    let machine = Machine::new(MACHINE);
    let program = Program::ours("signals_many");
    let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).arg(what);
    match trace {
        Some(file) => client.trace(file).run(),
        None => client.run(),
    }
}

#[test]
fn sixteen_threads_make_and_destroy_signals() {
    let outcome = many("threads", None);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("threads: 0 failures\n", 0), "{}", outcome.stderr);
}

#[test]
fn a_hundred_thousand_signals_live_at_once_on_a_hundred_and_thirty_events() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let trace = folder.path().join("trace");
    let outcome = many("many", Some(&trace));
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("many: 0 failures\n", 0), "{}", outcome.stderr);
    let calls = fs::read_to_string(&trace).expect("the trace");
    let count = |name: &str| calls.lines().filter(|line| line.contains(name)).count();
    assert_eq!(count("CREATE_EVENT"), 129, "128 bells, and that of the handlers' thread");
    assert!(count("ALLOC_MEMORY_OF_GPU") <= 51, "{} allocations", count("ALLOC_MEMORY_OF_GPU"));
}

#[test]
fn handlers_that_are_left_over_end_with_the_runtime() {
    let outcome = many("again", None);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("again: 0 failures\n", 0), "{}", outcome.stderr);
}

#[test]
fn who_waits_for_nothing_rests() {
    let outcome = many("idle", None);
    let said = "10 ms of 10 s or less: yes\nwoke 50 times or less: yes\nidle: 0 failures\n";
    assert_eq!((outcome.stdout.as_str(), outcome.code), (said, 0), "{}", outcome.stderr);
}

#[test]
fn parent_and_child_of_a_fork_both_go_on() {
    let outcome = many("fork", None);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("fork: 0 failures\n", 0), "{}", outcome.stderr);
}

#[test]
fn a_process_may_exit_while_threads_wait_and_handlers_are_armed() {
    let outcome = many("exit", None);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 7), "{}", outcome.stderr);
}
