//! The environment variables that say whether core dumps of GPUs are written, and where.
#![forbid(unsafe_code)]

/// What the user wants of core dumps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cores {
    /// HSA_DISABLE_COREDUMP_ON_EXCEPTION=1: none.
    pub disabled: bool,
    /// HSA_COREDUMP_PATTERN, or HSA_COREDUMP_FILE, as upstream's own message calls it: the name of the file, or `|` and a
    /// command that reads it. Without, the kernel's pattern counts.
    pub pattern: Option<String>,
    /// HSA_ENABLE_LIGHTWEIGHT_COREDUMP=1: with memory of waves alone.
    pub light: bool,
    /// HSA_COREDUMP_SHOW_PROGRESS=1: a line when it begins, too.
    pub progress: bool,
}

impl Cores {
    /// Reads the variables through `look_up`.
    pub fn new(look_up: &impl Fn(&str) -> Option<String>) -> Self {
        let on = |name: &str| look_up(name).as_deref() == Some("1");
        let given = |name: &str| look_up(name).filter(|text| !text.is_empty());
        Self {
            disabled: on("HSA_DISABLE_COREDUMP_ON_EXCEPTION"),
            pattern: given("HSA_COREDUMP_PATTERN").or_else(|| given("HSA_COREDUMP_FILE")),
            light: on("HSA_ENABLE_LIGHTWEIGHT_COREDUMP"),
            progress: on("HSA_COREDUMP_SHOW_PROGRESS"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_name_of_the_pattern_counts_and_an_empty_one_is_none() {
        let pattern = |variables: &[(&str, &str)]| {
            let look_up = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
            };
            Cores::new(&look_up).pattern
        };
        assert_eq!(pattern(&[]), None);
        assert_eq!(pattern(&[("HSA_COREDUMP_FILE", "a")]).as_deref(), Some("a"));
        let both = [("HSA_COREDUMP_FILE", "a"), ("HSA_COREDUMP_PATTERN", "b")];
        assert_eq!(pattern(&both).as_deref(), Some("b"));
        assert_eq!(pattern(&[both[0], ("HSA_COREDUMP_PATTERN", "")]).as_deref(), Some("a"));
    }
}
