//! `tiny-model WIDTH FILE`: writes a llama model of random weights, two layers of WIDTH numbers, as a GGUF file.
#![forbid(unsafe_code)]

use std::{env, path::Path, process::ExitCode};

use abi_tests::llama::model;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [width, file] = arguments.as_slice() else {
        eprintln!("usage: tiny-model WIDTH FILE");
        return ExitCode::from(2);
    };
    let Some(width) = width.parse().ok().filter(|width| *width > 0 && width % 64 == 0) else {
        eprintln!("tiny-model: {width} is no multiple of 64");
        return ExitCode::from(2);
    };
    match model::write(width, Path::new(file)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("tiny-model: {file}: {why}");
            ExitCode::FAILURE
        }
    }
}
