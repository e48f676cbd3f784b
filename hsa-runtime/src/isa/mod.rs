//! Instruction-set architectures: names, feature settings, compatibility and their HSA attributes.
//!
//! Pure. Answers to upstream's `isa.cpp`. An [`Isa`] is a value, a row of the table plus the settings of the
//! features that the row has, so there is no registry to fill, to lock or to outlive.
#![forbid(unsafe_code)]

pub mod flags;
pub mod info;
pub mod limit;
pub mod targets;

use std::fmt;

use hsakmt_thunk::topology::model::GfxVersion;
use targets::{TARGETS, Target, Version};

/// What every ISA name begins with: the target triple of the ROCm platform.
const PREFIX: &str = "amdgcn-amd-amdhsa--";

/// Setting of a feature that a target id can choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    /// Code that works either way; never an agent's setting.
    Any,
    /// Off.
    Off,
    /// On.
    On,
}

impl Setting {
    /// The setting of a mode that is known to be on or off.
    #[must_use]
    pub const fn of(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }

    /// Code built for `self` runs where the mode is `agent`.
    fn runs_on(self, agent: Self) -> bool {
        self == Self::Any || self == agent
    }
}

/// An instruction set with its feature settings; features that the target lacks are `Any`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Isa {
    index: u8,
    sramecc: Setting,
    xnack: Setting,
}

impl Isa {
    fn at(index: usize, sramecc: Setting, xnack: Setting) -> Self {
        let target = &TARGETS[index];
        let keep = |has: bool, setting| if has { setting } else { Setting::Any };
        // The table has far fewer than 256 rows; a test counts them.
        #[allow(clippy::cast_possible_truncation)]
        Self { index: index as u8, sramecc: keep(target.sramecc, sramecc), xnack: keep(target.xnack, xnack) }
    }

    /// The ISA of a device of version `gfx` in the given modes; `None` if no such processor is known.
    #[must_use]
    pub fn of_device(gfx: GfxVersion, sramecc: bool, xnack: bool) -> Option<Self> {
        let index = TARGETS.iter().position(|t| t.version == Version::Exact(gfx))?;
        Some(Self::at(index, Setting::of(sramecc), Setting::of(xnack)))
    }

