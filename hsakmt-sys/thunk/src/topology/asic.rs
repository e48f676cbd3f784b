//! Which GFX version a GPU has, and what it is called.
//!
//! Touches the tables beside it. Answers to `gfxip_lookup_table` of upstream's `topology.c` (`asics.tsv`: device id,
//! version, ASIC) and to libdrm's `amdgpu_asic_id.c` with amdgpu.ids of 2.4.134 (`marketing_names.tsv`: device id, PCI
//! revision, name), which libdrm reads from a file that is often not there.
#![forbid(unsafe_code)]

use super::model::{DrmInfo, GfxVersion};
use crate::uapi::drm::AMDGPU_IDS_FLAGS_FUSION;

const ASICS: &str = include_str!("asics.tsv");
const MARKETING_NAMES: &str = include_str!("marketing_names.tsv");

/// What libdrm calls a card that nobody named.
const NAMELESS: &str = "AMD Radeon Graphics";

/// An ASIC known by its device id, for kernels before 5.16 that do not tell the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asic {
    /// GFX version.
    pub gfx: GfxVersion,
    /// Name of the ASIC.
    pub name: &'static str,
}

/// Looks up a device id; the table ends with gfx10.
#[must_use]
pub fn by_device_id(device_id: u64) -> Option<Asic> {
    let (version, name) = find(ASICS, &format!("{device_id:04X}\t"))?.split_once('\t')?;
    let mut numbers = version.split('.').filter_map(|number| number.parse().ok());
    let gfx = GfxVersion { major: numbers.next()?, minor: numbers.next()?, stepping: numbers.next()? };
    Some(Asic { gfx, name })
}

/// The version of a device: the table's up to gfx10, as upstream has it, else the kernel's; `None` if neither knows.
#[must_use]
pub fn gfx_version(device_id: u64, gfx_target_version: u64) -> Option<GfxVersion> {
    let told = u32::try_from(gfx_target_version).ok().filter(|told| *told != 0).map(GfxVersion::from_kernel);
    match told {
        Some(gfx) if gfx.major > 10 => told,
        _ => by_device_id(device_id).map(|asic| asic.gfx).or(told),
    }
}

/// The marketing name of a GPU; `cpu_model` is the host's, which carries the name of an APU that the table lacks.
#[must_use]
pub fn marketing_name(device_id: u64, drm: &DrmInfo, cpu_model: &str) -> String {
    if let Some(name) = listed_name(device_id, drm.pci_rev) {
        return name.to_owned();
    }
    if drm.ids_flags & AMDGPU_IDS_FLAGS_FUSION == 0 || cpu_model.is_empty() {
        return NAMELESS.to_owned();
    }
    let from = cpu_model.find("Radeon").unwrap_or(0);
    let name = &cpu_model[from..];
    if name.starts_with("AMD") { name.to_owned() } else { format!("AMD {name}") }
}

fn listed_name(device_id: u64, pci_rev: u32) -> Option<&'static str> {
    find(MARKETING_NAMES, &format!("{device_id:04X}\t{pci_rev:02X}\t"))
}

/// What follows `key` on its line of a sorted table. By halves: read from the start, the tables of a machine with 64
/// GPUs are a megabyte and a half.
fn find(table: &'static str, key: &str) -> Option<&'static str> {
    // ASCII, so that it can be cut anywhere.
    const { assert!(ASICS.is_ascii() && MARKETING_NAMES.is_ascii()) };
    let mut rest = table;
    while !rest.is_empty() {
        let start = rest[..rest.len() / 2].rfind('\n').map_or(0, |end| end + 1);
        let (line, after) = rest[start..].split_once('\n')?;
        match line.strip_prefix(key) {
            Some(found) => return Some(found),
            None if line < key => rest = after,
            None => rest = &rest[..start],
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gfx(major: u32, minor: u32, stepping: u32) -> GfxVersion {
        GfxVersion { major, minor, stepping }
    }

    #[test]
    fn every_line_of_the_tables_is_whole() {
        // All of them are minutes under Miri.
        const STEP: usize = if cfg!(miri) { 50 } else { 1 };
        for line in ASICS.lines().step_by(STEP) {
            let id = u64::from_str_radix(&line[..4], 16).unwrap();
            assert!(by_device_id(id).is_some(), "{line}");
        }
        for line in MARKETING_NAMES.lines().step_by(STEP) {
            let id = u64::from_str_radix(&line[..4], 16).unwrap();
            let revision = u32::from_str_radix(&line[5..7], 16).unwrap();
            assert_eq!(listed_name(id, revision), Some(&line[8..]));
        }
    }

    #[test]
    fn the_kernels_version_counts_from_gfx11_on_and_for_unlisted_devices() {
        assert_eq!(gfx_version(0x744c, 110_000), Some(gfx(11, 0, 0)));
        assert_eq!(gfx_version(0x13fe, 100_103), Some(gfx(10, 1, 3)));
        assert_eq!(gfx_version(0x13fe, 0), Some(gfx(10, 1, 3)));
        assert_eq!(gfx_version(0x164e, 100_306), Some(gfx(10, 3, 6)));
        assert_eq!(gfx_version(0x1234, 0), None);
        assert_eq!(gfx_version(0x1234, u64::MAX), None);
    }

    #[test]
    fn names_come_from_the_table_then_the_cpu_then_nowhere() {
        let apu = DrmInfo { ids_flags: AMDGPU_IDS_FLAGS_FUSION, ..Default::default() };
        let cpu = "AMD Ryzen 7 7840HS w/ Radeon 780M Graphics";
        assert_eq!(marketing_name(0xffff, &apu, cpu), "AMD Radeon 780M Graphics");
        assert_eq!(marketing_name(0xffff, &apu, "AMD BC-250"), "AMD BC-250");
        assert_eq!(marketing_name(0xffff, &apu, ""), NAMELESS);
        assert_eq!(marketing_name(0xffff, &DrmInfo::default(), cpu), NAMELESS);
        let card = DrmInfo { pci_rev: 0xc8, ..Default::default() };
        assert_eq!(marketing_name(0x744c, &card, ""), "AMD Radeon RX 7900 XTX");
    }
}
