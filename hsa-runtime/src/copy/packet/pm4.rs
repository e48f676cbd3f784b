//! Packets of the command processors, as far as AQL's vendor packet carries them: instruction caches forget what they hold.
//!
//! Pure. Numbers are those of the kernel's `soc15d.h` and `nvd.h`. Answers to InvalidateCodeCaches and ExecutePM4 of
//! upstream's `amd_gpu_agent.cpp` and `amd_aql_queue.cpp`.
#![forbid(unsafe_code)]

use core::ops::Range;

use super::{high, low};

/// `hsa_amd_vendor_packet` of words for the command processor, HSA_PACKET_TYPE_VENDOR_SPECIFIC and AMD_AQL_FORMAT_PM4_IB: a
/// [`call`] at [`CALL`], and how many words follow it.
pub const VENDOR_PACKET: [u32; 16] = {
    let mut words = [0; 16];
    words[0] = 1 << 16;
    words[CALL.end] = 16 - CALL.end as u32 - 1;
    words
};

/// Which of its words are the [`call`].
pub const CALL: Range<usize> = 1..5;

/// Which packet it is; the header tells how many words follow, one less.
const fn header(opcode: u32, words: u32) -> u32 {
    3 << 30 | (words - 2) << 16 | opcode << 8
}

/// Continues at `words` words elsewhere, and comes back.
pub fn call(address: u64, words: u32) -> [u32; 4] {
    const INDIRECT_BUFFER: u32 = 0x3f;
    const VALID: u32 = 1 << 23;
    [header(INDIRECT_BUFFER, 4), low(address), high(address), words | VALID]
}

/// Words of [`forget_code`].
pub const FORGET_WORDS: u32 = 8;

/// Forgets the lines of a range in the caches of instructions and of what else is only read, since gfx9; before, words that
/// do nothing.
pub fn forget_code(major: u32, address: u64, bytes: u64) -> [u32; FORGET_WORDS as usize] {
    const NOP: u32 = 0x10;
    const ACQUIRE_MEM: u32 = 0x58;
    /// SH_ICACHE_ACTION_ENA, SH_KCACHE_ACTION_ENA, TC_ACTION_ENA and TC_WB_ACTION_ENA of CP_COHER_CNTL.
    const OLD: u32 = 1 << 29 | 1 << 27 | 1 << 23 | 1 << 18;
    /// GLI_INV of all, GLK_INV, GLV_INV, GL1_INV and GL2_INV of GCR_CNTL.
    const NEW: u32 = 1 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 14;
    // Lines are counted by 256 bytes.
    let (first, lines) = (address >> 8, bytes.div_ceil(256));
    let [first, lines] = [first, lines].map(|number| [low(number), high(number)]);
    match major {
        ..9 => [header(NOP, FORGET_WORDS), 0, 0, 0, 0, 0, 0, 0],
        // A word less, and one that does nothing: a NOP of no more words has a count of its own.
        9 => [
            header(ACQUIRE_MEM, 7),
            OLD,
            lines[0],
            lines[1],
            first[0],
            first[1],
            0,
            header(NOP, 2) | 0x3fff << 16,
        ],
        _ => [header(ACQUIRE_MEM, 8), 0, lines[0], lines[1], first[0], first[1], 0, NEW],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_have_the_words_of_the_headers() {
        let (address, bytes) = (0x7f12_3456_7000, 0xc0ff);
        assert_eq!(call(address, 8), [0xc002_3f00, 0x3456_7000, 0x7f12, 0x0080_0008]);
        let range = [0xc1, 0, 0x1234_5670, 0x7f];
        let of = |major| forget_code(major, address, bytes);
        assert_eq!((of(11)[0], of(11)[1], of(11)[7]), (0xc006_5800, 0, 0x4381));
        assert_eq!((of(9)[0], of(9)[1], of(9)[7]), (0xc005_5800, 0x2884_0000, 0xffff_1000));
        assert_eq!((&of(11)[2..6], &of(9)[2..6]), (&range[..], &range[..]));
        assert_eq!(of(8)[0], 0xc006_1000);
    }
}
