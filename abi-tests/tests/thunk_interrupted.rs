//! libhsakmt.so.1 when it is interrupted: by a driver that wants each ioctl once more, by signals while it waits, and
//! by a fork while it is open.
#![forbid(unsafe_code)]

use std::{fs, path::Path};

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library, Outcome},
    suite::Suite,
    trace,
};

const MACHINES: [&str; 4] = ["sg2044-w7800", "desktop-7900xtx", "bc250", "mi300x-cpx"];

/// Programs that together make most ioctls.
const CLIENTS: [&str; 6] = ["kmt_memory", "kmt_events", "kmt_queues", "kmt_svm", "kmt_process", "kmt_debug"];

/// Seconds after which a wait has no end.
const LIMIT: u32 = 60;

fn client<'a>(library: Library, machine: &'a Machine, program: &Program) -> Client<'a> {
    Client::new(Suite::Trixie, library, machine, &program.path()).within(LIMIT)
}

/// How often the driver was asked to wait, and how often a signal ended that.
fn waits(trace: &Path) -> (usize, usize) {
    let text = fs::read_to_string(trace).expect("trace");
    let waits = text.lines().filter(|line| line.contains(" WAIT_EVENTS "));
    waits.fold((0, 0), |(all, ended), line| (all + 1, ended + usize::from(line.contains("-> EINTR"))))
}

#[test]
fn a_wait_outlives_signals_and_ends_in_its_time() {
    let program = Program::ours("kmt_interrupt");
    let folder = tempfile::tempdir().expect("temporary folder");
    let trace = folder.path().join("trace");
    for name in MACHINES {
        let machine = Machine::new(name);
        let expected = client(Library::Upstream, &machine, &program).run();
        let said = client(Library::Ours, &machine, &program).trace(&trace).run();
        assert_eq!((said.code, expected.code), (0, 0), "{name}: {}{}", said.stdout, said.stderr);
        assert_eq!(said.stdout, expected.stdout, "{name}");
        // Four waits of five signals each, under a handler that ends system calls.
        let (all, ended) = waits(&trace);
        assert!(ended >= 20 && all > ended, "{name}: of {all} waits {ended} were interrupted");
        fs::remove_file(&trace).expect("remove trace");
    }
}

/// A plan under which each of so many ioctls fails twice before it is served. A rule does not count what those before
/// it made fail, so the nth call that it counts is a try of the nth ioctl.
fn twice_each(ioctls: usize) -> String {
    let rule = |errno, nth| format!("[[fault]]\nioctl = \"*\"\nerrno = \"{errno}\"\nnth = {nth}\n");
    (1..=ioctls).flat_map(|nth| [rule("EINTR", nth), rule("EAGAIN", nth)]).collect()
}

/// What a program says, and how many ioctls it makes.
fn counted(client: Client) -> (Outcome, usize) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let file = folder.path().join("trace");
    let outcome = client.trace(&file).run();
    (outcome, trace::read(&file).len())
}

/// Upstream's library is asked too: it shows that the plan is one under which programs notice nothing.
#[test]
fn every_interrupted_ioctl_is_made_again() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let plan = folder.path().join("plan.toml");
    let machine = Machine::new("desktop-7900xtx");
    for name in CLIENTS {
        let program = Program::ours(name);
        for library in [Library::Upstream, Library::Ours] {
            let (expected, ioctls) = counted(client(library.clone(), &machine, &program));
            fs::write(&plan, twice_each(ioctls)).expect("plan");
            let (said, made) = counted(client(library.clone(), &machine, &program).faults(&plan));
            let run = format!("{name}, {library:?}");
            assert_eq!((said.code, said.stdout), (expected.code, expected.stdout), "{run}: {}", said.stderr);
            assert_eq!(made, 3 * ioctls, "{run}: calls");
        }
    }
}

/// What the parent says after its child has ended.
fn afterwards(outcome: &Outcome) -> Vec<&str> {
    outcome.stdout.lines().skip_while(|line| !line.starts_with("child ended")).skip(1).collect()
}

/// Upstream's child crashes when it allocates, so only what the parent says is compared.
#[test]
fn a_forked_child_starts_afresh_and_reads_what_its_parent_pinned() {
    let program = Program::ours("kmt_again");
    for name in MACHINES {
        let machine = Machine::new(name);
        let run = |library| client(library, &machine, &program).arg("fork").run();
        let (expected, said) = (run(Library::Upstream), run(Library::Ours));
        let told = format!("{name}: {}{}", said.stdout, said.stderr);
        assert_eq!(said.code, 0, "{told}");
        for line in [
            "child: paged: reads 40",
            "child: registered: reads 43",
            "child, with its own: pinned: reads 41",
            "child, with its own: of a GPU: reads 42",
            "child ended with 0",
            "parent: pinned: reads 41",
        ] {
            assert!(said.stdout.lines().any(|found| found == line), "{line} is not in {told}");
        }
        assert!(!afterwards(&said).is_empty(), "{told}");
        assert_eq!(afterwards(&said), afterwards(&expected), "{name}");
    }
}
