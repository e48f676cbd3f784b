//! ROCr 7.2.4 with HSA_ENABLE_DTIF=1 takes its thunk from our libdtif.so, and says the same as on its own, static one.
#![forbid(unsafe_code)]

use std::{fs, os::unix::fs::symlink, path::Path};

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library, Outcome},
    suite::Suite,
};

const MACHINES: [&str; 4] = ["sg2044-w7800", "desktop-7900xtx", "bc250", "mi300x-cpx"];

/// What ROCr says on standard error once it has every name of its list.
const COMPLETE: &str = "Load all DTIF APIs OK!";

/// A folder that holds nothing but our libdtif.so, so that the runtime is upstream's.
fn dtif_only() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temporary folder");
    let staged = project::stage().join("lib/libdtif.so");
    symlink(fs::canonicalize(staged).expect("staged library"), folder.path().join("libdtif.so"))
        .expect("link");
    folder
}

/// Standard output of `program` under 7.2.4 on its own thunk, and on ours.
fn both(machine: &Machine, program: &Path) -> [String; 2] {
    let theirs = Client::new(Suite::Exp, Library::Upstream, machine, program).run();
    let folder = dtif_only();
    let library = Library::Folder(folder.path().to_owned());
    let ours = Client::new(Suite::Exp, library, machine, program).env("HSA_ENABLE_DTIF", "1").run();
    assert!(ours.stderr.contains(COMPLETE), "{}", ours.stderr);
    [theirs, ours].map(|Outcome { stdout, stderr, code }| {
        assert_eq!(code, 0, "{stdout}{stderr}");
        stdout
    })
}

/// What rocminfo itself says otherwise, or not at all, when it sees HSA_ENABLE_DTIF.
fn without_what_rocminfo_hides(text: &str) -> String {
    let hidden = ["ASIC Revision:", "WatchPts on Addr. Ranges:", "Max Clock Freq. (MHz):"];
    let kept = |line: &&str| {
        let line = line.trim_start();
        !line.contains("ROCk module")
            && line != "HSA-DTIF environment detected."
            && !hidden.iter().any(|heading| line.starts_with(heading))
    };
    text.lines().filter(kept).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_program_takes_memory_signals_and_queues() {
    if Suite::Exp.root().is_none() {
        return;
    }
    let program = Program::ours("resources");
    for name in MACHINES {
        let [theirs, ours] = both(&Machine::new(name), &program.path());
        assert_eq!(ours, theirs, "{name}");
        assert!(ours.contains("hsa_queue_destroy(made): 0"), "{name}: {ours}");
    }
}

#[test]
fn rocminfo_sees_the_same_machine() {
    let Some(root) = Suite::Exp.root() else { return };
    // Not the RISC-V one, whose CPU upstream has no name for.
    for name in &MACHINES[1..] {
        let said = both(&Machine::new(name), &root.join("usr/bin/rocminfo"));
        let [theirs, ours] = said.map(|text| without_what_rocminfo_hides(&text));
        assert_eq!(ours, theirs, "{name}");
        assert!(ours.contains("Device Type:             GPU"), "{name}: {ours}");
    }
}
