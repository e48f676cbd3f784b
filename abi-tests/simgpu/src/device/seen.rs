//! Packets as a trace shows them: a line of fields by name. The numbers of words and bits are those of hsa.h,
//! hsa_ext_amd.h and navi10_sdma_pkt_open.h. Touches memory by its trait.
#![forbid(unsafe_code)]

use std::fmt;

use super::memory::{Memory, read_array};
use super::stream::{field, long};

/// A packet that a processor has come to.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// `AQL`, `PM4` or `SDMA`.
    pub processor: &'static str,
    /// Which one it is.
    pub name: &'a dyn fmt::Debug,
    /// Its words.
    pub words: &'a [u32],
    /// What it refers to.
    pub memory: &'a dyn Memory,
}

/// Where a field is.
#[derive(Clone, Copy)]
enum Place {
    /// Bits of a word: lowest and width.
    Bits(usize, u32, u32),
    /// A word.
    Word(usize),
    /// 64 bits.
    Long(usize),
    /// 64 bits that name a place in memory.
    Address(usize),
}

use Place::{Address, Bits, Long, Word};

type Layout = &'static [(&'static str, Place)];

/// What all AQL packets begin with. Fences are `hsa_fence_scope_t`.
const HEADER: Layout = &[("barrier", Bits(0, 8, 1)), ("acquire", Bits(0, 9, 2)), ("release", Bits(0, 11, 2))];

const KERNEL: Layout = &[
    ("dimensions", Bits(0, 16, 2)),
    ("workgroup_x", Bits(1, 0, 16)),
    ("workgroup_y", Bits(1, 16, 16)),
    ("workgroup_z", Bits(2, 0, 16)),
    ("grid_x", Word(3)),
    ("grid_y", Word(4)),
    ("grid_z", Word(5)),
    ("private", Word(6)),
    ("group", Word(7)),
    ("kernel", Address(KERNEL_OBJECT)),
    ("arguments", Address(10)),
    ("completion", Address(14)),
];

/// The word at which a dispatch names its kernel's descriptor.
const KERNEL_OBJECT: usize = 8;

const BARRIER: Layout = &[
    ("signal_0", Address(2)),
    ("signal_1", Address(4)),
    ("signal_2", Address(6)),
    ("signal_3", Address(8)),
    ("signal_4", Address(10)),
    ("completion", Address(14)),
];

const BARRIER_VALUE: Layout = &[
    ("signal", Address(2)),
    ("value", Long(4)),
    ("mask", Long(6)),
    ("condition", Word(8)),
    ("completion", Address(14)),
];

const PM4_BUFFER: Layout = &[("call", Word(1)), ("buffer", Address(2)), ("words", Bits(4, 0, 20))];

/// The fields behind the header of a PM4 packet of so many words; none for one that is told word by word.
fn of_pm4(name: &str, words: usize) -> Layout {
    match (name, words) {
        ("IndirectBuffer", _) => &[("buffer", Address(1)), ("words", Bits(3, 0, 20))],
        // Since gfx10; addresses and sizes are counted by 256 bytes.
        ("AcquireMem", 8) => &[("size", Long(2)), ("base", Address(4)), ("caches", Word(7))],
        _ => &[],
    }
}

/// The fields of an SDMA packet behind its header.
fn of_sdma(name: &str) -> Layout {
    match name {
        "CopyLinear" => &[("count", Word(1)), ("how", Word(2)), ("from", Address(3)), ("to", Address(5))],
        "CopyBroadcast" => &[
            ("count", Word(1)),
            ("how", Word(2)),
            ("from", Address(3)),
            ("to", Address(5)),
            ("and_to", Address(7)),
        ],
        "CopySubWindow" => &[
            ("from", Address(1)),
            ("from_x_y", Word(3)),
            ("from_z_pitch", Word(4)),
            ("from_slice", Word(5)),
            ("to", Address(6)),
            ("to_x_y", Word(8)),
            ("to_z_pitch", Word(9)),
            ("to_slice", Word(10)),
            ("rectangle", Word(11)),
            ("depth", Word(12)),
        ],
        "Write" => &[("to", Address(1)), ("count", Word(3))],
        "Indirect" => &[("buffer", Address(1)), ("words", Word(3))],
        "Fence" => &[("at", Address(1)), ("value", Word(3))],
        "Trap" => &[("event", Word(1))],
        "Poll" => &[("at", Address(1)), ("value", Word(3)), ("mask", Word(4)), ("tries", Word(5))],
        "CondExe" => &[("at", Address(1)), ("value", Word(3)), ("words", Word(4))],
        "Atomic" => &[("at", Address(1)), ("value", Long(3)), ("expected", Long(5)), ("tries", Word(7))],
        "Fill" => &[("to", Address(1)), ("value", Word(3)), ("count", Word(4))],
        "Timestamp" => &[("to", Address(1))],
        "Gcr" => &[("base", Long(1)), ("control", Word(3)), ("end", Word(4))],
        _ => &[],
    }
}

