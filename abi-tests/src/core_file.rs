//! A core dump of GPUs, read from the file as debuggers read it.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

use object::{
    LittleEndian as LE,
    elf::{FileHeader64, PT_LOAD, PT_NOTE, ProgramHeader64},
    read::elf::{FileHeader as _, ProgramHeader as _},
};

/// A part of memory.
#[derive(Debug)]
pub struct Part {
    /// PF_*
    pub flags: u32,
    /// Its address.
    pub start: u64,
    /// Its bytes in memory.
    pub bytes: u64,
    /// Those in the file.
    pub content: Vec<u8>,
}

/// A core dump.
pub struct Core {
    /// Bytes of the file.
    pub bytes: u64,
    /// Identification, type, machine and flags.
    pub header: ([u8; 16], u16, u16, u32),
    /// The note's owner and type.
    pub owner: (Vec<u8>, u32),
    /// The note's own, and the interface's.
    pub versions: [u64; 3],
    /// What is told of the runtime.
    pub runtime: Vec<u8>,
    /// And of each GPU.
    pub devices: Vec<Vec<u8>>,
    /// And of each queue.
    pub queues: Vec<Vec<u8>>,
    /// Memory.
    pub parts: Vec<Part>,
}

/// The number in four bytes.
///
/// # Panics
/// When there are fewer.
pub fn word(bytes: &[u8], at: usize) -> u64 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")).into()
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

impl Core {
    /// Reads a file, which must be the user's alone.
    ///
    /// # Panics
    /// When it is none.
    pub fn read(path: &Path) -> Self {
        let mode = fs::metadata(path).expect("a file").mode();
        assert_eq!(mode & 0o077, 0, "others may read it: {mode:o}");
        Self::parse(&fs::read(path).expect("a file"))
    }

    fn parse(data: &[u8]) -> Self {
        let header = FileHeader64::<LE>::parse(data).expect("ELF");
        let segments = header.program_headers(LE, data).expect("segments");
        let ident = data[..16].try_into().expect("16 bytes");
        let kind = (ident, header.e_type(LE), header.e_machine(LE), header.e_flags(LE));
        let [note] = &segments.iter().filter(|segment| segment.p_type(LE) == PT_NOTE).collect::<Vec<_>>()[..]
        else {
            panic!("not one note")
        };
        let mut notes = note.notes(LE, data).expect("notes").expect("notes");
        let note = notes.next().expect("a note").expect("a note");
        let (owner, body) = ((note.name().to_vec(), note.n_type(LE)), note.desc());
        let versions = [long(body, 0), word(body, 8), word(body, 12)];
        let mut at = 40;
        let mut take = |bytes: u64| {
            let taken = body[at..at + bytes as usize].to_vec();
            at = (at + bytes as usize).next_multiple_of(8);
            taken
        };
        let runtime = take(long(body, 16));
        let mut list = |count: u64, each: u64| {
            let all = take(count * each);
            all.chunks(each as usize).map(<[u8]>::to_vec).collect::<Vec<_>>()
        };
        let (devices, queues) = (list(word(body, 24), word(body, 28)), list(word(body, 32), word(body, 36)));
        assert_eq!(at, body.len(), "there is more in the note");
        let part = |segment: &ProgramHeader64<LE>| Part {
            flags: segment.p_flags(LE),
            start: segment.p_vaddr(LE),
            bytes: segment.p_memsz(LE),
            // A reader must find all that the header tells of.
            content: segment.data(LE, data).expect("in the file").to_vec(),
        };
        let parts = segments.iter().filter(|segment| segment.p_type(LE) == PT_LOAD).map(part).collect();
        Self { bytes: data.len() as u64, header: kind, owner, versions, runtime, devices, queues, parts }
    }

    /// The bytes of a range.
    ///
    /// # Panics
    /// When they are not there.
    pub fn memory(&self, start: u64, bytes: usize) -> &[u8] {
        let part = self.parts.iter().find(|part| (part.start..part.start + part.bytes).contains(&start));
        let part = part.expect("a part");
        let at = (start - part.start) as usize;
        &part.content[at..at + bytes]
    }

    /// Where waves of each queue are saved: the area's address, and a die's bytes of it.
    pub fn save_areas(&self) -> Vec<(u64, u64)> {
        self.queues.iter().map(|queue| (long(queue, 32), word(queue, 56))).collect()
    }

    /// The queue whose ring is at an address, but for ids and addresses: exceptions, and what follows the addresses.
    ///
    /// # Panics
    /// When it is not there.
    pub fn queue(&self, ring: u64) -> (u64, Vec<u64>) {
        let queue = self.queues.iter().find(|queue| long(queue, 8) == ring).expect("the queue");
        assert!([16, 24, 32].iter().all(|&at| long(queue, at) != 0), "{queue:?}");
        (long(queue, 0), [44, 48, 52, 56, 60].map(|at| word(queue, at)).to_vec())
    }
}
