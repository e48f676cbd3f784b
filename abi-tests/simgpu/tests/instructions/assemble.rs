//! Snippets of assembler: llvm-mc makes words of them, a bench runs them on waves that the test has prepared.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use simgpu::exec::bench::{Bench, BenchError};
use simgpu::exec::wave::{Mode, Wave};
use simgpu::isa::{Op, Target};

/// Between two snippets: s_nop with a number of its own.
const MARK: &str = "s_nop 0xa55a";
const MARK_BYTES: [u8; 4] = [0x5a, 0xa5, 0x80, 0xbf];

/// MODE as compilers set it: round to nearest, all denormals, DX10_CLAMP and IEEE.
pub const MODE: u32 = 0x3f0;

/// An llvm-mc that writes halves of registers (`v0.l`).
pub fn tool() -> Option<String> {
    (22..30)
        .rev()
        .map(|version| format!("llvm-mc-{version}"))
        .find(|tool| Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success()))
}

thread_local! {
    /// What the tests of this thread are about.
    static TARGET: Cell<Target> = const { Cell::new(Target::Gfx1100) };
}

/// Runs a test on another target.
pub fn on<T>(target: Target, test: impl FnOnce() -> T) -> T {
    TARGET.set(target);
    let result = test();
    TARGET.set(Target::Gfx1100);
    result
}

/// The target that the calling test is about.
pub fn target() -> Target {
    TARGET.get()
}

/// The words of each snippet, which is written as for gfx1100, s_endpgm behind them.
pub fn assemble(snippets: &[String]) -> Vec<Vec<u32>> {
    let target = target();
    if !target.is_gfx10() {
        return assemble_for(target, snippets);
    }
    let line = |line: &str| {
        let (mnemonic, operands) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        // Registers have no halves there.
        format!("{} {}\n", before_gfx11(mnemonic), operands.replace(".l", ""))
    };
    let older = |text: &String| text.lines().map(line).collect();
    assemble_for(target, &snippets.iter().map(older).collect::<Vec<String>>())
}

/// A mnemonic with and without the suffix of its encoding.
fn parted(mnemonic: &str) -> (&str, &str) {
    let suffix = ["_e32", "_e64", "_dpp", "_sdwa"].into_iter().find(|suffix| mnemonic.ends_with(suffix));
    mnemonic.split_at(mnemonic.len() - suffix.map_or(0, str::len))
}

/// A mnemonic of gfx11 as it was before.
fn before_gfx11(mnemonic: &str) -> String {
    let (plain, suffix) = parted(mnemonic);
    format!("{}{suffix}", Op::renamed().find(|(now, _)| *now == plain).map_or(plain, |(_, before)| before))
}

/// The other way.
pub fn since_gfx11(mnemonic: &str) -> String {
    let (plain, suffix) = parted(mnemonic);
    format!("{}{suffix}", Op::renamed().find(|(_, before)| *before == plain).map_or(plain, |(now, _)| now))
}

/// The same for another target.
pub fn assemble_for(target: Target, snippets: &[String]) -> Vec<Vec<u32>> {
    let tool = tool().expect("asked for before");
    let input: String = snippets.iter().map(|text| format!("{text}\ns_endpgm\n{MARK}\n")).collect();
    let mut child = Command::new(tool)
        .args(["-triple=amdgcn", &format!("-mcpu={}", target.name()), "-show-encoding"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("llvm-mc starts");
    let mut stdin = child.stdin.take().expect("piped");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("llvm-mc ends");
    writer.join().expect("the writer does not panic").expect("llvm-mc reads all");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut all = vec![Vec::new()];
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Some((_, rest)) = line.split_once("; encoding: [") else { continue };
        let byte = |text: &str| u8::from_str_radix(text.trim_start_matches("0x"), 16).expect("a byte");
        let bytes: Vec<u8> = rest.trim_end_matches(']').split(',').map(byte).collect();
        if bytes == MARK_BYTES {
            all.push(Vec::new());
            continue;
        }
        let words = bytes.chunks(4).map(|word| u32::from_le_bytes(word.try_into().expect("whole words")));
        all.last_mut().expect("one at least").extend(words);
    }
    all.pop();
    assert_eq!(all.len(), snippets.len());
    all
}

/// A wave of 32 lanes as compilers' code finds it, with `registers` vector registers.
pub fn wave(registers: usize) -> Wave {
    Wave::new(32, registers, 0, Mode(MODE))
}

/// LDS of a snippet's workgroup.
const LDS_BYTES: usize = 8192;

/// A bench of a test.
pub fn bench() -> Bench {
    Bench::new(target(), 16 << 20)
}

/// Runs one snippet; it must end.
pub fn run(bench: &mut Bench, text: &str, code: &[u32], waves: Vec<Wave>) -> Vec<Wave> {
    run_with_lds(bench, text, code, waves).0
}

/// The same, and what LDS holds then.
pub fn run_with_lds(bench: &mut Bench, text: &str, code: &[u32], waves: Vec<Wave>) -> (Vec<Wave>, Vec<u8>) {
    bench.snippet(code, waves, LDS_BYTES, None).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Runs one snippet that fails.
pub fn failure(bench: &mut Bench, code: &[u32]) -> BenchError {
    match bench.snippet(code, vec![wave(8)], 0, None) {
        Ok(_) => panic!("it ended"),
        Err(error) => error,
    }
}

/// Mnemonics that a test ran, without those that end it.
pub type Executed = BTreeSet<String>;

/// xorshift64*.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}
