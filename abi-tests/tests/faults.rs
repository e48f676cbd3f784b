//! What becomes of work that a GPU cannot finish, on our runtime: waits return, users hear of it, one line tells, and the
//! process ends as it should. Upstream's leaves the signals as they are, so that there is nothing to compare with; what
//! both do is in `queues.rs`.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    run::{Client, Library, Outcome},
    suite::Suite,
};

/// Ended by abort().
const ABORTED: i32 = 134;

/// What goes wrong, who wants to hear, the status of a queue's error, what the record says at its end, and how the
/// process ends.
const FAULTS: [(&str, &str, i64, &str, i32); 10] = [
    ("memory", "system", 0x2b, MEMORY, 0),
    ("memory", "queue", 0x2b, MEMORY, 0),
    ("memory", "both", 0x2b, MEMORY, 0),
    ("memory", "none", 0x2b, MEMORY, ABORTED),
    (
        "abort",
        "queue",
        0x1016,
        "kernel=abort_wave signals=3 status=0x1016 name=HSA_STATUS_ERROR_EXCEPTION",
        0,
    ),
    (
        "abort",
        "system",
        0x1016,
        "kernel=abort_wave signals=3 status=0x1016 name=HSA_STATUS_ERROR_EXCEPTION",
        ABORTED,
    ),
    ("illegal", "both", 0x2a, ILLEGAL, 0),
    ("illegal", "none", 0x2a, ILLEGAL, ABORTED),
    ("packet", "queue", 0x1009, PACKET, 0),
    ("packet", "none", 0x1009, PACKET, ABORTED),
];
const MEMORY: &str =
    "kernel=touch signals=3 address=PAGE reason=not-present nearest=BUFFER bytes=4194304 distance=0x1000";
const ILLEGAL: &str = "kernel=illegal signals=3 status=0x2a name=HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION";
const PACKET: &str = "kernel=none signals=3 status=0x1009 name=HSA_STATUS_ERROR_INVALID_PACKET_FORMAT";

/// The machines, each with what its GPU's kernels are compiled for and where it is.
const MACHINES: [(&str, &str, &str); 3] = [
    ("desktop-7900xtx", "gfx1100", "0000:03:00.0"),
    ("desktop-6900xt", "gfx1030", "0000:0a:00.0"),
    (WITHOUT_ENGINES, "gfx1013", "0000:01:00.0"),
];

/// Its driver does not know exceptions, and its programs have no SDMA engines.
const WITHOUT_ENGINES: &str = "bc250";

/// A wave that traps runs our handler: nothing else goes back by s_rfe_b64. One whose breakpoint nobody waits at goes on.
#[test]
fn waves_trap_into_our_handler() {
    for (name, target, _) in MACHINES {
        let Some(kernels) = Kernel::on(target, "meeting", &["-O2"]) else { return };
        let report = kernels.path().with_extension("report");
        let program = Program::ours("faults");
        let machine = Machine::new(name);
        let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path());
        let client =
            client.arg(&kernels.path().to_string_lossy()).arg("abort").arg("queue").arg("again").within(60);
        let outcome = client.env("SIMKFD_GPU", "1").env("SIMGPU_REPORT", &report).run();
        let case = format!("{name}: {outcome:?}");
        assert!(
            outcome.stdout.contains("queue error: 0x1016\n") && outcome.stdout.ends_with("end\n"),
            "{case}"
        );
        assert!(outcome.stdout.contains("another queue: 0 left, 41\n"), "{case}");
        let report = std::fs::read_to_string(report).expect("it was written");
        let count = |name: &str| report.lines().filter(|line| line.ends_with(name)).count();
        assert_eq!((count(" s_rfe_b64"), count(" KFD SET_TRAP_HANDLER")), (1, 1), "{report}");
    }
}

fn run(machine: &Machine, kernels: &Kernel, args: &[&str]) -> Outcome {
    let program = Program::ours("faults");
    let client = Client::new(Suite::Trixie, Library::Ours, machine, &program.path());
    let client = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1").within(60);
    args.iter().fold(client, |client, arg| client.arg(arg)).run()
}

/// The lines about GPUs' faults on standard error.
fn records(outcome: &Outcome) -> Vec<&str> {
    outcome.stderr.lines().filter_map(|line| line.strip_prefix("libhsa-runtime64: gpu-fault ")).collect()
}

