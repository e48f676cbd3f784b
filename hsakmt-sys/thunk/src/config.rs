//! The environment, parsed once.
//!
//! Touches core only: the variables come from `kernel::environment`. Answers to the `getenv` calls of upstream's
//! `openclose.c`, `topology.c` and `fmm.c`, and to C's `atoi` in how numbers are read.
#![forbid(unsafe_code)]

use crate::topology::model::GfxVersion;
use std::collections::BTreeMap;

/// What an override variable asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Override {
    /// This version.
    Version(GfxVersion),
    /// Text that is no version.
    Invalid(String),
}

/// Settings from the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// HSAKMT_DEBUG_LEVEL, 3 (errors) to 7 (debug); `None` prints only failures of opening.
    pub debug_level: Option<i32>,
    /// HSA_OVERRIDE_GFX_VERSION.
    pub gfx_override: Option<Override>,
    /// HSA_OVERRIDE_GFX_VERSION_<visible node>; goes before the general one.
    pub node_gfx_override: BTreeMap<u32, Override>,
    /// HSA_ZFB: no video memory; everything goes to system memory.
    pub zero_frame_buffer: bool,
    /// HSA_USE_SVM=0: do not use the kernel's shared virtual memory.
    pub use_svm: bool,
    /// HSA_DISABLE_CACHE: GPU caches off for ordinary allocations.
    pub disable_cache: bool,
    /// HSA_USERPTR_FOR_PAGED_MEM=0 allocates host memory in the driver rather than in the process.
    pub userptr_for_paged_memory: bool,
    /// HSA_CHECK_USERPTR: read registered memory at registration, so that a bad pointer faults there.
    pub check_userptr: bool,
    /// HSA_RESERVE_SVM: reserve the whole aperture (capture and replay tools).
    pub reserve_svm: bool,
    /// HSA_SVM_GUARD_PAGES: inaccessible pages after each allocation.
    pub guard_pages: u32,
    /// HSA_MAX_VA_ALIGN: alignment of large allocations, as a power of two in pages; `None`: the hardware's.
    pub max_va_alignment: Option<u32>,
    /// Not from the environment: every allocation is executable, as releases up to 6.2 had it, whose callers do not
    /// say which memory is code.
    pub always_executable: bool,
    /// HSA_HIGH_PRECISION_MODE: matrix instructions in high precision (interface 1.18).
    pub high_precision: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            debug_level: None,
            gfx_override: None,
            node_gfx_override: BTreeMap::new(),
            zero_frame_buffer: false,
            use_svm: true,
            disable_cache: false,
            userptr_for_paged_memory: true,
            check_userptr: false,
            reserve_svm: false,
            guard_pages: 1,
            max_va_alignment: None,
            always_executable: false,
            high_precision: false,
        }
    }
}

impl Config {
    /// From the process's environment; the defaults under AT_SECURE.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::from_variables(crate::kernel::environment::variables())
    }

    /// From these variables.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        const NODE_OVERRIDE: &str = "HSA_OVERRIDE_GFX_VERSION_";
        let mut config = Self::default();
        for (name, value) in variables {
            if let Some(node) = name.strip_prefix(NODE_OVERRIDE).and_then(|node| node.parse().ok()) {
                config.node_gfx_override.insert(node, parse_override(&value));
            } else {
                config.set(&name, &value);
            }
        }
        config
    }

    fn set(&mut self, name: &str, value: &str) {
        let number = atoi(value);
        match name {
            "HSAKMT_DEBUG_LEVEL" => self.debug_level = (3..=7).contains(&number).then_some(number),
            "HSA_OVERRIDE_GFX_VERSION" => self.gfx_override = Some(parse_override(value)),
            "HSA_ZFB" => self.zero_frame_buffer = number != 0,
            "HSA_USE_SVM" => self.use_svm = value != "0",
            "HSA_DISABLE_CACHE" => self.disable_cache = number != 0,
            "HSA_USERPTR_FOR_PAGED_MEM" => self.userptr_for_paged_memory = value != "0",
            "HSA_CHECK_USERPTR" => self.check_userptr = value != "0",
            "HSA_RESERVE_SVM" => self.reserve_svm = value != "0",
            "HSA_SVM_GUARD_PAGES" => self.guard_pages = u32::try_from(number).unwrap_or(1),
            "HSA_MAX_VA_ALIGN" => self.max_va_alignment = u32::try_from(number).ok(),
            "HSA_HIGH_PRECISION_MODE" => self.high_precision = number != 0,
            _ => {}
        }
    }

    /// The override for a visible node.
    #[must_use]
    pub fn override_of(&self, node: u32) -> Option<&Override> {
        self.node_gfx_override.get(&node).or(self.gfx_override.as_ref())
    }
}

