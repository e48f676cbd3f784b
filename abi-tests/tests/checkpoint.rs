//! CRIU's half of the driver: a process is written down, and another one made from that (`kfd_restore.c`). The ways in
//! which it fails are `coverage`'s.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};

/// Several devices or one, with queues that can be restored and with MES, whose can not.
const MACHINES: [&str; 4] = [
    "machines/captures/rx6750xtx2-tr1900x.toml",
    "machines/captures/vega64-i7-14700kf.toml",
    "machines/captures/rx580-i7-7700k.toml",
    "machines/sg2044-w7800.toml",
];

#[test]
fn a_restored_process_is_the_one_that_was_written_down() {
    let Some(headers) = Suite::Sid.root().map(|root| root.join("usr/include")) else { return };
    let program = Program::probe("kfd_restore", &headers);
    for name in MACHINES {
        let machine = Machine::new(&project::data(name).display().to_string());
        machine.set_kfd_version([1, 23]);
        let outcome = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).run();
        let said = &outcome.stdout;
        assert_eq!(outcome.code, 0, "{name}: {said}{}", outcome.stderr);
        if let Some(why) = said.lines().find_map(|line| line.strip_prefix("skipped ")) {
            abi_tests::skip(&format!("restoring from a checkpoint: {why}"));
            return;
        }
        let expected = [
            "restore: 0",
            "buffer 0 of 4096 bytes at 930000000: 70",
            "resume: 0",
            "counts: the same",
            "private data: the same",
            "objects: the same",
            "first event: not set",
            "second event: set",
        ];
        for line in expected {
            assert!(said.lines().any(|told| told == line), "{name}: {line}: {said}");
        }
        let queue = said.contains("3 objects of memory");
        assert_eq!(said.contains("destroy queue: 0"), queue, "{name}: {said}");
    }
}
