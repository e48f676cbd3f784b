//! Every function that upstream's 6.4.3 or 7.2.4 exports, called with handles and values that are right, none, of another
//! kind, destroyed and made up: ours gives the same status, or there is a reason in golden/statuses-explained.toml. Where
//! upstream's kill the program, ours answer.
#![forbid(unsafe_code)]

use std::{collections::BTreeSet, thread};

use abi_tests::{
    compile::Program,
    elf,
    kernel::Kernel,
    machine::Machine,
    project,
    run::{Client, Library},
    statuses::{Answers, Reasons},
    suite::Suite,
    trace,
};

/// Programs of `clients/`.
const CLIENTS: [&str; 9] = [
    NOTHING,
    "statuses_agents",
    "statuses_signals",
    "statuses_queues",
    "statuses_memory",
    "statuses_virtual",
    CODE,
    "statuses_images",
    "statuses_copies",
];
/// Takes the names of the functions that it calls.
const NOTHING: &str = "statuses_nothing";
/// Takes a code object.
const CODE: &str = "statuses_code";
type Release = (Suite, &'static str);
const RELEASES: [Release; 2] = [(Suite::Sid, "6.4.3"), (Suite::Exp, "7.2.4")];

/// Functions that answer with no status: they have nothing to say about an argument that is none.
fn has_status(name: &str) -> bool {
    let operations =
        ["load", "store", "add", "and", "or", "xor", "subtract", "cas", "exchange", "wait", "silent"];
    let of = |kind: &str| {
        let what = name.strip_prefix(kind);
        what.is_some_and(|what| operations.iter().any(|operation| what.starts_with(&format!("{operation}_"))))
    };
    !of("hsa_signal_") && !of("hsa_queue_") && !of("hsa_amd_signal_")
}

/// What a suite's library exports.
fn names(suite: Suite) -> BTreeSet<String> {
    let Some(root) = suite.root() else { return BTreeSet::new() };
    let files = suite.libraries(root).into_iter().map(|folder| folder.join("libhsa-runtime64.so.1"));
    let file = files.into_iter().find(|file| file.exists()).expect("the suite's library");
    let exports = elf::read(&file).exports.into_iter().map(|symbol| symbol.name);
    exports.filter(|name| name.starts_with("hsa_")).collect()
}

/// What a client answers on a release's own library, or on ours.
struct Bench<'a> {
    machine: Machine,
    kernel: &'a Kernel,
    exported: &'a BTreeSet<String>,
}

impl Bench<'_> {
    fn answers(&self, name: &str, program: &Program, suite: Suite, library: Library) -> Answers {
        let client = Client::new(suite, library, &self.machine, &program.path()).env("SIMKFD_GPU", "1");
        let client = match name {
            NOTHING => {
                self.exported.iter().filter(|name| has_status(name)).fold(client, |c, name| c.arg(name))
            }
            CODE => client.arg(&self.kernel.path().to_string_lossy()),
            _ => client,
        };
        let outcome = client.run();
        Answers::read(&outcome.stdout).unwrap_or_else(|line| panic!("{name} says {line}: {}", outcome.stderr))
    }

    /// Ours, and those of the releases, at a time.
    fn compare(&self, name: &str, releases: &[Release]) -> (Answers, Vec<Answers>) {
        let program = &Program::ours(name);
        thread::scope(|scope| {
            let run = |&(suite, _): &Release| {
                scope.spawn(move || self.answers(name, program, suite, Library::Upstream))
            };
            let theirs: Vec<_> = releases.iter().map(run).collect();
            let ours = self.answers(name, program, Suite::Trixie, Library::Ours);
            (ours, theirs.into_iter().map(|run| run.join().expect("its own words")).collect())
        })
    }
}

