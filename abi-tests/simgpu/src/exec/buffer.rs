//! Buffer resources (V#): where a lane's element is, and whether it is within the buffer. Answers to "Buffer
//! Addressing" of the ISA manuals. Touches `source` and `wave`.

use super::image::format::Generation;
use super::lanes::{LANES, each, merge};
use super::source::{Source, scalar_value};
use super::wave::Wave;

/// A buffer's address: four scalar registers of resource, an offset, and what the lanes give.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    /// How the resource is laid out.
    pub generation: Generation,
    /// First register of the resource.
    pub resource: u8,
    /// Scalar offset.
    pub scalar: Source,
    /// The index of each lane.
    pub index: Option<u16>,
    /// The offset of each lane.
    pub offset: Option<u16>,
    /// Constant offset.
    pub constant: u32,
    /// The register that tells what was not resident: nothing.
    pub status: Option<u16>,
}

/// Addresses of a pass, and which lanes are inside of their buffer.
pub struct Addresses {
    /// One a lane.
    pub at: [u64; LANES],
    /// A bit a lane.
    pub inside: u32,
}

/// When an element is outside, by the numbers of OOB_SELECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bounds {
    /// Its record is not there, or it does not fit in one.
    Record,
    /// Its record is not there.
    Index,
    /// There are no records.
    None,
    /// It is behind so many bytes.
    Bytes,
}

/// What the words of a resource say.
struct Layout {
    base: u64,
    stride: u64,
    records: u64,
    /// Bytes of an element that stay together, and how many records are interleaved.
    swizzle: Option<(u64, u64)>,
    by_lane: bool,
    bounds: Bounds,
}

impl Layout {
    fn new(words: [u32; 4], generation: Generation) -> Self {
        let field = |word: usize, low: u32, width: u32| u64::from(words[word] >> low & ((1 << width) - 1));
        let element = match (generation, field(1, 30, 2)) {
            (Generation::Gfx10, 2..) => 4,
            (Generation::Gfx11, size @ 1..) => [4, 8, 16][size as usize - 1],
            _ => 0,
        };
        Self {
            base: u64::from(words[0]) | field(1, 0, 16) << 32,
            stride: field(1, 16, 14),
            records: words[2].into(),
            swizzle: (element > 0).then(|| (element, 8 << field(3, 21, 2))),
            by_lane: field(3, 23, 1) != 0,
            bounds: [Bounds::Record, Bounds::Index, Bounds::None, Bounds::Bytes][field(3, 28, 2) as usize],
        }
    }

    fn place(&self, index: u64, offset: u64) -> u64 {
        let Some((element, records)) = self.swizzle else { return index * self.stride + offset };
        let block = (index / records * self.stride + offset / element * element) * records;
        block + index % records * element + offset % element
    }

    /// Whether bytes from an offset on, to which the scalar offset was not yet added, are within the buffer.
    fn holds(&self, index: u64, offset: u64, scalar: u64, bytes: u64) -> bool {
        let within = offset + bytes <= self.stride;
        match self.bounds {
            Bounds::Record => index < self.records && within,
            Bounds::Index => index < self.records,
            Bounds::None => self.records > 0,
            Bounds::Bytes if self.swizzle.is_some() => index < self.records && within,
            Bounds::Bytes => self.place(index, offset) + scalar + bytes <= self.records,
        }
    }
}

impl Buffer {
    fn layout(&self, wave: &Wave) -> Layout {
        let word = |index: u8| wave.scalar(self.resource + index);
        Layout::new([0, 1, 2, 3].map(word), self.generation)
    }

    /// Addresses of so many bytes, `from` bytes behind what the lanes say.
    pub fn addresses(&self, wave: &Wave, pass: usize, from: u32, bytes: u32) -> Addresses {
        let layout = self.layout(wave);
        let scalar = scalar_value(wave, self.scalar, false) & 0xffff_ffff;
        let lanes = |register: Option<u16>| {
            register.map_or([0; LANES], |register| *wave.vector(usize::from(register), pass))
        };
        let (indices, offsets) = (lanes(self.index), lanes(self.offset));
        let mut found = Addresses { at: [0; LANES], inside: 0 };
        for (lane, at) in found.at.iter_mut().enumerate() {
            let own = if layout.by_lane { (pass * LANES + lane) as u64 } else { 0 };
            let (index, offset) =
                (u64::from(indices[lane]) + own, u64::from(offsets[lane]) + u64::from(self.constant + from));
            *at = layout.base.wrapping_add(layout.place(index, offset)).wrapping_add(scalar);
            found.inside |= u32::from(layout.holds(index, offset, scalar, bytes.into())) << lane;
        }
        found
    }

