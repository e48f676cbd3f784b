//! The `name value` text of a KFD sysfs properties file. Touches nothing.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

/// The values of one properties file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties(BTreeMap<String, u64>);

impl Properties {
    /// Parses the text; the error is the line that is not `name value`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut values = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (name, value) = line.split_once(' ').ok_or(line)?;
            values.insert(name.to_string(), value.trim().parse().map_err(|_| line)?);
        }
        Ok(Properties(values))
    }

    /// A value; 0 when the kernel does not print the name, as an older kernel's fields stay 0.
    pub fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// A value that the kernel prints as 32 bits.
    pub fn get_u32(&self, name: &str) -> u32 {
        self.get(name) as u32
    }

    /// Whether the kernel prints the name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name_and_missing_ones_are_zero() {
        let parsed = Properties::parse("simd_count 192\nunique_id 11420932837461522459\n\n").unwrap();
        assert_eq!(parsed.get_u32("simd_count"), 192);
        assert_eq!(parsed.get("unique_id"), 11420932837461522459);
        assert_eq!((parsed.get("num_xcc"), parsed.has("num_xcc")), (0, false));
    }

    #[test]
    fn a_line_that_is_no_number_is_named() {
        assert_eq!(Properties::parse("simd_count 1\nbroken x\n"), Err("broken x".to_string()));
    }
}