    /// The ISA of a full name such as `amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-`.
    ///
    /// Features come in this order, each at most once, and only those that the target has.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix(PREFIX)?.split(':').peekable();
        let processor = parts.next()?;
        let index = TARGETS.iter().position(|t| t.name == processor)?;
        let mut feature = |has: bool, on: &str, off: &str| {
            let setting = match parts.peek() {
                Some(&part) if has && part == on => Setting::On,
                Some(&part) if has && part == off => Setting::Off,
                _ => return Setting::Any,
            };
            parts.next();
            setting
        };
        let sramecc = feature(TARGETS[index].sramecc, "sramecc+", "sramecc-");
        let xnack = feature(TARGETS[index].xnack, "xnack+", "xnack-");
        parts.next().is_none().then(|| Self::at(index, sramecc, xnack))
    }

    /// The ISA that [`Isa::to_bits`] made `bits` from; `None` if it made no such value.
    #[must_use]
    pub fn from_bits(bits: u32) -> Option<Self> {
        let setting = |code| match code & 3 {
            0 => Some(Setting::Any),
            1 => Some(Setting::Off),
            2 => Some(Setting::On),
            _ => None,
        };
        let index = (bits >> 4) as usize;
        if index >= TARGETS.len() {
            return None;
        }
        let isa = Self::at(index, setting(bits >> 2)?, setting(bits)?);
        (isa.to_bits() == bits).then_some(isa)
    }

    /// A number that stands for the ISA in handles.
    #[must_use]
    pub fn to_bits(self) -> u32 {
        u32::from(self.index) << 4 | (self.sramecc as u32) << 2 | self.xnack as u32
    }

    /// The row of the table.
    #[must_use]
    pub fn target(self) -> &'static Target {
        &TARGETS[usize::from(self.index)]
    }

    /// Major version.
    #[must_use]
    pub fn major(self) -> u32 {
        self.target().version.major()
    }

    /// Version of the processor; `None` for a generic target.
    #[must_use]
    pub fn version(self) -> Option<GfxVersion> {
        match self.target().version {
            Version::Exact(gfx) => Some(gfx),
            Version::Generic { .. } => None,
        }
    }

    /// Processor name, without features: `gfx90a`.
    #[must_use]
    pub fn processor(self) -> &'static str {
        self.target().name
    }

    /// XNACK setting.
    #[must_use]
    pub fn xnack(self) -> Setting {
        self.xnack
    }

    /// The generic ISA that covers this one, with the same settings of the features it has.
    #[must_use]
    pub fn generic(self) -> Option<Self> {
        let name = self.target().generic?;
        let index = TARGETS.iter().position(|t| t.name == name)?;
        Some(Self::at(index, self.sramecc, self.xnack))
    }

    /// Whether the hardware has image instructions: not the data-centre chips from gfx940 on.
    #[must_use]
    pub fn has_images(self) -> bool {
        match self.target().version {
            Version::Exact(gfx) => !matches!((gfx.major, gfx.minor), (9, 4 | 5) | (12, 5)),
            Version::Generic { .. } => self.processor() != "gfx9-4-generic",
        }
    }

    /// Whether 16-bit floating-point arithmetic is as fast as 32-bit: from gfx8 on.
    #[must_use]
    pub fn has_fast_f16(self) -> bool {
        self.major() >= 8
    }

    /// Whether agents of the full profile run it: those of the APUs that used the process's page tables.
    #[must_use]
    pub fn has_full_profile(self) -> bool {
        self.version()
            .is_some_and(|gfx| matches!((gfx.major, gfx.minor, gfx.stepping), (7, 0, 0) | (8, 0, 1)))
    }

    /// Whether a code object for `self` runs on `agent`.
    ///
    /// `code_version` is the version of the generic target that the code object names; 0 if it names none, and then
    /// code for a generic target runs nowhere, as upstream answers.
    #[must_use]
    pub fn runs_on(self, agent: Self, code_version: u32) -> bool {
        if !self.sramecc.runs_on(agent.sramecc) || !self.xnack.runs_on(agent.xnack) {
            return false;
        }
        match self.target().version {
            Version::Exact(gfx) => agent.version() == Some(gfx),
            Version::Generic { least_code_version, .. } => {
                agent.target().generic == Some(self.processor()) && code_version >= least_code_version
            }
        }
    }
}

