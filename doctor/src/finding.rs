//! Findings: what was looked at, how bad it is, and what helps.
//!
//! Touches nothing. FINDINGS.md tells of each check from which misery of users it comes.
#![forbid(unsafe_code)]

use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Worth knowing; nothing is wrong.
    Note,
    /// Something will be slow, missing or surprising.
    Warning,
    /// Programs will fail.
    Error,
}

impl Level {
    /// Exit code of a run whose worst finding is this one.
    pub fn code(self) -> u8 {
        match self {
            Self::Ok | Self::Note => 0,
            Self::Warning => 1,
            Self::Error => 2,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "ERROR",
        }
    }
}

/// What a finding is about; the names are for scripts and stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// The kernel driver and its versions.
    Driver,
    /// A device file.
    Access,
    /// A card on the PCI bus, as against the driver's nodes.
    Card,
    /// A node of the driver's topology.
    Node,
    /// PCIe atomics.
    Atomics,
    /// The part of a GPU's memory that processors see.
    Bar,
    /// What each source tells of a GPU's memory.
    Memory,
    /// A limit of this process or system.
    Limit,
    /// An environment variable.
    Variable,
    /// Which library programs find.
    Library,
    /// Whether it starts, and ends.
    Runtime,
    /// How many signals it has.
    Signals,
    /// A copy to a GPU and back.
    Copy,
    /// A kernel that a GPU ran.
    Dispatch,
    /// What a process costs that only waits.
    Idle,
}

impl Check {
    fn word(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at.
    pub check: Check,
    /// Which of them: a path, a node, a variable.
    pub subject: String,
    /// What was found.
    pub text: String,
    /// What helps, if anything is to be done.
    pub remedy: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn ok(check: Check, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { level: Level::Ok, check, subject: subject.into(), text: text.into(), remedy: None }
    }

    /// Worth knowing.
    pub fn note(check: Check, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { level: Level::Note, ..Self::ok(check, subject, text) }
    }

    /// Surprising, with what helps.
    pub fn warning(
        check: Check,
        subject: impl Into<String>,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { level: Level::Warning, ..Self::ok(check, subject, text).with(remedy) }
    }

    /// Fatal, with what helps.
    pub fn error(
        check: Check,
        subject: impl Into<String>,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { level: Level::Error, ..Self::ok(check, subject, text).with(remedy) }
    }

    /// The same with what helps.
    pub fn with(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:8}{:10}{}: {}", self.level.word(), self.check.word(), self.subject, self.text)?;
        match &self.remedy {
            Some(remedy) => write!(f, " -> {remedy}"),
            None => Ok(()),
        }
    }
}

/// All findings of a run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// In the order in which they were made.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The worst of all.
    pub fn worst(&self) -> Level {
        self.findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_with_its_remedy() {
        let finding = Finding::error(Check::Access, "/dev/kfd", "EACCES", "join group render");
        assert_eq!(finding.to_string(), "ERROR   access    /dev/kfd: EACCES -> join group render");
        let json = serde_json::to_value(&finding).unwrap();
        assert_eq!((&json["level"], &json["check"]), (&"error".into(), &"access".into()));
    }

    /// FINDINGS.md has a row for each check.
    #[test]
    fn each_check_is_explained() {
        use Check::*;
        let explained = include_str!("../FINDINGS.md");
        for check in [
            Driver, Access, Card, Node, Atomics, Bar, Memory, Limit, Variable, Library, Runtime, Signals,
            Copy, Dispatch, Idle,
        ] {
            assert!(explained.contains(&format!("\n| `{}` |", check.word())), "{check:?}");
        }
    }

    #[test]
    fn the_worst_counts() {
        let mut report = Report::default();
        assert_eq!(report.worst().code(), 0);
        report.findings.push(Finding::warning(Check::Bar, "node 1", "small", "none"));
        report.findings.push(Finding::note(Check::Limit, "pages", "of 64 KiB"));
        assert_eq!(report.worst().code(), 1);
    }
}
