//! rocr-doctor: on machines that are well, and on machines that are broken, each in the way that a finding is for.
//!
//! What it finds of time (`idle`, and what waits cost in `signals`) is not judged: the machine that tests run on may be
//! busy.
#![forbid(unsafe_code)]

use std::{collections::BTreeMap, fs, os::unix::fs::chown, path::Path, process::Command};

use abi_tests::{
    machine::Machine,
    project,
    run::{Client, Library},
    suite::Suite,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Report {
    findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    level: String,
    check: String,
    subject: String,
    text: String,
    remedy: Option<String>,
}

impl Finding {
    fn line(&self) -> String {
        let Self { level, check, subject, text, remedy } = self;
        format!("{level} {check} {subject}: {text} -> {}", remedy.as_deref().unwrap_or("nothing"))
    }

    /// Whether it says what the test machine costs, not the simulated one.
    fn is_of_time(&self) -> bool {
        matches!(self.check.as_str(), "idle" | "signals")
    }
}

/// One way for a machine to be broken (golden/doctor.toml).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default = "small")]
    machine: String,
    /// The version of the driver's interface, where it is not the machine's own.
    kfd_version: Option<[u32; 2]>,
    /// What is taken out of the tree, put into it, and changed in it.
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    create: Vec<String>,
    #[serde(default)]
    edit: Vec<Edit>,
    /// The group that owns /dev/kfd.
    group: Option<u32>,
    /// Rules of a fault plan.
    #[serde(default)]
    fault: Vec<toml::Table>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// Options of prlimit(1).
    #[serde(default)]
    limits: Vec<String>,
    /// Whether the library is examined, too.
    #[serde(default)]
    runtime: bool,
    /// Options of the program.
    #[serde(default)]
    arguments: Vec<String>,
    finds: Wanted,
}

/// One whose tree is made quickly.
fn small() -> String {
    "bc250".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: String,
    from: String,
    to: String,
}

/// The finding that must be there: words of its line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    level: String,
    check: String,
    says: Vec<String>,
}

#[derive(Serialize)]
struct Plan<'a> {
    fault: &'a [toml::Table],
}

/// The program on a machine, with GPUs that run.
fn doctor<'a>(suite: Suite, library: Library, machine: &'a Machine) -> Client<'a> {
    let program = project::stage().join("bin/rocr-doctor");
    Client::new(suite, library, machine, &program).env("SIMKFD_GPU", "1").arg("--json")
}

/// What it found; its exit code must be that of the worst.
fn findings(client: &Client<'_>) -> Vec<Finding> {
    let outcome = client.run();
    let report: Result<Report, _> = serde_json::from_str(&outcome.stdout);
    let findings = report.unwrap_or_else(|e| panic!("{e}: {}{}", outcome.stdout, outcome.stderr)).findings;
    let level = |finding: &Finding| match finding.level.as_str() {
        "ok" | "note" => 0,
        "warning" => 1,
        "error" => 2,
        other => panic!("level {other}"),
    };
    assert_eq!(Some(outcome.code), findings.iter().map(level).max());
    findings
}

fn suites() -> impl Iterator<Item = Suite> {
    [Suite::Trixie, Suite::Sid, Suite::Exp].into_iter().filter(|suite| suite.root().is_some())
}

fn count(findings: &[Finding], check: &str, level: &str) -> usize {
    findings.iter().filter(|finding| finding.check == check && finding.level == level).count()
}

