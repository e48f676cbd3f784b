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
    /// A level, or the level of detail, follows.
    pub level: bool,
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
        for pass in 0..wave.passes() {
            for lane in each(wave.exec(pass)) {
                let lane = pass * LANES + lane;
                let result = match self.work {
                    Work::Store => {
                        self.store(&resource, memory, wave, lane)?;
                        continue;
                    }
                    Work::Load => self.load(&resource, memory, wave, lane)?,
                    Work::Size => self.size(&resource, self.value(wave, lane, 0)),
                    Work::Sample | Work::Gather => {
                        let sampler = Sampler::new(sampler).ok_or(Failure::Unknown)?;
                        self.sample(&resource, memory, &sampler, wave, lane)?
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

    /// Where the level stands among the address' values.
    fn after_place(&self) -> usize {
        self.axes + usize::from(self.layered)
    }

    /// The level, and the texel of it that whole coordinates name, if it is within the image.
    fn texel(&self, image: &Resource, wave: &Wave, lane: usize) -> Option<(Resource, [u32; 3])> {
        let number = if self.level { self.value(wave, lane, self.after_place()) } else { 0 };
        let resource = image.level(number)?;
        let mut at = [0; 3];
        for (index, place) in at.iter_mut().enumerate().take(self.axes) {
            *place = self.value(wave, lane, index);
        }
        if self.layered {
            at[2] = self.value(wave, lane, self.axes).saturating_add(resource.first_layer);
        }
        (0..3).all(|axis| at[axis] < resource.size[axis]).then_some((resource, at))
    }

    fn load(
        &self,
        image: &Resource,
        memory: &dyn Memory,
        wave: &Wave,
        lane: usize,
    ) -> Result<[u32; 4], Fault> {
        let texel = match self.texel(image, wave, lane) {
            Some((resource, at)) => Picture { resource, memory }.texel(at)?,
            None => [0; 4],
        };
        Ok(image.format.selected(image.select, texel))
    }

    fn store(&self, image: &Resource, memory: &dyn Memory, wave: &Wave, lane: usize) -> Result<(), Fault> {
        let whole = image.format.whole();
        let (mut components, mut read) = ([0; 4], 0);
        for (index, component) in components.iter_mut().enumerate() {
            if self.components >> index & 1 != 0 {
                *component = self.datum(wave, lane, read, whole);
                read += 1;
            }
        }
        match self.texel(image, wave, lane) {
            Some((resource, at)) => Picture { resource, memory }.store(at, components),
            None => Ok(()),
        }
    }

    /// Of one level, or of two by their shares.
    fn sample(
        &self,
        image: &Resource,
        memory: &dyn Memory,
        sampler: &Sampler,
        wave: &Wave,
        lane: usize,
    ) -> Result<[u32; 4], Fault> {
        let detail = if self.level { self.float(wave, lane, self.after_place()) } else { 0.0 };
        let blend = !image.format.whole();
        let mut sums = [0.0; 4];
        // Without a level of its own it is the first, whatever the sampler says.
        let count = if self.level { image.levels } else { 1 };
        for (number, share) in sampler.levels(detail, count, blend) {
            let Some(resource) = image.level(number).filter(|_| share > 0) else { continue };
            let picture = Picture { resource, memory };
            let (at, layer) = self.place(&resource, sampler, wave, lane);
            let result = match self.work {
                Work::Gather => picture.gathered(sampler, at, layer, self.components),
                _ => picture.sampled(sampler, at, self.axes, layer, sampler.linear(detail)),
            }?;
            if share == 256 {
                return Ok(result);
            }
            for (sum, component) in sums.iter_mut().zip(result) {
                *sum += f64::from(f32::from_bits(component)) * f64::from(share) / 256.0;
            }
        }
        Ok(sums.map(|sum| (sum as f32).to_bits()))
    }

    /// A value of the address that is a float.
    fn float(&self, wave: &Wave, lane: usize, index: usize) -> f64 {
        let bits = self.value(wave, lane, index);
        f64::from(if self.narrow_address { F16(bits as u16).f32() } else { f32::from_bits(bits) })
    }

    /// Where a sample of a level is, counted in texels, and in which layer.
    fn place(
        &self,
        level: &Resource,
        sampler: &Sampler,
        wave: &Wave,
        lane: usize,
    ) -> ([f64; 3], Option<u32>) {
        let float = |index| self.float(wave, lane, index);
        let scaled = !(self.unnormalized || sampler.unnormalized);
        let mut at = [0.0; 3];
        for (axis, place) in at.iter_mut().enumerate().take(self.axes) {
            *place = if scaled { float(axis) * f64::from(level.size[axis]) } else { float(axis) };
        }
        let layer = self.layered.then(|| {
            let layer = (float(self.axes).round_ties_even() as u32).saturating_add(level.first_layer);
            layer.min(level.size[2] - 1)
        });
        (at, layer)
    }

    /// Columns, rows, layers or slices of a level, which are 0 where it is not there, and the number of levels.
    fn size(&self, resource: &Resource, level: u32) -> [u32; 4] {
        let [x, y, z] = resource.level(level).map_or([0; 3], |level| level.size);
        match (self.axes, self.layered) {
            (1, true) => [x, z, z.min(1), resource.levels],
            _ => [x, y, z, resource.levels],
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
