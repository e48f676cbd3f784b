//! The ASIC table: facts of each device that the driver knows before it looks at the card. Touches nothing
//! but memory. Answers to kgd2kfd_probe and kfd_device_info_init (kfd_device.c), *_common_early_init
//! (soc15.c, nv.c, soc21.c, soc24.c, vi.c, cik.c), amdgpu_discovery_set_ip_blocks and gfx_v*_get_cu_info.
//! Widths that newer devices tell by their discovery table (CUs of an array, SDMA engines, waves) are as real
//! captures show them.
#![forbid(unsafe_code)]

use crate::machine::asic::Asic;

const KAVERI: Asic = Asic {
    gfx: "gfx700",
    devices: &[],
    target: 70000,
    gc: (7, 0, 0),
    name: "kaveri",
    family: 125,
    external_rev: 0x1,
    apu: true,
    simd: [4, 10, 64],
    cu_per_array: 8,
    sdma_engines: [2, 0],
    sdma_queues: 2,
    cp_queues: 24,
    xclk_khz: 100_000,
};

const HAWAII: Asic = Asic {
    gfx: "gfx701",
    target: 70001,
    gc: (7, 0, 1),
    name: "hawaii",
    family: 120,
    external_rev: 0x28,
    apu: false,
    cu_per_array: 11,
    xclk_khz: 27_000,
    ..KAVERI
};

const CARRIZO: Asic = Asic {
    gfx: "gfx801",
    target: 80001,
    gc: (8, 0, 1),
    name: "carrizo",
    family: 135,
    external_rev: 0x1,
    xclk_khz: 48_000,
    ..KAVERI
};

const TONGA: Asic = Asic {
    gfx: "gfx802",
    target: 80002,
    gc: (8, 0, 2),
    name: "tonga",
    family: 130,
    external_rev: 0x14,
    cu_per_array: 8,
    ..HAWAII
};

const POLARIS10: Asic = Asic {
    gfx: "gfx803",
    target: 80003,
    gc: (8, 0, 3),
    name: "polaris10",
    external_rev: 0x50,
    cu_per_array: 9,
    xclk_khz: 25_000,
    ..TONGA
};

const FIJI: Asic = Asic {
    devices: &[0x7300, 0x730f],
    name: "fiji",
    external_rev: 0x3c,
    cu_per_array: 16,
    xclk_khz: 27_000,
    ..POLARIS10
};

const VEGA10: Asic = Asic {
    gfx: "gfx900",
    target: 90000,
    gc: (9, 0, 1),
    name: "vega10",
    family: 141,
    external_rev: 0x1,
    cu_per_array: 16,
    xclk_khz: 27_000,
    ..POLARIS10
};

const RAVEN: Asic = Asic {
    gfx: "gfx902",
    target: 90002,
    gc: (9, 1, 0),
    name: "raven",
    family: 142,
    apu: true,
    cu_per_array: 11,
    sdma_engines: [1, 0],
    xclk_khz: 25_000,
    ..VEGA10
};

const PICASSO: Asic = Asic { devices: &[0x15d8], external_rev: 0x41, ..RAVEN };

const VEGA12: Asic = Asic {
    gfx: "gfx904",
    target: 90004,
    gc: (9, 2, 1),
    name: "vega12",
    external_rev: 0x14,
    cu_per_array: 5,
    ..VEGA10
};

const VEGA20: Asic = Asic {
    gfx: "gfx906",
    target: 90006,
    gc: (9, 4, 0),
    name: "vega20",
    external_rev: 0x28,
    sdma_queues: 8,
    xclk_khz: 25_000,
    ..VEGA10
};

const ARCTURUS: Asic = Asic {
    gfx: "gfx908",
    target: 90008,
    gc: (9, 4, 1),
    name: "arcturus",
    external_rev: 0x32,
    sdma_engines: [2, 6],
    ..VEGA20
};

const ALDEBARAN: Asic = Asic {
    gfx: "gfx90a",
    target: 90010,
    gc: (9, 4, 2),
    name: "aldebaran",
    external_rev: 0x3c,
    simd: [4, 8, 64],
    cu_per_array: 14,
    sdma_engines: [2, 3],
    ..VEGA20
};

const RENOIR: Asic = Asic {
    gfx: "gfx90c",
    target: 90012,
    gc: (9, 3, 0),
    name: "renoir",
    external_rev: 0xa1,
    cu_per_array: 8,
    xclk_khz: 100_000,
    ..RAVEN
};

const MI300X: Asic = Asic {
    gfx: "gfx942",
    target: 90402,
    gc: (9, 4, 3),
    name: "ip discovery",
    external_rev: 0x46,
    cu_per_array: 10,
    sdma_engines: [2, 14],
    xclk_khz: 100_000,
    ..ALDEBARAN
};

/// Half of the dies, half of the engines.
const MI308X: Asic = Asic { devices: &[0x74a2, 0x74a8], sdma_engines: [2, 6], ..MI300X };

const MI300A: Asic = Asic { devices: &[0x74a0], apu: true, sdma_engines: [2, 10], ..MI300X };

/// Engineering samples of MI300A, which kernels up to 6.10 showed under their own name.
const MI300A_A0: Asic = Asic { gfx: "gfx940", target: 90400, devices: &[], ..MI300A };

const NAVI10: Asic = Asic {
    gfx: "gfx1010",
    target: 100_100,
    gc: (10, 1, 10),
    name: "navi10",
    family: 143,
    external_rev: 0x1,
    simd: [2, 20, 32],
    cu_per_array: 10,
    sdma_queues: 8,
    cp_queues: 8,
    xclk_khz: 100_000,
    ..VEGA10
};

