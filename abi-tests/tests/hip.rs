//! Upstream's unmodified HIP on the simulated GPU: each program of `clients/hip` checks its own results, compiled and
//! run with the compiler and HIP of three Debian suites, over the suite's own runtime and over ours.
//!
//! What is not run, and why, is listed in [`NOT_RUN`] and [`NOT_ON_UPSTREAMS`].
#![forbid(unsafe_code)]

use std::path::Path;

use abi_tests::{
    compile::Program,
    hip,
    machine::Machine,
    project,
    run::{Client, Library, PRELOADED},
    suite::Suite,
};

/// The programs, each with the machines that it is about.
const PROGRAMS: [(&str, &[&str]); 24] = [
    ("device", ALL),
    ("vector_add", ALL),
    ("copies", ALL),
    ("copies_3d", ALL),
    ("fill", ALL),
    ("reduction", ALL),
    ("atomics", ALL),
    ("print", ALL),
    ("assertion", ALL),
    ("heap", ALL),
    ("cooperative", ALL),
    ("streams", ALL),
    ("graphs", ALL),
    ("host_memory", ALL),
    ("pools", ALL),
    ("runtime_compiler", ALL),
    ("calls", ALL),
    ("symbols", ALL),
    ("virtual_memory", ALL),
    ("stream_values", ALL),
    ("textures", ALL),
    ("matrices", &[W7800]),
    ("peers", &["sg2044-two-w7800"]),
    ("processes", ALL),
];

/// Those of OpenCL, for all machines.
const OPENCL: [&str; 2] = ["opencl", "opencl_images"];

/// gfx1100, gfx1030 and gfx1013.
const ALL: &[&str] = &[W7800, RX6900XT, BC250];
const W7800: &str = "sg2044-w7800";
const RX6900XT: &str = "desktop-6900xt";
const BC250: &str = "bc250";

/// The suite that runs all programs on all machines.
const WHOLE: Suite = Suite::SidHip;

/// What the others run on the machines with gfx10: programs whose code is another one there, by the compiler's choice of
/// instructions or the runtime's of packets. The rest would only take time.
const ON_GFX10: [&str; 10] = [
    "copies_3d",
    "fill",
    "reduction",
    "atomics",
    "assertion",
    "heap",
    "cooperative",
    "calls",
    "textures",
    "opencl_images",
];

/// What a suite's HIP cannot do on any GPU of these machines.
const NOT_RUN: [(Suite, &str, &[&str], &str); 4] = [
    (Suite::TrixieHip, "virtual_memory", ALL, "HIP 5.7 says that it has none on Linux"),
    (Suite::TrixieHip, "cooperative", &[BC250], NO_GLOBAL_SYNC),
    (Suite::SidHip, "cooperative", &[BC250], NO_GLOBAL_SYNC),
    (Suite::ExpHip, "cooperative", &[BC250], NO_GLOBAL_SYNC),
];

/// AMDKFD_IOC_IPC_EXPORT_HANDLE is ENOTTY on Linux's own driver, and that release takes it whatever
/// HSA_ENABLE_IPC_MODE_LEGACY says.
const NO_IPC: &str = "ROCr 6.1.2 shares memory by an ioctl that only AMD's own driver has";
const NO_GLOBAL_SYNC: &str = "amdkfd gives gfx10.1 no global wave sync (kfd_gws_init), and HIP says so";

/// What a suite's own runtime cannot do on these machines.
const NOT_ON_UPSTREAMS: [(Suite, &str, &str); 1] = [(Suite::TrixieHip, "processes", NO_IPC)];

#[test]
fn hip_5_7_computes() {
    all_programs(Suite::TrixieHip, &Library::Upstream);
}

#[test]
fn hip_6_4_computes() {
    all_programs(Suite::SidHip, &Library::Upstream);
}

#[test]
fn hip_7_2_computes() {
    all_programs(Suite::ExpHip, &Library::Upstream);
}

#[test]
fn hip_5_7_computes_on_ours() {
    all_programs(Suite::TrixieHip, &Library::Ours);
}

#[test]
fn hip_6_4_computes_on_ours() {
    all_programs(Suite::SidHip, &Library::Ours);
}

#[test]
fn hip_7_2_computes_on_ours() {
    all_programs(Suite::ExpHip, &Library::Ours);
}

/// Each suite runs a third of the programs.
#[test]
fn programs_compute_on_ours_by_preload() {
    for (turn, suite) in Suite::HIP.into_iter().enumerate() {
        by_preload(suite, PROGRAMS.iter().skip(turn).step_by(Suite::HIP.len()));
    }
}

