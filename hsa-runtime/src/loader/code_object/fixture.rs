//! A code object made by hand, field by field as the gABI has them.
#![forbid(unsafe_code)]

// Where the parts of the file stand; addresses as linked are offsets.

/// Symbols.
pub const DYNSYM: usize = 0x100;
/// Their names.
pub const DYNSTR: usize = 0x200;
const RELA: usize = 0x300;
/// A kernel descriptor, and behind it a variable.
pub const DATA: usize = 0x400;
const SECTIONS: usize = 0x500;
/// Bytes of the file.
pub const FILE: usize = SECTIONS + 4 * 64;

/// Bytes in memory: more than the file has.
pub const MEMORY: u64 = 0x800;

/// A file of one segment, two symbols (a kernel descriptor and a variable) and the given relocations.
pub struct File(pub Vec<u8>);

impl File {
    /// Such a file without relocations.
    pub fn new() -> Self {
        let mut file = Self(vec![0; FILE]);
        file.bytes(0, b"\x7fELF\x02\x01\x01\x40\x04");
        file.half(16, 3);
        file.half(18, 224);
        file.word(20, 1);
        file.long(32, 0x40);
        file.long(40, SECTIONS as u64);
        file.word(48, 0x41);
        for (at, value) in [(52, 64), (54, 56), (56, 1), (58, 64), (60, 4), (62, 0)] {
            file.half(at, value);
        }
        // One PT_LOAD: the whole file, and zeros behind it.
        file.word(0x40, 1);
        file.long(0x40 + 32, FILE as u64);
        file.long(0x40 + 40, MEMORY);
        file.section(1, 11, DYNSYM, 4 * 24, 2, 24);
        file.section(2, 3, DYNSTR, 32, 0, 0);
        file.section(3, 4, RELA, 0, 1, 24);
        file.bytes(DYNSTR, b"\0add.kd\0table\0UNDEF\0");
        file.symbol(1, 1, 0x11, 2, DATA as u64, 64);
        file.symbol(2, 8, 0x11, 2, DATA as u64 + 0x80, 16);
        file.symbol(3, 14, 0x10, 0, 0, 0);
        // The descriptor: 4096 bytes of LDS, 16 of scratch, 280 of arguments, wave32.
        for (at, value) in [(0, 4096), (4, 16), (8, 280), (56, 1 << 10)] {
            file.word(DATA + at, value);
        }
        file
    }

    /// Puts bytes somewhere.
    pub fn bytes(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn half(&mut self, at: usize, value: u16) {
        self.bytes(at, &value.to_le_bytes());
    }

    fn word(&mut self, at: usize, value: u32) {
        self.bytes(at, &value.to_le_bytes());
    }

    fn long(&mut self, at: usize, value: u64) {
        self.bytes(at, &value.to_le_bytes());
    }

    fn section(&mut self, index: usize, kind: u32, offset: usize, size: usize, link: u32, entry: u64) {
        let at = SECTIONS + index * 64;
        self.word(at + 4, kind);
        self.long(at + 8, 2);
        self.long(at + 24, offset as u64);
        self.long(at + 32, size as u64);
        self.word(at + 40, link);
        self.long(at + 48, 8);
        self.long(at + 56, entry);
    }

    fn symbol(&mut self, index: usize, name: u32, info: u8, section: u16, value: u64, size: u64) {
        let at = DYNSYM + index * 24;
        self.word(at, name);
        self.bytes(at + 4, &[info, 0]);
        self.half(at + 6, section);
        self.long(at + 8, value);
        self.long(at + 16, size);
    }

    /// Appends a relocation.
    pub fn relocate(&mut self, place: u64, symbol: u64, kind: u64, addend: u64) {
        let size = SECTIONS + 3 * 64 + 32;
        let at = RELA + usize::from(self.0[size]);
        self.0[size] += 24;
        for (field, value) in [place, symbol << 32 | kind, addend].into_iter().enumerate() {
            self.long(at + field * 8, value);
        }
    }
}
