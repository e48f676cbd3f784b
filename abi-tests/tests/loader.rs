//! What the runtime tells of code that it has loaded: ours as upstream's, in each suite.
#![forbid(unsafe_code)]

use std::fs;

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

/// Upstream says of symbols before they are loaded that those are constant that kernels write, and the other way round.
const CONSTANT: [&str; 2] = ["constant: 0", "constant: 1"];

/// 6.1.2 does not tell the lanes of a kernel's waves (HSA_CODE_SYMBOL_INFO_KERNEL_WAVEFRONT_SIZE), which it knows.
const LANES: (&str, &str) = ("  18: 0 0\n  19: 0x1001 0\n", "  18: 0 0\n  19: 0 0x20\n");
/// What comes before it of a kernel, and not of a variable.
const OF_KERNELS: &str = "  15: 0 0\n  16: 0x1001 0\n  17: 0 0x1\n";

/// What upstream said, as ours says it.
fn mended(suite: Suite, theirs: &str) -> String {
    let mut known = theirs.replace(IMPROVED.0, IMPROVED.1);
    assert_ne!(known, theirs, "upstream knows it, too");
    if suite == Suite::Trixie {
        known = known.replace(&(OF_KERNELS.to_owned() + LANES.0), &(OF_KERNELS.to_owned() + LANES.1));
    }
    known.replace(CONSTANT[0], "neither").replace(CONSTANT[1], CONSTANT[0]).replace("neither", CONSTANT[1])
}

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
            let expected = mended(suite, &theirs.stdout);
            assert!(CONSTANT.iter().all(|word| expected.contains(word)), "{what}: {expected}");
            assert_eq!((ours.code, ours.stdout), (0, expected), "{what}: {}", ours.stderr);
        }
    }
}

#[test]
fn debuggers_follow_loaded_code() {
    let (program, machine) = (Program::ours("link_map"), Machine::new("desktop-7900xtx"));
    let kernel = |name| Kernel::new(name, &["-O1", "-mcode-object-version=5"]);
    let (Some(one), Some(other)) = (kernel("symbols"), kernel("rates")) else { return };
    for suite in [Suite::Trixie, Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
        let folder = tempfile::tempdir().expect("temporary folder");
        let trace = folder.path().join("trace");
        let run = |library| {
            let client = Client::new(suite, library, &machine, &program.path()).env("SIMKFD_GPU", "1");
            let client = client.arg(&one.path().to_string_lossy()).arg(&other.path().to_string_lossy());
            client.trace(&trace).run()
        };
        let (theirs, ours) = (run(Library::Upstream), run(Library::Ours));
        assert!(
            theirs.code == 0 && theirs.stdout.contains("breakpoint: add, end\n"),
            "{suite:?}: {theirs:?}"
        );
        assert_eq!((ours.code, ours.stdout), (0, theirs.stdout), "{suite:?}: {}", ours.stderr);
        // The kernel tells debuggers where to look.
        let address = ours.stderr.lines().find_map(|line| line.strip_prefix("r_debug is at "));
        let told = fs::read_to_string(&trace).expect("a trace");
        let call = format!("RUNTIME_ENABLE r_debug={} ", address.expect("it was said"));
        assert!(told.contains(&call), "{suite:?}: no {call}in the trace");
    }
}