#[test]
#[ignore = "takes minutes: cargo test -p abi-tests --test hip every_program -- --ignored"]
fn every_program_computes_on_ours_by_preload() {
    Suite::HIP.into_iter().for_each(|suite| by_preload(suite, PROGRAMS.iter()));
}

/// Runs programs, each on the first machine that it is about. Processes that they start are on our libraries, too, as
/// they inherit LD_PRELOAD.
fn by_preload(
    suite: Suite,
    programs: impl Iterator<Item = &'static (&'static str, &'static [&'static str])>,
) {
    let (library, ours) = (Library::Preloaded, project::stage().join("lib"));
    for (program, machines) in programs.filter(|_| suite.root().is_some()) {
        if reason_against(suite, &library, program, machines[0]).is_some() {
            continue;
        }
        let (machine, with) =
            (Machine::new(machines[0]), format!("{program} with {}, preloaded", suite.name()));
        let client = client(suite, library.clone(), &format!("{program}.hip"), &machine);
        let outcome = client.env("LD_DEBUG", "libs").run();
        let begun = outcome.stderr.lines().filter_map(|line| line.split_once("calling init: "));
        let runtimes = begun.map(|(_, path)| Path::new(path)).filter(|path| path.ends_with(PRELOADED[1]));
        let runtimes: Vec<_> = runtimes.collect();
        let only_ours = !runtimes.is_empty() && runtimes.iter().all(|path| path.starts_with(&ours));
        assert!(only_ours, "{with}: {runtimes:?}");
        assert_eq!((outcome.code, outcome.stdout.lines().last()), (0, Some("end")), "{with}");
    }
}

/// Whatever HIP makes of it, and whoever waits; ours tells which kernel it was.
#[test]
fn addresses_of_nowhere_end_programs() {
    let machine = Machine::new(W7800);
    for suite in Suite::HIP.into_iter().filter(|suite| suite.root().is_some()) {
        for library in [Library::Upstream, Library::Ours] {
            let outcome = client(suite, library.clone(), "faults.hip", &machine).run();
            let with = format!("{} on {library:?}: {outcome:?}", suite.name());
            assert_eq!((outcome.code, outcome.stdout.lines().last()), (0, Some("end")), "{with}");
            let records = outcome.stderr.lines().filter(|line| line.contains("gpu-fault kind=memory "));
            let named = records.filter(|line| line.contains(" kernel=_Z4pokePi "));
            // Of two streams, both queues may be at work.
            assert_eq!(named.count() >= 2, matches!(library, Library::Ours), "{with}");
        }
    }
}

/// As under a profiler, which sees each packet before the GPU does and puts markers between them. Upstream's 6.4.3 crashes
/// there when the queue for cooperative launches is destroyed. 5.7 does not end the runtime, so its tool hears of no end.
#[test]
fn programs_compute_while_a_tool_intercepts_their_queues() {
    let (machine, tool) = (Machine::new(W7800), Program::tool("interceptor"));
    for suite in Suite::HIP.into_iter().filter(|suite| suite.root().is_some()) {
        for program in ["streams", "cooperative", "graphs"] {
            let with = format!("{program} with {}", suite.name());
            let client = client(suite, Library::Ours, &format!("{program}.hip"), &machine);
            let outcome = client.env("HSA_TOOLS_LIB", tool.path()).run();
            assert_eq!(
                (outcome.code, outcome.stdout.lines().last()),
                (0, Some("end")),
                "{with}: {outcome:?}"
            );
            let seen = outcome.stderr.contains("interceptor: queues 1, packets 1, a marker each 1");
            assert!(seen || suite == Suite::TrixieHip, "{with}: {outcome:?}");
        }
    }
}

/// Prebuilt libraries hold nothing for gfx1013, so people have the driver's GPU taken for a gfx1010.
#[test]
fn an_apu_computes_as_the_gpu_that_it_is_said_to_be() {
    let (machine, folder) = (Machine::new(BC250), tempfile::tempdir().expect("temporary folder"));
    if Suite::SidHip.root().is_none() {
        return;
    }
    for program in ["vector_add", "atomics", "heap"] {
        let source = project::data("clients/hip").join(program).with_extension("hip");
        let (source, to) = (source.to_string_lossy(), folder.path().join(program));
        let args = ["sid-hip", "-O2", "--offload-arch=gfx1010", "-o", &to.to_string_lossy(), &source];
        project::script("hipcc", &args).unwrap_or_else(|why| panic!("{program}: {why}"));
        for library in [Library::Upstream, Library::Ours] {
            let client = || Client::new(Suite::SidHip, library.clone(), &machine, &to).env("SIMKFD_GPU", "1");
            let outcome = client().env("HSA_OVERRIDE_GFX_VERSION", "10.1.0").run();
            let last = outcome.stdout.lines().last();
            assert_eq!((outcome.code, last), (0, Some("end")), "{program}, {library:?}: {outcome:?}");
            // Its code is for no gfx1013.
            assert_ne!(client().run().code, 0, "{program}, {library:?}");
        }
    }
}