    /// All that was asked for was resident.
    pub fn clear_status(&self, wave: &mut Wave, pass: usize) {
        if let Some(status) = self.status {
            let exec = wave.exec(pass);
            merge(wave.vector_mut(status.into(), pass), &[0; LANES], exec);
        }
    }

    /// How many of so many bytes must be looked for by themselves, 4 or 1; `None` when all stand together. They do not
    /// where an element or the buffer ends between them.
    pub fn piece(&self, wave: &Wave, pass: usize, bytes: u32) -> Option<u32> {
        let Some((element, _)) = self.layout(wave).swizzle else {
            let inside = |bytes| self.addresses(wave, pass, 0, bytes).inside;
            return (bytes > 4 && inside(bytes) != inside(4)).then_some(4);
        };
        let offset = |lane: usize| {
            let own = self.offset.map_or(0, |register| wave.vector(register.into(), pass)[lane]);
            u64::from(own) + u64::from(self.constant)
        };
        let all = |holds: &dyn Fn(u64) -> bool| each(wave.exec(pass)).all(|lane| holds(offset(lane)));
        if all(&|offset| offset % element + u64::from(bytes) <= element) {
            return None;
        }
        Some(if all(&|offset| offset % 4 == 0) { 4 } else { 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::wave::Mode;

    fn buffer(words: [u32; 4]) -> (Buffer, Wave) {
        let mut wave = Wave::new(32, 2, 0, Mode(0));
        for (at, word) in (4..).zip(words) {
            wave.set_scalar(at, word);
        }
        for lane in 0..32 {
            wave.set_lane(0, lane, lane as u32);
            wave.set_lane(1, lane, 4 * lane as u32);
        }
        let (scalar, generation) = (Source::Constant(0), Generation::Gfx11);
        (
            Buffer {
                generation,
                resource: 4,
                scalar,
                index: None,
                offset: Some(1),
                constant: 0,
                status: None,
            },
            wave,
        )
    }

    #[test]
    fn bytes_are_counted_in_raw_buffers() {
        let (raw, wave) = buffer([0x1000, 0, 42, 3 << 28]);
        let found = raw.addresses(&wave, 0, 0, 4);
        assert_eq!((found.at[3], found.inside), (0x100c, 0x3ff), "ten dwords and two bytes");
        assert_eq!(raw.piece(&wave, 0, 8), Some(4), "of the last two dwords one is outside");
        let further = Buffer { scalar: Source::Constant(8), ..raw };
        assert_eq!(further.addresses(&wave, 0, 0, 4).inside, 0xff);
    }

    #[test]
    fn records_are_counted_in_others() {
        let (records, wave) = buffer([0x1000, 16 << 16, 5, 0]);
        let records = Buffer { index: Some(0), offset: None, ..records };
        let found = records.addresses(&wave, 0, 0, 16);
        assert_eq!((found.at[3], found.inside), (0x1030, 0x1f));
        assert_eq!(records.addresses(&wave, 0, 4, 16).inside, 0, "they do not reach into the next record");
    }

    #[test]
    fn swizzled_records_stand_side_by_side() {
        // Elements of 4 bytes, 8 records each: the same dword of all of them, then the next one.
        let (swizzled, wave) = buffer([0x1000, 16 << 16 | 1 << 30, 32, 0]);
        let swizzled = Buffer { index: Some(0), offset: None, ..swizzled };
        assert_eq!(swizzled.addresses(&wave, 0, 0, 4).at[3], 0x1000 + 12);
        assert_eq!(swizzled.addresses(&wave, 0, 4, 4).at[9], 0x1000 + 8 * 16 + 32 + 4);
        let piece = |constant, bytes| Buffer { constant, ..swizzled }.piece(&wave, 0, bytes);
        assert_eq!([piece(4, 4), piece(1, 2), piece(4, 16)], [None, None, Some(4)]);
        assert_eq!(
            [piece(3, 4), piece(3, 2)],
            [Some(1); 2],
            "the end of one element and the start of the next"
        );
        // Each lane is a record of its own.
        let (own, wave) = buffer([0x1000, 16 << 16, 32, 1 << 23]);
        assert_eq!(Buffer { offset: None, ..own }.addresses(&wave, 0, 0, 4).at[5], 0x1050);
    }
}
