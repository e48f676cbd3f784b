//! Every ioctl of /dev/kfd is made, and fails in every way that the driver knows: the probes `kfd_errors_*` provoke
//! them on machines that have what it takes, and `simkfd coverage --check` compares with its list.
//! `scripts/coverage` shows the outcome as a table.
#![forbid(unsafe_code)]

use std::{fs, process::Command};

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};

const PROBES: [&str; 6] = [
    "kfd_errors_memory",
    "kfd_errors_queues",
    "kfd_errors_process",
    "kfd_errors_debug",
    "kfd_errors_criu",
    "kfd_errors_restore",
];

/// What is needed beside the newest interface, which all but the last machine get.
fn machines() -> [Machine; 6] {
    let newest = |description: &str| {
        let capture = project::data(&format!("machines/{description}.toml"));
        let machine = Machine::new(&capture.display().to_string());
        machine.set_kfd_version([1, 23]);
        machine
    };
    let small_window = newest("captures/rx6750xtx2-tr1900x");
    hide_vram(&small_window);
    let without_svm = newest("sg2044-w7800");
    without_svm.edit_kernel("svm", false.into());
    let without_gpu = newest("cpu-only");
    // The newest kernels do not open without a GPU.
    without_gpu.set_kfd_version([1, 17]);
    let before_gfx9 = newest("captures/rx580-i7-7700k");
    [newest("sg2044-w7800"), newest("desktop-7900xtx"), before_gfx9, small_window, without_svm, without_gpu]
}

/// Lets the processor see but a window of each GPU's memory, through which nobody else reaches it: the banks are
/// private then (HSA_MEM_HEAP_TYPE_FB_PRIVATE, 2, where it was FB_PUBLIC, 1).
fn hide_vram(machine: &Machine) {
    let nodes = machine.tree().join("sys/devices/virtual/kfd/kfd/topology/nodes");
    let banks = (0..8).map(|node| nodes.join(format!("{node}/mem_banks/0/properties")));
    let mut hidden = 0;
    for bank in banks.filter(|bank| bank.exists()) {
        let text = fs::read_to_string(&bank).expect("a bank");
        hidden += usize::from(text.contains("heap_type 1"));
        fs::write(bank, text.replace("heap_type 1", "heap_type 2")).expect("a bank");
    }
    assert!(hidden > 1, "a machine with several GPUs");
}

#[test]
fn every_ioctl_fails_in_every_way() {
    let Some(headers) = Suite::Sid.root().map(|root| root.join("usr/include")) else { return };
    let folder = project::target().join("coverage");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("target/coverage");
    let (outcomes, taken) = (folder.join("outcomes"), folder.join("taken"));
    let programs = PROBES.map(|probe| Program::probe(probe, &headers));
    let mut said = String::new();
    for machine in &machines() {
        for program in &programs {
            let client = Client::new(Suite::Trixie, Library::Ours, machine, &program.path());
            let outcome = client.env("SIMKFD_COVERAGE", &outcomes).run();
            assert_eq!(outcome.code, 0, "{}{}", outcome.stdout, outcome.stderr);
            said.push_str(&outcome.stdout);
        }
    }
    if let Some(why) = said.lines().find_map(|line| line.strip_prefix("skipped ")) {
        abi_tests::skip(&format!("the ways in which an ioctl fails: {why}"));
    }
    fs::write(&taken, said).expect("target/coverage/taken");
    let checked = Command::new(project::simulator("simkfd"))
        .args(["coverage", "--check"])
        .args([&outcomes, &taken])
        .output()
        .expect("run simkfd");
    let table = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{table}");
    assert!(!table.contains("NEVER MADE"), "{table}");
}
