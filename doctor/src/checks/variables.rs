//! Environment variables: which are set, what each does, and those that are mistakes.
//!
//! Touches the environment. The list is of both libraries, of all releases, with HIP's choice of GPUs.
#![forbid(unsafe_code)]

use crate::{
    finding::{Check, Finding},
    machine::Machine,
};
use std::{collections::BTreeSet, env};

/// Name, what it does, and the value that is a warning.
const KNOWN: &str = include_str!("tables/variables.tsv");
const OVERRIDE: &str = "HSA_OVERRIDE_GFX_VERSION";
/// Names that begin so are the libraries'.
const PREFIXES: [&str; 3] = ["HSA_", "ROCR_", "HSAKMT_"];

/// Every variable that matters and is set.
pub fn check(machine: &Machine) -> Vec<Finding> {
    let mut set: Vec<(String, String)> = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    set.sort();
    set.iter().filter_map(|(name, value)| variable(name, value, machine)).collect()
}

fn variable(name: &str, value: &str, machine: &Machine) -> Option<Finding> {
    let subject = format!("{name}={value}");
    if let Some(rest) = name.strip_prefix(OVERRIDE) {
        return Some(overriding(subject, rest.strip_prefix('_'), value, machine));
    }
    let known = KNOWN.lines().map(|line| line.split('\t')).find_map(|mut parts| {
        (parts.next() == Some(name)).then(|| (parts.next().unwrap_or_default(), parts.next()))
    });
    let Some((meaning, wrong)) = known else {
        let ours =
            PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !name.starts_with("HSA_HOTSWAP_");
        let text = "no release reads it";
        return ours
            .then(|| Finding::note(Check::Variable, subject, text).with("look for a slip of the pen"));
    };
    let hides = name.ends_with("_VISIBLE_DEVICES") && value.is_empty();
    let wrong = wrong.and_then(|wrong| wrong.strip_prefix('!'));
    if hides || wrong.is_some_and(|wrong| wrong.is_empty() || wrong == value) {
        return Some(Finding::warning(Check::Variable, subject, meaning, format!("unset {name}")));
    }
    Some(Finding::note(Check::Variable, subject, meaning))
}

/// HSA_OVERRIDE_GFX_VERSION, or, with a number behind it, that of one node.
fn overriding(subject: String, node: Option<&str>, value: &str, machine: &Machine) -> Finding {
    let parts: Vec<_> = value.split('.').map(str::parse::<u32>).collect();
    if parts.len() != 3 || parts.iter().any(Result::is_err) {
        let text = "is not major.minor.stepping, so no GPU is found";
        return Finding::error(Check::Variable, subject, text, "write it as 10.3.0");
    }
    let kinds: BTreeSet<String> = machine.gpus().map(|gpu| gpu.target()).collect();
    if node.is_none() && kinds.len() > 1 {
        let kinds: Vec<String> = kinds.into_iter().collect();
        return Finding::warning(
            Check::Variable,
            subject,
            format!("makes all GPUs pass for one, but there are {}", kinds.join(" and ")),
            "set HSA_OVERRIDE_GFX_VERSION_<node> for the one that needs it (since ROCm 6.2)",
        );
    }
    let known = node.is_none_or(|node| machine.gpus().any(|gpu| gpu.number.to_string() == node));
    if !known {
        let nodes: Vec<String> = machine.gpus().map(|gpu| gpu.number.to_string()).collect();
        let text = "there is no such GPU: the number is that of the driver's node";
        let remedy = format!("GPUs here are nodes {}", nodes.join(", "));
        return Finding::warning(Check::Variable, subject, text, remedy);
    }
    Finding::note(
        Check::Variable,
        subject,
        "GPUs pass for others; kernels for those must run on them, or hang them",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Level;

    fn level(name: &str, value: &str) -> Option<Level> {
        let machine = Machine { nodes: Vec::new(), unreadable: Vec::new(), cards: Vec::new() };
        variable(name, value, &machine).map(|finding| finding.level)
    }

    #[test]
    fn each_known_variable_is_told_with_what_it_does() {
        for line in KNOWN.lines().filter(|line| !line.starts_with('#')) {
            let (name, meaning) = line.split_once('\t').expect("name and meaning");
            assert!(level(name, "x").is_some() && !meaning.is_empty(), "{line}");
        }
    }

    #[test]
    fn mistakes_are_told_from_settings() {
        assert_eq!(level("HSA_ENABLE_SDMA", "0"), Some(Level::Note));
        assert_eq!(level("HSA_ENABLE_INTERRUPT", "0"), Some(Level::Warning));
        assert_eq!(level("HSA_ENABLE_INTERRUPT", "1"), Some(Level::Note));
        assert_eq!(level("HSA_MODEL_LIB", "/tmp/model.so"), Some(Level::Warning));
        assert_eq!(level("ROCR_VISIBLE_DEVICES", ""), Some(Level::Warning));
        assert_eq!(level("ROCR_VISIBLE_DEVICES", "0"), Some(Level::Note));
        assert_eq!(level("HSA_OVERIDE_GFX_VERSION", "10.3.0"), Some(Level::Note));
        assert_eq!(level("HSA_OVERRIDE_GFX_VERSION", "gfx1030"), Some(Level::Error));
        assert_eq!(level("HSA_OVERRIDE_GFX_VERSION_7", "10.3.0"), Some(Level::Warning));
        assert_eq!(level("PATH", "/bin"), None);
    }
}
