//! Where a process has mapped device files, so that the trace can tell when they go, and /proc/self/maps what they are.
//! Pure.
#![forbid(unsafe_code)]

use simkfd::contract::FileKind;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Ranges of addresses, by their first; the value is the first address behind the range, and the file.
#[derive(Default)]
pub struct Mappings {
    ranges: BTreeMap<u64, (u64, Option<FileKind>)>,
}

impl Mappings {
    /// Notes a mapping of `bytes` bytes of a file. It replaces what was there.
    pub fn insert(&mut self, addr: u64, bytes: u64, kind: Option<FileKind>) {
        self.remove(addr, bytes);
        self.ranges.insert(addr, (addr.saturating_add(bytes), kind));
    }

    /// Takes a range away, and tells whether anything of it was mapped. What sticks out on either side stays.
    pub fn remove(&mut self, addr: u64, bytes: u64) -> bool {
        let end = addr.saturating_add(bytes);
        let hit: Vec<(u64, (u64, Option<FileKind>))> = self
            .ranges
            .range(..end)
            .filter(|(_, (last, _))| *last > addr)
            .map(|(first, last)| (*first, *last))
            .collect();
        for (first, (last, kind)) in &hit {
            self.ranges.remove(first);
            if *first < addr {
                self.ranges.insert(*first, (addr, *kind));
            }
            if *last > end {
                self.ranges.insert(end, (*last, *kind));
            }
        }
        !hit.is_empty()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The text of /proc/self/maps as the machine has it: what is mapped of a render node bears its name
    /// (`show_map_vma`). Mappings of it are never joined (`vma_merge` leaves out VM_SPECIAL), where the host's kernel joins
    /// those of our memory.
    pub fn told(&self, maps: &str) -> String {
        let mut text = String::with_capacity(maps.len());
        for line in maps.lines() {
            match self.parts(line) {
                Some(parts) => text += &parts,
                None => text.extend([line, "\n"]),
            }
        }
        text
    }

    /// The lines in a line's place; none for one that has nothing of ours.
    fn parts(&self, line: &str) -> Option<String> {
        let (range, rest) = line.split_once(' ')?;
        let (first, last) = range.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).ok();
        let (first, last) = (number(first)?, number(last)?);
        let permissions = rest.split(' ').next()?;
        let (mut at, mut text) = (first, String::new());
        for (&start, &(end, kind)) in self.ranges.range(..last).filter(|(_, (end, _))| *end > first) {
            let Some(FileKind::Render { minor }) = kind else { continue };
            let (start, end) = (start.max(first), end.min(last));
            if at < start {
                let _ = writeln!(text, "{at:08x}-{start:08x} {rest}");
            }
            let file =
                format!("{permissions} 00000000 00:06 512                        /dev/dri/renderD{minor}");
            let _ = writeln!(text, "{start:08x}-{end:08x} {file}");
            at = end;
        }
        if text.is_empty() {
            return None;
        }
        if at < last {
            let _ = writeln!(text, "{at:08x}-{last:08x} {rest}");
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RENDER: Option<FileKind> = Some(FileKind::Render { minor: 128 });

    #[test]
    fn parts_go_one_by_one() {
        let mut mappings = Mappings::default();
        mappings.insert(0x1000, 0x4000, RENDER);
        assert!(mappings.remove(0x2000, 0x1000));
        assert!(!mappings.remove(0x2000, 0x1000), "gone");
        assert!(mappings.remove(0x4000, 0x9000) && mappings.remove(0x0, 0x2000));
        assert!(mappings.remove(0x3000, 0x1000) && mappings.ranges.is_empty());
    }

    #[test]
    fn maps_tell_render_nodes_apart_from_what_is_beside_them() {
        let mut mappings = Mappings::default();
        mappings.insert(0x2000, 0x1000, RENDER);
        mappings.insert(0x3000, 0x1000, RENDER);
        mappings.insert(0x9000, 0x1000, Some(FileKind::Kfd));
        let own = "rw-s 00000000 00:01 7 /memfd:memory (deleted)";
        let node = "rw-s 00000000 00:06 512                        /dev/dri/renderD128";
        let other = format!("00009000-0000a000 {own}\n7ff0000-7ff1000 r-xp 0 0:0 0 [stack]\n");
        let told = mappings.told(&format!("00001000-00005000 {own}\n{other}"));
        let parts = format!(
            "00001000-00002000 {own}\n00002000-00003000 {node}\n00003000-00004000 {node}\n00004000-00005000 {own}\n"
        );
        assert_eq!(told, parts + &other);
    }
}
