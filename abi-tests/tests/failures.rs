//! Injected failures, each with its status and its one line on standard error (golden/failures.toml).
//!
//! Every case also runs on upstream's library: the status is upstream's, or the case says what is better and why.
#![forbid(unsafe_code)]

use std::{collections::BTreeMap, fs, path::Path};

use abi_tests::{
    compile::Program,
    machine::Machine,
    project,
    run::{Client, Library, Outcome},
    suite::Suite,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

/// One way for things to go wrong.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    machine: String,
    /// The version of the kernel's interface, where it is not the machine's own.
    kfd_version: Option<[u32; 2]>,
    /// Rules of a fault plan, as `simkfd::faults` reads them.
    fault: Vec<toml::Table>,
    /// The client's environment.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// What hsa_init returns.
    init: i32,
    /// The agents that are left, as probe.c prints them.
    #[serde(default)]
    agents: String,
    /// What the one line names: path or request, errno, remedy. Empty: no line at all.
    says: Vec<String>,
    /// What upstream's hsa_init ends with, where ours is better: a status, or 128 + signal.
    upstream: Option<i32>,
    /// Why it is better.
    better: Option<String>,
}

#[derive(Serialize)]
struct Plan<'a> {
    fault: &'a [toml::Table],
}

impl Case {
    fn run(&self, suite: Suite, library: Library, program: &Path) -> Outcome {
        let machine = Machine::new(&self.machine);
        if let Some(version) = self.kfd_version {
            machine.set_kfd_version(version);
        }
        let folder = tempfile::tempdir().expect("temporary folder");
        let plan = folder.path().join("faults.toml");
        fs::write(&plan, toml::to_string(&Plan { fault: &self.fault }).expect("a plan")).expect("write plan");
        let client = Client::new(suite, library, &machine, program).faults(&plan);
        self.env.iter().fold(client, |client, (name, value)| client.env(name, value)).run()
    }

    fn expected(&self) -> String {
        match self.init {
            0 => format!("init 0\nagents 0: {}\nshut_down 0\n", self.agents),
            status => format!("init {status}\n"),
        }
    }

    /// What is wrong with what we did, if anything.
    fn judge(&self, outcome: &Outcome) -> Option<String> {
        let lines: Vec<&str> = outcome.stderr.lines().filter(|line| !line.starts_with("simkfd:")).collect();
        let told = match lines.as_slice() {
            [] => self.says.is_empty(),
            [line] => !self.says.is_empty() && self.says.iter().all(|word| line.contains(word)),
            _ => false,
        };
        let right = outcome.code == 0 && outcome.stdout == self.expected() && told;
        (!right).then(|| {
            format!(
                "{}: code {}\n{}wanted:\n{}a line with {:?}, not:\n{}",
                self.name,
                outcome.code,
                outcome.stdout,
                self.expected(),
                self.says,
                outcome.stderr
            )
        })
    }

    /// What is wrong with our expectation, measured by upstream's library.
    fn cross_check(&self, outcome: &Outcome) -> Option<String> {
        let first = outcome.stdout.lines().next().and_then(|line| line.strip_prefix("init "));
        let ended = first.and_then(|status| status.parse().ok()).unwrap_or(outcome.code);
        let known = self.upstream.unwrap_or(self.init);
        let named = self.upstream.is_some() == self.better.is_some();
        (ended != known || !named)
            .then(|| format!("{}: upstream's ends with {ended}, not {known}", self.name))
    }
}

fn cases() -> Vec<Case> {
    project::table::<Cases>(&project::data("golden/failures.toml")).case
}

#[test]
fn every_failure_has_its_status_and_its_line() {
    let program = Program::ours("probe");
    let cases = cases();
    assert!(cases.len() >= 30, "only {} cases", cases.len());
    let judge = |case: &Case| case.judge(&case.run(Suite::Trixie, Library::Ours, &program.path()));
    let wrong: Vec<String> = cases.iter().filter_map(judge).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn the_statuses_are_upstreams() {
    if Suite::Exp.root().is_none() {
        return;
    }
    let program = Program::ours("probe");
    let check = |case: &Case| case.cross_check(&case.run(Suite::Exp, Library::Upstream, &program.path()));
    let wrong: Vec<String> = cases().iter().filter_map(check).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
