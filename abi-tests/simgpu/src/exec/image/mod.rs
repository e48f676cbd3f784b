//! Image instructions: loads and stores of texels, and samples of them. Touches `wave`, `source` and
//! `device::memory`; its parts know what resources, samplers and formats are.

mod filter;
pub mod format;
mod resource;
mod sampler;

use super::half::F16;
use super::lanes::{LANES, each};
use super::wave::Wave;
use crate::device::memory::{Fault, Memory};
use filter::Picture;
use format::Generation;
use resource::Resource;
use sampler::Sampler;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A texel to registers.
    Load,
    /// Registers to a texel.
    Store,
    /// Texels, blended if the sampler says so.
    Sample,
    /// One component of the four texels that would be blended.
    Gather,
    /// The image's size.
    Size,
}

/// An image instruction.
#[derive(Clone, Debug)]
pub struct Image {
    /// What.
    pub work: Work,
    /// Whose numbers of formats.
    pub generation: Generation,
    /// First register of the data.
    pub data: u16,
    /// Registers of the address, one after the other.
    pub address: Vec<u16>,
    /// First scalar register of the resource.
    pub resource: u8,
    /// First scalar register of the sampler.
    pub sampler: u8,
    /// Coordinates of the place, without layer.
    pub axes: usize,
    /// A layer follows them.
    pub layered: bool,
    /// Components, x lowest.
    pub components: u8,
    /// Coordinates count texels.
    pub unnormalized: bool,
    /// Two coordinates a register.
    pub narrow_address: bool,
    /// Two components a register.
    pub narrow_data: bool,
    /// A register behind the data tells what was not resident: nothing.
    pub status: bool,
}

/// The texels of one lane's result, or why there is none: the resource or sampler asks for what is not simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A load or store that failed.
    Memory(Fault),
    /// A format, a level, or a border.
    Unknown,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Memory(fault)
    }
}

impl Image {
    /// Runs it on all lanes that are on.
    pub fn run(&self, wave: &mut Wave, memory: &dyn Memory) -> Result<(), Failure> {
        let word = |index: u8| wave.scalar(self.resource + index);
        let resource = Resource::new([0, 1, 2, 3, 4, 5, 6, 7].map(word), self.generation);
        let resource = resource.ok_or(Failure::Unknown)?;
        let sampler = [0, 1, 2, 3].map(|index| wave.scalar(self.sampler + index));
        let picture = Picture { resource, memory };
        for pass in 0..wave.passes() {
            for lane in each(wave.exec(pass)) {
                let lane = pass * LANES + lane;
                let result = match self.work {
                    Work::Store => {
                        self.store(&picture, wave, lane)?;
                        continue;
                    }
                    Work::Load => self.load(&picture, wave, lane)?,
                    Work::Size => self.size(&resource),
                    Work::Sample | Work::Gather => {
                        let sampler = Sampler::new(sampler).ok_or(Failure::Unknown)?;
                        self.sample(&picture, &sampler, wave, lane)?
                    }
                };
                self.write(wave, lane, result, resource.format.whole());
            }
        }
        Ok(())
    }

    /// The address' value number `index`, as the register has it.
    fn value(&self, wave: &Wave, lane: usize, index: usize) -> u32 {
        let register = if self.narrow_address { index / 2 } else { index };
        let word = self.address.get(register).map_or(0, |&at| wave.lane(at.into(), lane));
        match (self.narrow_address, index % 2) {
            (false, _) => word,
            (true, 0) => word & 0xffff,
            (true, _) => word >> 16,
        }
    }

    /// The texel that whole coordinates name, if it is within the image.
    fn texel(&self, resource: &Resource, wave: &Wave, lane: usize) -> Option<[u32; 3]> {
        let mut at = [0; 3];
        for (index, place) in at.iter_mut().enumerate().take(self.axes) {
            *place = self.value(wave, lane, index);
        }
        if self.layered {
            at[2] = self.value(wave, lane, self.axes).saturating_add(resource.first_layer);
        }
        (0..3).all(|axis| at[axis] < resource.size[axis]).then_some(at)
    }

