//! Decodes lines of words in hexadecimal: `LENGTH TEXT`, or `-` for what is no instruction. For comparing with llvm-mc
//! over millions of words.

use std::io::{BufRead, BufWriter, Write};

use simgpu::isa::{Target, decode};

fn main() -> std::io::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Option<Vec<u32>> =
            line.split_whitespace().map(|word| u32::from_str_radix(word, 16).ok()).collect();
        match words.map(|words| decode(&words, Target::Gfx1100)) {
            Some(Ok(inst)) => writeln!(out, "{} {inst}", inst.words)?,
            Some(Err(_)) => writeln!(out, "-")?,
            None => writeln!(out, "? {line}")?,
        }
    }
    out.flush()
}
