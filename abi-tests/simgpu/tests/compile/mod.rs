//! Compilers of the tests: clang for the GPU, where one is that knows gfx1100, and the host's for the CPU.
#![forbid(unsafe_code)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use simgpu::isa::Target;

/// How the GPU's code is made.
#[derive(Debug)]
pub struct Build(&'static [&'static str]);

/// Without optimisation everything goes through private memory; with it, registers, and pairs of instructions.
pub const BUILDS: &[Build] =
    &[Build(&["-O0"]), Build(&["-O1"]), Build(&["-O3"]), Build(&["-O2", "-mwavefrontsize64"])];

/// What code is made for; gfx1010 has the instructions of gfx1013 that programs use.
#[allow(dead_code)] // not every test asks
pub const TARGETS: [Target; 3] = [Target::Gfx1013, Target::Gfx1030, Target::Gfx1100];

impl Build {
    /// Whether waves have 32 lanes.
    #[allow(dead_code)] // not every test asks
    pub fn wave32(&self) -> bool {
        !self.0.contains(&"-mwavefrontsize64")
    }
}

/// A compiler that makes code objects for gfx1100.
pub struct GpuCompiler(&'static str);

/// The newest clang that there is. Without one the test is skipped, and says so.
pub fn gpu_compiler() -> Option<GpuCompiler> {
    let knows = |name: &&str| {
        let nothing =
            ["--target=amdgcn-amd-amdhsa", "-mcpu=gfx1100", "-nogpulib", "-xc", "-S", "-o", "-", "-"];
        let said = Command::new(name).args(nothing).stdin(Stdio::null()).output();
        said.is_ok_and(|said| said.status.success())
    };
    let found = ["clang-22", "clang-21", "clang-20", "clang-19", "clang-17", "clang"].into_iter().find(knows);
    if found.is_none() {
        println!("SKIP: no clang that knows gfx1100");
    }
    found.map(GpuCompiler)
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kernels").join(name)
}

/// A file of this process's own.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(std::process::id().to_string());
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder.join(name)
}

fn run(command: &mut Command) {
    let outcome = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(outcome.status.success(), "{command:?}: {}", String::from_utf8_lossy(&outcome.stderr));
}

impl GpuCompiler {
    /// The code object of a source of tests/kernels.
    pub fn compile_for(&self, target: Target, name: &str, build: &Build) -> Vec<u8> {
        let out = scratch(&format!("{name}-{}{}.co", target.name(), build.0.concat()));
        let options = ["--target=amdgcn-amd-amdhsa", "-nogpulib", "-ffp-contract=off"];
        let processor = format!("-mcpu={}", target.name());
        run(Command::new(self.0)
            .args(options)
            .arg(processor)
            .args(build.0)
            .arg("-o")
            .arg(&out)
            .arg(source(name)));
        fs::read(out).expect("what the compiler wrote")
    }
}

/// What the CPU says of one case.
#[allow(dead_code)] // not every test has cases
pub struct Case {
    /// Its name.
    pub name: String,
    /// Type of the operands.
    pub input: String,
    /// Type of the results.
    pub output: String,
    /// The results' bits.
    pub results: Vec<u64>,
}

/// Compiles operations.c for the host and runs it.
#[allow(dead_code)]
pub fn cpu_results(count: usize, operands: &[u64]) -> Vec<Case> {
    let program = scratch("operations");
    let options = ["-O1", "-ffp-contract=off", "-o"];
    run(Command::new("cc").args(options).arg(&program).arg(source("operations.c")).arg("-lm"));
    let mut child = Command::new(&program)
        .arg(count.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program was made");
    let bytes: Vec<u8> = operands.iter().flat_map(|value| value.to_le_bytes()).collect();
    child.stdin.take().expect("a pipe").write_all(&bytes).expect("it reads all before it writes");
    let said = child.wait_with_output().expect("it ends");
    assert!(said.status.success(), "operations.c on the CPU: {:?}", said.status);
    cases(&said.stdout, count)
}

#[allow(dead_code)]
fn cases(mut bytes: &[u8], count: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
        let line = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let words: Vec<&str> = line.split(' ').collect();
        let (values, rest) = bytes[end + 1..].split_at(8 * count);
        let results =
            values.chunks_exact(8).map(|value| u64::from_le_bytes(value.try_into().expect("eight")));
        let [name, input, output] = [0, 1, 2].map(|index: usize| words[index].to_string());
        cases.push(Case { name, input, output, results: results.collect() });
        bytes = rest;
    }
    cases
}
