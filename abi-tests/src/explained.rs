//! Differences between two rocminfo outputs, and the list of those that have a name and a reason.
//!
//! A difference without an explanation fails the test, and so does an explanation that no difference needed:
//! the lists can only shrink unless somebody says why.

use std::{cell::Cell, collections::BTreeMap, fmt, path::Path};

use serde::Deserialize;

use crate::{
    project,
    rocminfo::{self, Entry},
};

/// One line that two outputs do not share.
#[derive(Debug)]
pub struct Difference {
    /// The line in either output, for its place.
    pub entry: Entry,
    /// The expected value; none when only ours has the line.
    pub expected: Option<String>,
    /// Our value; none when only theirs has the line.
    pub ours: Option<String>,
}

impl Difference {
    /// A difference that is in no line, such as how the client ended.
    pub fn in_system(key: &str, expected: String, ours: String) -> Self {
        let entry = Entry {
            agent: None,
            device: String::new(),
            part: rocminfo::Part::System,
            item: String::new(),
            key: key.to_owned(),
            repetition: 0,
            value: expected.clone(),
        };
        Self { entry, expected: Some(expected), ours: Some(ours) }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |value: &Option<String>| value.clone().unwrap_or_else(|| "(no such line)".to_owned());
        let (expected, ours) = (show(&self.expected), show(&self.ours));
        write!(f, "{}: expected {expected}, ours says {ours}", self.entry.path())
    }
}

/// Every line in which `ours` differs from `expected`, in the order of the outputs.
pub fn differences(expected: &str, ours: &str) -> Vec<Difference> {
    let mut mine: BTreeMap<String, Entry> = by_path(ours);
    let mut found = Vec::new();
    for entry in rocminfo::read(expected) {
        let value = mine.remove(&entry.path()).map(|own| own.value);
        if value.as_ref() != Some(&entry.value) {
            found.push(Difference { expected: Some(entry.value.clone()), ours: value, entry });
        }
    }
    found.extend(mine.into_values().map(|entry| {
        let ours = Some(entry.value.clone());
        Difference { entry, expected: None, ours }
    }));
    found
}

fn by_path(text: &str) -> BTreeMap<String, Entry> {
    rocminfo::read(text).into_iter().map(|entry| (entry.path(), entry)).collect()
}

/// A reason why lines of some kind may differ. Fields left out match everything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// The line's key, for example `Runtime Version`; none for a whole part that only one side has.
    key: Option<String>,
    /// `system`, `agent`, `cache`, `pool` or `isa`.
    part: Option<String>,
    /// `CPU`, `GPU` or `DSP`.
    device: Option<String>,
    /// The heading of the part, for example `Pool 3`.
    item: Option<String>,
    /// Whose output it holds against: suites, or releases of captures.
    #[serde(default)]
    against: Vec<String>,
    /// Machines on which it holds.
    #[serde(default)]
    machines: Vec<String>,
    /// The expected value; `-` says that the line is absent there.
    expected: Option<String>,
    /// Our value; `-` says that we do not print the line.
    ours: Option<String>,
    /// Why this is right. For people.
    reason: String,
    #[serde(skip)]
    used: Cell<bool>,
}

impl Explanation {
    fn covers(&self, context: Context<'_>, difference: &Difference) -> bool {
        let entry = &difference.entry;
        let same = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|w| w == value);
        let told =
            |wanted: &Option<String>, value: &Option<String>| same(wanted, value.as_deref().unwrap_or("-"));
        same(&self.key, &entry.key)
            && same(&self.part, entry.part.name())
            && same(&self.device, &entry.device)
            && same(&self.item, &entry.item)
            && listed(&self.against, context.against)
            && listed(&self.machines, context.machine)
            && told(&self.expected, &difference.expected)
            && told(&self.ours, &difference.ours)
    }
}

/// An empty list of names is all of them.
fn listed(names: &[String], name: &str) -> bool {
    names.is_empty() || names.iter().any(|n| n == name)
}

/// Where a difference was seen.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The suite, or the release of a capture, that ours is compared with.
    pub against: &'a str,
    /// The machine's name.
    pub machine: &'a str,
}

/// A file of explanations.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanations {
    #[serde(default)]
    difference: Vec<Explanation>,
}

impl Explanations {
    /// Reads a TOML file of `[[difference]]` entries.
    ///
    /// # Panics
    /// When the file cannot be read or says something unknown: it is part of the test.
    pub fn read(path: &Path) -> Self {
        project::table(path)
    }

    /// The differences that have no explanation.
    pub fn unexplained(&self, context: Context<'_>, found: Vec<Difference>) -> Vec<Difference> {
        found.into_iter().filter(|difference| !self.explains(context, difference)).collect()
    }

    fn explains(&self, context: Context<'_>, difference: &Difference) -> bool {
        let reason = self.difference.iter().find(|e| e.covers(context, difference));
        if let Some(reason) = reason {
            reason.used.set(true);
        }
        reason.is_some()
    }

    /// The reasons given for `against` that explained nothing so far.
    pub fn unused(&self, against: &str) -> Vec<&str> {
        let idle = |e: &&Explanation| !e.used.get() && listed(&e.against, against);
        self.difference.iter().filter(idle).map(|e| e.reason.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEIRS: &str = "Runtime Version: 1.18\nAgent 1\nDevice Type: CPU\nNode: 0\n";
    const OURS: &str = "Runtime Version: 1.21\nAgent 1\nDevice Type: CPU\nNode: 0\nUuid: CPU-XX\n";

    const BC250: Context<'_> = Context { against: "sid", machine: "bc250" };
    const CPU_ONLY: Context<'_> = Context { against: "sid", machine: "cpu-only" };

    fn explanations(text: &str) -> Explanations {
        toml::from_str(text).expect("valid")
    }

    #[test]
    fn a_changed_and_an_added_line_are_both_found() {
        let paths: Vec<_> = differences(THEIRS, OURS).iter().map(|d| d.entry.path()).collect();
        assert_eq!(paths, ["System/Runtime Version", "Agent 1/Uuid"]);
    }

    #[test]
    fn what_has_no_reason_remains() {
        let list = explanations("[[difference]]\nkey = 'Runtime Version'\nreason = 'newer'\n");
        let left = list.unexplained(BC250, differences(THEIRS, OURS));
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].to_string(), "Agent 1/Uuid: expected (no such line), ours says CPU-XX");
    }

    #[test]
    fn a_reason_for_another_machine_does_not_count() {
        let list = explanations(
            "[[difference]]\nkey = 'Uuid'\nexpected = '-'\nmachines = ['bc250']\nreason = 'r'\n",
        );
        assert_eq!(list.unexplained(CPU_ONLY, differences(THEIRS, OURS)).len(), 2);
        assert_eq!(list.unused("sid"), ["r"]);
        assert_eq!(list.unexplained(BC250, differences(THEIRS, OURS)).len(), 1);
        assert!(list.unused("sid").is_empty());
    }
}
