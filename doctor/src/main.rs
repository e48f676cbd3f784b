//! rocr-doctor: what stands between a user and a GPU that computes. One line a finding, with its remedy.
//!
//! Reads files first, then asks the driver, then uses the runtime library that programs would find; the latter two in
//! child processes, so that their crashes and hangs are findings. Works on a real machine and on a simulated one.

mod checks;
mod driver;
mod finding;
mod guard;
mod library;
mod machine;
mod runtime;

use clap::Parser;
use driver::Answers;
use finding::{Check, Finding, Report};
use guard::{Ending, Outcome};
use machine::Machine;
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// Exit code for options that are none.
const USAGE: u8 = 64;
/// How long the driver may take to answer.
const DRIVER: Duration = Duration::from_secs(20);

/// Tells what stands between you and a GPU that computes.
///
/// Exit code: 0 when all is well, 1 after warnings, 2 after errors.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Prints the findings as JSON.
    #[arg(long)]
    json: bool,
    /// Leaves the runtime library alone, and with it copies and kernels.
    #[arg(long)]
    no_runtime: bool,
    /// The runtime library to examine, in place of the one that programs find.
    #[arg(long, value_name = "FILE")]
    library: Option<PathBuf>,
    /// How long the runtime library may take for all GPUs.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    limit: u64,
}

fn main() -> ExitCode {
    let options = match Options::try_parse() {
        Ok(options) => options,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { USAGE.into() } else { ExitCode::SUCCESS };
        }
    };
    let report = Report { findings: examine(&options) };
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report).expect("our own types have a text"));
    } else {
        report.findings.iter().for_each(|finding| println!("{finding}"));
    }
    report.worst().code().into()
}

fn examine(options: &Options) -> Vec<Finding> {
    let machine = Machine::read();
    let (answers, trouble) = ask_driver(&machine);
    let mut findings = checks::all(&machine, &answers);
    findings.extend(trouble);
    let mut pools = Vec::new();
    if !options.no_runtime {
        let path = options.library.clone();
        let limit = Duration::from_secs(options.limit);
        match guard::run(limit, |teller| runtime::examine(path, teller)) {
            Ok(outcome) => {
                let (found, told) = runtime::findings(outcome);
                findings.extend(found);
                pools = told;
            }
            Err(error) => findings.push(no_child(&error)),
        }
    }
    findings.extend(checks::memory(&machine, &answers, &pools));
    findings
}

fn ask_driver(machine: &Machine) -> (Answers, Option<Finding>) {
    let minors: Vec<u32> = machine.gpus().filter_map(machine::Node::render_minor).collect();
    match guard::run(DRIVER, |teller| driver::ask(&minors, teller)) {
        Ok(Outcome { told, ending, .. }) => {
            let answers = told.into_iter().collect::<Answers>();
            let trouble = (ending != Ending::Done).then(|| {
                let text = format!("the driver does not answer ({ending:?})");
                Finding::error(
                    Check::Driver,
                    "amdgpu",
                    text,
                    "dmesg tells what it hangs in; only a reboot helps",
                )
            });
            (answers, trouble)
        }
        Err(error) => (Answers::default(), Some(no_child(&error))),
    }
}

fn no_child(error: &std::io::Error) -> Finding {
    Finding::error(Check::Limit, "processes", error.to_string(), "raise the limit of processes (ulimit -u)")
}
