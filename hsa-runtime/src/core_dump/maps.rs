//! Which memory of GPUs the process has mapped, by the text of /proc/self/maps: what is mapped of render nodes. Pure.
//! Answers to `LoadSegmentBuilder::Collect` of upstream's `amd_core_dump.cpp`.
#![forbid(unsafe_code)]

use object::elf::{PF_R, PF_W, PF_X};

/// A range of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Its first address.
    pub start: u64,
    /// Its bytes.
    pub bytes: u64,
    /// PF_*: what the process may do there; the dump can be read in any case.
    pub flags: u32,
}

impl Range {
    /// What it has of so many bytes at an address.
    fn part(self, (start, bytes): (u64, u64)) -> Option<Self> {
        let end = (self.start + self.bytes).min(start.saturating_add(bytes));
        let start = self.start.max(start);
        let bytes = end.checked_sub(start).filter(|&bytes| bytes > 0)?;
        Some(Self { start, bytes, ..self })
    }
}

/// The ranges, in their order: those of render nodes, or of everything that is mapped what is in `parts` (addresses and
/// bytes).
pub fn ranges(maps: &str, parts: Option<&[(u64, u64)]>) -> Vec<Range> {
    let all = maps.lines().filter_map(range);
    let Some(parts) = parts else {
        return all
            .filter(|(_, path)| path.starts_with("/dev/dri/renderD"))
            .map(|(range, _)| range)
            .collect();
    };
    let mut found: Vec<Range> =
        all.flat_map(|(range, _)| parts.iter().filter_map(move |&part| range.part(part))).collect();
    found.sort_unstable_by_key(|range| range.start);
    found
}

/// Of a line `start-end perms offset device inode path`: what is mapped there, of which there may be no name.
fn range(line: &str) -> Option<(Range, &str)> {
    let (places, rest) = line.split_once(' ')?;
    let mut words = rest.split_ascii_whitespace();
    let (permissions, path) = (words.next()?, words.nth(3).unwrap_or_default());
    let (start, end) = places.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    let (start, end) = (number(start)?, number(end)?);
    let may = |letter: char, flag| if permissions.contains(letter) { flag } else { 0 };
    let flags = PF_R | may('w', PF_W) | may('x', PF_X);
    let bytes = end.checked_sub(start).filter(|&bytes| bytes > 0)?;
    Some((Range { start, bytes, flags }, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
        7f0000000000-7f0000200000 rw-s 101234000 00:06 512                       /dev/dri/renderD128\n\
        7f0000200000-7f0000201000 ---s 00000000 00:06 512                        /dev/dri/renderD129\n\
        7f0000300000-7f0000301000 rw-s 00000000 00:06 513                        /dev/kfd\n\
        7f0000400000-7f0000401000 rw-p 00000000 00:00 0 \n\
        7f0000500000-7f0000400000 rw-s 00000000 00:06 512                        /dev/dri/renderD128\n\
        garbage\n\
        7ffc00000000-7ffc00001000 r-xp 00000000 00:00 0                          [stack]\n";

    #[test]
    fn what_is_mapped_of_render_nodes_is_found_whoever_may_touch_it() {
        let first = Range { start: 0x7f00_0000_0000, bytes: 0x20_0000, flags: PF_R | PF_W };
        let second = Range { start: 0x7f00_0020_0000, bytes: 0x1000, flags: PF_R };
        assert_eq!(ranges(MAPS, None), [first, second]);
    }

    #[test]
    fn parts_are_found_wherever_they_are_and_only_where_something_is_mapped() {
        let both = PF_R | PF_W;
        let parts = [(0x7f00_0040_0800, u64::MAX), (0x7f00_001f_f000, 0x1800), (0x6000_0000_0000, 0x1000)];
        let expected = [
            Range { start: 0x7f00_001f_f000, bytes: 0x1000, flags: both },
            Range { start: 0x7f00_0020_0000, bytes: 0x800, flags: PF_R },
            Range { start: 0x7f00_0040_0800, bytes: 0x800, flags: both },
            Range { start: 0x7ffc_0000_0000, bytes: 0x1000, flags: PF_R | PF_X },
        ];
        assert_eq!(ranges(MAPS, Some(&parts)), expected);
        assert_eq!(ranges(MAPS, Some(&[])), []);
    }
}