#[test]
fn every_function_answers_as_upstreams() {
    let releases: Vec<_> = RELEASES.into_iter().filter(|(suite, _)| suite.root().is_some()).collect();
    let exported: BTreeSet<String> = releases.iter().flat_map(|&(suite, _)| names(suite)).collect();
    let reasons: Reasons = project::table(&project::data("golden/statuses-explained.toml"));
    let Some(kernel) = Kernel::new("symbols", &["-O1", "-mcode-object-version=5"]) else { return };
    let bench = Bench { machine: Machine::new("desktop-7900xtx"), kernel: &kernel, exported: &exported };
    let (mut called, mut wrong) = (BTreeSet::new(), Vec::new());
    for name in CLIENTS {
        let (ours, theirs) = bench.compare(name, &releases);
        called.extend(ours.functions().map(ToOwned::to_owned));
        for ((_, release), theirs) in releases.iter().zip(&theirs) {
            wrong.extend(reasons.unexplained(release, theirs, &ours));
        }
    }
    assert!(wrong.is_empty(), "{} differences (upstream | ours):\n{}", wrong.len(), wrong.join("\n"));
    let left_out: Vec<&String> = exported.difference(&called).collect();
    assert!(left_out.is_empty(), "no client calls {left_out:?}");
    if releases.len() == RELEASES.len() {
        assert_eq!(reasons.unused(), Vec::<String>::new(), "reasons that explain nothing");
    }
}

/// What names newer than 7.2.4 answer, by upstream's headers, tests and reviews: there are no semaphores of other interfaces
/// and no fabrics on Linux.
const NEWEST: &str = "\
hsa_amd_agent_preload: flags 0: 0
hsa_amd_agent_preload: flags 1: 0
hsa_amd_agent_preload: flags 2: 0
hsa_amd_agent_preload: flags 3: 0
hsa_amd_agent_preload: flags 4: 0x1001
hsa_amd_agent_preload: CPU: 0x1004
hsa_amd_agent_preload: agent null: 0x1004
hsa_amd_external_semaphore_handle_open: good: 0x2f
hsa_amd_external_semaphore_handle_open: CPU: 0x1004
hsa_amd_external_semaphore_handle_open: no descriptor: 0x1001
hsa_amd_external_semaphore_handle_open: nowhere: 0x1001
hsa_amd_external_semaphore_handle_close: null: 0x2f
hsa_amd_queue_signal_external_semaphore: null: 0x2f
hsa_amd_queue_wait_external_semaphore: null: 0x2f
hsa_amd_queue_wait_external_semaphore: no queue: 0x1007
handles_for_fabrics: supported: value 0
hsa_amd_vmem_export_fabric_handle: good: 0x2f
hsa_amd_vmem_export_fabric_handle: nowhere: 0x1001
hsa_amd_vmem_export_fabric_handle: memory null: 0x1003
hsa_amd_vmem_import_fabric_handle: of zeros: 0x2f
hsa_amd_vmem_import_fabric_handle: nowhere: 0x1001
hsa_ext_sampler_create_v2: before newest images: 0x1001
hsa_ext_sampler_create_v2: after newest images: 0
hsa_ext_image_mipmap_array_get_level: level 0: 0
hsa_ext_image_mipmap_array_get_level: level 1: 0x1001
hsa_ext_image_mipmap_array_get_level: no image: 0x1001
hsa_ext_image_mipmap_array_get_level: nowhere: 0x1001
hsa_ext_image_mipmap_array_get_level: no descriptor: 0
hsa_amd_image_create_v2: no descriptor: 0x1001
hsa_amd_image_create_v2: no layout: 0x1001
hsa_amd_image_create_v2: layout of zeros: 0x3000
hsa_amd_image_create_v2: 2 levels of zeros: 0x3000
hsa_ext_image_data_get_info_v2: 5 levels: 0
hsa_ext_image_create_v2: 5 levels: 0
hsa_ext_image_data_get_info_v2: 6 levels: 0x1001
hsa_ext_image_create_v2: 6 levels: 0x1001
hsa_ext_image_create_v2: levels at an odd address: 0x1001
hsa_ext_image_mipmap_array_get_level: level 4 of 5: 0
hsa_ext_image_mipmap_array_get_level: level 5 of 5: 0x1001
hsa_ext_image_mipmap_array_get_level: level -1: 0x1001
hsa_ext_image_mipmap_array_get_level: image null: 0x1001
hsa_ext_image_mipmap_array_get_level: agent null: 0x1004
hsa_ext_image_mipmap_array_get_level: CPU: 0x1008
hsa_ext_image_mipmap_array_get_level: texels of 8 bytes: 0x3000
hsa_ext_image_destroy_v2: good: 0
hsa_ext_image_destroy_v2: destroyed: 0x1001
hsa_ext_image_mipmap_array_get_level: destroyed: 0x1001
hsa_ext_image_data_get_info_v2: levels of a buffer: 0x3001
hsa_ext_image_data_get_info_v2: levels of what is too long: 0x3001
hsa_ext_sampler_create_v2: filter 0 for levels: 0
hsa_ext_sampler_create_v2: filter 0 for levels, no such mode: 0x1001
hsa_ext_sampler_create_v2: filter 1 for levels: 0
hsa_ext_sampler_create_v2: filter 1 for levels, no such mode: 0x1001
hsa_ext_sampler_create_v2: filter 2 for levels: 0
hsa_ext_sampler_create_v2: filter 2 for levels, no such mode: 0x1001
hsa_ext_sampler_create_v2: filter 3 for levels: 0
hsa_ext_sampler_create_v2: filter 3 for levels, no such mode: 0x1001
hsa_amd_svm_discard_batch_async: nowhere: 0x1001
hsa_amd_svm_discard_batch_async: no sizes: 0x1001
hsa_amd_svm_discard_batch_async: none: 0x1001
hsa_amd_svm_discard_batch_async: on the stack: 0x1001
hsa_amd_svm_discard_batch_async: the driver's addresses: 0x1001
hsa_amd_svm_discard_batch_async: too much: 0x1001
hsa_amd_svm_discard_batch_async: signals nowhere: 0x1001
hsa_amd_svm_discard_and_prefetch_batch_async: one agent for two: 0x1001
hsa_amd_svm_discard_and_prefetch_batch_async: agents nowhere: 0x1001
hsa_amd_svm_discard_and_prefetch_batch_async: good: 0
whose: the GPU's: value 2
whose: the host's: value 1
hsa_amd_svm_discard_batch_async: after a signal: 0
whose: before it: value 2
whose: after it: value 1
hsa_amd_signal_get_event_id: good: 0
hsa_amd_signal_get_event_id: nowhere: 0x1001
hsa_amd_signal_get_event_id: null: 0x1001
event: a signal that interrupts: value 1
event: a signal that does not: value 0
mapped: good: value 2097152
hsa_amd_interop_map_buffer_with_size: no agents: 0x1001
hsa_amd_interop_map_buffer_with_size: agents nowhere: 0x1001
hsa_amd_interop_map_buffer_with_size: no descriptor: 0x1000
hsa_amd_interop_map_buffer_with_size: flag 2: 0x1001
hsa_amd_interop_map_buffer_with_size: size nowhere: 0x1001
hsa_amd_interop_map_buffer_with_size: place nowhere: 0x1001
all_while_none_is_idle: engines: value 1
";

