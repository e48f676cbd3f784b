//! Debian's rocminfo says the same with our libraries as with upstream's, on every machine, or the line that
//! differs stands in golden/rocminfo-explained.toml with its reason.
#![forbid(unsafe_code)]

use std::fs;

use abi_tests::{
    explained::{self, Context, Difference, Explanations},
    machine::{MACHINES, Machine},
    project,
    run::{self, Client, Library, Outcome},
    suite::Suite,
};

/// The five machines that the project describes by hand.
fn machines() -> Vec<String> {
    MACHINES.iter().map(|name| (*name).to_owned()).collect()
}

/// Those and the ones made from captures of real machines.
fn all_machines() -> Vec<String> {
    let captures = fs::read_dir(project::data("machines/captures")).into_iter().flatten().flatten();
    let mut paths: Vec<String> = captures
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .map(|path| path.display().to_string())
        .collect();
    paths.sort();
    machines().into_iter().chain(paths).collect()
}

/// The part of a description's path that explanations name.
fn short(machine: &str) -> &str {
    machine.rsplit('/').next().unwrap_or(machine).trim_end_matches(".toml")
}

/// How a run ended. rocminfo exits with the status of the failed call, whose low byte is often 0: its words count.
fn ending(outcome: &Outcome) -> String {
    let said = outcome.stdout.lines().chain(outcome.stderr.lines());
    let failure = said.filter_map(|line| line.find("Call returned ").map(|at| &line[at..])).next();
    failure.map_or_else(|| format!("exit code {}", outcome.code), ToOwned::to_owned)
}

/// Lines of difference that nothing explains, as text.
///
/// Where one fails and the other does not, that is the one difference: upstream cannot run everywhere.
fn compare(
    context: Context<'_>,
    explanations: &Explanations,
    theirs: &Outcome,
    ours: &Outcome,
) -> Vec<String> {
    let (their_end, our_end) = (ending(theirs), ending(ours));
    let found = if their_end == our_end {
        explained::differences(&theirs.stdout, &ours.stdout)
    } else {
        vec![Difference::in_system("Ending", their_end, our_end)]
    };
    let same = found.is_empty();
    let left = explanations.unexplained(context, found);
    let mut wrong: Vec<String> = left.iter().map(ToString::to_string).collect();
    if same && theirs.stdout != ours.stdout {
        wrong.push("same values, but not byte for byte".to_owned());
    }
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
    differential("sid", (Suite::Exp, Suite::Sid), &Library::Ours, &all_machines());
}

#[test]
fn upstreams_runtime_says_the_same_over_our_thunk() {
    let folder = run::thunk_only();
    let ours = Library::Folder(folder.path().to_owned());
    differential("thunk", (Suite::Trixie, Suite::Trixie), &ours, &machines());
}

/// What the environment shows of a machine, and as what: every way to name a GPU, and to call it by another name.
#[test]
fn filters_and_overrides_of_the_environment_work_as_in_7_2() {
    let explanations = Explanations::read(&project::data("golden/rocminfo-explained.toml"));
    let machine = Machine::new("desktop-7900xtx");
    let settings = [
        ("ROCR_VISIBLE_DEVICES", ""),
        ("ROCR_VISIBLE_DEVICES", "0"),
        ("ROCR_VISIBLE_DEVICES", "1"),
        ("ROCR_VISIBLE_DEVICES", "1,0"),
        ("ROCR_VISIBLE_DEVICES", "0,0"),
        ("ROCR_VISIBLE_DEVICES", "0,7,1"),
        ("ROCR_VISIBLE_DEVICES", "-1"),
        ("ROCR_VISIBLE_DEVICES", "GPU-XX"),
        ("ROCR_VISIBLE_DEVICES", "GPU-0123456789abcdef"),
        ("HSA_OVERRIDE_GFX_VERSION", "10.3.0"),
        ("HSA_OVERRIDE_GFX_VERSION", "11.0.0"),
        ("HSA_OVERRIDE_GFX_VERSION_1", "11.0.2"),
        ("HSA_OVERRIDE_GFX_VERSION_2", "10.3.0"),
    ];
    let mut wrong = Vec::new();
    for (name, value) in settings {
        let (Some(upstream), Some(own)) = (
            Client::rocminfo(Suite::Exp, Library::Upstream, &machine),
            Client::rocminfo(Suite::Sid, Library::Ours, &machine),
        ) else {
            return;
        };
        let context = Context { against: "sid", machine: "desktop-7900xtx" };
        let (theirs, ours) = (upstream.env(name, value).run(), own.env(name, value).run());
        let found = compare(context, &explanations, &theirs, &ours);
        wrong.extend(found.into_iter().map(|line| format!("{name}={value}: {line}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
