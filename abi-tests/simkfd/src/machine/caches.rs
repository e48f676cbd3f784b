//! The caches of a GPU node, one entry for each that has an active compute unit. Touches nothing but memory.
//! Answers to kfd_fill_cache_non_crat_info, fill_in_l1_pcache and fill_in_l2_l3_pcache (kfd_topology.c).
#![forbid(unsafe_code)]

use super::tables::CacheType;

/// One cache as sysfs shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// Number of the first active compute unit that uses it.
    pub processor_id_low: u32,
    /// What it is.
    pub kind: CacheType,
    /// One bit a compute unit, in bytes as the kernel keeps them.
    pub siblings: Vec<u8>,
}

/// The compute units of one node: masks of the active ones by XCC, engine and array.
#[derive(Debug)]
pub struct ComputeUnits<'a> {
    /// `simd_id_base` of the node.
    pub first_id: u32,
    /// One mask an array, engine by engine, XCC by XCC.
    pub masks: &'a [u32],
    /// Units that an array was built with.
    pub per_array: u32,
}

/// All caches of a node, in the order of their kinds.
pub fn enumerate(types: &[CacheType], units: &ComputeUnits<'_>) -> Vec<Cache> {
    types
        .iter()
        .flat_map(|kind| if kind.level == 1 { level_1(*kind, units) } else { shared_by_node(*kind, units) })
        .collect()
}

/// One cache for each group of `shared` units of an array that has an active one.
fn level_1(kind: CacheType, units: &ComputeUnits<'_>) -> Vec<Cache> {
    let group_mask = mask_of(kind.shared);
    let mut caches = Vec::new();
    let mut id = units.first_id;
    for mask in units.masks {
        let mut unit = 0;
        while unit < units.per_array {
            let active = (mask >> unit) & group_mask;
            if active != 0 {
                let first = active.trailing_zeros();
                let siblings = (active >> first).to_le_bytes().to_vec();
                caches.push(Cache { processor_id_low: id + first, kind, siblings });
            }
            id += kind.shared.min(units.per_array - unit);
            unit += kind.shared;
        }
    }
    caches
}

/// The one cache that all units share. The kernel writes the first array's mask twice and leaves the last one
/// out.
fn shared_by_node(kind: CacheType, units: &ComputeUnits<'_>) -> Vec<Cache> {
    let group_mask = mask_of(kind.shared);
    let Some(first_mask) = units.masks.iter().map(|mask| mask & group_mask).find(|mask| *mask != 0) else {
        return Vec::new();
    };
    let first = first_mask.trailing_zeros();
    let others = units.masks[..units.masks.len() - 1].iter().map(|mask| mask & group_mask);
    let siblings = std::iter::once(first_mask >> first).chain(others).flat_map(u32::to_le_bytes).collect();
    vec![Cache { processor_id_low: units.first_id + first, kind, siblings }]
}

fn mask_of(bits: u32) -> u32 {
    u32::MAX.checked_shr(32 - bits.min(32)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(level: u32, shared: u32) -> CacheType {
        CacheType { level, kib: 16, line: 64, bits: 9, shared }
    }

    /// The first node of an 8-card MI308X box in CPX mode (k8s-device-plugin,
    /// testdata/topology-parsing-mi308).
    const MI308X: ComputeUnits<'_> =
        ComputeUnits { first_id: 0x8000_1000, masks: &[0x1f, 0x2f, 0x1f, 0x2f], per_array: 10 };

    #[test]
    fn a_cache_of_one_unit_exists_for_each_active_unit() {
        let ids: Vec<u32> = enumerate(&[kind(1, 1)], &MI308X)
            .iter()
            .map(|cache| cache.processor_id_low - 0x8000_1000)
            .collect();
        assert_eq!(ids, [0, 1, 2, 3, 4, 10, 11, 12, 13, 15, 20, 21, 22, 23, 24, 30, 31, 32, 33, 35]);
    }

    #[test]
    fn a_shared_cache_begins_at_its_first_active_unit() {
        let caches = enumerate(&[kind(1, 2)], &MI308X);
        assert_eq!(caches.len(), 12);
        assert_eq!(caches[2].siblings, [1, 0, 0, 0]);
        // Unit 14 is fused off, 15 is not.
        assert_eq!(caches[5].processor_id_low, 0x8000_1000 + 15);
    }

    #[test]
    fn the_second_level_lists_the_first_array_twice() {
        let caches = enumerate(&[kind(2, 10)], &MI308X);
        let masks: Vec<u8> = caches[0].siblings.chunks(4).map(|mask| mask[0]).collect();
        assert_eq!(masks, [0x1f, 0x1f, 0x2f, 0x1f]);
    }

    #[test]
    fn a_group_wider_than_the_array_does_not_run_into_the_next() {
        let units = ComputeUnits { first_id: 0, masks: &[0x7, 0x7], per_array: 3 };
        let ids: Vec<u32> =
            enumerate(&[kind(1, 2)], &units).iter().map(|cache| cache.processor_id_low).collect();
        assert_eq!(ids, [0, 2, 3, 5]);
    }
}
