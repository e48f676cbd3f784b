//! Queues that run: upstream's unmodified runtimes put packets into them, and the simulated GPU does what they say.
#![forbid(unsafe_code)]

use std::{path::Path, process::Command};

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
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

#[test]
fn a_compiled_kernel_computes() {
    let Some(clang) = clang() else { return };
    let folder = tempfile::tempdir().expect("temporary folder");
    let (program, machine) = (Program::ours("dispatch"), Machine::new("desktop-7900xtx"));
    for (number, options) in BUILDS.into_iter().enumerate() {
        let code = folder.path().join(format!("{number}.co"));
        compile(clang, options, &code);
        for suite in [Suite::Trixie, Suite::Sid, Suite::Exp] {
            if suite.root().is_none() {
                continue;
            }
            let client = Client::new(suite, Library::Upstream, &machine, &program.path());
            let outcome = client.arg(&code.to_string_lossy()).env("SIMKFD_GPU", "1").run();
            let said = "left: 0\nwrong: 0\nleft: 0\nwrong: 0\nend\n";
            let name = suite.name();
            assert_eq!((outcome.stdout.as_str(), outcome.code), (said, 0), "{name}: {}", outcome.stderr);
        }
    }
}

#[test]
fn a_bad_address_ends_the_program_as_on_hardware() {
    let Some(clang) = clang() else { return };
    let folder = tempfile::tempdir().expect("temporary folder");
    let code = folder.path().join("sums.co");
    compile(clang, BUILDS[1], &code);
    let (program, machine) = (Program::ours("dispatch"), Machine::new("desktop-7900xtx"));
    let thunk = run::thunk_only();
    for (suite, library) in runtimes(thunk.path()) {
        let what = format!("{} on {library:?}", suite.name());
        let client = Client::new(suite, library, &machine, &program.path());
        let client = client.arg(&code.to_string_lossy()).arg("0x123456040").env("SIMKFD_GPU", "1");
        let outcome = client.run();
        let told = "on address 0x123456000. Reason: Page not present or supervisor privilege.";
        assert!(outcome.code == 134 && outcome.stderr.contains(told), "{what}: {outcome:?}");
    }
}

/// A compiler that knows gfx1100.
fn clang() -> Option<&'static str> {
    let found = ["clang-21", "clang-20", "clang-19"].into_iter().find(|name| runs(name));
    if found.is_none() {
        abi_tests::skip("no clang 19 to 21: no kernel is compiled");
    }
    found
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|said| said.status.success())
}

/// Compiles kernels/sums.c for gfx1100.
fn compile(clang: &str, options: &[&str], code: &Path) {
    let outcome = Command::new(clang)
        .args(["--target=amdgcn-amd-amdhsa", "-mcpu=gfx1100", "-nogpulib"])
        .args(options)
        .arg("-o")
        .arg(code)
        .arg(project::data("clients/kernels/sums.c"))
        .output()
        .expect("it ran before");
    assert!(outcome.status.success(), "{options:?}: {}", String::from_utf8_lossy(&outcome.stderr));
}
