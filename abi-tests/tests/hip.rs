//! Upstream's unmodified HIP on the simulated GPU: each program of `clients/hip` checks its own results, compiled and
//! run with the compiler, HIP and runtime of three Debian suites.
//!
//! What is not run, and why, is listed in [`NOT_RUN`].
#![forbid(unsafe_code)]

use abi_tests::{
    hip,
    machine::Machine,
    run::{Client, Library},
    suite::Suite,
};

/// The programs, each with the machine that it is about.
const PROGRAMS: [(&str, &str); 24] = [
    ("device", W7800),
    ("vector_add", W7800),
    ("copies", W7800),
    ("copies_3d", W7800),
    ("fill", W7800),
    ("reduction", W7800),
    ("atomics", W7800),
    ("print", W7800),
    ("assertion", W7800),
    ("heap", W7800),
    ("cooperative", W7800),
    ("streams", W7800),
    ("graphs", W7800),
    ("host_memory", W7800),
    ("pools", W7800),
    ("runtime_compiler", W7800),
    ("calls", W7800),
    ("symbols", W7800),
    ("virtual_memory", W7800),
    ("stream_values", W7800),
    ("textures", W7800),
    ("matrices", W7800),
    ("peers", "sg2044-two-w7800"),
    ("processes", W7800),
];

const W7800: &str = "sg2044-w7800";

/// What a suite's HIP cannot do on any GPU, or the simulated GPU not yet.
const NOT_RUN: [(Suite, &str, &str); 2] = [
    (Suite::TrixieHip, "virtual_memory", "HIP 5.7 says that it has none on Linux"),
    (
        Suite::TrixieHip,
        "processes",
        "ROCr 6.1.2 refuses hsa_amd_ipc_memory_create here; why is not known yet",
    ),
];

#[test]
fn hip_5_7_computes() {
    all_programs(Suite::TrixieHip);
}

#[test]
fn hip_6_4_computes() {
    all_programs(Suite::SidHip);
}

#[test]
fn hip_7_2_computes() {
    all_programs(Suite::ExpHip);
}

#[test]
fn opencl_computes() {
    let machine = Machine::new(W7800);
    for suite in Suite::HIP.into_iter().filter(|suite| suite.root().is_some()) {
        assert_eq!(failure(suite, "opencl.cpp", &machine), None);
    }
}

#[test]
fn clinfo_knows_the_gpu() {
    let machine = Machine::new(W7800);
    for (suite, root) in Suite::HIP.into_iter().filter_map(|suite| Some((suite, suite.root()?))) {
        let client = Client::new(suite, Library::Upstream, &machine, &root.join("usr/bin/clinfo"));
        let outcome = client.env("SIMKFD_GPU", "1").run();
        let says = |name: &str, value: &str| {
            outcome
                .stdout
                .lines()
                .any(|line| line.trim().starts_with(name) && line.trim_end().ends_with(value))
        };
        let known = says("Device Name", " gfx1100") && says("Max compute units", " 35");
        assert!(outcome.code == 0 && known, "{}: {outcome:?}", suite.name());
    }
}

/// Runs every program, and fails with what all those that failed have said.
fn all_programs(suite: Suite) {
    if suite.root().is_none() {
        return;
    }
    let mut failures = Vec::new();
    for (program, machine) in PROGRAMS {
        if let Some((.., why)) = NOT_RUN.iter().find(|(with, name, _)| (*with, *name) == (suite, program)) {
            abi_tests::skip(&format!("{program} with {}: {why}", suite.name()));
            continue;
        }
        failures.extend(failure(suite, &format!("{program}.hip"), &Machine::new(machine)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Runs one program: what it said, where that is not that all is right.
fn failure(suite: Suite, program: &str, machine: &Machine) -> Option<String> {
    let path = hip::program(suite, program);
    let client = Client::new(suite, Library::Upstream, machine, &path).within(120).env("SIMKFD_GPU", "1");
    // Memory of other processes by dma-buf: by default 6.4 wants an ioctl for it that Linux's own driver lacks.
    let outcome = client.env("HSA_ENABLE_IPC_MODE_LEGACY", "0").run();
    let right = outcome.code == 0 && outcome.stdout.lines().last() == Some("end");
    println!("{program} with {}: {}", suite.name(), if right { "right" } else { "WRONG" });
    (!right).then(|| {
        let wrong: Vec<&str> = outcome.stdout.lines().filter(|line| !line.ends_with(": right")).collect();
        format!("{program} with {}: {}\n{}\n{}", suite.name(), outcome.code, wrong.join("\n"), outcome.stderr)
    })
}
