//! Several processes on one simulated machine: they share its memory's accounts, and buffers by dma-buf descriptors,
//! with upstream's libhsakmt as with ours.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library},
    suite::Suite,
};

#[test]
fn a_buffer_is_one_memory_in_every_process_that_was_handed_it() {
    let program = Program::ours("kmt_share");
    for name in ["sg2044-w7800", "desktop-7900xtx", "bc250", "mi300x-cpx"] {
        let machine = Machine::new(name);
        let [ours, upstream] = [Library::Ours, Library::Upstream].map(|library| {
            let outcome = Client::new(Suite::Trixie, library, &machine, &program.path()).run();
            assert_eq!(outcome.code, 0, "{name}: {}{}", outcome.stdout, outcome.stderr);
            outcome.stdout
        });
        assert_eq!(ours, upstream, "{name}");
        for line in [
            "less memory by 4194304 bytes",
            "child reads 11 and 99",
            "parent reads 77",
            "second child reads 11, 77 and 99",
            "child still reads 11, 77 and 99",
        ] {
            assert!(ours.lines().any(|said| said == line), "{name}: {line}: {ours}");
        }
    }
}
