//! Queues that run: upstream's unmodified runtimes put packets into them, and the simulated GPU does what they say.
#![forbid(unsafe_code)]

use std::path::Path;

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    run::{self, Client, Library},
    suite::Suite,
};

/// What `packets.c` says where all is well. 0x1009 is HSA_STATUS_ERROR_INVALID_PACKET_FORMAT.
const PACKETS: &str = "\
200 packets: 0 left, read index 200
before the host: 1 1
after it: 0 0
copy of 3145728: 0 left
copy of 3145728: 0 left
same: 1
copy of 7: 0 left
seven bytes: 1
copy of 3145716: 0 left
copy of 3145728: 0 left
filled: 786429 of 786432
queue error: 0x1009
200 packets: 0 left, read index 401
end
";

/// Upstream's runtimes with their own thunks, and 6.1.2 over the one in the folder `thunk`.
fn runtimes(thunk: &Path) -> Vec<(Suite, Library)> {
    let own = [Suite::Trixie, Suite::Sid, Suite::Exp].map(|suite| (suite, Library::Upstream));
    let over_ours = (Suite::Trixie, Library::Folder(thunk.to_owned()));
    own.into_iter().chain([over_ours]).filter(|(suite, _)| suite.root().is_some()).collect()
}

#[test]
fn barriers_copies_kernels_and_errors_of_upstreams_runtimes() {
    let program = Program::ours("packets");
    let (machine, thunk) = (Machine::new("desktop-7900xtx"), run::thunk_only());
    for (suite, library) in runtimes(thunk.path()) {
        let what = format!("{} on {library:?}", suite.name());
        let client = Client::new(suite, library, &machine, &program.path());
        let outcome = client.env("SIMKFD_GPU", "1").run();
        assert_eq!((outcome.stdout.as_str(), outcome.code), (PACKETS, 0), "{what}: {}", outcome.stderr);
    }
}

/// How kernels are made: with everything in scratch memory, which the runtime gives on demand; optimised; and with waves
/// of 64.
const BUILDS: [&[&str]; 3] = [&["-O0"], &["-O2"], &["-O2", "-mwavefrontsize64"]];

/// What `dispatch.c` says where all is well.
const DISPATCH: &str = "left: 0\nwrong: 0\nleft: 0\nwrong: 0\nend\n";

/// What `meeting.c` says where all is well.
const MEETING: &str = "\
set: 0 left
another queue: 2048 of 2048
the host: 0 left
seen: 2048 of 2048
all_meet: 0 left
together: 2048 of 2048
memory of the GPU
touch: 0 left
right: 2048 of 2048
pinned memory
touch: 0 left
right: 2048 of 2048
the same address: 1
managed memory
touch: 0 left
right: 2048 of 2048
bell: 0
ring: 0 left
times: 1 1 1
end
";

/// Runs a program on kernels that were compiled with some options, on each suite's own runtime.
fn computes(program: &str, kernels: &str, options: &[&str], environment: &[(&str, &str)], said: &str) {
    let Some(kernels) = Kernel::new(kernels, options) else { return };
    let (program, machine) = (Program::ours(program), Machine::new("desktop-7900xtx"));
    for suite in [Suite::Trixie, Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
        let client = Client::new(suite, Library::Upstream, &machine, &program.path());
        let client = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1");
        let outcome = environment.iter().fold(client, |client, (name, value)| client.env(name, value)).run();
        let what = format!("{}, {options:?}, {environment:?}", suite.name());
        assert_eq!((outcome.stdout.as_str(), outcome.code), (said, 0), "{what}: {}", outcome.stderr);
    }
}

#[test]
fn a_compiled_kernel_computes() {
    BUILDS.iter().for_each(|options| computes("dispatch", "sums", options, &[], DISPATCH));
}

/// With such a limit every dispatch's scratch memory is given for it alone and taken back behind it.
#[test]
fn scratch_memory_that_is_given_once_comes_again() {
    computes("dispatch", "sums", BUILDS[0], &[("HSA_SCRATCH_SINGLE_LIMIT", "1")], DISPATCH);
}

#[test]
fn kernels_wait_for_queues_groups_and_the_host_and_reach_every_memory() {
    BUILDS.iter().for_each(|options| computes("meeting", "meeting", options, &[], MEETING));
}

#[test]
fn another_order_of_work_gives_the_same_results() {
    for seed in ["0", "1", "77"] {
        computes("dispatch", "sums", BUILDS[1], &[("SIMGPU_SEED", seed)], DISPATCH);
        computes("meeting", "meeting", BUILDS[1], &[("SIMGPU_SEED", seed)], MEETING);
    }
}

#[test]
fn a_bad_address_ends_the_program_as_on_hardware() {
    let Some(kernel) = Kernel::new("sums", BUILDS[1]) else { return };
    let (program, machine) = (Program::ours("dispatch"), Machine::new("desktop-7900xtx"));
    let thunk = run::thunk_only();
    for (suite, library) in runtimes(thunk.path()) {
        let what = format!("{} on {library:?}", suite.name());
        let client = Client::new(suite, library, &machine, &program.path());
        let client = client.arg(&kernel.path().to_string_lossy()).arg("0x123456040").env("SIMKFD_GPU", "1");
        let outcome = client.run();
        let told = "on address 0x123456000. Reason: Page not present or supervisor privilege.";
        assert!(outcome.code == 134 && outcome.stderr.contains(told), "{what}: {outcome:?}");
    }
}
