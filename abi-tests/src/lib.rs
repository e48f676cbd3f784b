//! What the suites under `tests/` share: where things are, how a client is run on a simulated machine
//! with one library or the other, and how two outputs are compared.
//!
//! Touches files and processes only; it knows neither of our libraries' code nor the simulator's.
#![forbid(unsafe_code)]

pub mod compile;
pub mod core_file;
pub mod elf;
pub mod explained;
pub mod hip;
pub mod kernel;
pub mod lines;
pub mod llama;
pub mod machine;
pub mod packets;
pub mod port;
pub mod project;
pub mod rocminfo;
pub mod run;
pub mod statuses;
pub mod suite;
pub mod trace;

/// Tells why something was not tested, and adds it to the list that `scripts/test` prints and counts.
///
/// A test that returns after this has shown nothing, so say what would make it run.
pub fn skip(reason: &str) {
    use std::io::Write as _;
    eprintln!("skipped: {reason}");
    let noted = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(project::target().join("skipped"))
        .and_then(|mut list| writeln!(list, "{reason}"));
    noted.expect("write target/skipped");
}
