//! Which performance counters a GPU has: its blocks, how many counters each counts at once, and which it can choose
//! among.
//!
//! Touches core only. Answers to upstream's `pmc_table.c` and `blockid2uuid`; `counters.tsv` has a line a block:
//! family, block, slots, ids.
#![forbid(unsafe_code)]

use crate::{abi::HSA_UUID, quirks, topology::model::GfxVersion};

const COUNTERS: &str = include_str!("counters.tsv");

/// Bits of every counter that the table knows.
pub const COUNTER_BITS: u32 = 64;

/// Names and UUIDs (`HSA_PROFILEBLOCK_AMD_*`) of the blocks; a block's place here is its `BlockIndex`. No family counts
/// in CPC or MC, and CPC has no UUID.
const BLOCKS: [(&str, u128); 24] = [
    ("CB", 0x9ba429c6_af2d_4b38_b349_157271beac6a),
    ("CPC", 0),
    ("CPF", 0x2b0ad2b5_1c43_4f46_a7bc_e119411ea6c9),
    ("CPG", 0x590ec94d_20f0_448f_8dff_316c679de7ff),
    ("DB", 0x3d1a47fc_0013_4ed4_8306_822ca0b7a6c2),
    ("GDS", 0xf59276ec_2526_4bf8_8ec0_118f77700dc9),
    ("GRBM", 0x8f00933c_c33d_4801_97b7_7007f78573ad),
    ("GRBMSE", 0x34ebd8d7_7c8b_4d15_88fa_0e4e4af59ac1),
    ("IA", 0x34276944_4264_4fcd_9d6e_ae264582ec51),
    ("MC", 0x13900b57_4956_4d98_81d0_68521937f59c),
    ("PASC", 0xb0e7fb5d_0efc_4744_b516_5d23dc1fd56c),
    ("PASU", 0x9a152b6a_1fad_45f2_a5bf_f163826bd0cd),
    ("SPI", 0xeda81044_d62c_47eb_af89_4f6fbf3b38e0),
    ("SRBM", 0x9f8040e0_6830_4019_acc8_463c9e445b89),
    ("SQ", 0xb5c396b6_d310_47e4_86fc_5cc3043af508),
    ("SX", 0xbdb8d737_43cc_4162_be52_51cfb847beaf),
    ("TA", 0xc01ee43d_ad92_44b1_8ab9_be5e696ceea7),
    ("TCA", 0x333e393f_e147_4f49_a6d1_60914c7086b0),
    ("TCC", 0x848ce855_d805_4566_a8ab_73e884cc6bff),
    ("TCP", 0xe10a013b_17d4_4bf5_b089_429591059b60),
    ("TCS", 0x4126245c_4d96_4d1a_8aed_a939d4cc8ec9),
    ("TD", 0x7d7c0fe4_fe41_4fea_92c9_4544d7706dc6),
    ("VGT", 0x0b6a8cb7_7a01_409f_a22c_3014854f1359),
    ("WD", 0x0e176789_46ed_4b02_972a_916d2fac244a),
];

/// How many kinds of blocks there are.
pub const KINDS: u32 = BLOCKS.len() as u32;

/// A block of a GPU that has counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// `BlockIndex`.
    pub index: u32,
    /// `HSA_PROFILEBLOCK_AMD_*`.
    pub uuid: u128,
    /// Counters that count at once.
    pub slots: u32,
    /// Ids of the events to choose among.
    pub ids: Vec<u32>,
}

/// The header's form of a UUID.
#[must_use]
pub const fn uuid(value: u128) -> HSA_UUID {
    HSA_UUID {
        Data1: (value >> 96) as u32,
        Data2: (value >> 80) as u16,
        Data3: (value >> 64) as u16,
        Data4: (value as u64).to_be_bytes(),
    }
}

/// The family of a GPU in the table; `None` for Tonga and from gfx11 on.
fn family(gfx: GfxVersion, device_id: u64) -> Option<&'static str> {
    match quirks::number(gfx) {
        70_000 => Some("kaveri"),
        70_001..80_000 => Some("hawaii"),
        80_001 => Some("carrizo"),
        80_002 => None,
        // Fiji and Polaris have one version.
        80_000..90_000 if matches!(device_id, 0x7300 | 0x730f) => Some("fiji"),
        80_000..90_000 => Some("polaris"),
        90_000..100_000 => Some("vega"),
        100_000..110_000 => Some("navi"),
        _ => None,
    }
}

/// The blocks of a GPU, by index; `None` where nobody lists them.
#[must_use]
pub fn of(gfx: GfxVersion, device_id: u64) -> Option<Vec<Block>> {
    let family = family(gfx, device_id)?;
    let lines = COUNTERS.lines().filter_map(|line| line.strip_prefix(family)?.strip_prefix('\t'));
    lines.map(block).collect()
}

/// A line without its family.
fn block(line: &str) -> Option<Block> {
    let [name, slots, ids] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
    let index = BLOCKS.iter().position(|(known, _)| *known == name)?;
    let ids = ids.split(',').map(range).collect::<Option<Vec<_>>>()?;
    Some(Block {
        index: index as u32,
        uuid: BLOCKS[index].1,
        slots: slots.parse().ok()?,
        ids: ids.into_iter().flatten().collect(),
    })
}

/// `7` or `7-9`.
fn range(text: &str) -> Option<std::ops::RangeInclusive<u32>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gfx(major: u32, minor: u32, stepping: u32) -> GfxVersion {
        GfxVersion { major, minor, stepping }
    }

    #[test]
    #[cfg_attr(miri, ignore = "half a minute for a table")]
    fn every_line_of_the_table_belongs_to_a_family_and_is_whole() {
        let gpus = [
            (gfx(7, 0, 0), 0),
            (gfx(7, 0, 1), 0),
            (gfx(8, 0, 1), 0),
            (gfx(8, 0, 3), 0x7300),
            (gfx(8, 0, 3), 0x67df),
            (gfx(9, 4, 2), 0),
            (gfx(10, 1, 3), 0),
        ];
        let blocks: Vec<_> =
            gpus.iter().flat_map(|(gfx, id)| of(*gfx, *id).expect("a whole table")).collect();
        assert_eq!(blocks.len(), COUNTERS.lines().count());
        for block in blocks {
            assert!(block.slots > 0 && block.uuid != 0 && block.ids.is_sorted(), "{block:?}");
        }
    }

    #[test]
    fn gpus_that_nobody_lists_have_none() {
        assert_eq!(of(gfx(8, 0, 2), 0x6920), None);
        assert_eq!(of(gfx(11, 0, 0), 0x744c), None);
        assert_eq!(of(gfx(6, 0, 0), 0), None);
    }

    #[test]
    fn ids_may_have_gaps() {
        let kaveri = of(gfx(7, 0, 0), 0x1304).unwrap();
        let [sq] = kaveri.as_slice() else { panic!("one block: {kaveri:?}") };
        assert_eq!((sq.index, sq.slots, sq.ids.len()), (14, 8, 163 + 83));
        assert_eq!(sq.ids[162..164], [162, 168]);
    }
}
