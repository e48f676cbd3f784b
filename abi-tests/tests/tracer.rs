//! The tracer (`scripts/tracer`): what it writes of a HIP program is JSON that holds the program's calls, dispatches and
//! copies, over upstream's libraries and over ours.
#![forbid(unsafe_code)]

use std::{collections::BTreeMap, fs};

use abi_tests::{
    hip,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};
use serde::Deserialize;

/// An event of the trace.
#[derive(Deserialize)]
struct Event {
    name: String,
    ph: String,
    #[serde(default)]
    cat: String,
    #[serde(default)]
    ts: f64,
    args: serde_json::Value,
}

/// What a HIP program's trace holds.
fn trace(suite: Suite, library: Library, program: &str, machine: &Machine) -> Vec<Event> {
    let (folder, tracer) = (tempfile::tempdir().expect("temporary folder"), project::script("tracer", &[]));
    let file = folder.path().join("trace.json");
    let client = Client::new(suite, library, machine, &hip::program(suite, program)).env("SIMKFD_GPU", "1");
    let client = client.env("HSA_TOOLS_LIB", tracer.expect("a library").trim()).env("HSA_TRACE", &file);
    let outcome = client.within(120).run();
    assert_eq!((outcome.code, outcome.stdout.lines().last()), (0, Some("end")), "{outcome:?}");
    let text = fs::read_to_string(&file).expect("a trace");
    serde_json::from_str(&text).unwrap_or_else(|why| panic!("{suite:?}: {why}"))
}

/// How often each name occurs among the events of a kind.
fn names<'a>(events: &'a [Event], kind: &str) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    events.iter().filter(|event| event.cat == kind).for_each(|e| *counts.entry(&*e.name).or_default() += 1);
    counts
}

#[test]
fn a_trace_holds_calls_dispatches_by_name_and_copies() {
    let machine = Machine::new("sg2044-w7800");
    for suite in Suite::HIP.into_iter().filter(|suite| suite.root().is_some()) {
        let [ours, theirs] = [Library::Ours, Library::Upstream]
            .map(|library| trace(suite, library, "vector_add.hip", &machine));
        for events in [&ours, &theirs] {
            assert!(events.iter().all(|e| e.ph == "M" || (e.ph == "X" && e.ts >= 0.0)), "{suite:?}");
            let calls = names(events, "call");
            for call in ["hsa_queue_create", "hsa_executable_freeze", "hsa_amd_memory_pool_allocate"] {
                assert!(calls.contains_key(call), "{suite:?}: no {call} in {calls:?}");
            }
            let is_right =
                |e: &Event| e.cat != "call" || e.name != "hsa_queue_create" || e.args["result"] == 0;
            assert!(events.iter().all(is_right), "{suite:?}");
        }
        // Five sizes of six types.
        let (dispatches, copies) = (names(&ours, "dispatch"), names(&ours, "copy"));
        let added = dispatches.iter().filter(|(name, _)| name.starts_with("_Z3add"));
        assert_eq!(added.map(|(_, count)| count).collect::<Vec<_>>(), [&5; 6], "{suite:?}: {dispatches:?}");
        assert!(copies.contains_key("GPU 1 to CPU 0"), "{suite:?}: {copies:?}");
        assert_eq!((dispatches, copies), (names(&theirs, "dispatch"), names(&theirs, "copy")), "{suite:?}");
    }
}
