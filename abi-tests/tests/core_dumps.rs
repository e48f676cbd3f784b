//! Core dumps of GPUs: the same as upstream's 6.4.3 and 7.2.4 write them where they do, and where they do not.
#![forbid(unsafe_code)]

use std::{fs, path::PathBuf};

use abi_tests::{
    compile::Program,
    core_file::{Core, Part, word},
    kernel::Kernel,
    machine::Machine,
    run::{Client, Library, Outcome},
    suite::Suite,
};
use object::elf::{PF_R, PF_W};

/// A machine for which upstream writes some, and one of a GPU for which it writes none.
const MACHINE: (&str, &str) = ("desktop-6900xt", "gfx1030");
const OTHER: (&str, &str) = ("desktop-7900xtx", "gfx1100");

/// The word of which the client's buffer consists, and how long that is.
const WORD: u32 = 0xc0de_5eed;
const BYTES: usize = 1 << 20;

/// What runs of a test have in common.
struct Bench {
    machine: Machine,
    kernels: Kernel,
    program: Program,
    folder: tempfile::TempDir,
}

/// A run's end.
struct Ran {
    outcome: Outcome,
    folder: PathBuf,
}

impl Bench {
    /// None without a compiler, or where no core dump may be written.
    fn new((name, target): (&str, &str)) -> Option<Self> {
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let hard = limits.lines().find_map(|line| line.strip_prefix("Max core file size"));
        if hard.and_then(|line| line.split_ascii_whitespace().nth(1)) != Some("unlimited") {
            abi_tests::skip(
                "no core dump of any size may be written here: raise the hard limit (ulimit -Hc)",
            );
            return None;
        }
        let kernels = Kernel::on(target, "meeting", &["-O2"])?;
        let (machine, program) = (Machine::new(name), Program::ours("cores"));
        Some(Self { machine, kernels, program, folder: tempfile::tempdir().expect("a folder") })
    }

