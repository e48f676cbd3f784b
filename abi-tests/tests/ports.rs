//! Other architectures say the same: programs of arm64, ppc64el and riscv64 run by qemu-user on the simulated machine,
//! which is built for them, too. An x86 host orders memory more strictly than they do: what they need there is argued
//! where it is written, and checked by models of the protocols.
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    port::Port,
    run::{Client, Library},
    suite::Suite,
};

/// Debian's rocminfo says what it says at home, byte for byte.
fn rocminfo_says_the_same(port: Port) {
    for name in ["sg2044-w7800", "bc250"] {
        let machine = Machine::new(name);
        let run = |suite| Client::rocminfo(suite, Library::Ours, &machine).expect("a stable suite").run();
        let (home, there) = (run(Suite::Trixie), run(port.suite()));
        assert!(home.code == 0 && home.stdout.contains("*** Done ***"), "{name}: {home:?}");
        assert_eq!((there.stdout, there.code), (home.stdout, 0), "{name}: {}", there.stderr);
    }
}

/// What upstream's library says there, and ours over it.
fn clients_say_the_same(port: Port, clients: &[&str]) {
    let machine = Machine::new("desktop-7900xtx");
    for name in clients {
        let run = |suite, program: Program| {
            Client::new(suite, Library::Ours, &machine, &program.path()).env("SIMKFD_GPU", "1").run()
        };
        let home = run(Suite::Trixie, Program::ours(name));
        let there = run(port.suite(), Program::foreign(name, port));
        assert!(home.code == 0 && !home.stdout.is_empty(), "{name}: {home:?}");
        assert_eq!((there.stdout, there.code), (home.stdout, 0), "{name}: {}", there.stderr);
    }
}

/// A compiled kernel computes on the simulated GPU.
fn a_kernel_computes(port: Port) {
    let Some(kernels) = Kernel::new("sums", &["-O2"]) else { return };
    let (program, machine) = (Program::foreign("dispatch", port), Machine::new("desktop-7900xtx"));
    let client = Client::new(port.suite(), Library::Ours, &machine, &program.path());
    let outcome = client.arg(&kernels.path().to_string_lossy()).env("SIMKFD_GPU", "1").run();
    let right = ("left: 0\nwrong: 0\nleft: 0\nwrong: 0\nend\n", 0);
    assert_eq!((outcome.stdout.as_str(), outcome.code), right, "{}", outcome.stderr);
}

/// C programs that say nothing of the machine's own.
const CLIENTS: [&str; 4] = ["probe", "signals", "packets", "memory"];

/// The tests of a port, which need its compilers.
macro_rules! port {
    ($module:ident, $port:ident, $($test:ident => $run:expr),+) => {
        mod $module {
            use super::*;
            $(
                #[test]
                fn $test() {
                    if Port::$port.built().is_some() {
                        $run(Port::$port);
                    }
                }
            )+
        }
    };
}

port!(arm64, Arm64,
    rocminfo => rocminfo_says_the_same,
    clients => |port| clients_say_the_same(port, &CLIENTS),
    kernel => a_kernel_computes);
port!(ppc64el, Ppc64el,
    rocminfo => rocminfo_says_the_same,
    clients => |port| clients_say_the_same(port, &CLIENTS),
    kernel => a_kernel_computes);
port!(riscv64, Riscv64,
    clients => |port| clients_say_the_same(port, &CLIENTS),
    kernel => a_kernel_computes);
