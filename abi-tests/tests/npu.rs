//! The agent of a neural processor (NPU): its pools, and what other calls make of it, with the answers of upstream's 6.4.3
//! and 7.2.4, or a reason in golden/npu-explained.toml. What it tells of itself is for `rocminfo`, `attributes` and
//! `captures`.
#![forbid(unsafe_code)]

use std::fs;

use abi_tests::{
    compile::Program,
    hip,
    lines::Reasons,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};

fn npu() -> Machine {
    Machine::new(&project::data("machines/captures/780m-npu-7840hs.toml").display().to_string())
}

#[test]
fn calls_that_name_an_npu_end_as_upstreams() {
    let reasons = Reasons::read(&project::data("golden/npu-explained.toml"));
    let program = Program::ours("npu");
    let mut wrong = Vec::new();
    for suite in [Suite::Sid, Suite::Exp] {
        if suite.root().is_none() {
            return;
        }
        let machine = npu();
        let run = |library| Client::new(suite, library, &machine, &program.path()).run();
        let found = reasons.unexplained("npu", &run(Library::Upstream), &run(Library::Ours));
        wrong.extend(found.into_iter().map(|what| format!("{suite:?}: {what}")));
    }
    assert!(wrong.is_empty(), "{} differences (upstream | ours):\n{}", wrong.len(), wrong.join("\n"));
    assert!(reasons.unused().is_empty(), "reasons that explain nothing: {:?}", reasons.unused());
}

/// The driver faults all of the heap in when it is mapped: 64 MiB that nobody pays for who does not use it.
#[test]
fn listing_an_npu_takes_no_memory_of_its() {
    let machine = npu();
    let Some(client) = Client::rocminfo(Suite::Sid, Library::Ours, &machine) else { return };
    let folder = tempfile::tempdir().expect("temporary folder");
    let trace = folder.path().join("trace");
    client.trace(&trace).run();
    let trace = fs::read_to_string(trace).expect("a trace");
    let calls: Vec<&str> = trace.lines().filter(|line| line.contains(" accel0 ")).collect();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert!(calls[0].contains("AMDXDNA_GET_INFO param=0x2"), "{calls:?}");
}

/// HIP and OpenCL look for GPUs, and find them: an NPU is none.
#[test]
fn hip_and_opencl_compute_beside_an_npu() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let description = folder.path().join("machine.toml");
    let gpu = fs::read_to_string(project::data("machines/desktop-7900xtx.toml")).expect("a description");
    let npu = "[[npu]]\ndevice_id = 0x17f0\npci_rev = 0x11\nbdf = \"0000:c6:00.1\"\n";
    fs::write(&description, format!("{gpu}\n{npu}")).expect("write a description");
    let machine = Machine::new(&description.display().to_string());
    for suite in [Suite::TrixieHip, Suite::SidHip, Suite::ExpHip] {
        if suite.root().is_none() {
            continue;
        }
        for program in ["vector_add.hip", "opencl.cpp"] {
            let client = Client::new(suite, Library::Ours, &machine, &hip::program(suite, program));
            let outcome = client.within(120).env("SIMKFD_GPU", "1").run();
            let right = outcome.code == 0 && outcome.stdout.lines().last() == Some("end");
            assert!(right, "{program} of {}: {outcome:?}", suite.name());
        }
    }
}