    /// Runs the client in a new folder.
    fn run(&self, of: &Of, words: &[&str], change: impl FnOnce(Client<'_>) -> Client<'_>) -> Ran {
        let folder = tempfile::tempdir_in(&self.folder).expect("a folder").keep();
        let client = Client::new(of.0, of.1.clone(), &self.machine, &self.program.path()).within(60);
        let client = client.arg(&self.kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1");
        let client = words.iter().fold(client, |client, word| client.arg(word));
        let outcome = change(client.cores("unlimited").folder(&folder)).run();
        Ran { outcome, folder }
    }
}

/// A suite and whose libraries.
struct Of(Suite, Library);

const OURS: Of = Of(Suite::Sid, Library::Ours);

/// Those of upstream's that are to be had.
fn upstreams() -> impl Iterator<Item = Of> {
    let there = [Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some());
    there.map(|suite| Of(suite, Library::Upstream))
}

impl Ran {
    /// What the client said of something.
    fn said(&self, what: &str) -> &str {
        let line = self.outcome.stdout.lines().find_map(|line| line.strip_prefix(what));
        line.unwrap_or_else(|| panic!("no {what} in {:?}", self.outcome))
    }

    fn address(&self, what: &str) -> u64 {
        u64::from_str_radix(self.said(what).trim_start_matches("0x"), 16).expect("an address")
    }

    /// What the folder holds beside the kernel's own dump.
    fn files(&self) -> Vec<String> {
        let names =
            fs::read_dir(&self.folder).expect("a folder").map(|entry| entry.expect("a name").file_name());
        let names = names.map(|name| name.into_string().expect("text"));
        let own = ["core".to_owned(), format!("core.{}", self.said("pid: "))];
        let mut names: Vec<String> = names.filter(|name| !own.contains(name)).collect();
        names.sort_unstable();
        names
    }

    /// The only file.
    fn core(&self) -> Core {
        let files = self.files();
        let [name] = &files[..] else { panic!("{files:?}: {:?}", self.outcome) };
        Core::read(&self.folder.join(name))
    }

    /// Our lines about core dumps.
    fn lines(&self) -> Vec<&str> {
        let lines = self.outcome.stderr.lines().filter_map(|line| line.strip_prefix("libhsa-runtime64: "));
        lines.filter(|line| line.contains("GPU core dump")).collect()
    }

    /// The client's ranges of render nodes: address, bytes, and whether it may write there.
    fn mapped(&self) -> Vec<(u64, u64, bool)> {
        let lines = self.outcome.stdout.lines().filter_map(|line| line.strip_prefix("mapped: "));
        let range = |line: &str| {
            let (start, rest) = line.split_once('-').expect("a range");
            let (end, rest) = rest.split_once(' ').expect("permissions");
            let number = |text| u64::from_str_radix(text, 16).expect("an address");
            (number(start), number(end) - number(start), rest.as_bytes()[1] == b'w')
        };
        lines.map(range).collect()
    }
}

/// That a dump has all the memory that the client had mapped, as it was.
fn check_memory(core: &Core, ran: &Ran, of: &Of) {
    let ours = matches!(of.1, Library::Ours);
    for (start, bytes, writable) in ran.mapped() {
        let part = core.parts.iter().find(|part| part.start == start).expect("the range");
        // Upstream tells them by flags of sections (SHF_*) where those of segments belong: 2 for all, 1 for writable.
        let flags = if ours { PF_R | if writable { PF_W } else { 0 } } else { 2 | u32::from(writable) };
        assert_eq!((part.bytes, part.flags, part.content.len() as u64), (bytes, flags, bytes));
    }
    // 7.2.4 leaves out the padding before memory: all of it is as many bytes early (rocm-systems pull request 2851).
    let early = if !ours && of.0 == Suite::Exp { 16 } else { 0 };
    let buffer = core.memory(ran.address("buffer: "), BYTES - early);
    assert!(buffer.chunks(4).all(|chunk| chunk == WORD.to_le_bytes()), "the buffer is not as it was");
}

/// Who takes care of none of these, and whose process ends.
#[test]
fn ours_says_what_upstreams_says() {
    let Some(bench) = Bench::new(MACHINE) else { return };
    for what in ["memory", "abort", "illegal", "packet"] {
        let run = bench.run(&OURS, &[what], |client| client);
        let ours = run.core();
        check_memory(&ours, &run, &OURS);
        assert_eq!(run.files(), ["core.gpu"], "{what}");
        let queue = ours.queue(run.address("ring: "));
        for of in upstreams() {
            let case = format!("{what}, {:?}", of.0);
            let run = bench.run(&of, &[what], |client| client);
            let theirs = run.core();
            check_memory(&theirs, &run, &of);
            assert_eq!(ours.header, theirs.header, "{case}");
            assert_eq!((&ours.owner, ours.versions), (&theirs.owner, theirs.versions), "{case}");
            // The address of r_debug differs.
            assert_eq!(ours.runtime[8..], theirs.runtime[8..], "{case}");
            assert_eq!(ours.devices, theirs.devices, "{case}");
            assert_eq!(queue, theirs.queue(run.address("ring: ")), "{case}");
        }
    }
}

/// When the process has a debugger, and on gfx110x, where the driver would change queues for a debugger and upstream writes
/// none: the same but for exceptions, which the kernel alone knows.
#[test]
fn without_the_kernels_help_it_says_the_same() {
    let Some(bench) = Bench::new(MACHINE) else { return };
    let asked = bench.run(&OURS, &["abort"], |client| client);
    let plan = bench.folder.path().join("refusal.toml");
    fs::write(&plan, "[[fault]]\nioctl = 'DBG_TRAP'\nerrno = 'EALREADY'\n").expect("a plan");
    let alone = bench.run(&OURS, &["abort"], |client| client.faults(&plan));
    let (asked_core, alone_core) = (asked.core(), alone.core());
    check_memory(&alone_core, &alone, &OURS);
    assert_eq!(asked_core.versions, alone_core.versions);
    assert_eq!(asked_core.runtime[8..], alone_core.runtime[8..]);
    let told = |core: &Core| core.devices.iter().map(|device| device[8..].to_vec()).collect::<Vec<_>>();
    assert_eq!(told(&asked_core), told(&alone_core));
    let queue = |ran: &Ran, core: &Core| core.queue(ran.address("ring: "));
    let (asked_queue, alone_queue) = (queue(&asked, &asked_core), queue(&alone, &alone_core));
    assert_eq!(asked_queue, alone_queue);

    let Some(bench) = Bench::new(OTHER) else { return };
    for what in ["memory", "abort"] {
        let trace = bench.folder.path().join("trace");
        let run = bench.run(&OURS, &[what], |client| client.trace(&trace));
        let core = run.core();
        check_memory(&core, &run, &OURS);
        assert_eq!((core.devices.len(), word(&core.devices[0], 88)), (2, 110_000));
        core.queue(run.address("ring: "));
        let trace = fs::read_to_string(&trace).expect("a trace");
        assert!(!trace.contains(" DBG_TRAP ") && trace.contains(" GET_QUEUE_WAVE_STATE "), "{trace}");
        for of in upstreams() {
            assert_eq!(bench.run(&of, &[what], |client| client).files(), [""; 0], "{what}");
        }
    }
}

/// The limit on core files cuts a dump off where it is reached, and headers say so; upstream's tell of what is not there.
#[test]
fn limits_hold() {
    let Some(bench) = Bench::new(MACHINE) else { return };
    let with = |most: &'static str| bench.run(&OURS, &["abort"], move |client| client.cores(most));
    let none = with("0");
    assert_eq!((none.files(), none.lines()), (vec![], vec![]));
    let tiny = with("500");
    let [line] = tiny.lines()[..] else { panic!("{:?}", tiny.outcome) };
    assert!(tiny.files().is_empty() && line.starts_with("no GPU core dump: 500 bytes"), "{line}");
    let cut = with("1000000");
    let core = cut.core();
    assert_eq!(core.bytes, 1_000_000);
    let whole = |part: &&Part| part.content.len() as u64 == part.bytes;
    assert!(core.parts.iter().filter(whole).count() < core.parts.len());
    assert!(
        cut.lines()[0].ends_with("core.gpu, cut off by the limit on core files (ulimit -c)"),
        "{:?}",
        cut.lines()
    );
    for of in upstreams() {
        // Of what has no room 7.2.4 leaves an empty file.
        assert_eq!(bench.run(&of, &["abort"], |client| client.cores("0")).files(), [""; 0]);
    }
}

/// What is left of a dump that would be too large: where waves are saved, and their scratch memory.
#[test]
fn light_ones_have_memory_of_waves_alone() {
    // Stopped by the kernel, and by the runtime.
    for machine in [MACHINE, OTHER] {
        let Some(bench) = Bench::new(machine) else { return };
        let run = bench.run(&OURS, &["scratch"], |client| client.env("HSA_ENABLE_LIGHTWEIGHT_COREDUMP", "1"));
        let mut core = run.core();
        for (start, die_bytes) in core.save_areas() {
            let place = core.parts.iter().position(|part| part.start == start).expect("the area");
            let area = core.parts.swap_remove(place);
            assert!(area.bytes >= die_bytes && area.content.len() as u64 == area.bytes);
            // Whom errors are told, of kfd_context_save_area_header; the simulated GPU saves its waves elsewhere.
            assert_ne!(word(&area.content, 24), 0);
        }
        let [scratch] = &core.parts[..] else { panic!("{} parts", core.parts.len()) };
        let written = scratch.content.chunks(4).filter(|word| *word == 0x5c4a_7c11_u32.to_le_bytes()).count();
        assert_eq!(written, 64 * 32);
    }
}

/// What upstream's library for debuggers says of one, but for waves: the simulated GPU saves those elsewhere. Agents and queues
/// are the note's; to code objects the note leads, and their list is in the process's memory.
const READ: &str = "\
agent AMD Radeon RX 6900 XT: 0x8d92 at 0xa00, state 1, 160 units
queues: 2
queue: 4096 bytes, type 1
code objects: 1
code object: file://, loaded: 1
waves: 0
";

#[test]
fn debuggers_read_it() {
    for suite in [Suite::SidHip, Suite::ExpHip].into_iter().filter(|suite| suite.root().is_some()) {
        let Some(bench) = Bench::new(MACHINE) else { return };
        let bench = Bench { program: Program::debugger("debugger", suite), ..bench };
        let read = |library, light| {
            let run = bench.run(&Of(suite, library), &[], |client| {
                client.env("HSA_COREDUMP_PATTERN", "gpu.core").env("HSA_ENABLE_LIGHTWEIGHT_COREDUMP", light)
            });
            let said = run.outcome.stdout.find("agent ").map(|begin| run.outcome.stdout[begin..].to_owned());
            said.unwrap_or_else(|| panic!("{:?}", run.outcome))
        };
        // Where waves of both queues are saved is memory of the process here, which light ones alone have.
        let told = |reads| format!("{READ}reads of the dump's memory: {reads}\nend\n");
        assert_eq!(read(Library::Ours, "0"), told(0), "{suite:?}");
        assert_eq!(read(Library::Ours, "1"), told(2), "{suite:?}");
        // 6.4.3 does not hear of names.
        if suite == Suite::ExpHip {
            assert_eq!(read(Library::Upstream, "0"), told(0));
        }
    }
}

/// Names by both variables; what is there stays; what cannot be written is told.
#[test]
fn names_are_the_users() {
    let Some(bench) = Bench::new(MACHINE) else { return };
    let named = |of: &Of, variable: &'static str, pattern: &str| {
        bench.run(of, &["abort"], |client| client.env(variable, pattern))
    };
    let name = |run: &Ran| format!("x-{}-%.y", run.said("pid: "));
    for variable in ["HSA_COREDUMP_PATTERN", "HSA_COREDUMP_FILE"] {
        let run = named(&OURS, variable, "x-%p-%%.y%q");
        assert_eq!(run.files(), [name(&run)], "{variable}");
        assert!(run.lines()[0].ends_with(&name(&run)), "{:?}", run.outcome);
    }
    if Suite::Exp.root().is_some() {
        let run = named(&Of(Suite::Exp, Library::Upstream), "HSA_COREDUMP_PATTERN", "x-%p-%%.y%q");
        assert_eq!(run.files(), [name(&run)]);
    }
    let disabled = named(&OURS, "HSA_DISABLE_COREDUMP_ON_EXCEPTION", "1");
    let thrown_away = named(&OURS, "HSA_COREDUMP_PATTERN", "/dev/null");
    let private = bench.run(&OURS, &["abort", "private"], |client| client);
    for run in [disabled, thrown_away, private] {
        assert_eq!((run.files(), run.lines()), (vec![], vec![]), "{:?}", run.outcome);
    }
    let there = bench.folder.path().join("there");
    fs::write(&there, "mine").expect("a file");
    let refused = [(there.display().to_string(), "EEXIST"), ("no/such/folder".to_owned(), "ENOENT")];
    for (pattern, errno) in refused {
        let run = named(&OURS, "HSA_COREDUMP_PATTERN", &pattern);
        let [line] = run.lines()[..] else { panic!("{:?}", run.outcome) };
        assert!(line.starts_with("no GPU core dump: /") && line.contains(&pattern), "{line}");
        assert!(line.contains(errno) && line.contains(" -> "), "{line}");
        assert_eq!((run.files(), run.said("queue error: ")), (vec![], "0x1016"));
    }
    assert_eq!(fs::read_to_string(there).expect("a file"), "mine");
}

/// The first error of a process is looked at, and the next as ever.
#[test]
fn there_is_one_for_a_process() {
    let Some(bench) = Bench::new(MACHINE) else { return };
    let run = bench.run(&OURS, &["twice"], |client| client.env("HSA_COREDUMP_PATTERN", "gpu.%t"));
    assert_eq!((run.files().len(), run.lines().len()), (1, 1));
    assert_eq!(run.outcome.stdout.matches("queue error: 0x1016").count(), 2);
}

/// The user's command reads what would stand in the file; the kernel's is for its own dumps.
#[test]
fn commands_read_it() {
    let Some(bench) = Bench::new(MACHINE) else { return };
    let command = "|/bin/sh -c \"umask 077; cat >piped.%p\"";
    let run = bench.run(&OURS, &["illegal"], |client| client.env("HSA_COREDUMP_PATTERN", command));
    assert_eq!(run.files(), [format!("piped.{}", run.said("pid: "))]);
    check_memory(&run.core(), &run, &OURS);
    // 7.2.4 leaves out the padding here, too, so that the last range is not whole.
    if Suite::Exp.root().is_some() {
        let of = Of(Suite::Exp, Library::Upstream);
        let run = bench.run(&of, &["illegal"], |client| client.env("HSA_COREDUMP_PATTERN", command));
        assert_eq!(run.files(), [format!("piped.{}", run.said("pid: "))]);
    }
    for (command, why) in [("|false", "failed: exit status: 1"), ("|/no/handler", "ENOENT"), ("|", "empty")] {
        let run = bench.run(&OURS, &["illegal"], |client| client.env("HSA_COREDUMP_PATTERN", command));
        let [line] = run.lines()[..] else { panic!("{:?}", run.outcome) };
        assert!(line.contains(why) || line.contains("EPIPE"), "{line}");
        assert_eq!((run.files(), run.said("queue error: ")), (vec![], "0x2a"));
    }
    let pattern = bench.folder.path().join("core_pattern");
    fs::write(&pattern, "|/usr/lib/systemd/systemd-coredump %P %u\n").expect("a file");
    let root = Suite::Sid.root().expect("there");
    let redirect =
        format!("{}:/proc/sys/kernel/core_pattern={}", Suite::Sid.redirects(root), pattern.display());
    let run = bench.run(&OURS, &["illegal"], |client| client.env("SIMKFD_REDIRECT", redirect));
    assert_eq!(run.files(), [format!("gpucore.{}.gpu", run.said("pid: "))]);
}
