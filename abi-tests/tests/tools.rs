//! Tool libraries of HSA_TOOLS_LIB: what they put into the API tables is what programs call, in our release libraries
//! as in upstream's.
#![forbid(unsafe_code)]

use std::fs;

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    project,
    run::{Client, Library, Outcome},
    suite::Suite,
};

/// Runs the client `tooled` with a list of tools.
fn run(suite: Suite, library: Library, list: &str) -> Outcome {
    let machine = Machine::new("desktop-7900xtx");
    let client = Program::ours("tooled");
    Client::new(suite, library, &machine, &client.path()).env("HSA_TOOLS_LIB", list).run()
}

#[test]
fn a_tool_replaces_functions_until_the_last_shut_down() {
    let tool = Program::tool("tool");
    let outcome = run(Suite::Trixie, Library::Ours, &tool.path().display().to_string());
    let said = "tool: OnLoad, version as in the table: yes\n\
                tool: the runtime answers 0, ticking\n\
                init 0\nagain: init 0\nagain: shut_down 0\n\
                tool: hsa_iterate_agents\n\
                queues 0: 4711\nqueues 0: 4711\nqueues 0: 4711\n\
                iterate 0\n\
                tool: OnUnload after 3 attributes, the runtime answers 4107\n\
                shut_down 0\n\
                init 0\nagain: init 0\nagain: shut_down 0\n\
                queues 0: 0\nqueues 0: 128\nqueues 0: 128\n\
                iterate 0\nshut_down 0\n";
    assert_eq!(outcome.stdout, said, "{}", outcome.stderr);
}

#[test]
fn tools_and_those_that_fail_are_treated_as_upstream_does() {
    let tool = Program::tool("tool");
    // One that is not there, one twice, one that is no tool.
    let list = format!("libno-such-tool.so {0} libm.so.6 \"{0}\"", tool.path().display());
    for suite in [Suite::Trixie, Suite::Exp] {
        if suite.root().is_none() {
            abi_tests::skip("tool libraries of 7.2: no suite exp");
            continue;
        }
        let [ours, mut upstream] =
            [Library::Ours, Library::Upstream].map(|library| run(suite, library, &list));
        if suite == Suite::Trixie {
            // 7.2 answers HSA_STATUS_ERROR_NOT_INITIALIZED in OnUnload, 6.1 still worked.
            upstream.stdout =
                upstream.stdout.replace("the runtime answers 0\n", "the runtime answers 4107\n");
        }
        assert_eq!(ours.stdout, upstream.stdout, "{}\n{}", ours.stderr, upstream.stderr);
        assert!(ours.stdout.contains("tool: libno-such-tool.so failed\n"), "{}", ours.stdout);
        let lines: Vec<&str> = ours.stderr.lines().filter(|line| line.contains("no-such-tool")).collect();
        assert_eq!(lines.len(), 1, "{}", ours.stderr);
    }
}

/// Queues whose packets a tool sees, changes, drops and adds to, as ROCr 6.4.3 has them. 7.2.4 crashes where more is added
/// than the ring has room for, and 6.1.2 is asked for what came after it.
#[test]
fn handlers_see_and_change_packets() {
    let Some(kernels) = Kernel::new("meeting", &["-O2"]) else { return };
    if Suite::Sid.root().is_none() {
        abi_tests::skip("queues that are intercepted: no suite sid");
        return;
    }
    let (machine, tool, client) =
        (Machine::new("desktop-7900xtx"), Program::tool("table"), Program::ours("intercept"));
    let run = |library| {
        let client = Client::new(Suite::Sid, library, &machine, &client.path());
        let client = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1");
        client.env("HSA_TOOLS_LIB", tool.path()).run()
    };
    let (ours, theirs) = (run(Library::Ours), run(Library::Upstream));
    assert!(theirs.code == 0 && theirs.stdout.ends_with("end\n"), "{theirs:?}");
    assert_eq!((ours.code, &ours.stdout), (0, &theirs.stdout), "{}", ours.stderr);
}

