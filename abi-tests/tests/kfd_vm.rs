//! The real amdkfd driver beside the simulated one: programs run in a machine with Debian's kernel and no GPU
//! (`scripts/kfd-vm`), and on what simkfd makes of that machine's capture. Where they differ, simkfd is wrong.
#![forbid(unsafe_code)]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use abi_tests::{
    compile::Program,
    explained::{self, Context, Explanations},
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};
use tempfile::TempDir;

/// C programs that make ioctls by the C library alone.
const PROBES: [&str; 4] = ["kfd_numbers", "kfd_events", "kfd_process", "kfd_errors_process"];

/// What runs in the machine. Each program's output goes into a file of its name.
const SESSION: &str = "\
    for program in kfd_* kmt_driver rocminfo; do $program >/out/$program; done
    export LD_LIBRARY_PATH=
    for program in kmt_driver rocminfo; do $program >/out/$program.upstream; done
    simkfd capture /out/machine.tar";

/// One boot, and the same machine simulated.
struct Real {
    folder: TempDir,
    simulated: Machine,
}

impl Real {
    /// Where a program's executable was put and, under `out`, what it said.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn said(&self, name: &str) -> String {
        let path = self.path("out").join(name);
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// What the program says on the simulated machine with our libraries.
    fn simulated(&self, program: &Path) -> String {
        Client::new(Suite::Trixie, Library::Ours, &self.simulated, program).run().stdout
    }
}

/// The machine, booted at first use; none where QEMU, its kernel or the newest headers cannot be had.
fn real() -> Option<&'static Real> {
    static REAL: OnceLock<Option<Real>> = OnceLock::new();
    REAL.get_or_init(|| {
        let headers = Suite::Sid.root()?.join("usr/include");
        match project::script("kfd-vm", &["--fetch"]) {
            Ok(_) => Some(boot(&headers)),
            Err(why) => {
                abi_tests::skip(&format!("the real driver: {why}"));
                None
            }
        }
    })
    .as_ref()
}

fn boot(headers: &Path) -> Real {
    let folder = tempfile::Builder::new().prefix("kfd-vm-").tempdir().expect("temporary folder");
    let place = |name: &str| folder.path().join(name);
    for probe in PROBES {
        fs::copy(Program::probe(probe, headers).path(), place(probe)).expect("copy");
    }
    fs::copy(Program::ours("kmt_driver").path(), place("kmt_driver")).expect("copy");
    fs::copy(project::simulator("simkfd"), place("simkfd")).expect("copy");
    let shown = |name: &str| place(name).display().to_string();
    let mut args = vec!["--out".to_owned(), shown("out")];
    for program in PROBES.into_iter().chain(["kmt_driver", "simkfd"]) {
        args.extend(["--with".to_owned(), shown(program)]);
    }
    args.extend(["sh", "-c", SESSION].map(ToOwned::to_owned));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    project::script("kfd-vm", &args).expect("the machine boots and runs the session");
    let simulated = Machine::new(&shown("out/machine.tar"));
    Real { folder, simulated }
}

/// Both texts, or nothing when they are the same.
fn differ(what: &str, real: &str, simulated: &str) -> Option<String> {
    let lines = real.lines().zip(simulated.lines()).filter(|(real, simulated)| real != simulated);
    let told: Vec<String> = lines.map(|(real, sim)| format!("  real: {real}\n   sim: {sim}")).collect();
    (real != simulated).then(|| {
        let counts = (real.lines().count(), simulated.lines().count());
        format!("{what} ({} and {} lines):\n{}", counts.0, counts.1, told.join("\n"))
    })
}

#[test]
fn the_simulated_driver_answers_every_ioctl_as_the_real_one() {
    let Some(real) = real() else { return };
    let wrong: Vec<String> = PROBES
        .iter()
        .filter_map(|probe| differ(probe, &real.said(probe), &real.simulated(&real.path(probe))))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn our_libraries_say_the_same_on_both_drivers() {
    let Some(real) = real() else { return };
    let rocminfo = Suite::Trixie.root().expect("a stable suite").join("usr/bin/rocminfo");
    let driver = differ("kmt_driver", &real.said("kmt_driver"), &real.simulated(&real.path("kmt_driver")));
    assert_eq!(driver, None);
    let said = real.said("rocminfo");
    assert!(said.contains("*** Done ***"), "{said}");
    assert_eq!(differ("rocminfo", &said, &real.simulated(&rocminfo)), None);
}

#[test]
fn our_libraries_say_what_upstreams_say_on_the_real_driver() {
    let Some(real) = real() else { return };
    assert_eq!(real.said("kmt_driver.upstream"), real.said("kmt_driver"));
    let found = explained::differences(&real.said("rocminfo.upstream"), &real.said("rocminfo"));
    let reasons = Explanations::read(&project::data("golden/rocminfo-explained.toml"));
    let left = reasons.unexplained(Context { against: "trixie", machine: "kfd-vm" }, found);
    assert!(left.is_empty(), "{left:?}");
}
