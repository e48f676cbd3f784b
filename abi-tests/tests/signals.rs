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

/// Runs a program on ours and on upstream's, and compares what it says: so many lines at least.
fn compare(name: &str, lines: usize) {
    let (program, machine) = (Program::ours(name), Machine::new(MACHINE));
    let ours = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).run();
    assert_eq!(ours.code, 0, "{}", ours.stderr);
    assert!(ours.stdout.lines().count() >= lines, "{}", ours.stdout);
    for suite in [Suite::Trixie, Suite::Sid, Suite::Exp] {
        if suite.root().is_none() {
            continue;
        }
        let theirs = Client::new(suite, Library::Upstream, &machine, &program.path()).run();
        assert_eq!((ours.stdout.as_str(), 0), (theirs.stdout.as_str(), theirs.code), "{}", suite.name());
    }
}

#[test]
fn every_kind_of_signal_is_as_upstreams() {
    compare("signals", 150);
}

#[test]
fn every_operation_in_every_order_is_as_upstreams() {
    compare("operations", 109);
}

/// What `signals_batch.c` says. No release that Debian packages has these functions.
const BATCH: &str = "\
make(0, NULL, 0, arguments_memory): 0x1001
make(1, NULL, HSA_AMD_SIGNAL_IPC, arguments_memory): 0x1001
make(1, NULL, 0, none): 0x28
hsa_amd_signal_batch_create(1, NULL, 0, NULL, 0, arguments_memory, NULL, signals): 0x1001
hsa_amd_signal_batch_create(1, NULL, 0, NULL, 0, arguments_memory, &batch, NULL): 0x1001
hsa_amd_signal_batch_create(1, NULL, 1, NULL, 0, arguments_memory, &batch, signals): 0x1001
hsa_amd_signal_batch_create(1, NULL, 2, twice, 0, arguments_memory, &batch, signals): 0x1001
hsa_amd_signal_batch_destroy(batch): 0x1001
in the host's memory: 0
side by side: 100, right: 300
hsa_amd_signal_batch_destroy(batch): 0
hsa_amd_signal_batch_destroy(batch): 0x1001
its memory is known: 0
in the GPU's memory: 0
side by side: 100, right: 300
hsa_amd_signal_batch_destroy(batch): 0
hsa_amd_signal_batch_destroy(batch): 0x1001
its memory is known: 0
in the host's memory: 0
side by side: 100, right: 300
end
";

#[test]
fn signals_that_are_made_together_share_their_memory_until_the_last_is_gone() {
    let (program, machine) = (Program::ours("signals_batch"), Machine::new(MACHINE));
    let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path());
    let outcome = client.env("SIMKFD_GPU", "1").run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, BATCH), "{}", outcome.stderr);
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

/// What two processes said of a signal that they share.
fn shared(suite: Suite, library: Library, what: &[&str]) -> Outcome {
    let (program, machine) = (Program::ours("signals_shared"), Machine::new(MACHINE));
    let client = Client::new(suite, library, &machine, &program.path()).env("SIMKFD_GPU", "1").within(60);
    // Linux's driver has only this of upstream's two ways.
    let client = client.env("HSA_ENABLE_IPC_MODE_LEGACY", "0");
    // Upstream takes handlers of signals that do not interrupt only where none does.
    let client = if what == ["handlers"] { client.env("HSA_ENABLE_INTERRUPT", "0") } else { client };
    what.iter().fold(client, |client, word| client.arg(word)).run()
}

#[test]
fn two_processes_share_a_signal_as_with_upstreams() {
    for what in [&[][..], &["handlers"]] {
        let ours = shared(Suite::Trixie, Library::Ours, what);
        assert!(ours.code == 0 && ours.stdout.contains("the other ended with 0\n"), "{ours:?}");
        // 6.1.2 shares nothing without an ioctl that Linux does not have.
        for suite in [Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
            let theirs = shared(suite, Library::Upstream, what);
            assert_eq!((ours.stdout.as_str(), 0), (theirs.stdout.as_str(), theirs.code), "{}", suite.name());
        }
    }
}

#[test]
fn tickets_of_signals_end_with_their_process_and_signals_do_not() {
    let outcome = shared(Suite::Trixie, Library::Ours, &["ends"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let refused = (0..8).map(|word| format!("word {word} is wrong: 4097"));
    let said = [
        "sockets: 1 more",
        "in a child: 0 more",
        "each attachment is a handle: yes",
        "hsa_amd_ipc_signal_attach(&late, &other): 4097",
        "the other has gone",
        "hsa_amd_ipc_signal_attach(&ticket, &other): 4097",
        "hsa_signal_wait_scacquire(signal, LT, 1, FOR_EVER, BLOCKED): -2",
        "the other ended with 0x9",
    ];
    for wanted in refused.chain(said.map(String::from)) {
        assert!(outcome.stdout.lines().any(|line| line == wanted), "{wanted}: {outcome:?}");
    }
}

#[test]
fn who_waits_for_another_process_rests() {
    let outcome = shared(Suite::Trixie, Library::Ours, &["idle"]);
    let said = "10 ms of 10 s or less: yes\nwoke 50 times or less: yes\n";
    assert!(outcome.code == 0 && outcome.stdout.contains(said), "{outcome:?}");
}

#[test]
fn a_wait_may_end_the_process_when_the_user_wants_that() {
    for suite in [Suite::Trixie, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
        let (program, machine) = (Program::ours("signals_many"), Machine::new(MACHINE));
        let run = |library, seconds| {
            let client = Client::new(suite, library, &machine, &program.path()).arg("stuck").within(30);
            client.env("HSA_SIGNAL_WAIT_ABORT_TIMEOUT", seconds).run()
        };
        let (ours, patient) = (run(Library::Ours, "1"), run(Library::Ours, "0"));
        assert_eq!((ours.code, ours.stdout.as_str()), (134, "waited in vain\n"), "{}", ours.stderr);
        assert!(ours.stderr.contains("HSA_SIGNAL_WAIT_ABORT_TIMEOUT"), "{}", ours.stderr);
        assert_eq!((patient.code, patient.stdout.as_str()), (0, "waited in vain\nstuck: 0 failures\n"));
        if suite == Suite::Exp {
            assert_eq!(run(Library::Upstream, "1").code, ours.code);
        }
    }
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
