//! Tool libraries of HSA_TOOLS_LIB: what they put into the API tables is what programs call, in our release libraries
//! as in upstream's.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
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
