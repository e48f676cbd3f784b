//! What hsa_init and hsa_shut_down ask of the kernel: nothing that upstream does not ask, nothing more often, and
//! neither queues nor mappings, which upstream makes for devices that nobody has used yet.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use abi_tests::{
    compile::Program,
    machine::{MACHINES, Machine},
    run::{Client, Library},
    suite::Suite,
    trace::{self, Call},
};

/// The ioctls of one hsa_init and hsa_shut_down.
fn ioctls(suite: Suite, library: Library, machine: &Machine) -> BTreeMap<Call, usize> {
    let folder = tempfile::tempdir().expect("temporary folder");
    let file = folder.path().join("trace");
    let program = Program::ours("init");
    let outcome = Client::new(suite, library, machine, &program.path()).trace(&file).run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    trace::count(&trace::read(&file))
}

#[test]
fn no_ioctl_is_made_that_upstream_does_not_make_as_often() {
    if Suite::Exp.root().is_none() {
        return;
    }
    for name in MACHINES {
        let machine = Machine::new(name);
        let upstream = ioctls(Suite::Exp, Library::Upstream, &machine);
        let ours = ioctls(Suite::Exp, Library::Ours, &machine);
        assert_eq!(trace::excess(&upstream, &ours), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn nothing_is_made_for_a_device_that_nobody_has_used() {
    for name in MACHINES {
        let made = ioctls(Suite::Trixie, Library::Ours, &Machine::new(name));
        for lazy in ["CREATE_QUEUE", "MAP_MEMORY_TO_GPU"] {
            assert!(made.keys().all(|call| call.name != lazy), "{name}: {lazy}");
        }
    }
}
