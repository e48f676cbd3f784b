//! Queues that run: upstream's unmodified runtimes and ours put packets into them, and the simulated GPU does what they say.
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

/// Upstream's runtimes with their own thunks, 6.1.2 over the one in the folder `thunk`, and ours.
fn runtimes(thunk: &Path) -> Vec<(Suite, Library)> {
    let own = [Suite::Trixie, Suite::Sid, Suite::Exp].map(|suite| (suite, Library::Upstream));
    let over_ours = (Suite::Trixie, Library::Folder(thunk.to_owned()));
    let ours = (Suite::Trixie, Library::Ours);
    own.into_iter().chain([over_ours, ours]).filter(|(suite, _)| suite.root().is_some()).collect()
}

#[test]
fn barriers_copies_kernels_and_errors() {
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

/// Whose runtime programs run on.
const LIBRARIES: [Library; 2] = [Library::Upstream, Library::Ours];

/// Runs a program on kernels that were compiled with some options, on each suite's own runtime and on ours.
fn computes(program: &str, kernels: &str, options: &[&str], environment: &[(&str, &str)], said: &str) {
    let Some(kernels) = Kernel::new(kernels, options) else { return };
    computes_on("desktop-7900xtx", &kernels, program, environment, said);
}

/// The same with a code object and the machine that it is for.
fn computes_on(machine: &str, kernels: &Kernel, program: &str, environment: &[(&str, &str)], said: &str) {
    let (program, machine) = (Program::ours(program), Machine::new(machine));
    for suite in [Suite::Trixie, Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
        for library in &LIBRARIES {
            let what = format!("{} on {library:?}, {environment:?}", suite.name());
            let client = Client::new(suite, library.clone(), &machine, &program.path());
            let client = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1");
            let outcome =
                environment.iter().fold(client, |client, (name, value)| client.env(name, *value)).run();
            assert_eq!((outcome.stdout.as_str(), outcome.code), (said, 0), "{what}: {}", outcome.stderr);
        }
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

/// Where nothing is said, upstream takes back what is more than 140 MiB, after each dispatch; ours lets the queue keep it,
/// on a GPU that has memory to spare.
#[test]
fn queues_keep_scratch_memory_as_the_user_says_and_more_where_nothing_is_said() {
    let Some(kernels) = Kernel::new("meeting", BUILDS[1]) else { return };
    let (program, machine) = (Program::ours("scratch"), Machine::new("desktop-7900xtx"));
    let settings = [
        (("HSA_NO_SCRATCH_RECLAIM", "1"), [1, 1], [1, 1]),
        (("HSA_SCRATCH_SINGLE_LIMIT", "146800640"), [1, 0], [1, 0]),
        (("HSA_SCRATCH_SINGLE_LIMIT", "1"), [0, 0], [0, 0]),
        (("HSA_NO_SCRATCH_RECLAIM", "0"), [1, 0], [1, 1]),
    ];
    for ((name, value), theirs, ours) in settings {
        for (library, [little, much]) in [(Library::Upstream, theirs), (Library::Ours, ours)] {
            let client = Client::new(Suite::Trixie, library.clone(), &machine, &program.path());
            let client =
                client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1").env(name, value);
            let said = format!("128 bytes: kept {little}\n1600 bytes: kept {much}\nright: 256 of 256\nend\n");
            let outcome = client.run();
            assert_eq!(
                (outcome.code, &outcome.stdout),
                (0, &said),
                "{library:?} {name}={value}: {outcome:?}"
            );
        }
    }
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

/// Before gfx11 scratch memory is a buffer, and its place in SGPRs.
#[test]
fn gpus_of_another_generation_compute() {
    for options in BUILDS {
        // Of gfx10.1's GPUs none has the global wave sync by which all workgroups meet.
        let kernels = [("gfx1013", "sums"), ("gfx1030", "meeting")];
        let kernels = kernels.map(|(target, name)| Kernel::on(target, name, options));
        let [Some(sums), Some(meeting)] = kernels else { return };
        computes_on("bc250", &sums, "dispatch", &[], DISPATCH);
        computes_on("desktop-6900xt", &meeting, "meeting", &[], MEETING);
    }
}

/// What goes wrong by plan at the seventh packet, the third or fourth of the program's own, and what `mishaps.c` hears
/// of it. 0x2a is HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION; the runtime's words for a reset and a memory error are numbers.
const MISHAPS: [(&str, &str); 7] = [
    ("interrupt = 'lost'\nnth = 2", "all rounds\nend\n"),
    (
        "packet = 'MEMORY_FAULT'\naddress = 0x123456789\nnth = 7",
        "stopped\nmemory event: 0x123456000 0x1\nend\n",
    ),
    ("packet = 'ILLEGAL_INSTRUCTION'\nnth = 7", "stopped\nqueue error: 0x2a\nend\n"),
    (HANG, "stopped\nhardware event: 1 1\nend\n"),
    ("packet = 'GPU_RESET'\nnth = 7", "stopped\nhardware event: 1 1\nend\n"),
    ("packet = 'SRAM_ECC'\nnth = 7", "stopped\nmemory event: 0 0x60\nhardware event: 1 2\nend\n"),
    ("packet = 'HANG'\ngpu = 1\nnth = 7", "all rounds\nend\n"),
];

/// Debian builds upstream's runtime with its assertions: it ends where the driver, which finds out that the GPU hangs when the
/// queue is destroyed, says so (`pqm_destroy_queue`).
const HANG: &str = "packet = 'HANG'\nnth = 7";

/// Runs `mishaps.c` with a fault plan, on upstream's runtime and on ours.
fn goes_wrong(suite: Suite, code: &Path, kernel: &str, rule: &str, said: &str) {
    let (program, machine) = (Program::ours("mishaps"), Machine::new("desktop-7900xtx"));
    let plan = code.with_extension("toml");
    std::fs::write(&plan, format!("[[fault]]\n{rule}\n")).expect("temporary folder");
    for library in [Library::Upstream, Library::Ours] {
        let what = format!("{} on {library:?}, {rule}", suite.name());
        let client = Client::new(suite, library.clone(), &machine, &program.path());
        let events = said.matches("event: ").count() + said.matches("error: ").count();
        let client = client.arg(&code.to_string_lossy()).arg(kernel).arg(&events.to_string());
        let client = client.env("SIMKFD_GPU", "1").faults(&plan);
        let outcome = client.run();
        if rule == HANG && matches!(library, Library::Upstream) {
            assert!(
                outcome.code == 134 && outcome.stderr.contains("AqlQueue::Inactivate"),
                "{what}: {outcome:?}"
            );
            continue;
        }
        assert_eq!((outcome.stdout.as_str(), outcome.code), (said, 0), "{what}: {outcome:?}");
    }
}

#[test]
fn what_goes_wrong_with_a_gpu_is_heard_by_programs() {
    let Some(kernels) = Kernel::new("meeting", BUILDS[1]) else { return };
    let code = kernels.path();
    for suite in [Suite::Trixie, Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
        for (rule, said) in MISHAPS {
            goes_wrong(suite, &code, "touch", rule, said);
        }
        let never = "packet = 'HANG'\nafter = 1000";
        goes_wrong(suite, &code, "illegal", never, "stopped\nqueue error: 0x2a\nend\n");
        goes_wrong(suite, &code, "abort_wave", never, "stopped\nqueue error: 0x1016\nend\n");
        if suite != Suite::Trixie {
            // 6.1.2 runs as many instructions of its own while it loads a code object.
            let fault = "instruction = 'MEMORY_FAULT'\naddress = 0x9000\nnth = 6000";
            goes_wrong(suite, &code, "touch", fault, "stopped\nmemory event: 0x9000 0x1\nend\n");
        }
    }
}

/// Types, sizes, statuses, the descriptor that programs read, indexes, settings, queues that programs read.
#[test]
fn queues_are_made_and_changed_as_upstreams() {
    let (program, machine) = (Program::ours("queues"), Machine::new("desktop-7900xtx"));
    // 6.1.2 is asked for what came after it.
    for suite in [Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
        let run =
            |library| Client::new(suite, library, &machine, &program.path()).env("SIMKFD_GPU", "1").run();
        let (theirs, ours) = (run(Library::Upstream), run(Library::Ours));
        assert!(theirs.code == 0 && theirs.stdout.ends_with("end\n"), "{}: {theirs:?}", suite.name());
        let (said, what) = (theirs.stdout.as_str(), suite.name());
        assert_eq!((ours.code, ours.stdout.as_str()), (0, said), "{what}: {}", ours.stderr);
    }
}

/// What HSA_CU_MASK is set to: lists and bits, more than there is, other GPUs, mistakes.
const MASKS: [&str; 10] = [
    "0:0-3",
    " 0 : 0x F0f",
    "0-9:0,1,64-65;1:0-3",
    "0:90-200",
    "0:0x0",
    "0:0-3,1",
    "1:0-3",
    "0:2-3;0:0-7",
    "0:3-2",
    "",
];

/// The masks that the driver was told, one after the other, but for those that change nothing: upstream tells of all
/// units first, and the user's to a queue of its own, too.
fn told(trace: &Path) -> Vec<String> {
    let trace = std::fs::read_to_string(trace).expect("it was written");
    let lines = trace.lines().filter(|line| line.contains("SET_CU_MASK"));
    let mut masks: Vec<String> =
        lines.filter_map(|line| line.split_once(" cu_mask=").map(|(_, mask)| mask.to_owned())).collect();
    masks.dedup();
    let all = masks.first().is_some_and(|mask| mask.starts_with("[0xffffffff,0xffffffff,0xffffffff]"));
    masks.split_off(all.into())
}

/// 7.2.4 forgets the mask that a program sets, and ends a program that asks for the user's.
#[test]
fn queues_use_the_compute_units_that_the_user_and_the_program_let_them() {
    let (program, machine) = (Program::ours("masks"), Machine::new("desktop-7900xtx"));
    let folder = tempfile::tempdir().expect("temporary folder");
    for suite in [Suite::Trixie, Suite::Sid].into_iter().filter(|suite| suite.root().is_some()) {
        for mask in MASKS {
            let [theirs, ours] = [Library::Upstream, Library::Ours].map(|library| {
                let trace = folder.path().join("trace");
                let client = Client::new(suite, library, &machine, &program.path()).trace(&trace);
                let outcome = client.env("HSA_CU_MASK", mask).env("HSA_COOP_CU_COUNT", "1").run();
                let masks = told(&trace);
                std::fs::remove_file(trace).expect("it was written");
                (outcome, masks)
            });
            let what = format!("{} with {mask:?}", suite.name());
            assert!(theirs.0.stdout.ends_with("end\n") && !theirs.1.is_empty(), "{what}: {theirs:?}");
            assert_eq!(ours.0.stdout, theirs.0.stdout, "{what}: {}", ours.0.stderr);
            assert_eq!(ours.1, theirs.1, "{what}");
        }
    }
}

#[test]
fn a_report_counts_packets_instructions_and_ioctls() {
    let Some(kernels) = Kernel::new("sums", BUILDS[1]) else { return };
    let report = kernels.path().with_extension("report");
    let (program, machine) = (Program::ours("dispatch"), Machine::new("desktop-7900xtx"));
    let client = Client::new(Suite::Trixie, Library::Upstream, &machine, &program.path());
    let client = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1");
    assert_eq!(client.env("SIMGPU_REPORT", &report).run().code, 0);
    let report = std::fs::read_to_string(report).expect("it was written");
    let count = |name: &str| -> u64 {
        let line = report.lines().find(|line| line.ends_with(name));
        let count = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        count.unwrap_or_else(|| panic!("{name} in {report}"))
    };
    // Two dispatches of 500 workgroups of two waves each, beside the runtime's own.
    assert_eq!(count(" v_mul_lo_u32"), 2000);
    assert!(count(" AQL KERNEL_DISPATCH") >= 2 && count(" s_endpgm") >= 2000, "{report}");
    assert!(count(" AQL PM4_IB") >= 1 && count(" KFD CREATE_QUEUE") >= 1, "{report}");
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
