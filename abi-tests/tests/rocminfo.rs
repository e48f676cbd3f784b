//! Debian's rocminfo says the same with our libraries as with upstream's, on every machine, or the line that
//! differs stands in golden/rocminfo-explained.toml with its reason.
#![forbid(unsafe_code)]

use std::fs;

use abi_tests::{
    explained::{self, Context, Explanations},
    machine::{MACHINES, Machine},
    project,
    run::{self, Client, Library, Outcome},
    suite::Suite,
};

/// Every machine that the project describes: the five of its own and those made from captures.
fn machines() -> Vec<String> {
    let captures = fs::read_dir(project::data("machines/captures")).into_iter().flatten().flatten();
    let mut paths: Vec<String> = captures
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .map(|path| path.display().to_string())
        .collect();
    paths.sort();
    MACHINES.iter().map(|name| (*name).to_owned()).chain(paths).collect()
}

/// The part of a description's path that explanations name.
fn short(machine: &str) -> &str {
    machine.rsplit('/').next().unwrap_or(machine).trim_end_matches(".toml")
}

/// Lines of difference that nothing explains, as text.
fn compare(
    context: Context<'_>,
    explanations: &Explanations,
    theirs: &Outcome,
    ours: &Outcome,
) -> Vec<String> {
    let mut wrong = Vec::new();
    if theirs.code != ours.code {
        wrong.push(format!("exit code: expected {}, ours {}\n{}", theirs.code, ours.code, ours.stderr));
    }
    let found = explained::differences(&theirs.stdout, &ours.stdout);
    if found.is_empty() && theirs.stdout != ours.stdout {
        wrong.push("same values, but not byte for byte".to_owned());
    }
    wrong.extend(explanations.unexplained(context, found).iter().map(ToString::to_string));
    let label = format!("{} on {}", context.against, context.machine);
    wrong.into_iter().map(|line| format!("{label}: {line}")).collect()
}

/// Runs one suite's rocminfo on `machines`, with `theirs` and with `ours`.
fn differential(against: &str, suites: (Suite, Suite), ours: &Library, machines: &[String]) {
    let explanations = Explanations::read(&project::data("golden/rocminfo-explained.toml"));
    let mut wrong = Vec::new();
    for name in machines {
        let machine = Machine::new(name);
        let (Some(upstream), Some(own)) = (
            Client::rocminfo(suites.0, Library::Upstream, &machine),
            Client::rocminfo(suites.1, ours.clone(), &machine),
        ) else {
            return;
        };
        let context = Context { against, machine: short(name) };
        wrong.extend(compare(context, &explanations, &upstream.run(), &own.run()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unused = explanations.unused(against);
    assert!(unused.is_empty(), "reasons that explain nothing against {against}: {unused:?}");
}

#[test]
fn bookworms_rocminfo_says_the_same() {
    differential("bookworm", (Suite::Bookworm, Suite::Bookworm), &Library::Ours, &machines());
}

#[test]
fn trixies_rocminfo_says_the_same() {
    differential("trixie", (Suite::Trixie, Suite::Trixie), &Library::Ours, &machines());
}

/// sid's rocminfo is 7.2.4 but its ROCr is 6.4.3: the ROCr of its own release is experimental's.
#[test]
fn sids_rocminfo_says_the_same_as_with_its_own_releases_runtime() {
    differential("sid", (Suite::Exp, Suite::Sid), &Library::Ours, &machines());
}

#[test]
fn upstreams_runtime_says_the_same_over_our_thunk() {
    let folder = run::thunk_only();
    let ours = Library::Folder(folder.path().to_owned());
    differential("thunk", (Suite::Trixie, Suite::Trixie), &ours, &machines());
}