/// Lines of threads in no order.
fn sorted(said: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = said.lines().filter(|line| !line.starts_with("buffer: ")).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn waits_return_users_hear_once_and_a_line_tells() {
    for (name, target, bdf) in MACHINES {
        let Some(kernels) = Kernel::on(target, "meeting", &["-O2"]) else { return };
        let machine = Machine::new(name);
        // What differs is what tells of waves.
        let told_by_waves = |what: &str| name != WITHOUT_ENGINES || ["abort", "illegal"].contains(&what);
        for (what, handlers, status, record, code) in
            FAULTS.into_iter().filter(|fault| told_by_waves(fault.0))
        {
            let outcome = run(&machine, &kernels, &[what, handlers]);
            let case = format!("{what} with {handlers} on {name}: {outcome:?}");
            let buffer =
                outcome.stdout.lines().find_map(|line| line.strip_prefix("buffer: ")).expect("a line");
            let address = u64::from_str_radix(buffer.trim_start_matches("0x"), 16).expect("an address");
            let kind = if what == "memory" { "memory" } else { "queue" };
            let end = record.replace("BUFFER", buffer).replace("PAGE", &format!("{:#x}", address - 4096));
            assert_eq!(
                records(&outcome),
                [format!("kind={kind} agent={target} node=1 bdf={bdf} queue=0 {end}")],
                "{case}"
            );
            assert_eq!(outcome.code, code, "{case}");
            if code == 0 {
                let left = format!("left: -{status}");
                let heard = match (what, handlers) {
                    ("memory", "system" | "both") => "system event: agent 1, reason 0x1".to_owned(),
                    _ => format!("queue error: {status:#x}"),
                };
                let late = format!("late: -{status}");
                let mut wanted = ["end", "heard: 1", &left, &left, &left, &heard, &late];
                wanted.sort_unstable();
                assert_eq!(sorted(&outcome.stdout), wanted, "{case}");
            }
        }
    }
}

/// At any moment: while a handler runs, while the queue is destroyed, and long afterwards.
#[test]
fn a_process_ends_in_the_middle_of_a_fault() {
    let Some(kernels) = Kernel::new("meeting", &["-O2"]) else { return };
    let machine = Machine::new("desktop-7900xtx");
    for what in ["memory", "abort"] {
        let ended = |how: &str| {
            let outcome = run(&machine, &kernels, &[what, "both", how]);
            let last = outcome.stdout.lines().last().map(str::to_owned);
            (outcome.code, last, format!("{what}, {how}: {outcome:?}"))
        };
        let (code, _, case) = ended("exit");
        assert_eq!(code, 3, "{case}");
        for how in ["shut_down", "destroy", "again"] {
            let (code, last, case) = ended(how);
            assert_eq!((code, last.as_deref()), (0, Some("end")), "{case}");
            // After a fault of memory the driver lets no queue of the process run on the GPU any more.
            let another =
                if what == "memory" { "another queue: -43 left, 0" } else { "another queue: 0 left, 41" };
            assert!(how != "again" || case.contains(another), "{case}");
        }
    }
}

/// How often queues without progress are looked at here, in milliseconds.
const LOOKS: (&str, &str) = ("ROCR_RS_STALL_CHECK", "20");

/// On machines whose driver takes all queues off the hardware for each change, and only one (gfx11).
#[test]
fn a_kernel_that_takes_long_is_saved_and_restored_and_ends_well() {
    for (name, target, _) in MACHINES {
        let Some(kernels) = Kernel::on(target, "meeting", &["-O2"]) else { return };
        let (machine, program) = (Machine::new(name), Program::ours("stalls"));
        let trace = kernels.path().with_extension("trace");
        let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).within(60);
        let client = client.arg(&kernels.path().to_string_lossy()).arg(&trace.to_string_lossy()).arg("4");
        let outcome = client.env("SIMKFD_GPU", "1").env(LOOKS.0, LOOKS.1).trace(&trace).run();
        assert_eq!(outcome.stdout, "left: 0, seen: 99, errors: 0\nend\n", "{name}: {outcome:?}");
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{name}");
    }
}

