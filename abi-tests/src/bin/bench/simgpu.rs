//! `scripts/bench simgpu`: how fast the simulated GPU is, by kernels of one kind of instruction and by what a client of
//! upstream's runtime gets, and by how long llama.cpp takes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use abi_tests::{
    compile::Program,
    llama::{self, Model},
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

/// Models that llama.cpp is timed with.
const MODELS: [Model; 2] =
    [Model { width: 128, seed: 3, weights: "F32" }, Model { width: 256, seed: 4, weights: "Q4_K_M" }];

/// Prints the tables.
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
    speaking();
}

/// Wall time of llama.cpp from its start to its end, loading and compiling included.
fn speaking() {
    let Some(root) = Suite::SidLlama.root() else { return };
    let machine = Machine::new("sg2044-w7800");
    println!(
        "llama.cpp, 24 words: seconds on the host's CPU, on the simulated GPU with upstream's runtime, with ours"
    );
    for model in MODELS {
        let file = model.file(&machine, root);
        let runs: [(Library, &[&str]); 3] = [
            (Library::Upstream, &llama::ON_CPU),
            (Library::Upstream, &llama::ON_GPU),
            (Library::Ours, &llama::ON_GPU),
        ];
        print!("{:14}", model.weights);
        for (library, options) in runs {
            let start = Instant::now();
            let outcome = llama::speak(&machine, library, root, &file, options);
            assert_eq!(outcome.code, 0, "{}", outcome.stderr);
            print!("{:10.1}", start.elapsed().as_secs_f64());
        }
        println!();
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
        .args(["--grid", "4096", "--block", "256", "--threads", "1"])
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
