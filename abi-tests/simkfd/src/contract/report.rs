//! What was asked of the kernel: counts, and what it could not do. Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Counters of one boot.
#[derive(Default)]
pub(crate) struct Report {
    calls: BTreeMap<String, u64>,
    missing: BTreeSet<String>,
}

impl Report {
    /// Counts an ioctl by name.
    pub fn count(&mut self, name: &str) {
        *self.calls.entry(name.to_string()).or_default() += 1;
    }

    /// Notes something that a real kernel does and this one does not.
    pub fn not_implemented(&mut self, what: impl Into<String>) {
        self.missing.insert(what.into());
    }

    /// The text of `Kernel::report`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for what in &self.missing {
            let _ = writeln!(text, "NOT IMPLEMENTED: {what}");
        }
        for (name, count) in &self.calls {
            let _ = writeln!(text, "{count:8} {name}");
        }
        text
    }
}
