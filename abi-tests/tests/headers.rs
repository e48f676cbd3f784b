//! C programs that are compiled against upstream's headers and against ours, and run on upstream's libraries and
//! on ours: all four print the same.
#![forbid(unsafe_code)]

use std::path::PathBuf;

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};

/// Runs `name`, compiled against `include`, on each of `libraries`; gives what it printed.
fn outputs(name: &str, suite: Suite, include: PathBuf, libraries: &[Library]) -> Vec<String> {
    let program = Program::new(name, &include);
    let machine = Machine::new("desktop-7900xtx");
    let run = |library: &Library| {
        let outcome = Client::new(suite, library.clone(), &machine, &program.path()).run();
        assert_eq!(outcome.code, 0, "{name} on {library:?}: {}", outcome.stderr);
        outcome.stdout
    };
    libraries.iter().map(run).collect()
}

/// Asserts that all combinations of headers and libraries print the same.
fn same_everywhere(name: &str, suite: Suite) {
    let Some(root) = suite.root() else { return };
    let libraries = [Library::Upstream, Library::Ours];
    let theirs = outputs(name, suite, root.join("usr/include"), &libraries);
    assert_eq!(theirs[0], theirs[1], "{name}: {suite:?}'s headers, their library and ours");
    let ours = outputs(name, suite, project::stage().join("include"), &[Library::Ours]);
    assert_eq!(theirs[1], ours[0], "{name}: our library, {suite:?}'s headers and ours");
}

#[test]
fn a_runtime_client_may_use_the_headers_of_6_4_or_ours() {
    same_everywhere("probe", Suite::Sid);
}

#[test]
fn a_runtime_client_may_use_the_headers_of_7_2_or_ours() {
    same_everywhere("probe", Suite::Exp);
}

#[test]
fn a_thunk_client_may_use_the_headers_of_6_2_or_ours() {
    same_everywhere("thunk", Suite::Trixie);
}
