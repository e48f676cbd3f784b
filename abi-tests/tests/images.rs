//! Images: the same formats, limits, refusals and descriptors of linear images as upstream's.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library},
    suite::Suite,
};

/// GPUs of gfx11, and of gfx10.1, whose descriptors differ.
const MACHINES: [&str; 2] = ["sg2044-w7800", "bc250"];

#[test]
fn programs_are_told_the_same_of_images() {
    let program = Program::ours("images");
    for machine in MACHINES.map(Machine::new) {
        for suite in
            [Suite::Trixie, Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some())
        {
            let run = |library| Client::new(suite, library, &machine, &program.path()).run();
            let (theirs, ours) = (run(Library::Upstream), run(Library::Ours));
            assert!(theirs.code == 0 && theirs.stdout.ends_with("end\n"), "{}: {theirs:?}", suite.name());
            assert_eq!(
                (ours.code, ours.stdout.as_str()),
                (0, theirs.stdout.as_str()),
                "{}: {}",
                suite.name(),
                ours.stderr
            );
        }
    }
}
