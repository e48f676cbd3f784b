//! Copies: what upstream's libraries answer, ours answer; and what upstream refuses or blocks at.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    machine::Machine,
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
