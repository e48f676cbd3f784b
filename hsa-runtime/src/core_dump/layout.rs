//! The file's headers, and where its parts are. Pure. Answers to `write_core_dump_to_fd` of upstream's
//! `amd_core_dump.cpp`.
//!
//! A limit cuts the file off where it is reached, as the kernel's own dumps are, and the headers say what is there: other
//! than upstream's, no debugger is led to bytes behind the end.
#![forbid(unsafe_code)]

use object::{
    LittleEndian as LE,
    elf::{
        ELFCLASS64, ELFDATA2LSB, ELFMAG, EM_AMDGPU, ET_CORE, EV_CURRENT, FileHeader64, Ident, PN_XNUM,
        PT_LOAD, PT_NOTE, ProgramHeader64,
    },
    endian::{U16, U32, U64},
    pod::bytes_of,
};

use super::maps::Range;

/// What stands as alignment of a note and of memory. Upstream writes there by how many bits its offsets are shifted, so
/// that a debugger finds 4 where 16 is meant; both hold.
const NOTE_ALIGNMENT: u64 = 2;
const MEMORY_ALIGNMENT: u64 = 4;

/// ELFOSABI_AMDGPU_HSA
const AMDGPU_HSA: u8 = 64;

/// A file to be written.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its begin.
    pub headers: Vec<u8>,
    /// Where the note is.
    pub note: u64,
    /// Each range, where its bytes are, and how many of them.
    pub parts: Vec<(Range, u64, u64)>,
    /// Its bytes.
    pub bytes: u64,
}

impl Layout {
    /// That of a note and of ranges, of which so much is written as the limit allows. `None` if not even the note has
    /// room, or there are more ranges than a file can tell of.
    pub fn new(note: u64, ranges: &[Range], limit: u64) -> Option<Self> {
        let count = u16::try_from(ranges.len() + 1).ok().filter(|&count| count < PN_XNUM)?;
        let own = size_of::<FileHeader64<LE>>() + usize::from(count) * size_of::<ProgramHeader64<LE>>();
        let mut end = own as u64;
        let mut place = |bytes: u64, shift: u64| {
            let at = end.next_multiple_of(1 << shift);
            let there = bytes.min(limit.saturating_sub(at));
            if there == 0 {
                return (end, 0);
            }
            end = at + there;
            (at, there)
        };
        let (note_at, there) = place(note, NOTE_ALIGNMENT);
        if there < note {
            return None;
        }
        let mut headers = bytes_of(&header(count)).to_vec();
        headers.extend(bytes_of(&segment(PT_NOTE, 0, (0, note), (note_at, note), NOTE_ALIGNMENT)));
        let mut parts = Vec::with_capacity(ranges.len());
        for range in ranges {
            let (at, there) = place(range.bytes, MEMORY_ALIGNMENT);
            let memory = (range.start, range.bytes);
            headers.extend(bytes_of(&segment(PT_LOAD, range.flags, memory, (at, there), MEMORY_ALIGNMENT)));
            parts.push((*range, at, there));
        }
        Some(Self { headers, note: note_at, parts, bytes: end })
    }

    /// Whether all is in it.
    pub fn is_whole(&self) -> bool {
        self.parts.iter().all(|(range, _, there)| *there == range.bytes)
    }
}

fn header(segments: u16) -> FileHeader64<LE> {
    let own = size_of::<FileHeader64<LE>>() as u16;
    FileHeader64 {
        e_ident: Ident {
            magic: ELFMAG,
            class: ELFCLASS64,
            data: ELFDATA2LSB,
            version: EV_CURRENT,
            os_abi: AMDGPU_HSA,
            abi_version: 0,
            padding: [0; 7],
        },
        e_type: U16::new(LE, ET_CORE),
        e_machine: U16::new(LE, EM_AMDGPU),
        e_version: U32::new(LE, EV_CURRENT.into()),
        e_entry: U64::new(LE, 0),
        e_phoff: U64::new(LE, own.into()),
        e_shoff: U64::new(LE, 0),
        e_flags: U32::new(LE, 0),
        e_ehsize: U16::new(LE, own),
        e_phentsize: U16::new(LE, size_of::<ProgramHeader64<LE>>() as u16),
        e_phnum: U16::new(LE, segments),
        e_shentsize: U16::new(LE, 0),
        e_shnum: U16::new(LE, 0),
        e_shstrndx: U16::new(LE, 0),
    }
}

fn segment(kind: u32, flags: u32, memory: (u64, u64), file: (u64, u64), align: u64) -> ProgramHeader64<LE> {
    ProgramHeader64 {
        p_type: U32::new(LE, kind),
        p_flags: U32::new(LE, flags),
        p_offset: U64::new(LE, file.0),
        p_vaddr: U64::new(LE, memory.0),
        p_paddr: U64::new(LE, 0),
        p_filesz: U64::new(LE, file.1),
        p_memsz: U64::new(LE, memory.1),
        p_align: U64::new(LE, align),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::read::elf::{FileHeader as _, ProgramHeader as _};

    const RANGES: [Range; 2] = [
        Range { start: 0x7000_0000, bytes: 0x2000, flags: 6 },
        Range { start: 0x8000_0000, bytes: 0x1000, flags: 4 },
    ];
    /// 64 and three times 56 bytes of headers, and a note of 20.
    const FIRST: u64 = 256;

    fn read(layout: &Layout) -> Vec<(u32, u32, u64, u64, u64, u64)> {
        let header = FileHeader64::<LE>::parse(&*layout.headers).unwrap();
        let segments = header.program_headers(LE, &*layout.headers).unwrap();
        let read = |segment: &ProgramHeader64<LE>| {
            let (offset, bytes) = segment.file_range(LE);
            let memory = (segment.p_vaddr(LE), segment.p_memsz(LE));
            (segment.p_type(LE), segment.p_flags(LE), memory.0, memory.1, offset, bytes)
        };
        segments.iter().map(read).collect()
    }

    #[test]
    fn a_reader_finds_what_was_put_in() {
        let layout = Layout::new(20, &RANGES, u64::MAX).unwrap();
        let note = (PT_NOTE, 0, 0, 20, 232, 20);
        let first = (PT_LOAD, 6, 0x7000_0000, 0x2000, FIRST, 0x2000);
        let second = (PT_LOAD, 4, 0x8000_0000, 0x1000, FIRST + 0x2000, 0x1000);
        assert_eq!(read(&layout), [note, first, second]);
        assert_eq!((layout.note, layout.bytes), (232, FIRST + 0x3000));
        assert!(layout.is_whole());
        let header = FileHeader64::<LE>::parse(&*layout.headers).unwrap();
        assert_eq!((header.e_type(LE), header.e_machine(LE)), (ET_CORE, EM_AMDGPU));
    }

    #[test]
    fn a_limit_cuts_off_and_headers_say_so() {
        let cut = Layout::new(20, &RANGES, FIRST + 0x800).unwrap();
        let there: Vec<u64> = read(&cut).iter().map(|segment| segment.5).collect();
        assert_eq!((there, cut.bytes, cut.is_whole()), (vec![20, 0x800, 0], FIRST + 0x800, false));
        // Nothing of memory, and no note.
        assert_eq!(Layout::new(20, &RANGES, 252).unwrap().parts[0].2, 0);
        assert_eq!(Layout::new(20, &RANGES, 251), None);
        assert_eq!(Layout::new(20, &vec![RANGES[0]; 0xfffe], u64::MAX), None);
    }
}
