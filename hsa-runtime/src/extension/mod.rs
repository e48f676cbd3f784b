//! The extensions of HSA that this runtime has: names, versions, and the bitmaps that tell of them.
//!
//! Pure, but for the question whether the profiling library is installed. Answers to the extension queries of
//! upstream's `hsa.cpp`.
#![forbid(unsafe_code)]

use std::ffi::CStr;

use crate::{abi::*, config::Config, tools::aqlprofile};

/// One bit an extension, as attributes named EXTENSIONS tell them.
pub type Bitmap = [u8; 128];

/// No extension.
pub const NONE: Bitmap = [0; 128];

/// What the system offers.
pub fn of_system(config: &Config) -> Bitmap {
    let mut bitmap = NONE;
    set(&mut bitmap, HSA_EXTENSION_IMAGES, !config.disable_images);
    set(&mut bitmap, HSA_EXTENSION_AMD_AQLPROFILE, aqlprofile::is_installed());
    set(&mut bitmap, HSA_EXTENSION_AMD_PROFILER, true);
    bitmap
}

/// What a GPU offers.
pub fn of_agent(config: &Config) -> Bitmap {
    let mut bitmap = of_system(config);
    set(&mut bitmap, HSA_EXTENSION_AMD_PC_SAMPLING, !config.disable_pc_sampling);
    bitmap
}

fn set(bitmap: &mut Bitmap, extension: hsa_extension_t, present: bool) {
    let bit = extension.0 as usize;
    bitmap[bit / 8] |= u8::from(present) << (bit % 8);
}

/// Whether any header defines the extension.
pub fn is_defined(extension: u16) -> bool {
    let extension = u32::from(extension);
    extension <= HSA_EXTENSION_STD_LAST.0
        || (HSA_AMD_FIRST_EXTENSION.0..=HSA_AMD_LAST_EXTENSION.0).contains(&extension)
}

/// Name of an extension.
pub fn name(extension: u16) -> Option<&'static CStr> {
    Some(match hsa_extension_t(u32::from(extension)) {
        HSA_EXTENSION_FINALIZER => c"HSA_EXTENSION_FINALIZER",
        HSA_EXTENSION_IMAGES => c"HSA_EXTENSION_IMAGES",
        HSA_EXTENSION_PERFORMANCE_COUNTERS => c"HSA_EXTENSION_PERFORMANCE_COUNTERS",
        HSA_EXTENSION_PROFILING_EVENTS => c"HSA_EXTENSION_PROFILING_EVENTS",
        HSA_EXTENSION_AMD_PROFILER => c"HSA_EXTENSION_AMD_PROFILER",
        HSA_EXTENSION_AMD_LOADER => c"HSA_EXTENSION_AMD_LOADER",
        HSA_EXTENSION_AMD_AQLPROFILE => c"HSA_EXTENSION_AMD_AQLPROFILE",
        HSA_EXTENSION_AMD_PC_SAMPLING => c"HSA_EXTENSION_AMD_PC_SAMPLING",
        _ => return None,
    })
}

/// Whether `hsa_system_extension_supported` says yes to a version: extensions follow the version of the system, 1.0,
/// but for the two that nobody ever wrote.
pub fn is_supported(extension: u16, major: u16, minor: u16) -> bool {
    let unwritten = [HSA_EXTENSION_PERFORMANCE_COUNTERS.0, HSA_EXTENSION_PROFILING_EVENTS.0];
    major <= 1 && minor == 0 && !unwritten.contains(&u32::from(extension))
}

/// Whether there is a table of functions of the extension's version 1.
pub fn has_table(extension: u16) -> bool {
    matches!(
        hsa_extension_t(u32::from(extension)),
        HSA_EXTENSION_IMAGES
            | HSA_EXTENSION_FINALIZER
            | HSA_EXTENSION_AMD_LOADER
            | HSA_EXTENSION_AMD_AQLPROFILE
    )
}

/// Entries of an extension's table in a version; `None` if there is no such version.
pub fn table_entries(extension: u16, major: u16, minor: u16) -> Option<usize> {
    Some(match (hsa_extension_t(u32::from(extension)), major, minor) {
        (HSA_EXTENSION_FINALIZER, 1, 0) => 6,
        (HSA_EXTENSION_IMAGES, 1, 0) => 10,
        (HSA_EXTENSION_AMD_LOADER, 1, 0) => 3,
        (HSA_EXTENSION_AMD_LOADER, 1, 1) => 5,
        (HSA_EXTENSION_AMD_LOADER, 1, 2) => 6,
        (HSA_EXTENSION_AMD_LOADER, 1, 3) => 7,
        (HSA_EXTENSION_AMD_AQLPROFILE, 1, 0) => 13,
        (HSA_EXTENSION_AMD_PC_SAMPLING, 1, 0) => 7,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_stand_where_the_numbers_say() {
        let config = Config::new(|_| None);
        let system = of_system(&config);
        assert_eq!(system[0], 1 << 1);
        assert_eq!(system[0x200 / 8] & 1, 1);
        let agent = of_agent(&config);
        assert_eq!(agent[0x203 / 8] >> 3 & 1, 1);
    }

    #[test]
    fn what_is_disabled_is_not_told() {
        let config = Config::new(|name| (name.starts_with("HSA_DISABLE")).then(|| "1".into()));
        assert_eq!(of_system(&config)[0], 0);
        assert_eq!(of_agent(&config)[0x203 / 8] >> 3 & 1, 0);
    }

    #[test]
    fn every_defined_extension_has_a_name() {
        for extension in 0..=u16::MAX {
            assert_eq!(is_defined(extension), name(extension).is_some(), "{extension:#x}");
        }
    }
}
