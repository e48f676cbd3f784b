//! Command line of the simulated machine: makes trees, compares traces, captures real machines, adds up coverage.
#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A simulated amdkfd/amdgpu kernel interface.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes a machine's tree, to be given to programs as SIMKFD_ROOT
    Machine {
        /// Name of a description, or a file: TOML description, captured tar, or folder
        machine: String,
        /// Where the tree goes
        out: PathBuf,
    },
    /// Compares two traces, addresses and handles made canonical; exit code 1 if they differ
    TraceDiff {
        /// What was expected
        first: PathBuf,
        /// What there is
        second: PathBuf,
    },
    /// Shows which ioctls of /dev/kfd were made and how they ended, from files that SIMKFD_COVERAGE named, and from
    /// what the probes of errors printed which ways to fail were taken
    Coverage {
        /// Exit code 1 if a way to fail was not taken that could be, or one is not listed
        #[arg(long)]
        check: bool,
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Packs what this machine's kernel tells into a tar that `machine` takes
    Capture {
        /// The tar to write
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Machine { machine, out } => simkfd::machine::write_tree(&machine, &out)
            .map_err(|error| error.to_string())
            .map(|()| ExitCode::SUCCESS),
        Command::TraceDiff { first, second } => trace_diff(&first, &second),
        Command::Coverage { check, files } => coverage(&files, check),
        Command::Capture { out } => capture(&out),
    };
    result.unwrap_or_else(|why| {
        eprintln!("simkfd: {why}");
        ExitCode::from(2)
    })
}

fn trace_diff(first: &Path, second: &Path) -> Result<ExitCode, String> {
    match simkfd::trace::compare(&read(first)?, &read(second)?) {
        None => Ok(ExitCode::SUCCESS),
        Some(difference) => {
            print!("--- {}\n+++ {}\n{difference}", first.display(), second.display());
            Ok(ExitCode::FAILURE)
        }
    }
}

fn coverage(files: &[PathBuf], check: bool) -> Result<ExitCode, String> {
    let texts = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?.concat();
    print!("{}", simkfd::trace::coverage_table(&texts));
    let faults = if check { simkfd::paths::Taken::read(&texts).faults() } else { Vec::new() };
    for fault in &faults {
        println!("{fault}");
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn capture(out: &Path) -> Result<ExitCode, String> {
    for note in simkfd::capture::capture(Path::new("/"), out)? {
        eprintln!("simkfd: left out: {note}");
    }
    Ok(ExitCode::SUCCESS)
}
