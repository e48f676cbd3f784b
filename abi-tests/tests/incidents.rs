//! What happens to a machine by itself or by a fault plan, as a process sees it (`kfd_smi.c`): system management
//! events, exceptions, wake-ups for nothing, memory that only some devices get.
#![forbid(unsafe_code)]

use std::fs;

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};

/// Two GPUs that do not reach one another's memory.
const MACHINE: &str = "machines/captures/rx6750xtx2-tr1900x.toml";

/// What the program says with an argument and a fault plan, if there are; none where the newest headers cannot be had.
fn said(argument: Option<&str>, plan: &str) -> Option<String> {
    let headers = Suite::Sid.root()?.join("usr/include");
    let program = Program::probe("kfd_smi", &headers);
    let machine = Machine::new(&project::data(MACHINE).display().to_string());
    machine.set_kfd_version([1, 23]);
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("plan.toml");
    fs::write(&path, plan).expect("a plan");
    let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).faults(&path);
    let outcome = argument.into_iter().fold(client, Client::arg).run();
    assert_eq!(outcome.code, 0, "{}{}", outcome.stdout, outcome.stderr);
    Some(outcome.stdout)
}

/// The lines that begin with a word, without it.
fn lines<'t>(said: &'t str, word: &str) -> Vec<&'t str> {
    said.lines().filter_map(|line| line.strip_prefix(word)?.strip_prefix(": ")).collect()
}

#[test]
fn migrations_are_told_of_with_what_they_stop() {
    let Some(said) = said(None, "") else { return };
    assert_eq!(lines(&said, "at first"), ["EAGAIN"]);
    assert_eq!(lines(&said, "write of 4 bytes"), ["EFAULT"]);
    assert_eq!(lines(&said, "write of 8 bytes"), ["8"]);
    let there = lines(&said, "to the GPU");
    let [started, start, evicted, end, restored] = there[..] else { panic!("{said}") };
    assert!(started.starts_with("c "), "a process began: {said}");
    let node = start.split("->").nth(1).and_then(|rest| rest.split(' ').next()).expect("a node");
    assert_eq!(start, format!("5 self @200000(2) 0->{node} {node}:ffffffff 0"));
    assert_eq!(evicted, format!("9 self {node} 0"));
    assert_eq!(end, format!("6 self @200000(2) 0->{node} 0 0"));
    assert_eq!(restored, format!("a self {node} 0"));
    let back = lines(&said, "to the system");
    assert_eq!(back[0], format!("5 self @200000(2) {node}->0 0:ffffffff 0"));
    assert_eq!(lines(&said, "unmapped"), [format!("b self @200000(1) {node} 2")]);
}

#[test]
fn processes_hear_of_one_another() {
    let Some(said) = said(Some("other"), "") else { return };
    assert_eq!(lines(&said, "another process"), ["started, ended"]);
}

const PLAN: &str = "
[[fault]]
ioctl = 'MAP_MEMORY_TO_GPU'
errno = 'ENOMEM'
done = 1
nth = 1

[[fault]]
ioctl = 'WAIT_EVENTS'
incident = 'SPURIOUS_EVENTS'
nth = 1

[[fault]]
ioctl = 'WAIT_EVENTS'
incident = 'VM_FAULT'
address = 0x123456
nth = 2

[[fault]]
ioctl = 'WAIT_EVENTS'
incident = 'GPU_RESET'
nth = 3

[[fault]]
ioctl = 'WAIT_EVENTS'
incident = 'THERMAL_THROTTLE'
nth = 4

[[fault]]
ioctl = 'WAIT_EVENTS'
incident = 'PAGE_FAULT'
address = 0x5000
nth = 4
";

#[test]
fn a_plan_makes_things_happen_and_the_process_hears_of_them() {
    let Some(said) = said(Some("plan"), PLAN) else { return };
    assert_eq!(lines(&said, "map"), ["ENOMEM, 1 of 2", "0, 2 of 2"]);
    assert_eq!(lines(&said, "event of type 0"), ["set", "not set"]);
    assert_eq!(lines(&said, "event of type 8"), ["set, fault at 123000"]);
    assert_eq!(lines(&said, "event of type 3"), ["set, memory lost 1"]);
    let kinds: Vec<&str> =
        lines(&said, "afterwards").iter().map(|line| line.split(' ').next().expect("a kind")).collect();
    assert_eq!(kinds, ["1", "3", "9", "4", "2", "7", "8"], "{said}");
}
