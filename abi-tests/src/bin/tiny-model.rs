//! `tiny-model WIDTH SEED FILE`: writes a llama model of random weights, two layers of WIDTH numbers, as a GGUF file.
#![forbid(unsafe_code)]

use std::{env, path::Path, process::ExitCode};

use abi_tests::llama::model;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [width, seed, file] = arguments.as_slice() else {
        eprintln!("usage: tiny-model WIDTH SEED FILE");
        return ExitCode::from(2);
    };
    let (Some(width), Some(seed)) = (number(width, |width| width % 64 == 0), number(seed, |_| true)) else {
        eprintln!("tiny-model: WIDTH is a multiple of 64, SEED a number, neither is 0");
        return ExitCode::from(2);
    };
    match model::write(width as u32, seed, Path::new(file)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("tiny-model: {file}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn number(text: &str, fits: impl Fn(u64) -> bool) -> Option<u64> {
    text.parse().ok().filter(|&number| number != 0 && number <= u32::MAX.into() && fits(number))
}
