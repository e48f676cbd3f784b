//! Decodes lines of words in hexadecimal for the target that is its argument: `LENGTH TEXT`, or `-` for what is no instruction. For comparing with llvm-mc
//! over millions of words.

use std::io::{BufRead, BufWriter, Write};

use simgpu::isa::{Target, decode};

fn main() -> std::io::Result<()> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "gfx1100".to_owned());
    let Some(target) = Target::ALL.into_iter().find(|target| target.name() == name) else {
        eprintln!("no target {name}");
        std::process::exit(2);
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Option<Vec<u32>> =
            line.split_whitespace().map(|word| u32::from_str_radix(word, 16).ok()).collect();
        match words.map(|words| decode(&words, target)) {
            Some(Ok(inst)) => writeln!(out, "{} {inst}", inst.words)?,
            Some(Err(_)) => writeln!(out, "-")?,
            None => writeln!(out, "? {line}")?,
        }
    }
    out.flush()
}
