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

/// The ranges, in their order.
pub fn ranges(maps: &str) -> Vec<Range> {
    maps.lines().filter_map(range).collect()
}

/// Of a line `start-end perms offset device inode path`.
fn range(line: &str) -> Option<Range> {
    let (places, rest) = line.split_once(' ')?;
    let mut words = rest.split_ascii_whitespace();
    let (permissions, path) = (words.next()?, words.nth(3)?);
    if !path.starts_with("/dev/dri/renderD") {
        return None;
    }
    let (start, end) = places.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    let (start, end) = (number(start)?, number(end)?);
    let may = |letter: char, flag| if permissions.contains(letter) { flag } else { 0 };
    let flags = PF_R | may('w', PF_W) | may('x', PF_X);
    let bytes = end.checked_sub(start).filter(|&bytes| bytes > 0)?;
    Some(Range { start, bytes, flags })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mapped_of_render_nodes_is_found_whoever_may_touch_it() {
        let maps = "\
            7f0000000000-7f0000200000 rw-s 101234000 00:06 512                       /dev/dri/renderD128\n\
            7f0000200000-7f0000201000 ---s 00000000 00:06 512                        /dev/dri/renderD129\n\
            7f0000300000-7f0000301000 rw-s 00000000 00:06 513                        /dev/kfd\n\
            7f0000400000-7f0000401000 rw-p 00000000 00:00 0 \n\
            7f0000500000-7f0000400000 rw-s 00000000 00:06 512                        /dev/dri/renderD128\n\
            garbage\n\
            7ffc00000000-7ffc00001000 r-xp 00000000 00:00 0                          [stack]\n";
        let first = Range { start: 0x7f00_0000_0000, bytes: 0x20_0000, flags: PF_R | PF_W };
        assert_eq!(ranges(maps), [first, Range { start: 0x7f00_0020_0000, bytes: 0x1000, flags: PF_R }]);
    }
}