const NAVI12: Asic =
    Asic { gfx: "gfx1011", target: 100_101, gc: (10, 1, 2), name: "navi12", external_rev: 0xa, ..NAVI10 };

const NAVI14: Asic = Asic {
    gfx: "gfx1012",
    target: 100_102,
    gc: (10, 1, 1),
    name: "navi14",
    external_rev: 20,
    cu_per_array: 12,
    ..NAVI10
};

const CYAN_SKILLFISH: Asic = Asic {
    gfx: "gfx1013",
    target: 100_103,
    gc: (10, 1, 3),
    name: "cyan_skillfish",
    external_rev: 0x82,
    apu: true,
    ..NAVI10
};

const SIENNA_CICHLID: Asic = Asic {
    gfx: "gfx1030",
    target: 100_300,
    gc: (10, 3, 0),
    name: "sienna_cichlid",
    external_rev: 0x28,
    simd: [2, 16, 32],
    sdma_engines: [4, 0],
    ..NAVI10
};

const NAVY_FLOUNDER: Asic = Asic {
    gfx: "gfx1031",
    target: 100_301,
    gc: (10, 3, 2),
    name: "navy_flounder",
    external_rev: 0x32,
    sdma_engines: [2, 0],
    ..SIENNA_CICHLID
};

const DIMGREY_CAVEFISH: Asic = Asic {
    gfx: "gfx1032",
    target: 100_302,
    gc: (10, 3, 4),
    name: "dimgrey_cavefish",
    external_rev: 0x3c,
    cu_per_array: 8,
    ..NAVY_FLOUNDER
};

const BEIGE_GOBY: Asic = Asic {
    gfx: "gfx1034",
    target: 100_304,
    gc: (10, 3, 5),
    name: "beige_goby",
    external_rev: 0x46,
    sdma_engines: [1, 0],
    ..DIMGREY_CAVEFISH
};

const VANGOGH: Asic = Asic {
    gfx: "gfx1033",
    target: 100_303,
    gc: (10, 3, 1),
    name: "vangogh",
    family: 144,
    external_rev: 0x1,
    apu: true,
    sdma_queues: 2,
    ..BEIGE_GOBY
};

const YELLOW_CARP: Asic = Asic {
    gfx: "gfx1035",
    target: 100_305,
    gc: (10, 3, 3),
    name: "yellow_carp",
    family: 146,
    cu_per_array: 6,
    ..VANGOGH
};

const RAPHAEL: Asic = Asic {
    gfx: "gfx1036",
    target: 100_306,
    gc: (10, 3, 6),
    name: "ip discovery",
    family: 149,
    cu_per_array: 2,
    ..VANGOGH
};

const NAVI31: Asic = Asic {
    gfx: "gfx1100",
    target: 110_000,
    gc: (11, 0, 0),
    name: "ip discovery",
    family: 145,
    external_rev: 0x1,
    apu: false,
    cu_per_array: 8,
    sdma_engines: [2, 0],
    sdma_queues: 6,
    ..RAPHAEL
};

const NAVI32: Asic =
    Asic { gfx: "gfx1101", target: 110_001, gc: (11, 0, 3), external_rev: 0x20, cu_per_array: 10, ..NAVI31 };

const NAVI33: Asic = Asic { gfx: "gfx1102", target: 110_002, gc: (11, 0, 2), external_rev: 0x10, ..NAVI31 };

const PHOENIX: Asic = Asic {
    gfx: "gfx1103",
    target: 110_003,
    gc: (11, 0, 1),
    family: 148,
    apu: true,
    cu_per_array: 6,
    sdma_engines: [1, 0],
    xclk_khz: 99_810,
    ..NAVI31
};

const STRIX: Asic = Asic {
    gfx: "gfx1150",
    target: 110_500,
    gc: (11, 5, 0),
    family: 150,
    external_rev: 0x1,
    cu_per_array: 8,
    ..PHOENIX
};

const STRIX_HALO: Asic =
    Asic { gfx: "gfx1151", target: 110_501, gc: (11, 5, 1), external_rev: 0xc1, cu_per_array: 10, ..STRIX };

const KRACKAN: Asic =
    Asic { gfx: "gfx1152", target: 110_502, gc: (11, 5, 2), external_rev: 0x40, cu_per_array: 4, ..STRIX };

const NAVI44: Asic =
    Asic { gfx: "gfx1200", target: 120_000, gc: (12, 0, 0), family: 152, external_rev: 0x40, ..NAVI31 };

const NAVI48: Asic = Asic { gfx: "gfx1201", target: 120_001, gc: (12, 0, 1), external_rev: 0x50, ..NAVI44 };

/// Rows that name their devices come before the row that takes the rest.
pub static ASICS: &[Asic] = &[
    KAVERI,
    HAWAII,
    CARRIZO,
    TONGA,
    FIJI,
    POLARIS10,
    VEGA10,
    PICASSO,
    RAVEN,
    VEGA12,
    VEGA20,
    ARCTURUS,
    ALDEBARAN,
    RENOIR,
    MI300A,
    MI308X,
    MI300X,
    MI300A_A0,
    NAVI10,
    NAVI12,
    NAVI14,
    CYAN_SKILLFISH,
    SIENNA_CICHLID,
    NAVY_FLOUNDER,
    DIMGREY_CAVEFISH,
    VANGOGH,
    BEIGE_GOBY,
    YELLOW_CARP,
    RAPHAEL,
    NAVI31,
    NAVI32,
    NAVI33,
    PHOENIX,
    STRIX,
    STRIX_HALO,
    KRACKAN,
    NAVI44,
    NAVI48,
];