/// C's `atoi`: leading blanks, a sign, digits; anything else ends the number. Saturates.
fn atoi(text: &str) -> i32 {
    let text = text.trim_start();
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = digits
        .bytes()
        .take_while(u8::is_ascii_digit)
        .fold(0i32, |sum, digit| sum.saturating_mul(10).saturating_add(i32::from(digit - b'0')));
    if negative { -magnitude } else { magnitude }
}

/// `major.minor.stepping` in decimal, within the fields of HSA_ENGINE_ID (6, 8 and 8 bits).
fn parse_override(text: &str) -> Override {
    let mut numbers = text.trim_start().split('.').map(|part| part.parse::<u32>().ok());
    let version = (|| {
        let version =
            GfxVersion { major: numbers.next()??, minor: numbers.next()??, stepping: numbers.next()?? };
        let fits = version.major < 64 && version.minor < 256 && version.stepping < 256;
        (fits && numbers.next().is_none()).then_some(version)
    })();
    version.map_or_else(|| Override::Invalid(text.to_owned()), Override::Version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(variables: &[(&str, &str)]) -> Config {
        Config::from_variables(variables.iter().map(|(name, value)| (name.to_string(), value.to_string())))
    }

    #[test]
    fn an_empty_environment_is_the_default() {
        assert_eq!(config(&[]), Config::default());
    }

    #[test]
    fn a_nodes_override_goes_before_the_general_one() {
        let config =
            config(&[("HSA_OVERRIDE_GFX_VERSION", "10.3.0"), ("HSA_OVERRIDE_GFX_VERSION_2", "11.0.0")]);
        let version = |major, minor, stepping| Override::Version(GfxVersion { major, minor, stepping });
        assert_eq!(config.override_of(2), Some(&version(11, 0, 0)));
        assert_eq!(config.override_of(1), Some(&version(10, 3, 0)));
    }

    #[test]
    fn overrides_that_are_no_versions_are_kept_as_text() {
        for text in ["", "10.3", "10.3.0.1", "gfx1030", "64.0.0", "9.256.0", "9.0.256", "9.0.-1", "10.3.0 "] {
            assert_eq!(parse_override(text), Override::Invalid(text.into()), "{text:?}");
        }
    }

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        assert_eq!(atoi(" 7x"), 7);
        assert_eq!(atoi("-3"), -3);
        assert_eq!(atoi("yes"), 0);
        assert_eq!(atoi("99999999999"), i32::MAX);
    }

    #[test]
    fn debug_levels_outside_the_scale_print_nothing() {
        assert_eq!(config(&[("HSAKMT_DEBUG_LEVEL", "7")]).debug_level, Some(7));
        assert_eq!(config(&[("HSAKMT_DEBUG_LEVEL", "8")]).debug_level, None);
        assert_eq!(config(&[("HSAKMT_DEBUG_LEVEL", "2")]).debug_level, None);
    }

    #[test]
    fn use_svm_is_switched_off_by_exactly_zero() {
        assert!(config(&[("HSA_USE_SVM", "00")]).use_svm);
        assert!(!config(&[("HSA_USE_SVM", "0")]).use_svm);
    }
}
