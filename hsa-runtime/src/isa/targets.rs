//! The instruction sets by name: facts only, no behaviour.
//!
//! Answers to LLVM 21 `AMDGPUUsage.rst` (processors and their target features) and to upstream's `isa.cpp`. gfx940
//! and gfx941, which LLVM has dropped, stay: engineering samples report them and upstream knew them until 6.3.
#![forbid(unsafe_code)]

use hsakmt_thunk::topology::model::GfxVersion;

/// One processor, or one generic target that covers a family of processors.
#[derive(Debug)]
pub struct Target {
    /// Name as in target ids, for example `gfx90a`.
    pub name: &'static str,
    /// Its number in the e_flags of code objects (EF_AMDGPU_MACH).
    pub machine: u32,
    /// Version; generic targets have only the major one.
    pub version: Version,
    /// Whether SRAM ECC can be chosen in a target id.
    pub sramecc: bool,
    /// Whether XNACK replay can be chosen in a target id.
    pub xnack: bool,
    /// Work-items of a wavefront.
    pub wavefront: u32,
    /// Name of the generic target that covers the processor.
    pub generic: Option<&'static str>,
}

/// What a target's number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// A processor.
    Exact(GfxVersion),
    /// A family; code for it also carries a version of the family's definition.
    Generic {
        /// Major version of every member.
        major: u32,
        /// Lowest version of a code object that runs on today's members.
        least_code_version: u32,
    },
}

impl Version {
    /// The major version.
    pub const fn major(self) -> u32 {
        match self {
            Self::Exact(gfx) => gfx.major,
            Self::Generic { major, .. } => major,
        }
    }
}

/// Target-id features of a processor.
#[derive(Clone, Copy)]
enum Features {
    None,
    Xnack,
    Both,
}
use Features::{Both, None as Plain, Xnack};

const GFX9: &str = "gfx9-generic";
const GFX9_4: &str = "gfx9-4-generic";
const GFX10_1: &str = "gfx10-1-generic";
const GFX10_3: &str = "gfx10-3-generic";
const GFX11: &str = "gfx11-generic";
const GFX12: &str = "gfx12-generic";

const fn target(
    machine: u32,
    name: &'static str,
    version: Version,
    features: Features,
    wavefront: u32,
) -> Target {
    let sramecc = matches!(features, Both);
    let xnack = matches!(features, Both | Xnack);
    Target { name, machine, version, sramecc, xnack, wavefront, generic: None }
}

/// A processor that no generic target covers.
const fn alone(
    machine: u32,
    name: &'static str,
    v: (u32, u32, u32),
    features: Features,
    wavefront: u32,
) -> Target {
    let gfx = GfxVersion { major: v.0, minor: v.1, stepping: v.2 };
    target(machine, name, Version::Exact(gfx), features, wavefront)
}

/// A processor that `generic` covers.
const fn member(
    machine: u32,
    name: &'static str,
    v: (u32, u32, u32),
    features: Features,
    wavefront: u32,
    generic: &'static str,
) -> Target {
    let mut target = alone(machine, name, v, features, wavefront);
    target.generic = Some(generic);
    target
}

const fn family(machine: u32, name: &'static str, major: u32, features: Features, wavefront: u32) -> Target {
    target(machine, name, Version::Generic { major, least_code_version: 1 }, features, wavefront)
}