impl fmt::Display for Isa {
    /// The full name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.processor())?;
        for (name, setting) in [("sramecc", self.sramecc), ("xnack", self.xnack)] {
            match setting {
                Setting::Any => {}
                Setting::Off => write!(f, ":{name}-")?,
                Setting::On => write!(f, ":{name}+")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn isa(name: &str) -> Isa {
        Isa::from_name(&format!("{PREFIX}{name}")).unwrap_or_else(|| panic!("{name} is no ISA"))
    }

    /// Every ISA that has a name.
    fn all() -> impl Iterator<Item = Isa> {
        (0..u32::try_from(TARGETS.len()).unwrap() << 4).filter_map(Isa::from_bits)
    }

    #[test]
    fn names_and_numbers_stand_for_the_same_isa() {
        assert!(TARGETS.len() < 256);
        // 37 without features have 1 name each, with XNACK 3, with both 9.
        let names: usize =
            TARGETS.iter().map(|t| [1, 3, 9][usize::from(t.sramecc) + usize::from(t.xnack)]).sum();
        assert_eq!(all().count(), names);
        for isa in all() {
            assert_eq!(Isa::from_name(&isa.to_string()), Some(isa));
            assert_eq!(Isa::from_bits(isa.to_bits()), Some(isa));
        }
    }

    #[test]
    fn versions_are_unique_and_generics_exist() {
        for (i, a) in TARGETS.iter().enumerate() {
            assert!(
                TARGETS[i + 1..]
                    .iter()
                    .all(|b| a.name != b.name && (a.version != b.version || a.generic.is_none()))
            );
            if let Version::Exact(gfx) = a.version {
                assert_eq!(a.name, gfx.to_string());
            }
            assert!(a.generic.is_none_or(|g| TARGETS.iter().any(|t| t.name == g)));
        }
    }

    #[test]
    fn malformed_names_are_refused() {
        for name in [
            "",
            "gfx90a",
            "amdgcn-amd-amdhsa--",
            "amdgcn-amd-amdhsa--gfx90a:",
            "amdgcn-amd-amdhsa--gfx90a:xnack-:sramecc+",
            "amdgcn-amd-amdhsa--gfx90a:xnack+:xnack+",
            "amdgcn-amd-amdhsa--gfx1100:xnack+",
            "amdgcn-amd-amdhsa--gfx900:sramecc+",
            "amdgcn-amd-amdhsa--gfx9999",
            "AMDGCN-amd-amdhsa--gfx900",
            "amdgcn-amd-amdhsa--gfx90a:xnack",
        ] {
            assert_eq!(Isa::from_name(name), None, "{name}");
        }
        assert_eq!(Isa::from_bits(u32::MAX), None);
        assert_eq!(Isa::from_bits(isa("gfx1100").to_bits() | 1), None);
    }

    #[test]
    fn a_device_names_its_modes() {
        let mi210 = Isa::of_device(GfxVersion { major: 9, minor: 0, stepping: 10 }, true, false).unwrap();
        assert_eq!(mi210.to_string(), "amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-");
        assert_eq!(mi210.generic(), None);
        let mi300 = Isa::of_device(GfxVersion { major: 9, minor: 4, stepping: 2 }, true, false).unwrap();
        assert_eq!(mi300.generic().unwrap().to_string(), "amdgcn-amd-amdhsa--gfx9-4-generic:sramecc+:xnack-");
        let vega20 = Isa::of_device(GfxVersion { major: 9, minor: 0, stepping: 6 }, true, false).unwrap();
        assert_eq!(vega20.generic().unwrap().to_string(), "amdgcn-amd-amdhsa--gfx9-generic:xnack-");
        let navi31 = Isa::of_device(GfxVersion { major: 11, minor: 0, stepping: 0 }, true, true).unwrap();
        assert_eq!(navi31.to_string(), "amdgcn-amd-amdhsa--gfx1100");
        assert_eq!(Isa::of_device(GfxVersion { major: 11, minor: 0, stepping: 9 }, false, false), None);
    }

    #[test]
    fn code_runs_where_its_settings_allow() {
        let agent = isa("gfx90a:sramecc+:xnack-");
        for (code, runs) in [
            ("gfx90a", true),
            ("gfx90a:xnack-", true),
            ("gfx90a:sramecc+:xnack-", true),
            ("gfx90a:xnack+", false),
            ("gfx90a:sramecc-", false),
            ("gfx908", false),
        ] {
            assert_eq!(isa(code).runs_on(agent, 0), runs, "{code}");
        }
        let navi = isa("gfx1102");
        assert!(isa("gfx11-generic").runs_on(navi, 1));
        assert!(!isa("gfx11-generic").runs_on(navi, 0));
        assert!(!isa("gfx10-3-generic").runs_on(navi, 1));
        assert!(!isa("gfx9-generic:xnack+").runs_on(isa("gfx900:xnack-"), 1));
    }

    #[test]
    fn only_the_data_centre_chips_lack_images() {
        let without =
            TARGETS.iter().enumerate().filter(|(i, _)| !Isa::at(*i, Setting::Any, Setting::Any).has_images());
        let without: Vec<_> = without.map(|(_, t)| t.name).collect();
        assert_eq!(without, ["gfx940", "gfx941", "gfx942", "gfx950", "gfx1250", "gfx9-4-generic"]);
    }
}
