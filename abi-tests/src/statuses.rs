//! What the clients of statuses print, `function: case: answer`, on two libraries, and the list of answers that differ on
//! purpose.
//!
//! As with `explained`: what has no reason fails, and so does a reason that nothing needed.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use serde::Deserialize;

/// The answer of a library that does not have the function.
const ABSENT: &str = "absent";
/// What stands for the answer of a call that kills the program, where a status was to be had.
const DIES: &str = "dies";

/// What each case of a client answers.
#[derive(Debug, Default)]
pub struct Answers(BTreeMap<String, String>);

impl Answers {
    /// Reads a client's output.
    ///
    /// # Errors
    /// The line that is none, or the case that is there twice.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut answers = BTreeMap::new();
        for line in text.lines() {
            let (case, answer) = line.rsplit_once(": ").ok_or_else(|| line.to_owned())?;
            if !case.starts_with("hsa_") || answers.insert(case.to_owned(), answer.to_owned()).is_some() {
                return Err(line.to_owned());
            }
        }
        Ok(Self(answers))
    }

    /// The functions that were called.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|case| function(case))
    }
}

fn function(case: &str) -> &str {
    case.split(':').next().unwrap_or(case)
}

/// Answers that differ on purpose. What is left out matches everything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// Each of them must need it.
    #[serde(default)]
    functions: Vec<String>,
    /// What stands in the case's name.
    #[serde(default)]
    case: String,
    upstream: Option<String>,
    ours: Option<String>,
    /// The only release of upstream's that it is about.
    against: Option<String>,
    /// Upstream's answer is what happens to stand in memory that is not its own: it may be ours, too.
    #[serde(default)]
    by_chance: bool,
    /// Why this is right. For people.
    reason: String,
    #[serde(skip)]
    used: RefCell<BTreeSet<String>>,
}

impl Reason {
    fn covers(&self, against: &str, case: &str, theirs: &str, ours: &str) -> bool {
        let same =
            |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
        (self.functions.is_empty() || self.functions.iter().any(|name| name == function(case)))
            && case.contains(&self.case)
            && same(&self.upstream, theirs)
            && same(&self.ours, ours)
            && self.against.as_ref().is_none_or(|only| only == against)
    }

    /// The functions that did not need it.
    fn idle(&self) -> Vec<String> {
        let used = self.used.borrow();
        let idle: Vec<&str> =
            self.functions.iter().map(String::as_str).filter(|&name| !used.contains(name)).collect();
        match (self.functions.is_empty(), used.is_empty()) {
            (true, true) => vec![self.reason.clone()],
            _ => idle.iter().map(|name| format!("{name}: {}", self.reason)).collect(),
        }
    }
}

/// A file of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    difference: Vec<Reason>,
}

impl Reasons {
    /// The cases in which `ours` differs from what the release `against` answers, and that have no reason; and those that
    /// kill the program with ours, for which there is none.
    pub fn unexplained(&self, against: &str, theirs: &Answers, ours: &Answers) -> Vec<String> {
        let cases: BTreeSet<&String> = theirs.0.keys().chain(ours.0.keys()).collect();
        let mut found = Vec::new();
        for case in cases {
            let [upstream, own] =
                [theirs, ours].map(|side| side.0.get(case).map_or("not asked", |answer| answer));
            let differs = own != upstream && upstream != ABSENT;
            if own == DIES || differs && !self.explains(against, case, upstream, own) {
                found.push(format!("{against}: {case}: {upstream} | {own}"));
            }
        }
        found
    }

    fn explains(&self, against: &str, case: &str, theirs: &str, ours: &str) -> bool {
        let reason = self.difference.iter().find(|reason| reason.covers(against, case, theirs, ours));
        reason.is_some_and(|reason| {
            reason.used.borrow_mut().insert(function(case).to_owned());
            true
        })
    }

    /// Reasons, with their functions, that no difference needed.
    pub fn unused(&self) -> Vec<String> {
        self.difference.iter().filter(|reason| !reason.by_chance).flat_map(Reason::idle).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(text: &str) -> Answers {
        Answers::read(text).expect("lines of answers")
    }

    #[test]
    fn a_line_is_a_function_a_case_and_an_answer() {
        assert_eq!(
            answers("hsa_a: x: 0\nhsa_a: y, z: value 1\n").functions().collect::<Vec<_>>(),
            ["hsa_a"; 2]
        );
        assert!(Answers::read("hsa_a: x: 0\nhsa_a: x: 0\n").is_err());
        assert!(Answers::read("NEED(this)").is_err());
    }

    #[test]
    fn a_difference_needs_a_reason_and_a_reason_a_difference_for_each_function() {
        let text = "[[difference]]\nfunctions = ['hsa_a', 'hsa_b']\ncase = 'null'\nupstream = 'dies'\nreason = 'why'";
        let reasons: Reasons = toml::from_str(text).expect("a list");
        let ours = answers("hsa_a: null: 0x1\nhsa_b: null: 0x1\n");
        assert!(reasons.unexplained("6", &answers("hsa_a: null: 0x1\nhsa_b: null: 0x1"), &ours).is_empty());
        assert_eq!(reasons.unused().len(), 2);
        assert!(
            reasons.unexplained("6", &answers("hsa_a: null: dies\nhsa_b: null: absent"), &ours).is_empty()
        );
        assert_eq!(reasons.unused(), ["hsa_b: why"]);
        let wrong = reasons.unexplained("6", &answers("hsa_a: null: 0x2"), &ours);
        assert_eq!(wrong, ["6: hsa_a: null: 0x2 | 0x1", "6: hsa_b: null: not asked | 0x1"]);
    }

    #[test]
    fn ours_never_dies_where_a_status_was_to_be_had() {
        let reasons: Reasons = toml::from_str("[[difference]]\nreason = 'all'").expect("a list");
        let both = answers("hsa_a: x: dies\nhsa_a: y: value dies\n");
        assert_eq!(reasons.unexplained("6", &both, &both), ["6: hsa_a: x: dies | dies"]);
    }
}
