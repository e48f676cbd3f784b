//! Scalar loads: from an address, or from a buffer. Touches `source`, `wave` and `device::memory`.

use super::source::{Source, scalar_value};
use super::wave::Wave;
use crate::device::memory::{Fault, Memory};

/// A scalar load.
#[derive(Clone, Copy, Debug)]
pub struct ScalarLoad {
    /// First register of the result.
    pub dst: u8,
    /// How many.
    pub dwords: u8,
    /// First register of the base, or of the resource.
    pub base: u8,
    /// Is it a resource?
    pub buffer: bool,
    /// An offset in a register.
    pub register: Source,
    /// And a constant one.
    pub constant: i32,
}

impl ScalarLoad {
    /// Runs it. Beyond a buffer's end are zeroes.
    pub fn run(&self, wave: &mut Wave, memory: &dyn Memory) -> Result<(), Fault> {
        let register = u64::from(scalar_value(wave, self.register, false) as u32);
        let offset = register.wrapping_add_signed(i64::from(self.constant));
        let mask = if self.buffer { (1 << 48) - 1 } else { u64::MAX };
        let base = wave.scalar64(self.base) & mask;
        let mut bytes = [0; 64];
        let mut length = 4 * usize::from(self.dwords);
        if self.buffer {
            let stride = u64::from(wave.scalar(self.base + 1) >> 16 & 0x3fff).max(1);
            let size = u64::from(wave.scalar(self.base + 2)) * stride;
            length = length.min(size.saturating_sub(offset) as usize & !3);
        }
        memory.read(base.wrapping_add(offset) & !3, &mut bytes[..length])?;
        for (index, word) in bytes.chunks_exact(4).enumerate().take(usize::from(self.dwords)) {
            let value = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
            wave.set_scalar(self.dst.saturating_add(index as u8), value);
        }
        Ok(())
    }
}