/// Those that HSA_TOOLS_LIB names come first, then those that the process has loaded, by their priority, whatever the order
/// in which it did; each hears which ones before it failed.
#[test]
fn tools_get_the_tables_in_upstreams_order() {
    let (folder, ranked) = (tempfile::tempdir().expect("temporary folder"), Program::tool("ranked"));
    let [named, both, refuses, last] = ["a5", "b10", "c20-refuses", "d30"].map(|name| {
        let copy = folder.path().join(name);
        fs::copy(ranked.path(), &copy).expect("copy the tool");
        copy.to_string_lossy().into_owned()
    });
    let (client, machine) = (Program::ours("tooled"), Machine::new("desktop-7900xtx"));
    for suite in [Suite::Trixie, Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
        let [ours, upstream] = [Library::Ours, Library::Upstream].map(|library| {
            let client = Client::new(suite, library, &machine, &client.path());
            let client = client.arg(&last).arg(&refuses).arg(&both);
            client.env("HSA_TOOLS_LIB", format!("libno-such.so {named} {both}")).run()
        });
        assert_eq!((ours.code, &ours.stdout), (0, &upstream.stdout), "{suite:?}: {}", ours.stderr);
        let order =
            ["a5: OnL", "b10: OnL", "c20-refuses: OnL", "d30: OnL"].map(|tool| ours.stdout.find(tool));
        assert!(order.is_sorted() && order[0].is_some(), "{}", ours.stdout);
    }
}

/// What tools hear of scratch memory is what 7.2.4 tells. 6.4.3 does not tell that what a queue keeps is freed.
#[test]
fn tools_hear_of_scratch_memory() {
    let Some(kernels) = Kernel::new("meeting", &["-O2"]) else { return };
    let (machine, tool, client) =
        (Machine::new("desktop-7900xtx"), Program::tool("scratch_events"), Program::ours("scratch"));
    let wishes = [("HSA_NO_SCRATCH_RECLAIM", "1"), ("HSA_SCRATCH_SINGLE_LIMIT", "146800640")];
    let suites = [Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some());
    for (suite, (name, value)) in suites.flat_map(|suite| wishes.map(|wish| (suite, wish))) {
        let [ours, upstream] = [Library::Ours, Library::Upstream].map(|library| {
            let client = Client::new(suite, library, &machine, &client.path());
            let client = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1");
            client.env("HSA_TOOLS_LIB", tool.path()).env(name, value).run()
        });
        let told =
            |line: &&str| suite == Suite::Exp || !line.starts_with("free") || !line.contains("flags 0");
        let told = |stdout: &str| stdout.lines().filter(told).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!((ours.code, upstream.code), (0, 0), "{ours:?}");
        assert_eq!(told(&ours.stdout), told(&upstream.stdout), "{suite:?} {name}={value}");
        assert!(ours.stdout.contains("allocated: flags 0"), "{}", ours.stdout);
    }
}

/// Debian's ROCr is built without it, so there is nothing to compare with.
#[test]
fn rocprofiler_register_gets_the_tables_before_tools_do() {
    let (folder, stand_in) = (tempfile::tempdir().expect("temporary folder"), Program::tool("register"));
    for entry in fs::read_dir(project::stage().join("lib")).expect("staged libraries").flatten() {
        if entry.path().is_file() {
            std::os::unix::fs::symlink(entry.path(), folder.path().join(entry.file_name())).expect("link");
        }
    }
    fs::copy(stand_in.path(), folder.path().join("librocprofiler-register.so.0")).expect("copy");
    let (client, machine, tool) =
        (Program::ours("tooled"), Machine::new("desktop-7900xtx"), Program::tool("ranked"));
    let run = |wishes: &[(&str, &str)]| {
        let client =
            Client::new(Suite::Trixie, Library::Folder(folder.path().into()), &machine, &client.path());
        let client = client.env("HSA_TOOLS_LIB", tool.path());
        let outcome = wishes.iter().fold(client, |client, (name, value)| client.env(name, *value)).run();
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let counts = [
            "register: hsa, a function of its own 1, of the same version 1, tables 1, of major version 3",
            "register: hsa_iterate_agents",
            ": OnLoad",
        ]
        .map(|text| outcome.stdout.matches(text).count());
        (counts, outcome.stderr.contains("rocprofiler-register answers 1"))
    };
    // Two rounds, the second without HSA_TOOLS_LIB.
    assert_eq!(run(&[("STAND_IN", "0")]), ([2, 2, 0], false));
    let old_tools = ("HSA_TOOLS_ROCPROFILER_V1_TOOLS", "yes");
    assert_eq!(run(&[("STAND_IN", "0"), old_tools]), ([2, 2, 1], false));
    assert_eq!(run(&[("STAND_IN", "1")]), ([2, 0, 1], false));
    let report = ("HSA_TOOLS_REPORT_REGISTER_FAILURE", "1");
    assert_eq!(run(&[("STAND_IN", "1"), report]), ([2, 0, 1], true));
    assert_eq!(run(&[("STAND_IN", "0"), ("HSA_TOOLS_DISABLE_REGISTER", "1")]), ([0, 0, 1], false));
}