#[test]
fn the_newest_functions_answer_as_upstreams_sources_say() {
    let (program, machine) = (Program::ours("statuses_newest"), Machine::new("desktop-7900xtx"));
    let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path());
    let outcome = client.env("SIMKFD_GPU", "1").run();
    assert_eq!((&*outcome.stdout, outcome.code), (NEWEST, 0), "{}", outcome.stderr);
}

/// The first question about times asks the driver for its clocks; who is to be ready for it has asked already.
#[test]
fn clocks_are_compared_ahead_of_time_unless_the_program_wants_no_such_thing() {
    let (program, machine) = (Program::ours("preload"), Machine::new("desktop-7900xtx"));
    let folder = tempfile::tempdir().expect("temporary folder");
    let questions = |(what, flags): (&str, &str)| {
        let file = folder.path().join(format!("{what} {flags}"));
        let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).trace(&file);
        let outcome = client.arg(what).arg(flags).run();
        assert_eq!(outcome.code, 0, "{outcome:?}");
        trace::read(&file).iter().filter(|call| call.name == "GET_CLOCK_COUNTERS").count()
    };
    assert_eq!(["0", "1", "2", "3"].map(|flags| questions(("agent", flags))), [1, 0, 1, 0]);
    assert_eq!(["0", "1"].map(|on| questions(("queue", on))), [0, 1]);
}