    fn load(&self, picture: &Picture<'_>, wave: &Wave, lane: usize) -> Result<[u32; 4], Fault> {
        let texel = match self.texel(&picture.resource, wave, lane) {
            Some(at) => picture.texel(at)?,
            None => [0; 4],
        };
        Ok(picture.selected(texel))
    }

    fn store(&self, picture: &Picture<'_>, wave: &Wave, lane: usize) -> Result<(), Fault> {
        let whole = picture.resource.format.whole();
        let (mut components, mut read) = ([0; 4], 0);
        for (index, component) in components.iter_mut().enumerate() {
            if self.components >> index & 1 != 0 {
                *component = self.datum(wave, lane, read, whole);
                read += 1;
            }
        }
        match self.texel(&picture.resource, wave, lane) {
            Some(at) => picture.store(at, components),
            None => Ok(()),
        }
    }

    fn sample(
        &self,
        picture: &Picture<'_>,
        sampler: &Sampler,
        wave: &Wave,
        lane: usize,
    ) -> Result<[u32; 4], Fault> {
        let float = |index| {
            let bits = self.value(wave, lane, index);
            f64::from(if self.narrow_address { F16(bits as u16).f32() } else { f32::from_bits(bits) })
        };
        let size = picture.resource.size;
        let scaled = !(self.unnormalized || sampler.unnormalized);
        let mut at = [0.0; 3];
        for (axis, place) in at.iter_mut().enumerate().take(self.axes) {
            *place = if scaled { float(axis) * f64::from(size[axis]) } else { float(axis) };
        }
        let layer = self.layered.then(|| {
            let first = picture.resource.first_layer;
            let layer = (float(self.axes).round_ties_even() as u32).saturating_add(first);
            layer.min(size[2] - 1)
        });
        match self.work {
            Work::Gather => picture.gathered(sampler, at, layer, self.components),
            _ => picture.sampled(sampler, at, self.axes, layer),
        }
    }

    /// Columns, rows, layers or slices, and levels.
    fn size(&self, resource: &Resource) -> [u32; 4] {
        let [x, y, z] = resource.size;
        match (self.axes, self.layered) {
            (1, true) => [x, z, 1, 1],
            _ => [x, y, z, 1],
        }
    }

    /// A component of the data to be stored, widened.
    fn datum(&self, wave: &Wave, lane: usize, index: usize, whole: bool) -> u32 {
        let first = usize::from(self.data);
        if !self.narrow_data {
            return wave.lane(first + index, lane);
        }
        let half = (wave.lane(first + index / 2, lane) >> (16 * (index % 2))) as u16;
        if whole { half.into() } else { F16(half).f32().to_bits() }
    }

    /// Writes the components that are asked for; of a gather all four.
    fn write(&self, wave: &mut Wave, lane: usize, result: [u32; 4], whole: bool) {
        let all = self.work == Work::Gather;
        let asked = |index: &usize| all || self.components >> index & 1 != 0;
        let first = usize::from(self.data);
        let mut next = 0;
        for index in (0..4).filter(asked) {
            let value = result[index];
            if self.narrow_data {
                let half = if whole { value as u16 } else { F16::nearest(f32::from_bits(value).into()).0 };
                let old = if next % 2 == 0 { 0 } else { wave.lane(first + next / 2, lane) & 0xffff };
                wave.set_lane(first + next / 2, lane, old | u32::from(half) << (16 * (next % 2)));
            } else {
                wave.set_lane(first + next, lane, value);
            }
            next += 1;
        }
        if self.status {
            wave.set_lane(first + if self.narrow_data { next.div_ceil(2) } else { next }, lane, 0);
        }
    }
}