/// Every target; handles carry the index of an entry.
#[rustfmt::skip]
pub static TARGETS: &[Target] = &[
    alone(0x20, "gfx600", (6, 0, 0), Plain, 64),
    alone(0x21, "gfx601", (6, 0, 1), Plain, 64),
    alone(0x3a, "gfx602", (6, 0, 2), Plain, 64),
    alone(0x22, "gfx700", (7, 0, 0), Plain, 64),
    alone(0x23, "gfx701", (7, 0, 1), Plain, 64),
    alone(0x24, "gfx702", (7, 0, 2), Plain, 64),
    alone(0x25, "gfx703", (7, 0, 3), Plain, 64),
    alone(0x26, "gfx704", (7, 0, 4), Plain, 64),
    alone(0x3b, "gfx705", (7, 0, 5), Plain, 64),
    alone(0x28, "gfx801", (8, 0, 1), Xnack, 64),
    alone(0x29, "gfx802", (8, 0, 2), Plain, 64),
    alone(0x2a, "gfx803", (8, 0, 3), Plain, 64),
    alone(0x3c, "gfx805", (8, 0, 5), Plain, 64),
    alone(0x2b, "gfx810", (8, 1, 0), Xnack, 64),
    member(0x2c, "gfx900", (9, 0, 0), Xnack, 64, GFX9),
    member(0x2d, "gfx902", (9, 0, 2), Xnack, 64, GFX9),
    member(0x2e, "gfx904", (9, 0, 4), Xnack, 64, GFX9),
    member(0x2f, "gfx906", (9, 0, 6), Both, 64, GFX9),
    alone(0x30, "gfx908", (9, 0, 8), Both, 64),
    member(0x31, "gfx909", (9, 0, 9), Xnack, 64, GFX9),
    alone(0x3f, "gfx90a", (9, 0, 10), Both, 64),
    member(0x32, "gfx90c", (9, 0, 12), Xnack, 64, GFX9),
    member(0x40, "gfx940", (9, 4, 0), Both, 64, GFX9_4),
    member(0x4b, "gfx941", (9, 4, 1), Both, 64, GFX9_4),
    member(0x4c, "gfx942", (9, 4, 2), Both, 64, GFX9_4),
    member(0x4f, "gfx950", (9, 5, 0), Both, 64, GFX9_4),
    member(0x33, "gfx1010", (10, 1, 0), Xnack, 32, GFX10_1),
    member(0x34, "gfx1011", (10, 1, 1), Xnack, 32, GFX10_1),
    member(0x35, "gfx1012", (10, 1, 2), Xnack, 32, GFX10_1),
    member(0x42, "gfx1013", (10, 1, 3), Xnack, 32, GFX10_1),
    member(0x36, "gfx1030", (10, 3, 0), Plain, 32, GFX10_3),
    member(0x37, "gfx1031", (10, 3, 1), Plain, 32, GFX10_3),
    member(0x38, "gfx1032", (10, 3, 2), Plain, 32, GFX10_3),
    member(0x39, "gfx1033", (10, 3, 3), Plain, 32, GFX10_3),
    member(0x3e, "gfx1034", (10, 3, 4), Plain, 32, GFX10_3),
    member(0x3d, "gfx1035", (10, 3, 5), Plain, 32, GFX10_3),
    member(0x45, "gfx1036", (10, 3, 6), Plain, 32, GFX10_3),
    member(0x41, "gfx1100", (11, 0, 0), Plain, 32, GFX11),
    member(0x46, "gfx1101", (11, 0, 1), Plain, 32, GFX11),
    member(0x47, "gfx1102", (11, 0, 2), Plain, 32, GFX11),
    member(0x44, "gfx1103", (11, 0, 3), Plain, 32, GFX11),
    member(0x43, "gfx1150", (11, 5, 0), Plain, 32, GFX11),
    member(0x4a, "gfx1151", (11, 5, 1), Plain, 32, GFX11),
    member(0x55, "gfx1152", (11, 5, 2), Plain, 32, GFX11),
    member(0x58, "gfx1153", (11, 5, 3), Plain, 32, GFX11),
    member(0x48, "gfx1200", (12, 0, 0), Plain, 32, GFX12),
    member(0x4e, "gfx1201", (12, 0, 1), Plain, 32, GFX12),
    // SRAM ECC and XNACK are always on there and cannot be chosen, so its target ids carry no features.
    alone(0x49, "gfx1250", (12, 5, 0), Plain, 32),
    family(0x51, GFX9, 9, Xnack, 64),
    family(0x5f, GFX9_4, 9, Both, 64),
    family(0x52, GFX10_1, 10, Xnack, 32),
    family(0x53, GFX10_3, 10, Plain, 32),
    family(0x54, GFX11, 11, Plain, 32),
    family(0x59, GFX12, 12, Plain, 32),
];
