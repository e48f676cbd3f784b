//! What real machines printed, against what our libraries print on a machine described from that capture.
//!
//! The captures themselves are other people's texts and are not part of the project: they are read from
//! `../shared/machines/<slug>/rocminfo.txt`, and where that folder is missing the test is skipped. The
//! descriptions are ours: machines/captures/<slug>.toml. Each line that differs has its reason in
//! golden/captures-explained.toml: most captures are of older releases.
#![forbid(unsafe_code)]

use std::{fs, path::PathBuf};

use abi_tests::{
    explained::{self, Context, Explanations},
    machine::Machine,
    project,
    rocminfo::{self, Entry, Part},
    run::{Client, Library},
    suite::Suite,
};

/// The issue asks for this many whole captures.
const WANTED: usize = 25;

/// A real machine's own words.
struct Capture {
    slug: String,
    printed: String,
    description: PathBuf,
}

/// The captures that have a description of their machine.
fn captures() -> Option<Vec<Capture>> {
    let folder = project::root().join("../shared/machines");
    let entries = fs::read_dir(&folder).ok()?;
    let mut found: Vec<Capture> = entries
        .flatten()
        .filter_map(|entry| {
            let slug = entry.file_name().to_string_lossy().into_owned();
            let description = project::data("machines/captures").join(format!("{slug}.toml"));
            let printed = fs::read(entry.path().join("rocminfo.txt")).ok()?;
            let printed = String::from_utf8_lossy(&printed).into_owned();
            description.exists().then_some(Capture { slug, printed, description })
        })
        .collect();
    found.sort_by(|a, b| a.slug.cmp(&b.slug));
    Some(found)
}

/// The releases whose output looks alike, so that a reason can name them: `rt1.1`, `rt1.14`, ...
fn release(printed: &str) -> String {
    let version = rocminfo::read(printed).into_iter().find(|e| e.key == "Runtime Version");
    version.map_or("rt?".to_owned(), |entry| format!("rt{}", entry.value))
}

/// What the reasons for moved pools leave open: where an old release lists a GPU's group memory second, ours lists it
/// third, line for line the same, and the extended fine-grained pool before it is as large as the first.
fn moved_pools(printed: &str, ours: &str) -> Vec<String> {
    let (expected, ours) = (rocminfo::read(printed), rocminfo::read(ours));
    let find = |agent: Option<u32>, item: &str, key: &str| {
        let same = |e: &&Entry| e.agent == agent && e.part == Part::Pool && e.item == item && e.key == key;
        ours.iter().find(same).map(|entry| entry.value.as_str())
    };
    let second = |e: &&Entry| e.device == "GPU" && e.part == Part::Pool && e.item == "Pool 2";
    let is_group = |entry: &Entry| entry.key == "Segment" && entry.value == "GROUP";
    let moved = |agent| {
        expected.iter().filter(second).any(|e| e.agent == agent && is_group(e))
            && find(agent, "Pool 2", "Segment").is_some_and(|segment| segment != "GROUP")
    };
    let mut wrong = Vec::new();
    for entry in expected.iter().filter(second).filter(|entry| moved(entry.agent)) {
        // The first releases could not spell.
        let key = if entry.key == "Acessible by all" { "Accessible by all" } else { &entry.key };
        let moved = find(entry.agent, "Pool 3", key);
        if moved != Some(&entry.value) {
            wrong.push(format!("{}, moved to Pool 3: {} | {moved:?}", entry.path(), entry.value));
        }
        let (first, extended) = (find(entry.agent, "Pool 1", "Size"), find(entry.agent, "Pool 2", "Size"));
        if first != extended {
            wrong.push(format!("agent {:?}: Pool 1 has {first:?}, Pool 2 {extended:?}", entry.agent));
        }
    }
    wrong
}

#[test]
fn our_library_prints_what_real_machines_printed() {
    let Some(captures) = captures() else {
        abi_tests::skip("captures: ../shared/machines is not there");
        return;
    };
    assert!(captures.len() >= WANTED, "only {} captures have a description", captures.len());
    let explanations = Explanations::read(&project::data("golden/captures-explained.toml"));
    let mut wrong = Vec::new();
    for Capture { slug, printed, description } in &captures {
        let machine = Machine::new(&description.display().to_string());
        let Some(client) = Client::rocminfo(Suite::Sid, Library::Ours, &machine) else { return };
        let ours = client.run().stdout;
        let found = explained::differences(printed, &ours);
        let context = Context { against: &release(printed), machine: slug };
        let left = explanations.unexplained(context, found);
        wrong.extend(left.iter().map(|difference| format!("{slug}: {difference}")));
        wrong.extend(moved_pools(printed, &ours).into_iter().map(|line| format!("{slug}: {line}")));
    }
    assert!(wrong.is_empty(), "{} lines without a reason:\n{}", wrong.len(), wrong.join("\n"));
    let releases: Vec<String> = captures.iter().map(|capture| release(&capture.printed)).collect();
    let mut unused: Vec<&str> = releases.iter().flat_map(|release| explanations.unused(release)).collect();
    unused.dedup();
    assert!(unused.is_empty(), "reasons that explain nothing: {unused:?}");
}
