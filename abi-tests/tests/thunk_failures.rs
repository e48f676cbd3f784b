//! libhsakmt.so.1 when the driver refuses: each ioctl that a C program makes is made to fail, every time or only the
//! second time, and the program must print what it prints on upstream's 6.2.4 under the same plan.
//!
//! Where upstream crashes or hangs, ours ends by itself or, when it is the program that cannot do without, in the same
//! way. Other differences stand with their reasons in golden/thunk-failures-explained.toml. What opening the library
//! asks is not refused here: that is `failures`' part.
#![forbid(unsafe_code)]

use std::{collections::BTreeSet, fs};

use abi_tests::{
    compile::Program,
    lines::Reasons,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
    trace,
};

/// Discrete GPUs of two kinds, and an APU.
const MACHINES: [&str; 2] = ["desktop-7900xtx", "bc250"];

const CLIENTS: [&str; 5] = ["kmt_memory", "kmt_events", "kmt_queues", "kmt_svm", "kmt_process"];

/// What the driver says, and from which call on.
const FAILURES: [(&str, u32); 3] = [("ENOMEM", 0), ("EPERM", 0), ("EINVAL", 1)];

/// What opening the library asks. Ours asks some of it later, or of fewer nodes, so one plan means two things.
const OPENING: [&str; 5] =
    ["GET_VERSION", "GET_PROCESS_APERTURES_NEW", "ACQUIRE_VM", "SET_MEMORY_POLICY", "AMDGPU_INFO"];

/// Waits for ever for what it could not set, on either library.
const WAITS: (&str, &str) = ("kmt_events", "SET_EVENT");

/// Seconds after which a program hangs; without failures it takes a tenth of one.
const LIMIT: u32 = 20;

/// The ioctls that the program makes over our library.
fn requests(machine: &Machine, program: &Program) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("temporary folder");
    let file = folder.path().join("trace");
    client(Library::Ours, machine, program).trace(&file).run();
    let names =
        trace::read(&file).into_iter().filter_map(|call| Some(call.name.split(' ').next()?.to_owned()));
    names.filter(|name| !OPENING.contains(&name.as_str())).collect()
}

fn client<'a>(library: Library, machine: &'a Machine, program: &Program) -> Client<'a> {
    Client::new(Suite::Trixie, library, machine, &program.path())
}

/// What the program says otherwise on ours, when `request` fails with `errno` from a call on.
fn differences(
    machine: &Machine,
    program: &Program,
    reasons: &Reasons,
    fault: (&str, &str, &str, u32),
) -> Vec<String> {
    let (name, request, errno, after) = fault;
    let folder = tempfile::tempdir().expect("temporary folder");
    let plan = folder.path().join("plan.toml");
    let rule = format!("[[fault]]\nioctl = \"{request}\"\nerrno = \"{errno}\"\nafter = {after}\n");
    fs::write(&plan, rule).expect("plan");
    let run = |library| client(library, machine, program).faults(&plan).within(LIMIT).run();
    let (theirs, ours) = (run(Library::Upstream), run(Library::Ours));
    let found = if theirs.code < 128 {
        reasons.unexplained(&format!("{name} {request}"), &theirs, &ours)
    } else if ours.code < 128 || ours.code == theirs.code {
        Vec::new()
    } else {
        vec![format!("upstream ended with {}, ours with {}: {}", theirs.code, ours.code, ours.stderr)]
    };
    found.into_iter().map(|what| format!("{name} {request} {errno} after {after}: {what}")).collect()
}

#[test]
fn refused_ioctls_end_as_upstreams() {
    let reasons = Reasons::read(&project::data("golden/thunk-failures-explained.toml"));
    let (mut wrong, mut cases) = (Vec::new(), 0);
    for (machine, name) in MACHINES.into_iter().flat_map(|machine| CLIENTS.map(|name| (machine, name))) {
        let (machine, program) = (Machine::new(machine), Program::ours(name));
        for request in requests(&machine, &program).iter().filter(|request| (name, request.as_str()) != WAITS)
        {
            for (errno, after) in FAILURES {
                wrong.extend(differences(&machine, &program, &reasons, (name, request, errno, after)));
                cases += 1;
            }
        }
    }
    assert!(cases > 100, "only {cases} cases: the programs make no ioctls");
    assert!(wrong.is_empty(), "{} differences (upstream | ours):\n{}", wrong.len(), wrong.join("\n"));
    assert!(reasons.unused().is_empty(), "reasons that explain nothing: {:?}", reasons.unused());
}
