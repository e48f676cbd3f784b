//! Copies: what upstream's libraries answer, ours answer; and what upstream refuses or blocks at.
#![forbid(unsafe_code)]

use std::{fs, process::Command};

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library, Outcome},
    suite::Suite,
};

/// A GPU of gfx11, whose engines know every packet.
const MACHINE: &str = "desktop-7900xtx";

/// What the program says beyond what it says on upstream's libraries, too.
const MORE: &str = "\
within: 0x3, preferred: 0x3 0x3
before the host: 20000
after it: 0, same 1
box of 33 x 40 x 1: 0, 0 left, 40 rows, nothing else 1
box of 35 x 9 x 4: 0, 0 left, 36 rows, nothing else 1
box of 1001 x 500 x 1: 0, 0 left, 500 rows, nothing else 1
end
";

/// What the program of batches says.
const BATCHES: &str = "\
there and back: 0 0 left, 300 right
lists: 0 left, 0 0 left, 5 right
nothing: 1001 1001
no signals: 1001
version: 1001
swap: 1001
no target: 1001
no signal: 1001
wait for memory: 1001
between processors: 1001
untouched: 1
end
";

fn client<'a>(suite: Suite, library: Library, machine: &'a Machine, program: &Program) -> Client<'a> {
    Client::new(suite, library, machine, &program.path()).env("SIMKFD_GPU", "1")
}

fn suites() -> impl Iterator<Item = Suite> {
    [Suite::Trixie, Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some())
}

fn said(outcome: Outcome) -> String {
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    outcome.stdout
}

#[test]
fn copies_are_as_upstreams() {
    let (program, machine) = (Program::ours("copies"), Machine::new(MACHINE));
    let ours = said(client(Suite::Exp, Library::Ours, &machine, &program).run());
    assert!(ours.lines().count() > 40 && ours.ends_with("end\n"), "{ours}");
    for suite in suites() {
        let theirs = said(client(suite, Library::Upstream, &machine, &program).run());
        assert_eq!(ours, theirs, "{}", suite.name());
    }
}

#[test]
fn nobody_blocks_and_boxes_may_be_anywhere() {
    let (program, machine) = (Program::ours("copies"), Machine::new(MACHINE));
    let run = || client(Suite::Exp, Library::Ours, &machine, &program);
    let (few, all) = (said(run().run()), said(run().arg("more").run()));
    assert_eq!(all, few.replace("end\n", MORE));
}

/// Releases before 6.3 do not have it.
#[test]
fn packets_of_copy_kernels_are_told_to_who_asks() {
    let (program, machine) = (Program::ours("logging"), Machine::new(MACHINE));
    let run =
        |suite, library| said(client(suite, library, &machine, &program).env("HSA_ENABLE_SDMA", "0").run());
    let ours = run(Suite::Exp, Library::Ours);
    assert!(ours.contains("\nto a file: 0 left, 1 lines\n"), "{ours}");
    for suite in suites().filter(|&suite| suite != Suite::Trixie) {
        assert_eq!(ours, run(suite, Library::Upstream), "{}", suite.name());
    }
}

/// No release of upstream's has them yet. By engines, and by kernels, which gfx1013 has instead.
#[test]
fn batches_are_copied_by_one_call() {
    let program = Program::ours("batch");
    for machine in [MACHINE, "bc250"].map(Machine::new) {
        assert_eq!(said(client(Suite::Exp, Library::Ours, &machine, &program).run()), BATCHES);
    }
}

/// Each GPU's engine copies what is to go there, and all make the operation's signal less; where a GPU cannot, nobody begins.
#[test]
fn a_batch_is_carried_by_the_gpus_that_it_goes_to() {
    let program = Program::ours("batch");
    let folder = tempfile::tempdir().expect("temporary folder");
    let packets = folder.path().join("packets");
    let machine = Machine::new("sg2044-two-w7800");
    let client_of = |machine| client(Suite::Exp, Library::Ours, machine, &program).arg("two");
    let text = said(client_of(&machine).env("SIMGPU_PACKETS", &packets).run());
    assert_eq!(text, "to 2 GPUs: 0, 0 left, 2 right\nend\n");
    let seen = fs::read_to_string(&packets).expect("packets");
    for gpu in [" gpu=0 ", " gpu=1 "] {
        let copies = seen.lines().filter(|line| line.contains(gpu) && line.contains(" SDMA Copy"));
        // There and back.
        assert_eq!(copies.count(), 2, "{gpu}: {seen}");
    }
    let machine = Machine::with("sg2044-two-w7800", "pcie_atomics = false\n");
    assert_eq!(said(client_of(&machine).run()), "to 2 GPUs: 2f\nend\n");
    // To one at a time they go there, too.
    assert_eq!(said(client(Suite::Exp, Library::Ours, &machine, &program).run()), BATCHES);
}

/// Without SDMA engines kernels copy, in order, as upstream's do.
#[test]
fn kernels_copy_where_no_engine_is_to() {
    let program = Program::ours("copies");
    let machine = Machine::new(MACHINE);
    let run = |suite, library| {
        let client = client(suite, library, &machine, &program);
        said(client.arg("few").env("HSA_ENABLE_SDMA", "0").run())
    };
    let ours = run(Suite::Exp, Library::Ours);
    for suite in suites() {
        assert_eq!(ours, run(suite, Library::Upstream), "{}", suite.name());
    }
    // gfx1013 has no engine for programs.
    let other = Machine::new("bc250");
    assert_eq!(said(client(Suite::Exp, Library::Ours, &other, &program).arg("few").run()), ours);
}

#[test]
fn kernels_and_trap_handlers_are_what_their_sources_assemble_to() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let shaders = project::root().join("hsa-runtime/shaders");
    let status = Command::new(shaders.join("assemble")).arg(folder.path()).status().expect("bash");
    if status.code() == Some(3) {
        eprintln!("skipped: no llvm-mc here to assemble kernels with");
        return;
    }
    assert!(status.success());
    let blits = (8..=12).map(|generation| format!("gfx{generation}.bin"));
    let traps =
        ["8.0", "9.0", "9.4", "10.1", "10.3", "11.0", "12.0"].map(|version| format!("trap{version}.bin"));
    let signals = ["9.0", "10.1", "10.3"].map(|version| format!("trap{version}-signals.bin"));
    for name in blits.chain(traps).chain(signals) {
        let [made, committed] = [folder.path(), &shaders].map(|folder| fs::read(folder.join(&name)).unwrap());
        assert!(made == committed, "{name}: run hsa-runtime/shaders/assemble");
    }
}
