//! Several processes on one simulated machine: they share its memory's accounts, and buffers by dma-buf descriptors,
//! with upstream's libhsakmt as with ours, and with one of each.
#![forbid(unsafe_code)]

use std::thread;

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library, Outcome},
    suite::Suite,
};

const MACHINES: [&str; 4] = ["sg2044-w7800", "desktop-7900xtx", "bc250", "mi300x-cpx"];

/// Seconds after which a process waits for the other in vain.
const LIMIT: u32 = 60;

#[test]
fn a_buffer_is_one_memory_in_every_process_that_was_handed_it() {
    let program = Program::ours("kmt_share");
    for name in MACHINES {
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

/// What two processes said, the exporter first.
fn pair(machine: &Machine, program: &Program, libraries: [Library; 2]) -> [Outcome; 2] {
    let folder = tempfile::tempdir().expect("temporary folder");
    let socket = folder.path().join("socket");
    let run = |role: &str, library| {
        let client = Client::new(Suite::Trixie, library, machine, &program.path()).within(LIMIT);
        client.arg(role).arg(socket.to_str().expect("a path in UTF-8")).run()
    };
    let [exporter, importer] = libraries;
    thread::scope(|scope| {
        let exporter = scope.spawn(|| run("export", exporter));
        let imported = run("import", importer);
        [exporter.join().expect("the exporter's thread"), imported]
    })
}

#[test]
fn either_library_takes_in_what_the_other_exports() {
    let program = Program::ours("kmt_share_peer");
    for name in MACHINES {
        let machine = Machine::new(name);
        let said = |libraries: [Library; 2]| {
            let told = format!("{name}, {libraries:?}");
            pair(&machine, &program, libraries).map(|outcome| {
                assert_eq!(outcome.code, 0, "{told}: {}{}", outcome.stdout, outcome.stderr);
                outcome.stdout
            })
        };
        let expected = said([Library::Upstream, Library::Upstream]);
        for (process, line) in [
            (0, "exporter reads 77"),
            (1, "importer reads 11 and 99"),
            (1, "exporter is gone"),
            (1, "importer still reads 11, 12, 77 and 99"),
        ] {
            assert!(expected[process].lines().any(|said| said == line), "{name}: {line}: {expected:?}");
        }
        assert_eq!(said([Library::Ours, Library::Ours]), expected, "{name}");
        assert_eq!(said([Library::Upstream, Library::Ours]), expected, "{name}, ours imports");
        assert_eq!(said([Library::Ours, Library::Upstream]), expected, "{name}, upstream's imports");
    }
}

#[test]
fn all_who_hold_a_buffer_describe_it_and_pay_for_it_together() {
    let Some(headers) = Suite::Sid.root().map(|root| root.join("usr/include")) else { return };
    let program = Program::probe("kfd_shared", &headers);
    for name in ["sg2044-w7800", "desktop-7900xtx"] {
        let machine = Machine::new(name);
        let outcome = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).run();
        assert_eq!(outcome.code, 0, "{name}: {}{}", outcome.stdout, outcome.stderr);
        let said: Vec<&str> = outcome.stdout.lines().collect();
        let expected = [
            "open: 0",
            "taken by the exporter: 1",
            "importer: 16777216 bytes, described by 0: , access to nothing: EINVAL",
            "importer: 16777216 bytes, described by 15: by the exporter, access to nothing: EINVAL",
            "exporter: 16777216 bytes, described by 15: by the importer, access to nothing: EINVAL",
            "importer: 16777216 bytes, described by 15: by the importer, access to nothing: EINVAL",
            "still taken, and once: 1",
            "taken while mapped by a handle: 1",
            "given back: 1",
        ];
        assert_eq!(said, expected, "{name}");
    }
}
