//! Loads and stores of buffers whose elements have a format, as one-dimensional images of OpenCL are. Touches `buffer`,
//! `image`'s formats, `wave` and `device::memory`.

use super::buffer::Buffer;
use super::half::F16;
use super::image::format::Format;
use super::lanes::{LANES, each};
use super::wave::Wave;
use crate::device::memory::{Fault, Memory};

/// Such an instruction.
#[derive(Clone, Copy, Debug)]
pub struct Typed {
    /// Where.
    pub buffer: Buffer,
    /// The format's number, where the instruction has it and not the resource.
    pub format: Option<u8>,
    /// Memory is written.
    pub stores: bool,
    /// First register of the data.
    pub data: u16,
    /// Components, from x on.
    pub components: usize,
    /// Two components a register; the upper half of one, if only x is.
    pub narrow: Option<bool>,
}

impl Typed {
    /// Runs it on all lanes that are on. False where the format is not simulated.
    pub fn run(&self, wave: &mut Wave, memory: &dyn Memory) -> Result<bool, Fault> {
        let word = wave.scalar(self.buffer.resource + 3);
        let number = self.format.map_or(word >> 12 & self.buffer.generation.buffer_formats(), u32::from);
        let Some(format) = Format::new(self.buffer.generation, number) else { return Ok(false) };
        let select = [0, 3, 6, 9].map(|low| word >> low & 7);
        for pass in 0..wave.passes() {
            let found = self.buffer.addresses(wave, pass, 0, format.bytes());
            self.buffer.clear_status(wave, pass);
            for lane in each(wave.exec(pass)) {
                let (address, inside) = (found.at[lane], found.inside >> lane & 1 != 0);
                let lane = pass * LANES + lane;
                if self.stores && inside {
                    let texel = format.pack(format.placed(select, self.read(wave, lane, &format)));
                    memory.write(address, &texel.to_le_bytes()[..format.bytes() as usize])?;
                } else if !self.stores {
                    let mut bytes = [0; 16];
                    if inside {
                        memory.read(address, &mut bytes[..format.bytes() as usize])?;
                    }
                    let texel = format.unpack(u128::from_le_bytes(bytes));
                    self.write(wave, lane, format.selected(select, texel), &format);
                }
            }
        }
        Ok(true)
    }

    fn read(&self, wave: &Wave, lane: usize, format: &Format) -> [u32; 4] {
        let mut components = [0; 4];
        for (index, component) in components.iter_mut().enumerate().take(self.components) {
            *component = match self.narrow {
                None => wave.lane(usize::from(self.data) + index, lane),
                Some(upper) => {
                    let word = wave.lane(usize::from(self.data) + index / 2, lane);
                    let half = if upper || index % 2 != 0 { word >> 16 } else { word } as u16;
                    if format.whole() { half.into() } else { F16(half).f32().to_bits() }
                }
            };
        }
        components
    }

    fn write(&self, wave: &mut Wave, lane: usize, components: [u32; 4], format: &Format) {
        for (index, value) in components.into_iter().enumerate().take(self.components) {
            let Some(upper) = self.narrow else {
                wave.set_lane(usize::from(self.data) + index, lane, value);
                continue;
            };
            let half =
                if format.whole() { value as u16 } else { F16::nearest(f32::from_bits(value).into()).0 };
            let (register, shift) =
                (usize::from(self.data) + index / 2, if upper || index % 2 != 0 { 16 } else { 0 });
            let old = wave.lane(register, lane) & 0xffff << (16 - shift);
            wave.set_lane(register, lane, old | u32::from(half) << shift);
        }
    }
}
