//! `scripts/bench simgpu`: how fast the simulated GPU is, by kernels of one kind of instruction and by what a client of
//! upstream's runtime gets.

use std::path::{Path, PathBuf};
use std::process::Command;

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};

/// Kernels of rates.c, with the arguments that `simgpu run` takes.
const KERNELS: [(&str, &[&str]); 6] = [
    ("integers", &["zero:16384", "u32:10000"]),
    ("floats", &["zero:16384", "u32:10000"]),
    ("lds", &["zero:16384", "u32:10000"]),
    ("words", &["zero:16777216", "zero:16777216", "u32:4194304"]),
    ("fours", &["zero:16777216", "zero:16777216", "u32:4194304"]),
    ("scattered", &["zero:4194304", "zero:4194304", "u32:1048573"]),
];

/// Prints both tables.
pub fn run() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let code = folder.path().join("rates.co");
    if !compiled(&code) {
        abi_tests::skip("no clang 19 to 21: no kernel is compiled");
        return;
    }
    println!("millions of wave instructions a second, one thread");
    for (kernel, arguments) in KERNELS {
        println!("{kernel:14}{:10.1}", rate(&code, kernel, arguments));
    }
    let suite = [Suite::Exp, Suite::Sid, Suite::Trixie].into_iter().find(|suite| suite.root().is_some());
    let suite = suite.expect("trixie is always there");
    let (program, machine) = (Program::ours("rates"), Machine::new("desktop-7900xtx"));
    let client = Client::new(suite, Library::Upstream, &machine, &program.path());
    let outcome = client.arg(&code.to_string_lossy()).env("SIMKFD_GPU", "1").run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    println!("on the runtime of {}: packets, dispatches and bytes a second", suite.name());
    for (what, rate) in outcome.stdout.lines().filter_map(|line| line.split_once(' ')) {
        println!("{what:14}{rate:>16}");
    }
}

fn compiled(code: &Path) -> bool {
    let source = project::data("clients/kernels/rates.c");
    let target = ["--target=amdgcn-amd-amdhsa", "-mcpu=gfx1100", "-nogpulib", "-O2", "-o"];
    let with = |clang: &&str| {
        let command = Command::new(clang).args(target).arg(code).arg(&source).status();
        command.is_ok_and(|status| status.success())
    };
    ["clang-21", "clang-20", "clang-19"].iter().any(with)
}

/// Millions of wave instructions a second of a kernel that is run by hand.
fn rate(code: &Path, kernel: &str, arguments: &[&str]) -> f64 {
    let outcome = Command::new(simgpu())
        .arg("run")
        .arg(code)
        .arg(kernel)
        .args(["--grid", "4096", "--block", "256"])
        .args(arguments.iter().map(|argument| format!("--arg={argument}")))
        .output()
        .expect("cargo built it");
    let said = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let numbers: Vec<f64> = said.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [instructions, seconds] = numbers[..] else {
        panic!("{kernel}: {said}{}", String::from_utf8_lossy(&outcome.stderr))
    };
    instructions / seconds / 1e6
}

/// The program `simgpu`, optimised.
fn simgpu() -> PathBuf {
    let cargo = ["build", "--quiet", "--release", "-p", "simgpu", "--bin", "simgpu"];
    let built = Command::new(env!("CARGO")).args(cargo).current_dir(project::root()).status();
    assert!(built.is_ok_and(|status| status.success()), "simgpu does not build");
    project::target().join("release/simgpu")
}
