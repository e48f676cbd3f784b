//! What the runtime tells of code that it has loaded: ours as upstream's, in each suite.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    run::{Client, Library},
    suite::Suite,
};

/// Versions of code objects, and the suites whose runtimes know them: 6.1.2 is older than version 6.
const VERSIONS: [(&str, &[Suite]); 3] = [
    ("-mcode-object-version=4", &[Suite::Trixie, Suite::Sid, Suite::Exp]),
    ("-mcode-object-version=5", &[Suite::Trixie, Suite::Sid, Suite::Exp]),
    ("-mcode-object-version=6", &[Suite::Sid, Suite::Exp]),
];

/// Upstream knows no target of code objects of version 3 and later when it is asked in the way of HSA 1.0; ours does.
const IMPROVED: (&str, &str) =
    ("code object 2: 0x1017\n", "code object 2: 0\nfor amdgcn-amd-amdhsa--gfx1100\n");

#[test]
fn programs_are_told_the_same_of_loaded_code() {
    let (program, machine) = (Program::ours("loader"), Machine::new("desktop-7900xtx"));
    for (version, suites) in VERSIONS {
        let Some(kernel) = Kernel::new("symbols", &["-O1", version]) else { return };
        for &suite in suites.iter().filter(|suite| suite.root().is_some()) {
            let run = |library| {
                let client = Client::new(suite, library, &machine, &program.path());
                client.arg(&kernel.path().to_string_lossy()).env("SIMKFD_GPU", "1").run()
            };
            let (theirs, ours) = (run(Library::Upstream), run(Library::Ours));
            let what = format!("{version} in {}", suite.name());
            assert!(theirs.code == 0 && theirs.stdout.ends_with("end\n"), "{what}: {theirs:?}");
            let expected = theirs.stdout.replace(IMPROVED.0, IMPROVED.1);
            assert_ne!(expected, theirs.stdout, "{what}: upstream knows it, too");
            assert_eq!((ours.code, ours.stdout), (0, expected), "{what}: {}", ours.stderr);
        }
    }
}
