//! Performance counters of the families that no described machine has: kmt_perf over ours and over upstream's 6.2.4, on
//! one machine with another GPU each time. The two newest families are in the machines of tests/thunk.rs.
#![forbid(unsafe_code)]

use std::{fs, path::Path};

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};

/// A GPU of each family: GFX version, device id, and whether its counters are listed. Fiji and Polaris differ by id.
const GPUS: [(&str, u32, bool); 6] = [
    ("gfx700", 0x1304, true),
    ("gfx701", 0x67a0, true),
    ("gfx801", 0x9870, true),
    ("gfx802", 0x6920, false),
    ("gfx803", 0x7300, true),
    ("gfx803", 0x67c0, true),
];

/// The description of a machine with one GPU, which becomes another.
fn machine(gfx: &str, device_id: u32, folder: &Path) -> Machine {
    let text = fs::read_to_string(project::data("machines/bc250.toml")).expect("bc250.toml");
    let mut machine: toml::Table = text.parse().expect("bc250.toml");
    let gpus = machine.get_mut("gpu").and_then(toml::Value::as_array_mut).expect("[[gpu]]");
    let gpu = gpus[0].as_table_mut().expect("[[gpu]]");
    gpu.insert("gfx".into(), gfx.into());
    gpu.insert("device_id".into(), i64::from(device_id).into());
    let _ = gpu.remove("features"); // SVM is gfx9's
    let file = folder.join("machine.toml");
    fs::write(&file, machine.to_string()).expect("write the description");
    Machine::new(&file.display().to_string())
}

#[test]
fn every_family_has_the_counters_that_upstream_lists() {
    let program = Program::ours("kmt_perf");
    let folder = tempfile::tempdir().expect("temporary folder");
    for (gfx, device_id, listed) in GPUS {
        let machine = machine(gfx, device_id, folder.path());
        let [theirs, ours] = [Library::Upstream, Library::Ours]
            .map(|library| Client::new(Suite::Trixie, library, &machine, &program.path()).run());
        assert_eq!(ours.stdout, theirs.stdout, "{gfx} {device_id:#x}");
        assert_eq!((ours.code, theirs.code), (0, 0), "{gfx} {device_id:#x}");
        assert_eq!(ours.stdout.contains(" blocks, "), listed, "{gfx} {device_id:#x}");
    }
}
