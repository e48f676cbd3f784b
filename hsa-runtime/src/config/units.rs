//! HSA_CU_MASK: which compute units of which GPUs the queues of a process may use. Pure. Answers to `parse_masks` of
//! upstream's `flag.cpp`.
//!
//! A text is sets with `;` between them, a set is `GPUs:units`; GPUs are counted as ROCR_VISIBLE_DEVICES shows them. Both
//! are lists such as `0,2-4,7`, units may also be one number such as `0x337F` with a bit for each. White space does not
//! count. From the first set on that says something wrong, or nothing that is there, nothing counts.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

/// The masks that a text gives to GPUs, as far as there are so many GPUs and units. A mask has a bit for each unit.
pub fn parse(text: &str, gpus: usize, units: usize) -> BTreeMap<usize, Vec<u32>> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let mut masks = BTreeMap::new();
    for set in text.split(';') {
        let Some((listed, mask)) = parse_set(set, gpus, units) else { break };
        if listed.iter().any(|gpu| masks.contains_key(gpu)) {
            break;
        }
        masks.extend(listed.into_iter().map(|gpu| (gpu, mask.clone())));
    }
    masks
}

fn parse_set(set: &str, gpus: usize, units: usize) -> Option<(Vec<usize>, Vec<u32>)> {
    let (listed, allowed) = set.split_once(':')?;
    let allowed = match allowed.strip_prefix("0x").or_else(|| allowed.strip_prefix("0X")) {
        Some(digits) => bits(digits, units)?,
        None => list(allowed, units)?,
    };
    let mut mask = vec![0; allowed.iter().max()? / 32 + 1];
    allowed.iter().for_each(|unit| mask[unit / 32] |= 1 << (unit % 32));
    Some((list(listed, gpus)?, mask))
}

/// The numbers of the bits that are set, of those below `end`.
fn bits(digits: &str, end: usize) -> Option<Vec<usize>> {
    let mut set = Vec::new();
    for (place, digit) in digits.chars().rev().enumerate() {
        let digit = digit.to_digit(16)?;
        set.extend((0..4).filter(|bit| digit >> bit & 1 != 0).map(|bit| place * 4 + bit));
    }
    set.retain(|&bit| bit < end);
    Some(set)
}

/// The numbers of a list, those below `end`; none of them twice, and at least one.
fn list(text: &str, end: usize) -> Option<Vec<usize>> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
    let mut all: Vec<usize> = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (usize, usize) = (number(first)?, number(last)?);
        if last < first {
            return None;
        }
        all.extend(first..end.min(last.saturating_add(1)));
    }
    all.sort_unstable();
    let twice = all.windows(2).any(|pair| pair[0] == pair[1]);
    (!all.is_empty() && !twice).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For four GPUs of 80 units.
    fn masks(text: &str) -> Vec<(usize, Vec<u32>)> {
        parse(text, 4, 80).into_iter().collect()
    }

    #[test]
    fn sets_name_gpus_and_units_in_lists_or_bits() {
        assert_eq!(masks("0:0-3"), [(0, vec![0xf])]);
        assert_eq!(masks(" 0 ,2-3 : 0x F 0000 0003"), [0, 2, 3].map(|gpu| (gpu, vec![3, 0xf])));
        assert_eq!(masks("1:1,64-65;3:0X0f"), [(1, vec![2, 0, 3]), (3, vec![0xf])]);
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        assert_eq!(masks("2-9:78-200"), [2, 3].map(|gpu| (gpu, vec![0, 0, 0xc000])));
        assert_eq!(masks("0:0x1000000000000000000000000f"), [(0, vec![0xf])]);
        assert_eq!(masks("0-18446744073709551615:0"), [0, 1, 2, 3].map(|gpu| (gpu, vec![1])));
    }

    #[test]
    fn nothing_counts_from_the_first_mistake_on() {
        for wrong in [
            "1", "1:", "x:1", ":", "1:0x0", "1:0xg", "1:3-2", "1:1,1-2", "9:0", "1:99", "0:2", "1:-3", "1:+1",
        ] {
            assert_eq!(masks(&format!("0:0;{wrong};2:0")), [(0, vec![1])], "{wrong}");
            assert!(masks(wrong).is_empty() || wrong == "0:2");
        }
        assert!(masks("").is_empty());
    }
}
