//! Compares what a C program printed on two libraries, line by line, with the list of lines that differ on purpose.
//!
//! As with `explained`: what has no reason fails, and so does a reason that nothing needed.

use std::{cell::Cell, path::Path};

use serde::Deserialize;

use crate::{project, run::Outcome};

/// A line that differs on purpose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// The program in `clients/`.
    client: String,
    /// How upstream's line begins.
    expected: String,
    /// How ours, at the same place, begins.
    ours: String,
    /// Why this is right. For people.
    reason: String,
    #[serde(skip)]
    used: Cell<bool>,
}

impl Reason {
    fn covers(&self, client: &str, expected: &str, ours: &str) -> bool {
        self.client == client && expected.starts_with(&self.expected) && ours.starts_with(&self.ours)
    }
}

/// A file of such lines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    difference: Vec<Reason>,
}

impl Reasons {
    /// Reads a file in `golden/`.
    ///
    /// # Panics
    /// When it is not such a file.
    pub fn read(path: &Path) -> Self {
        project::table(path)
    }

    /// What differs between two runs of `client` and has no reason: `line: upstream's | ours`.
    pub fn unexplained(&self, client: &str, upstream: &Outcome, ours: &Outcome) -> Vec<String> {
        let expected: Vec<&str> = upstream.stdout.lines().collect();
        let said: Vec<&str> = ours.stdout.lines().collect();
        let line =
            |lines: &[&str], at: usize| lines.get(at).map_or("(no line)".to_owned(), ToString::to_string);
        let mut wrong: Vec<String> = (0..expected.len().max(said.len()))
            .map(|at| (at + 1, line(&expected, at), line(&said, at)))
            .filter(|(_, theirs, own)| theirs != own && !self.has_reason(client, theirs, own))
            .map(|(number, theirs, own)| format!("line {number}: {theirs} | {own}"))
            .collect();
        if upstream.code != ours.code {
            wrong.push(format!("exit code {} | {}", upstream.code, ours.code));
        }
        wrong
    }

    fn has_reason(&self, client: &str, expected: &str, ours: &str) -> bool {
        let found = self.difference.iter().find(|reason| reason.covers(client, expected, ours));
        found.is_some_and(|reason| {
            reason.used.set(true);
            true
        })
    }

    /// Reasons that no difference needed.
    pub fn unused(&self) -> Vec<String> {
        let unused = self.difference.iter().filter(|reason| !reason.used.get());
        unused.map(|reason| format!("{}: {} ({})", reason.client, reason.ours, reason.reason)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(stdout: &str, code: i32) -> Outcome {
        Outcome { stdout: stdout.to_owned(), stderr: String::new(), code }
    }

    #[test]
    fn a_difference_needs_a_reason_and_a_reason_a_difference() {
        let text = "[[difference]]\nclient = 'c'\nexpected = 'b: 1'\nours = 'b: 2'\nreason = 'why'";
        let reasons: Reasons = toml::from_str(text).expect("a list");
        let upstream = outcome("a: 1\nb: 1\n", 0);
        assert!(reasons.unexplained("c", &upstream, &outcome("a: 1\nb: 1\n", 0)).is_empty());
        assert_eq!(reasons.unused().len(), 1);
        assert!(reasons.unexplained("c", &upstream, &outcome("a: 1\nb: 2\n", 0)).is_empty());
        assert!(reasons.unused().is_empty());
        let wrong = reasons.unexplained("c", &upstream, &outcome("a: 1\nb: 3\nmore\n", 7));
        assert_eq!(wrong, ["line 2: b: 1 | b: 3", "line 3: (no line) | more", "exit code 0 | 7"]);
        assert_eq!(reasons.unexplained("d", &upstream, &outcome("a: 1\nb: 2\n", 0)).len(), 1);
    }
}