/// The kernel never begins: the driver finds out when it is asked, and resets the GPU.
#[test]
fn a_gpu_that_hangs_is_found_out() {
    for (name, target, bdf) in MACHINES {
        let Some(kernels) = Kernel::on(target, "meeting", &["-O2"]) else { return };
        let (machine, program) = (Machine::new(name), Program::ours("stalls"));
        let plan = kernels.path().with_extension("toml");
        std::fs::write(&plan, "[[fault]]\ninstruction = 'HANG'\nnth = 1000\n").expect("a plan");
        let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).within(60);
        let client = client.arg(&kernels.path().to_string_lossy()).faults(&plan);
        let outcome = client.env("SIMKFD_GPU", "1").env(LOOKS.0, LOOKS.1).run();
        let said = "queue error: 0x1000\nleft: -4096, seen: 0, errors: 1\nend\n";
        assert_eq!((outcome.code, outcome.stdout.as_str()), (0, said), "{name}: {outcome:?}");
        let end = "queue=0 kernel=wait_for signals=1 reason=hang";
        let record = format!("kind=hardware agent={target} node=1 bdf={bdf} {end}");
        assert_eq!(records(&outcome), [record], "{name}");
    }
}

/// The same of engines, with copies by kernels where a GPU has none; the driver's answer tells of it, too.
#[test]
fn an_engine_that_hangs_is_found_out() {
    for (name, target, bdf) in MACHINES {
        let (machine, program) = (Machine::new(name), Program::ours("hangs"));
        let plan = program.path().with_extension(format!("{target}.toml"));
        std::fs::write(&plan, "[[fault]]\npacket = 'HANG'\nnth = 1\n").expect("a plan");
        let trace = plan.with_extension("trace");
        let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).within(60);
        let client = client.faults(&plan).trace(&trace).env("SIMKFD_GPU", "1").env(LOOKS.0, LOOKS.1);
        let outcome = client.run();
        let said = "hardware event: agent 1, cause 1\nhangs: -4096\nbehind it: -4096\nlater: -4096\nevents: 1\nend\n";
        assert_eq!((outcome.code, outcome.stdout.as_str()), (0, said), "{name}: {outcome:?}");
        let [record] = records(&outcome)[..] else { panic!("{name}: {outcome:?}") };
        let begin = format!("kind=hardware agent={target} node=1 bdf={bdf} queue=");
        assert!(record.starts_with(&begin) && record.ends_with(" reason=hang"), "{name}: {record}");
        let errno = if target == "gfx1100" { "ETIMEDOUT" } else { "ETIME" };
        let trace = std::fs::read_to_string(trace).expect("it was written");
        let refused = |line: &str| line.contains(" UPDATE_QUEUE ") && line.ends_with(errno);
        assert_eq!(trace.lines().filter(|line| refused(line)).count(), 1, "{name}: {trace}");
    }
}

/// When only a queue has stopped, copies go on afterwards; when the GPU has, nothing does.
#[test]
fn what_waits_for_work_that_went_wrong_ends_with_its_error() {
    for (name, target, _) in MACHINES.into_iter().filter(|(name, ..)| *name != WITHOUT_ENGINES) {
        let Some(kernels) = Kernel::on(target, "meeting", &["-O2"]) else { return };
        for (what, status, later, records) in [("abort", 0x1016, 0, 2), ("memory", 0x2b, -0x2b, 1)] {
            let (machine, program) = (Machine::new(name), Program::ours("spreads"));
            let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).within(60);
            let client = client.arg(&kernels.path().to_string_lossy()).arg(what).env("SIMKFD_GPU", "1");
            let outcome = client.run();
            let case = format!("{what} on {name}: {outcome:?}");
            // Users hear before waits return.
            let said = format!(
                "before: 0\nqueue error: {status:#x}\nwork: -{status}\nwhat waits for it: -{status}\n\
                 the copy that waits for that: -{status}\na later one: -{status}\none that waits for nothing: {later}\nend\n"
            );
            assert_eq!((outcome.code, outcome.stdout.as_str()), (0, said.as_str()), "{case}");
            assert_eq!(self::records(&outcome).len(), records, "{case}");
        }
    }
}

/// What is before the broken barrier in the same ring is no part of the mishap.
#[test]
fn what_waits_ends_in_its_turn_and_what_is_before_it_ends_well() {
    for (name, target, _) in MACHINES {
        let Some(kernels) = Kernel::on(target, "meeting", &["-O2"]) else { return };
        let (machine, program) = (Machine::new(name), Program::ours("turns"));
        let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).within(60);
        let client = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1");
        let outcome = client.run();
        let said = "failed: 0x1016\nwaits with the sign hidden: 0x1016, shown: 0\n\
            before it is its turn: packets 1 1 1, copies 1 1\npackets: 0 0x1016 0x1016, seen 99\n\
            copies: 0 0x1016\nerrors: 3\nend\n";
        assert_eq!((outcome.code, outcome.stdout.as_str()), (0, said), "{name}: {outcome:?}");
    }
}
