//! Queues that run: upstream's unmodified runtimes put packets into them, and the simulated GPU does what they say.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    machine::Machine,
    run::{Client, Library},
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

#[test]
fn barriers_copies_kernels_and_errors_of_upstreams_runtimes() {
    let program = Program::ours("packets");
    let machine = Machine::new("desktop-7900xtx");
    for suite in [Suite::Trixie, Suite::Sid, Suite::Exp] {
        if suite.root().is_none() {
            continue;
        }
        let client = Client::new(suite, Library::Upstream, &machine, &program.path());
        let outcome = client.env("SIMKFD_GPU", "1").run();
        let name = suite.name();
        assert_eq!((outcome.stdout.as_str(), outcome.code), (PACKETS, 0), "{name}: {}", outcome.stderr);
    }
}
