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
