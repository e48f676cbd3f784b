//! Other architectures, pages and address spaces: programs of arm64, ppc64el and riscv64 run by qemu-user on the simulated
//! machine, which is built for them, too, and say what they say at home. An x86 host orders memory more strictly than they
//! do: what they need there is argued where it is written, and checked by models of the protocols (abi-tests/orderings).
#![forbid(unsafe_code)]

use std::{fs, path::Path};

use abi_tests::{
    compile::Program,
    kernel::Kernel,
    machine::Machine,
    port::Port,
    project,
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

/// Those that say the same on large pages: one asks what is behind an allocation of two small ones, and locks memory of the C
/// library's, which a shim tells nothing of the pages.
const ON_LARGE_PAGES: [&str; 3] = ["probe", "signals", "packets"];

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

fn pages_of_64_kib(place: Place) {
    let pages = Program::library("pages", place.0);
    same(place, &ON_LARGE_PAGES, |client| client.preload(&pages.path()));
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

/// Debian's kernel of POWER with pages of 64 KiB, in QEMU: the same programs on the simulated machine there.
fn kernel_of_64_kib(place: Place) {
    if let Err(why) = project::script("kfd-vm", &["--arch", "ppc64el", "--fetch"]) {
        return abi_tests::skip(&format!("a kernel with pages of 64 KiB: {why}"));
    }
    let Some(kernels) = Kernel::new("sums", &["-O2"]) else { return };
    let folder = tempfile::tempdir().expect("temporary folder");
    let shown = |name: &str| folder.path().join(name).display().to_string();
    let place_in = |name: &str, from: &Path| _ = fs::copy(from, folder.path().join(name)).expect("copy");
    place_in("sums", &kernels.path());
    let programs = [&ON_LARGE_PAGES[..], &["dispatch"]].concat();
    programs.iter().for_each(|name| place_in(name, &place.program(name).path()));
    let out = shown("out");
    let mut args = ["--arch", "ppc64el", "--machine", MACHINE, "--out", &out].map(str::to_owned).to_vec();
    args.extend(programs.iter().chain(&["sums"]).flat_map(|name| ["--with".to_owned(), shown(name)]));
    let clients = ON_LARGE_PAGES.map(|name| format!("./{name} '' >/out/{name}")).join("; ");
    let session = format!("uname -r >/out/kernel; {clients}; ./dispatch sums >/out/dispatch");
    args.extend(["sh", "-c", &session].map(str::to_owned));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    project::script("kfd-vm", &args).expect("the machine boots and runs the session");
    let there = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).expect("what it said");
    assert!(there("kernel").ends_with("-powerpc64le-64k\n"), "{}", there("kernel"));
    for name in ON_LARGE_PAGES {
        assert_eq!(there(name), said(Place::HOME, name, "", |client| client), "{name}");
    }
    assert_eq!(there("dispatch"), DISPATCH);
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
port!(ppc64el, Ppc64el: rocminfo programs pages_of_64_kib few_addresses kernel_of_64_kib);
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