#[test]
fn opencl_computes() {
    for suite in Suite::HIP.into_iter().filter(|suite| suite.root().is_some()) {
        for library in [Library::Upstream, Library::Ours] {
            for program in OPENCL {
                for &machine in ALL.iter().filter(|machine| is_chosen(suite, &library, program, machine)) {
                    assert_eq!(failure(suite, &library, &format!("{program}.cpp"), machine), None);
                }
            }
        }
    }
}

#[test]
fn clinfo_knows_the_gpu() {
    let machine = Machine::new(W7800);
    for (suite, root) in Suite::HIP.into_iter().filter_map(|suite| Some((suite, suite.root()?))) {
        let client = Client::new(suite, Library::Upstream, &machine, &root.join("usr/bin/clinfo"));
        let outcome = client.env("SIMKFD_GPU", "1").run();
        let says = |name: &str, value: &str| {
            outcome
                .stdout
                .lines()
                .any(|line| line.trim().starts_with(name) && line.trim_end().ends_with(value))
        };
        let known = says("Device Name", " gfx1100") && says("Max compute units", " 35");
        assert!(outcome.code == 0 && known, "{}: {outcome:?}", suite.name());
    }
}

/// Runs every program, and fails with what all those that failed have said.
fn all_programs(suite: Suite, library: &Library) {
    if suite.root().is_none() {
        return;
    }
    let mut failures = Vec::new();
    for (program, machines) in PROGRAMS {
        for &machine in machines.iter().filter(|machine| is_chosen(suite, library, program, machine)) {
            match reason_against(suite, library, program, machine) {
                Some(why) => {
                    let with = format!("{program} with {} on {machine}", suite.name());
                    abi_tests::skip(&format!("{with}, {library:?} runtime: {why}"));
                }
                None => failures.extend(failure(suite, library, &format!("{program}.hip"), machine)),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Why a program cannot run.
fn reason_against(suite: Suite, library: &Library, program: &str, machine: &str) -> Option<&'static str> {
    let refused =
        NOT_RUN.iter().find(|(of, name, on, _)| (*of, *name) == (suite, program) && on.contains(&machine));
    let lacks = |(of, name, _): &&(Suite, &str, &str)| {
        (*of, *name) == (suite, program) && matches!(library, Library::Upstream)
    };
    let lacking = NOT_ON_UPSTREAMS.iter().find(lacks);
    refused.map(|(.., why)| *why).or(lacking.map(|(.., why)| *why))
}

fn is_chosen(suite: Suite, library: &Library, program: &str, machine: &str) -> bool {
    let differs = ON_GFX10.contains(&program);
    match (machine, library) {
        (RX6900XT | BC250, Library::Ours) => suite == WHOLE && differs,
        (RX6900XT | BC250, _) => suite == WHOLE || differs,
        _ => true,
    }
}

/// Runs one program: what it said, where that is not that all is right.
fn failure(suite: Suite, library: &Library, program: &str, machine: &str) -> Option<String> {
    let with = format!("{program} with {} on {machine}, {library:?} runtime", suite.name());
    let tree = Machine::new(machine);
    let outcome = client(suite, library.clone(), program, &tree).run();
    let right = outcome.code == 0 && outcome.stdout.lines().last() == Some("end");
    println!("{with}: {}", if right { "right" } else { "WRONG" });
    (!right).then(|| {
        let wrong: Vec<&str> = outcome.stdout.lines().filter(|line| !line.ends_with(": right")).collect();
        format!("{with}: {}\n{}\n{}", outcome.code, wrong.join("\n"), outcome.stderr)
    })
}

/// A program on a machine whose GPU computes.
fn client<'a>(suite: Suite, library: Library, program: &str, machine: &'a Machine) -> Client<'a> {
    let client = Client::new(suite, library, machine, &hip::program(suite, program));
    // Memory of other processes by dma-buf: by default 6.4 wants an ioctl for it that Linux's own driver lacks.
    client.within(120).env("SIMKFD_GPU", "1").env("HSA_ENABLE_IPC_MODE_LEGACY", "0")
}
