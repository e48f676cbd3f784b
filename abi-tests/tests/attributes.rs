//! Every attribute that the headers define, of every kind of object, and those next to them that do not exist: the same
//! bytes and statuses as upstream's 7.2.4, or a reason in golden/attributes-explained.toml.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    lines::Reasons,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};

#[test]
fn every_attribute_has_upstreams_value() {
    if Suite::Exp.root().is_none() {
        return;
    }
    let reasons = Reasons::read(&project::data("golden/attributes-explained.toml"));
    let program = Program::ours("attributes");
    let mut wrong = Vec::new();
    let npu = project::data("machines/captures/780m-npu-7840hs.toml").display().to_string();
    for name in ["sg2044-w7800", "desktop-7900xtx", "bc250", &npu] {
        let machine = Machine::new(name);
        let run = |library| Client::new(Suite::Exp, library, &machine, &program.path()).run();
        let found = reasons.unexplained("attributes", &run(Library::Upstream), &run(Library::Ours));
        wrong.extend(found.into_iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "{} differences (upstream | ours):\n{}", wrong.len(), wrong.join("\n"));
    assert!(reasons.unused().is_empty(), "reasons that explain nothing: {:?}", reasons.unused());
}

/// Newest upstream's question, which no release has: host memory leaves by a GPU's node of a driver that has virtual memory.
#[test]
fn host_memory_can_be_exported_where_a_gpu_has_virtual_memory() {
    let program = Program::ours("attributes");
    let machine = Machine::new("desktop-7900xtx");
    for (minor, answer) in [(15, 1), (14, 0)] {
        machine.set_kfd_version([1, minor]);
        let outcome = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).run();
        let line = format!("system 0x20a: 0 {answer:02x}");
        assert!(outcome.stdout.lines().any(|told| told == line), "1.{minor}: {}", outcome.stderr);
    }
}

/// Upstream tells that waits are by MWAITX where the processor of this computer has it, and the user wants it or does not.
#[test]
fn waits_are_told_as_the_user_wants_them_and_the_processor_has_them() {
    let (program, machine) = (Program::ours("attributes"), Machine::new("sg2044-w7800"));
    for wanted in ["0", "1"] {
        let told = |library| {
            let client = Client::new(Suite::Exp, library, &machine, &program.path());
            let outcome = client.env("HSA_ENABLE_MWAITX", wanted).run();
            let line = outcome.stdout.lines().find(|line| line.starts_with("system 0x203:"));
            line.unwrap_or_else(|| panic!("{outcome:?}")).to_owned()
        };
        if Suite::Exp.root().is_some() {
            assert_eq!(told(Library::Upstream), told(Library::Ours), "{wanted}");
        }
    }
}
