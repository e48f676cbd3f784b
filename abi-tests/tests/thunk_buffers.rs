//! libhsakmt.so.1's buffer handles. No release has them in a library of its own, so the C program knows what to expect;
//! the simulated kernel knows which requests it was made.
#![forbid(unsafe_code)]

use std::fs;

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library, Outcome},
    suite::Suite,
};

/// Each with the version of its amdgpu: before or since mappings can be waited for (3.64).
const MACHINES: [(&str, bool); 4] =
    [("desktop-7900xtx", false), ("sg2044-w7800", true), ("bc250", true), ("mi300x-cpx", true)];

/// Seconds after which a program waits for what never comes.
const LIMIT: u32 = 60;

fn client<'a>(machine: &'a Machine, program: &Program) -> Client<'a> {
    Client::new(Suite::Trixie, Library::Ours, machine, &program.path()).within(LIMIT)
}

fn assert_fine(name: &str, outcome: &Outcome) {
    let fine = outcome.code == 0 && outcome.stdout.ends_with("\n0 failures\n");
    assert!(fine, "{name}: {}\n{}{}", outcome.code, outcome.stdout, outcome.stderr);
}

#[test]
fn memory_lives_by_its_handle_and_goes_with_the_last() {
    let program = Program::ours("kmt_buffers");
    let folder = tempfile::tempdir().expect("temporary folder");
    for (name, has_timeline) in MACHINES {
        let trace = folder.path().join(name);
        let outcome = client(&Machine::new(name), &program).trace(&trace).run();
        assert_fine(name, &outcome);
        let text = fs::read_to_string(&trace).expect("trace");
        let succeeded = |request: &str| {
            let of_request = text.lines().filter(|line| line.contains(request));
            of_request.filter(|line| line.contains(" -> 0")).count()
        };
        // Two mappings, their ends and one more in the parent, one in the child.
        assert_eq!(succeeded(" AMDGPU_GEM_VA "), 6, "{name}");
        assert_eq!(succeeded(" SYNCOBJ_TIMELINE_WAIT "), if has_timeline { 6 } else { 0 }, "{name}");
        assert_eq!(succeeded(" SYNCOBJ_CREATE "), if has_timeline { 2 } else { 0 }, "{name}: one a process");
        assert_eq!(succeeded(" GEM_CLOSE "), 2, "{name}: one a process");
    }
}

#[test]
fn a_queue_writes_through_a_mapping() {
    let program = Program::ours("kmt_buffers");
    let machine = Machine::new("desktop-7900xtx");
    let outcome = client(&machine, &program).arg("gpu").env("SIMKFD_GPU", "1").run();
    assert_fine("gpu", &outcome);
    assert!(outcome.stdout.contains("\nthe GPU wrote\n"), "{}", outcome.stdout);
}
