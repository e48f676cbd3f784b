//! Opening and closing in every bad moment: many threads at once, a fork in the middle, a thousand reloads,
//! exit() while others are inside.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    run::{Client, Library, Outcome},
    suite::Suite,
};

/// Runs a client with our libraries, with trixie's libc: the suite that is always there and newest.
fn run(name: &str) -> Outcome {
    let machine = Machine::new("sg2044-w7800");
    Client::new(Suite::Trixie, Library::Ours, &machine, &Program::ours(name).path()).run()
}

#[test]
fn a_hundred_threads_may_open_and_close_at_once() {
    let outcome = run("threads");
    // 4107 is HSA_STATUS_ERROR_NOT_INITIALIZED: every hsa_init had its hsa_shut_down.
    assert_eq!(outcome.stdout, "0 failures; after the last: 4107\n", "{}", outcome.stderr);
    assert_eq!(outcome.code, 0);
}

#[test]
fn a_child_of_fork_may_open_afresh_and_its_parent_goes_on() {
    let outcome = run("fork");
    let said = "init 0\n\
                child: init 0\n\
                child: same agents: yes\n\
                child, afresh: init 0\n\
                child, afresh: same agents: yes\n\
                child, afresh: shut_down 0\n\
                child ended with 0\n\
                parent: same agents: yes\n\
                parent: shut_down 0\n";
    assert_eq!(outcome.stdout, said, "{}", outcome.stderr);
}

#[test]
fn a_later_start_finds_the_machine_as_it_is_then() {
    let machine = Machine::new("desktop-7900xtx");
    let node = machine.tree().join("sys/devices/virtual/kfd/kfd/topology/nodes/2");
    let gone = machine.tree().join("gone");
    let outcome = Client::new(Suite::Trixie, Library::Ours, &machine, &Program::ours("again").path())
        .arg(&node.to_string_lossy())
        .arg(&gone.to_string_lossy())
        .run();
    let start = "init 0\nagent of type 0, flush 0: none, 0\nagent of type 1, flush 0: registers, 1\n";
    let (both, end) = ("agent of type 1, flush 0: registers, 1\n", "iterate 0\nshut_down 0\n");
    let said = format!("{start}{both}{end}{start}{end}{start}{end}");
    assert_eq!(outcome.stdout, said, "{}", outcome.stderr);
}

#[test]
fn a_thousand_reloads_leave_nothing_behind() {
    let outcome = run("reload");
    let said = "2000 rounds; heap grew by less than 16 bytes a round: yes\n";
    assert_eq!(outcome.stdout, said, "{}", outcome.stderr);
}

#[test]
fn a_thread_may_exit_while_others_are_inside() {
    let outcome = run("exit");
    assert_eq!(outcome.stdout, "late call returned: a status\n", "{}", outcome.stderr);
    assert_eq!(outcome.code, 7);
}

/// Upstream's 6.1.2 hangs in it now and then.
#[test]
fn sixteen_threads_may_make_and_end_everything_at_once() {
    let (program, machine) = (Program::ours("stress"), Machine::new("desktop-7900xtx"));
    let kernel = Kernel::new("symbols", &["-O1", "-mcode-object-version=5"]);
    let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path()).env("SIMKFD_GPU", "1");
    let client = client.arg("200");
    let outcome = match &kernel {
        Some(kernel) => client.arg(&kernel.path().to_string_lossy()).run(),
        None => client.run(),
    };
    assert_eq!(outcome.stdout, "0 spoilt; after the last: 4107\n", "{}", outcome.stderr);
}

/// The driver itself stays open, and with it what belongs to the process: the page of events and some of them, the doorbells,
/// and the block that holds signals.
#[test]
fn the_last_shut_down_gives_everything_back() {
    let machine = Machine::new("desktop-7900xtx");
    for name in ["copies", "queues"] {
        let program = Program::ours(name);
        let client = Client::new(Suite::Trixie, Library::Ours, &machine, &program.path());
        let outcome = client.env("SIMKFD_GPU", "1").env("SIMKFD_REPORT", "1").run();
        let left = ["queues", "memory"].map(|kind| outcome.left(kind));
        assert_eq!((outcome.code, left), (0, [0, 3]), "{name}: {}", outcome.stderr);
    }
}
