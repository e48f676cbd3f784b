//! Instruction sets as the headers of code objects name them.
//!
//! Pure. Answers to LLVM's `AMDGPUUsage.rst` ("ELF header") and to GetIsa of upstream's `amd_hsa_code.cpp`.
#![forbid(unsafe_code)]

use super::{Isa, Setting, targets::TARGETS};

/// Bits of `e_flags` that name the processor, EF_AMDGPU_MACH.
const MACHINE: u32 = 0xff;

/// EF_AMDGPU_FEATURE_XNACK_V3: set where the code needs XNACK replay on.
const XNACK_V3: u32 = 0x100;

/// EF_AMDGPU_FEATURE_SRAMECC_V3.
const SRAMECC_V3: u32 = 0x200;

/// Lowest bit of EF_AMDGPU_FEATURE_XNACK_V4, a field of two bits.
const XNACK_V4: u32 = 8;

/// Lowest bit of EF_AMDGPU_FEATURE_SRAMECC_V4, a field of two bits.
const SRAMECC_V4: u32 = 10;

/// Lowest bit of EF_AMDGPU_GENERIC_VERSION, a field of eight bits.
const GENERIC_VERSION: u32 = 24;

/// What a code object is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// The instruction set.
    pub isa: Isa,
    /// Version of the generic target; 0 where it names none.
    pub generic_version: u32,
}

impl Built {
    /// Reads `e_flags` of a code object of `version`, 3 to 6; `None` if no such processor is known.
    #[must_use]
    pub fn from_flags(version: u32, flags: u32) -> Option<Self> {
        let index = TARGETS.iter().position(|target| target.machine == flags & MACHINE)?;
        let (sramecc, xnack) = if version == 3 {
            (Setting::of(flags & SRAMECC_V3 != 0), Setting::of(flags & XNACK_V3 != 0))
        } else {
            (setting(flags >> SRAMECC_V4), setting(flags >> XNACK_V4))
        };
        let generic_version = if version >= 6 { flags >> GENERIC_VERSION } else { 0 };
        Some(Self { isa: Isa::at(index, sramecc, xnack), generic_version })
    }
}

/// A field of two bits: 0 not supported, 1 any, 2 off, 3 on.
fn setting(field: u32) -> Setting {
    match field & 3 {
        2 => Setting::Off,
        3 => Setting::On,
        _ => Setting::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(version: u32, flags: u32) -> String {
        let built = Built::from_flags(version, flags).expect("a known processor");
        format!(
            "{} {}",
            built.isa.to_string().trim_start_matches("amdgcn-amd-amdhsa--"),
            built.generic_version
        )
    }

    #[test]
    fn headers_that_compilers_write() {
        // As clang 17 to 22 and GCC 16 wrote them.
        for (version, flags, expected) in [
            (6, 0x41, "gfx1100 0"),
            (4, 0x142, "gfx1013 0"),
            (5, 0x53f, "gfx90a 0"),
            (5, 0xe3f, "gfx90a:sramecc+:xnack- 0"),
            (4, 0x54c, "gfx942 0"),
            (6, 0x0100_0054, "gfx11-generic 1"),
            (3, 0x12f, "gfx906:sramecc-:xnack+ 0"),
            (3, 0x41, "gfx1100 0"),
        ] {
            assert_eq!(name(version, flags), expected);
        }
    }

    #[test]
    fn processors_that_nobody_knows_are_refused() {
        assert_eq!(Built::from_flags(4, 0), None);
        assert_eq!(Built::from_flags(4, 0x27), None);
    }

    #[test]
    fn every_processor_has_a_number_of_its_own() {
        for (index, target) in TARGETS.iter().enumerate() {
            assert!(TARGETS[..index].iter().all(|other| other.machine != target.machine), "{}", target.name);
        }
    }
}