impl Seen<'_> {
    fn put(&self, f: &mut fmt::Formatter<'_>, layout: Layout) -> fmt::Result {
        for (name, place) in layout {
            match *place {
                Bits(at, low, width) => write!(f, " {name}={:#x}", field(self.words[at], low, width))?,
                Word(at) => write!(f, " {name}={:#x}", self.words[at])?,
                Long(at) => write!(f, " {name}={:#x}", long(self.words, at))?,
                Address(at) => write!(f, " {name}=@{:x}", long(self.words, at))?,
            }
        }
        Ok(())
    }

    /// A number by which a kernel is known wherever it was loaded to: its descriptor's bytes, as FNV-1a hashes them.
    fn kernel(&self) -> Option<u64> {
        let descriptor: [u8; 64] = read_array(self.memory, long(self.words, KERNEL_OBJECT)).ok()?;
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        Some(descriptor.into_iter().fold(0xcbf2_9ce4_8422_2325, step))
    }
}

impl fmt::Display for Seen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format!("{:?}", self.name).replace('"', "");
        write!(f, "{} {name}", self.processor)?;
        if self.processor != "AQL" {
            write!(f, " header={:#x}", self.words[0])?;
        } else {
            self.put(f, HEADER)?;
        }
        match (self.processor, name.as_str()) {
            ("AQL", "KERNEL_DISPATCH") => {
                self.kernel().into_iter().try_for_each(|known| write!(f, " descriptor={known:#x}"))?;
                self.put(f, KERNEL)
            }
            ("AQL", "BARRIER_VALUE") => self.put(f, BARRIER_VALUE),
            ("AQL", "PM4_IB") => self.put(f, PM4_BUFFER),
            ("AQL", _) => self.put(f, BARRIER),
            ("SDMA", name) => self.put(f, of_sdma(name)),
            (_, name) => match of_pm4(name, self.words.len()) {
                [] => self.words[1..].iter().try_for_each(|word| write!(f, " {word:#x}")),
                layout => self.put(f, layout),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::vm::Vm;

    #[test]
    fn fields_are_told_by_name_and_kernels_by_what_they_are() {
        let memory = Vm::plain(0x10000, 4096);
        let mut words = [0; 16];
        words[0] = 0x2_1502;
        (words[1], words[3], words[8], words[14]) = (0x2_0040, 256, 0x10100, 0xabc0);
        let text_of = |words: &[u32; 16]| {
            Seen { processor: "AQL", name: &"KERNEL_DISPATCH", words, memory: &memory }.to_string()
        };
        let text = text_of(&words);
        for told in [
            "AQL KERNEL_DISPATCH barrier=0x1 acquire=0x2 release=0x2 descriptor=0x",
            " dimensions=0x2 workgroup_x=0x40 workgroup_y=0x2 ",
            " grid_x=0x100 ",
            " kernel=@10100 ",
            " completion=@abc0",
        ] {
            assert!(text.contains(told), "{told} in {text}");
        }
        words[8] = 0x10140;
        memory.write(0x10140, &[1]).unwrap();
        let other = text_of(&words);
        let descriptor = |text: &str| text.split("descriptor=").nth(1).map(|rest| rest[..18].to_owned());
        assert_ne!(descriptor(&text), descriptor(&other));
    }

    #[test]
    fn what_has_no_layout_is_told_word_by_word() {
        let memory = Vm::plain(0x10000, 4096);
        let [fence, other] = [("SDMA", "Fence"), ("PM4", "Nop")].map(|(processor, name)| {
            Seen { processor, name: &name, words: &[5, 0x40, 1, 7], memory: &memory }.to_string()
        });
        assert_eq!(fence, "SDMA Fence header=0x5 at=@100000040 value=0x7");
        assert_eq!(other, "PM4 Nop header=0x5 0x40 0x1 0x7");
    }
}
