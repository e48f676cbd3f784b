//! Which levels a resource has and shows: `MAX_MIP`, `BASE_LEVEL` and `LAST_LEVEL` of `SQ_IMG_RSRC_WORD1`, 3 and 5 in upstream's
//! `resource_ai.h` and its successors. Answers to PopulateMipmapSrd and PopulateMipLevelSrd of upstream's managers.

use super::Generation;

/// Bits of a word.
struct Field {
    word: usize,
    low: u32,
    bits: u32,
}

impl Field {
    fn set(&self, words: &mut [u32; 12], value: u32) {
        let mask = (1 << self.bits) - 1;
        words[self.word] = words[self.word] & !(mask << self.low) | (value & mask) << self.low;
    }
}

/// Instructions count levels from the first one shown.
pub fn show(generation: Generation, words: &mut [u32; 12], [first, last]: [u32; 2]) {
    let [base, end] = match generation {
        Generation::Gfx12 => [Field { word: 1, low: 25, bits: 5 }, Field { word: 3, low: 15, bits: 5 }],
        _ => [Field { word: 3, low: 12, bits: 4 }, Field { word: 3, low: 16, bits: 4 }],
    };
    base.set(words, first);
    end.set(words, last);
}

/// How many levels there are in memory, which tells where each of them is.
pub fn count(generation: Generation, words: &mut [u32; 12], levels: u32) {
    let most = match generation {
        Generation::Gfx9 => Field { word: 5, low: 28, bits: 4 },
        Generation::Gfx10 | Generation::Gfx103 => Field { word: 5, low: 4, bits: 4 },
        Generation::Gfx11 => Field { word: 1, low: 16, bits: 4 },
        Generation::Gfx12 => Field { word: 1, low: 12, bits: 5 },
    };
    most.set(words, levels - 1);
    words[11] = levels;
}