/// Linux's own driver has neither. Upstream's runtimes make queues and buffers of a session before they ask the driver.
#[test]
fn what_the_driver_does_not_sample_or_monitor_is_refused() {
    let (machine, client) = (Machine::new("desktop-7900xtx"), Program::ours("sampling"));
    for suite in [Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
        let [ours, upstream] = [Library::Ours, Library::Upstream].map(|library| {
            Client::new(suite, library, &machine, &client.path()).env("SIMKFD_GPU", "1").run()
        });
        assert!(upstream.stdout.ends_with("end\n"), "{upstream:?}");
        assert_eq!((ours.code, &ours.stdout), (0, &upstream.stdout), "{suite:?}: {}", ours.stderr);
    }
}

/// GPUs whose program counters the driver samples: none does it for gfx11, whose instructions the simulated GPU runs. It is a
/// what-if of two W7800.
fn sampled_machine() -> Machine {
    let machine = Machine::new("sg2044-two-w7800");
    machine.edit_kernel("sampling", vec![toml::Value::from(110_000)].into());
    machine
}

/// What upstream's runtimes answer where no wave has to write: their handlers write samples on gfx9 and gfx12 alone, and
/// take the host's trap for an error elsewhere.
#[test]
fn sampling_sessions_answer_as_upstreams_do() {
    let (machine, client) = (sampled_machine(), Program::ours("sampling_statuses"));
    for suite in [Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some()) {
        for refused in [false, true] {
            let [ours, upstream] = [Library::Ours, Library::Upstream].map(|library| {
                let client = Client::new(suite, library, &machine, &client.path()).env("SIMKFD_GPU", "1");
                if refused { client.arg("refused") } else { client }.run()
            });
            assert!(upstream.stdout.ends_with("end\n"), "{upstream:?}");
            assert_eq!((ours.code, &ours.stdout), (0, &upstream.stdout), "{suite:?}: {}", ours.stderr);
        }
    }
}

#[test]
fn samples_are_of_the_kernel_that_runs_and_do_not_disturb_it() {
    let Some(kernels) = Kernel::new("sampled", &["-O2"]) else { return };
    let (machine, client) = (sampled_machine(), Program::ours("sampled"));
    let client = Client::new(Suite::Sid, Library::Ours, &machine, &client.path());
    if Suite::Sid.root().is_none() {
        abi_tests::skip("sampling: no suite sid");
        return;
    }
    let client = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1");
    let outcome = client.env("SIMKFD_REPORT", "1").run();
    let one = "samples: many, outside of the kernel 0, impossible 0, at other times 0, of other dispatches 0\n\
               several waves: 1, several groups: 1, several places: 1\n";
    let right = "results: right\n";
    let said = format!(
        "{right}told while it ran: 1\n{one}{right}more after it was stopped: 0\n\
         flushed: 1\n{right}{one}lost: 0\n\
         {right}lost: 1\nresults: right, flush 0x1001\n\
         {right}{right}{one}{one}aborted: 0x1016\n\
         sampled before: 1\nend\n"
    );
    assert_eq!((outcome.code, &outcome.stdout), (0, &said), "{}", outcome.stderr);
    assert_eq!(outcome.left("queues"), 0, "{}", outcome.stderr);
}