/// Nothing is wrong, and every GPU copies and computes.
fn is_well(findings: &[Finding], gpus: usize) {
    let wrong: Vec<_> = findings
        .iter()
        .filter(|finding| !finding.is_of_time() && (finding.level == "warning" || finding.level == "error"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for check in ["node", "atomics", "bar", "memory", "copy", "dispatch"] {
        assert_eq!(count(findings, check, "ok"), gpus, "{check}: {findings:#?}");
    }
    for check in ["idle", "signals"] {
        assert!(findings.iter().any(|finding| finding.check == check), "{findings:#?}");
    }
}

#[test]
fn machines_that_are_well_are_found_well() {
    for (name, gpus) in [("sg2044-w7800", 1), ("bc250", 1), ("desktop-6900xt", 1)] {
        let machine = Machine::new(name);
        is_well(&findings(&doctor(Suite::Trixie, Library::Ours, &machine)), gpus);
    }
}

#[test]
fn upstreams_libraries_are_examined_as_ours_are() {
    let machine = Machine::new("desktop-7900xtx");
    for suite in suites() {
        is_well(&findings(&doctor(suite, Library::Upstream, &machine)), 2);
    }
}

impl Case {
    /// The machine, broken; none when only root can break it so.
    fn machine(&self) -> Option<Machine> {
        let machine = Machine::new(&self.machine);
        if let Some(version) = self.kfd_version {
            machine.set_kfd_version(version);
        }
        let path = |name: &String| machine.tree().join(name);
        self.remove.iter().map(path).for_each(|path| remove(&path));
        self.create.iter().map(path).for_each(|path| fs::write(path, "").expect("create"));
        for Edit { file, from, to } in &self.edit {
            let file = path(file);
            let text = fs::read_to_string(&file).expect("a file of the tree");
            assert!(text.contains(from.as_str()), "{}: {} has no {from:?}", self.name, file.display());
            fs::write(file, text.replacen(from, to, 1)).expect("edit");
        }
        let kfd = machine.tree().join("dev/kfd");
        let owned = self.group.is_none_or(|group| chown(&kfd, None, Some(group)).is_ok());
        owned.then_some(machine)
    }

    /// What is wrong with what is found, if anything.
    fn judge(&self) -> Option<String> {
        let Some(machine) = self.machine() else {
            abi_tests::skip(&format!("rocr-doctor: {}: needs root", self.name));
            return None;
        };
        let folder = tempfile::tempdir().expect("temporary folder");
        let plan = folder.path().join("faults.toml");
        fs::write(&plan, toml::to_string(&Plan { fault: &self.fault }).expect("a plan")).expect("write plan");
        let mut client = doctor(Suite::Trixie, Library::Ours, &machine).faults(&plan);
        client = self.env.iter().fold(client, |client, (name, value)| client.env(name, value));
        if !self.runtime {
            client = client.arg("--no-runtime");
        }
        client = self.arguments.iter().fold(client, |client, argument| client.arg(argument));
        if !self.limits.is_empty() {
            let limits = self.limits.iter().map(String::as_str);
            client = client.under(&["prlimit"].into_iter().chain(limits).collect::<Vec<_>>());
        }
        let findings = findings(&client);
        let wanted = &self.finds;
        let found = findings.iter().any(|finding| {
            let same = (&finding.level, &finding.check) == (&wanted.level, &wanted.check);
            same && wanted.says.iter().all(|word| finding.line().contains(word))
        });
        let lines = || findings.iter().map(Finding::line).collect::<Vec<_>>().join("\n");
        (!found).then(|| format!("{}: wanted {wanted:?}, not\n{}", self.name, lines()))
    }
}

fn remove(path: &Path) {
    let removed =
        if path.is_dir() && !path.is_symlink() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

#[test]
fn every_way_of_being_broken_has_its_finding() {
    let cases = project::table::<BTreeMap<String, Vec<Case>>>(&project::data("golden/doctor.toml"));
    let wrong: Vec<String> = cases["case"].iter().filter_map(Case::judge).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases["case"].len(), wrong.join("\n"));
}

#[test]
fn kernels_are_what_their_source_assembles_to() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let shaders = project::root().join("doctor/shaders");
    let made = Command::new(shaders.join("assemble")).arg(folder.path()).output().expect("bash");
    if made.status.code() == Some(3) {
        eprintln!("skipped: no llvm-mc here to assemble kernels with");
        return;
    }
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let table = fs::read_to_string(shaders.join("targets.tsv")).expect("targets.tsv");
    let listed: Vec<&str> = table.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(String::from_utf8_lossy(&made.stdout).lines().collect::<Vec<_>>(), listed);
    for name in ["gfx8", "gfx9", "gfx9a", "gfx10", "gfx11", "gfx12"] {
        let file = format!("{name}.co");
        let [made, committed] = [folder.path(), &shaders].map(|folder| fs::read(folder.join(&file)).unwrap());
        assert!(made == committed, "{file}: run doctor/shaders/assemble");
    }
}
