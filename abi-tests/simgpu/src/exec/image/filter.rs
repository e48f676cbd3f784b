//! Texels of an image in memory, alone and blended. Touches `resource`, `sampler` and `device::memory`.

use super::resource::Resource;
use super::sampler::{Sampler, Tap};
use crate::device::memory::{Fault, Memory};

/// A level of an image, and the memory that it is in.
pub struct Picture<'a> {
    /// What it is.
    pub resource: Resource,
    /// Where.
    pub memory: &'a dyn Memory,
}

impl Picture<'_> {
    /// The components that are in memory.
    pub fn texel(&self, at: [u32; 3]) -> Result<[u32; 4], Fault> {
        let mut bytes = [0; 16];
        let length = self.resource.format.bytes() as usize;
        self.memory.read(self.resource.address(at), &mut bytes[..length])?;
        Ok(self.resource.format.unpack(u128::from_le_bytes(bytes)))
    }

    /// The result of a texel's components.
    pub fn selected(&self, texel: [u32; 4]) -> [u32; 4] {
        self.resource.format.selected(self.resource.select, texel)
    }

    /// Stores components.
    pub fn store(&self, at: [u32; 3], components: [u32; 4]) -> Result<(), Fault> {
        let format = &self.resource.format;
        let texel = format.pack(format.placed(self.resource.select, components));
        let length = format.bytes() as usize;
        self.memory.write(self.resource.address(at), &texel.to_le_bytes()[..length])
    }

    /// A texel, or the border where there is none along some axis.
    fn tapped(&self, sampler: &Sampler, taps: [Tap; 3]) -> Result<[u32; 4], Fault> {
        match taps.map(|(place, _)| place) {
            [Some(x), Some(y), Some(z)] => self.texel([x, y, z]),
            _ => Ok(self.border(sampler.border)),
        }
    }

    /// Opaque borders have a one where the result's fourth component comes from.
    fn border(&self, kind: u32) -> [u32; 4] {
        let one = if self.resource.format.whole() { 1 } else { 1f32.to_bits() };
        let mut texel = [if kind == 2 { one } else { 0 }; 4];
        if let (1.., from @ 4..=7) = (kind, self.resource.select[3]) {
            texel[from as usize - 4] = one;
        }
        texel
    }

    /// The two places along each axis; of a layer there is one.
    fn taps(&self, sampler: &Sampler, at: [f64; 3], layer: Option<u32>, linear: bool) -> [[Tap; 2]; 3] {
        [0, 1, 2].map(|axis| match layer {
            Some(layer) if axis == 2 => [(Some(layer), 256), (None, 0)],
            _ => sampler.taps(axis, at[axis], self.resource.size[axis], linear),
        })
    }

    /// What a sample gives: one texel, or up to eight by their shares. Whole numbers are never blended. Axes that the
    /// image does not have are at 0.
    pub fn sampled(
        &self,
        sampler: &Sampler,
        at: [f64; 3],
        axes: usize,
        layer: Option<u32>,
        linear: bool,
    ) -> Result<[u32; 4], Fault> {
        let linear = linear && !self.resource.format.whole();
        let mut taps = self.taps(sampler, at, layer, linear);
        for (axis, taps) in taps.iter_mut().enumerate().skip(axes) {
            if axis < 2 || layer.is_none() {
                *taps = [(Some(0), 256), (None, 0)];
            }
        }
        if !linear {
            let texel = self.tapped(sampler, taps.map(|axis| axis[0]))?;
            return Ok(self.selected(texel));
        }
        let mut sums = [0.0; 4];
        for corner in 0..8 {
            let taps = [0, 1, 2].map(|axis| taps[axis][corner >> axis & 1]);
            let share: u32 = taps.iter().map(|(_, share)| share).product();
            if share > 0 {
                let texel = self.tapped(sampler, taps)?;
                for (sum, component) in sums.iter_mut().zip(texel) {
                    *sum += f64::from(f32::from_bits(component)) * f64::from(share);
                }
            }
        }
        let texel = sums.map(|sum| ((sum / f64::from(1 << 24)) as f32).to_bits());
        Ok(self.selected(texel))
    }

    /// One component of the four texels around a place, the lower left first, then against the sun.
    pub fn gathered(
        &self,
        sampler: &Sampler,
        at: [f64; 3],
        layer: Option<u32>,
        component: u8,
    ) -> Result<[u32; 4], Fault> {
        let [x, y, mut z] = self.taps(sampler, at, layer, true);
        if layer.is_none() {
            z[0] = (Some(0), 256);
        }
        let mut result = [0; 4];
        for (value, [right, lower]) in result.iter_mut().zip([[0, 1], [1, 1], [1, 0], [0, 0]]) {
            let texel = self.tapped(sampler, [x[right], y[lower], z[0]])?;
            *value = self.selected(texel)[component.trailing_zeros() as usize & 3];
        }
        Ok(result)
    }
}
