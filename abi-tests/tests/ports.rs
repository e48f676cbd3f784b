//! Other architectures, pages and address spaces: programs of arm64, ppc64el and riscv64 run by qemu-user on the simulated
//! machine, which is built for them, too, and say what they say at home. An x86 host orders memory more strictly than they
//! do: what they need there is argued where it is written, and checked by models of the protocols (abi-tests/orderings).
#![forbid(unsafe_code)]

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    port::Port,
    run::{Client, Library},
    suite::Suite,
};

/// Where a program runs: at home, or on a port.
#[derive(Clone, Copy, Debug)]
struct Place(Option<Port>);

impl Place {
    const HOME: Self = Self(None);

    fn suite(self) -> Suite {
        self.0.map_or(Suite::Trixie, Port::suite)
    }

    fn program(self, name: &str) -> Program {
        self.0.map_or_else(|| Program::ours(name), |port| Program::foreign(name, port))
    }
}

/// C programs that say nothing of the machine's own.
const CLIENTS: [&str; 4] = ["probe", "signals", "packets", "memory"];

/// Its kernel does not tell the sizes of save areas.
const MACHINE: &str = "desktop-7900xtx";

/// What `dispatch.c` says when its kernels have computed.
const DISPATCH: &str = "left: 0\nwrong: 0\nleft: 0\nwrong: 0\nend\n";

/// What a C program says that is changed somehow before it runs.
fn said(place: Place, name: &str, argument: &str, change: impl Fn(Client<'_>) -> Client<'_>) -> String {
    said_on(&Machine::new(MACHINE), place, name, argument, change)
}

fn said_on(
    machine: &Machine,
    place: Place,
    name: &str,
    argument: &str,
    change: impl Fn(Client<'_>) -> Client<'_>,
) -> String {
    let program = place.program(name);
    let client = Client::new(place.suite(), Library::Ours, machine, &program.path()).arg(argument);
    let outcome = change(client.env("SIMKFD_GPU", "1")).run();
    assert!(outcome.code == 0 && !outcome.stdout.is_empty(), "{name} on {place:?}: {outcome:?}");
    outcome.stdout
}

/// The programs say what they say at home, and a compiled kernel computes.
fn same(place: Place, clients: &[&str], change: impl Fn(Client<'_>) -> Client<'_>) {
    for name in clients {
        let (home, there) = (said(Place::HOME, name, "", |client| client), said(place, name, "", &change));
        assert_eq!(there, home, "{name}");
    }
    let Some(kernels) = Kernel::new("sums", &["-O2"]) else { return };
    assert_eq!(said(place, "dispatch", &kernels.path().to_string_lossy(), &change), DISPATCH);
}

fn programs(place: Place) {
    same(place, &CLIENTS, |client| client);
}

/// All but what locks memory of the C library's, which knows nothing of such pages here.
fn pages_of_64_kib(place: Place) {
    let pages = Program::library("pages", place.0);
    same(place, &CLIENTS[..3], |client| client.preload(&pages.path()));
}

/// As much as RISC-V's processors with Sv39 have, and half of it.
fn few_addresses(place: Place) {
    same(place, &CLIENTS, |client| client.addresses(1 << 38));
    same(place, &CLIENTS, |client| client.addresses(1 << 37));
}

/// Debian's rocminfo, byte for byte; there is none for riscv64.
fn rocminfo(place: Place) {
    for name in ["sg2044-w7800", "bc250"] {
        let machine = Machine::new(name);
        let run = |suite| Client::rocminfo(suite, Library::Ours, &machine).expect("a stable suite").run();
        let (home, there) = (run(Suite::Trixie), run(place.suite()));
        assert!(home.code == 0 && home.stdout.contains("*** Done ***"), "{name}: {home:?}");
        assert_eq!((there.stdout, there.code), (home.stdout, 0), "{name}: {}", there.stderr);
    }
}

/// The tests of a port, which need its compilers.
macro_rules! port {
    ($module:ident, $port:ident: $($test:ident)+) => {
        mod $module {
            $(
                #[test]
                fn $test() {
                    if super::Port::$port.built().is_some() {
                        super::$test(super::Place(Some(super::Port::$port)));
                    }
                }
            )+
        }
    };
}

port!(arm64, Arm64: rocminfo programs pages_of_64_kib few_addresses);
port!(ppc64el, Ppc64el: rocminfo programs pages_of_64_kib few_addresses);
port!(riscv64, Riscv64: programs pages_of_64_kib few_addresses);

mod home {
    use super::{Machine, Place, Program};

    #[test]
    fn pages_of_64_kib() {
        super::pages_of_64_kib(super::Place::HOME);
    }

    /// A kernel that has got the GPU's granule of save areas, and does not tell their sizes.
    #[test]
    fn pages_of_64_kib_and_save_areas_of_4() {
        let (machine, pages) = (Machine::new(super::MACHINE), Program::library("pages", None));
        machine.edit_kernel("save_area_granule", 4096.into());
        let there =
            super::said_on(&machine, Place::HOME, "packets", "", |client| client.preload(&pages.path()));
        assert_eq!(there, super::said(Place::HOME, "packets", "", |client| client));
    }

    #[test]
    fn few_addresses() {
        super::few_addresses(super::Place::HOME);
    }
}
