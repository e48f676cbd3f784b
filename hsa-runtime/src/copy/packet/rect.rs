//! Copies of rectangles and boxes.
//!
//! One packet copies a box out of a linear image into another, in elements of 1 to 16 bytes. The hardware wants its base
//! addresses at multiples of four, which a packet meets by an offset in elements, and pitches and slices that four
//! divides. Upstream refuses others (SubmitCopyRectCommand, BuildCopyRectCommand), and its callers then copy row by row.
//! Here every fourth row of an image with an odd pitch has a pitch that four divides: so a few packets, each for some
//! residue of the rows, copy any rectangle.
#![forbid(unsafe_code)]

use super::{Dialect, Packet, copy, high, low, op};

/// Bits of a packet's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    pitch: u32,
    slice: u32,
    /// Of width and height.
    side: u32,
    depth: u32,
}

impl Fields {
    /// Of gfx9 to gfx11.
    pub const GFX9: Self = Self { pitch: 19, slice: 28, side: 14, depth: 11 };
    /// Since gfx12.
    pub const GFX12: Self = Self { pitch: 16, slice: 32, side: 16, depth: 14 };

    /// In which bit of its word the pitch begins; the offset in depth is below it.
    fn pitch_shift(self) -> u32 {
        32 - self.pitch
    }
}

/// An image in memory. Bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Address of the box's first byte.
    pub start: u64,
    /// From a row to the next.
    pub pitch: u64,
    /// From a layer to the next.
    pub slice: u64,
}

/// A box to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    pub target: Image,
    pub source: Image,
    /// Bytes of a row.
    pub width: u64,
    /// Rows of a layer.
    pub height: u64,
    /// Layers.
    pub depth: u64,
}

/// The binary logarithm of the largest element, of 16 bytes at most, that divides all of these.
fn element(numbers: &[u64]) -> u32 {
    numbers.iter().fold(16, |all, number| all | number).trailing_zeros()
}

impl Rect {
    fn images(&self) -> [&Image; 2] {
        [&self.source, &self.target]
    }

    /// Bytes of an image from the box's first byte to its last one.
    pub fn extent(&self, image: &Image) -> u64 {
        let (layers, rows) =
            (image.slice.saturating_mul(self.depth - 1), image.pitch.saturating_mul(self.height - 1));
        layers.saturating_add(rows).saturating_add(self.width)
    }

    /// The part that begins at a row and a layer, of so many of each.
    fn part(&self, row: u64, layer: u64, height: u64, depth: u64) -> Self {
        let at = |image: Image| Image {
            start: image
                .start
                .wrapping_add(row.wrapping_mul(image.pitch))
                .wrapping_add(layer.wrapping_mul(image.slice)),
            ..image
        };
        Self { target: at(self.target), source: at(self.source), height, depth, ..*self }
    }

    /// With every `number`-th row only.
    fn every_row(&self, number: u64) -> Self {
        let sparse = |image: Image| Image { pitch: image.pitch.wrapping_mul(number), ..image };
        Self { target: sparse(self.target), source: sparse(self.source), ..*self }
    }

    /// With layers for rows and rows for layers.
    fn turned(&self) -> Self {
        let turn = |image: Image| Image { pitch: image.slice, slice: image.pitch, ..image };
        Self {
            target: turn(self.target),
            source: turn(self.source),
            height: self.depth,
            depth: self.height,
            ..*self
        }
    }

    /// The largest unit, of 16 bytes at most, in which a kernel copies rows; it wants addresses that four divides for more
    /// than single bytes.
    pub fn unit(&self) -> u64 {
        let starts = element(&[self.source.start & 3, self.target.start & 3]).min(self.largest_element());
        if starts < 2 { 1 } else { 1 << element(&[self.width]) }
    }

    /// The parts of at most so many bytes, rows and layers, whose pitches and slices have 32 bits each.
    pub fn parts(&self, most: [u64; 3]) -> impl Iterator<Item = Self> {
        let is_long = |count: u64, steps: [u64; 2]| count > 1 && steps.iter().any(|step| step >> 32 != 0);
        let rows = if is_long(self.height, [self.source.pitch, self.target.pitch]) { 1 } else { most[1] };
        let layers = if is_long(self.depth, [self.source.slice, self.target.slice]) { 1 } else { most[2] };
        let steps = |end: u64, step: u64| (0..end).step_by(step as usize);
        let bytes = most[0];
        steps(self.depth, layers).flat_map(move |layer| {
            steps(self.height, rows).flat_map(move |row| {
                let part = self.part(row, layer, rows.min(self.height - row), layers.min(self.depth - layer));
                steps(self.width, bytes)
                    .map(move |column| part.columns(column, bytes.min(self.width - column)))
            })
        })
    }

    /// So many bytes of each row, from one on.
    fn columns(&self, from: u64, width: u64) -> Self {
        let at = |image: Image| Image { start: image.start.wrapping_add(from), ..image };
        Self { target: at(self.target), source: at(self.source), width, ..*self }
    }

    /// The element of which pitches and slices that count are multiples.
    fn largest_element(&self) -> u32 {
        let [source, target] = self.images();
        let pitches = if self.height > 1 { source.pitch | target.pitch } else { 0 };
        let slices = if self.depth > 1 { source.slice | target.slice } else { 0 };
        element(&[pitches, slices])
    }
}

impl Dialect {
    /// The packets that copy a box, one after the other.
    pub fn copy_rect(&self, rect: &Rect, put: &mut impl FnMut(Packet)) {
        // Rows of a layer, then of an image whose rows are the layers.
        self.interleaved(rect, put, &|rows, put| {
            self.interleaved(&rows.turned(), put, &|layers, put| self.aligned(&layers.turned(), put));
        });
    }

    /// Copies the residues of rows for which pitches are multiples of four.
    fn interleaved<P: FnMut(Packet)>(&self, rect: &Rect, put: &mut P, then: &dyn Fn(&Rect, &mut P)) {
        let [source, target] = rect.images();
        let odd = (source.pitch | target.pitch) & 3;
        let step = if rect.height == 1 || odd == 0 { 1 } else { 4 >> odd.trailing_zeros() };
        for residue in 0..step.min(rect.height) {
            let rows = (rect.height - residue).div_ceil(step);
            then(&rect.part(residue, 0, rows, rect.depth).every_row(step), put);
        }
    }

    /// Copies a box whose pitch and slice four divides.
    fn aligned(&self, rect: &Rect, put: &mut impl FnMut(Packet)) {
        let [source, target] = rect.images();
        let smallest = element(&[rect.width, source.start & 3, target.start & 3]).min(rect.largest_element());
        let fits = |count: u64, numbers: [u64; 2], bits: u32| {
            count == 1 || numbers.iter().all(|number| number >> smallest <= 1 << bits)
        };
        let rows_fit = fits(rect.height, [source.pitch, target.pitch], self.rect.pitch);
        let wide_rows_fit = fits(rect.height, [source.pitch, target.pitch], self.rect.slice);
        let layers_fit = fits(rect.depth, [source.slice, target.slice], self.rect.slice);
        match rect.depth {
            _ if rows_fit && layers_fit => self.tiles(rect, put),
            // Layers may be further from each other than rows.
            1 if wide_rows_fit => self.tiles(&rect.turned(), put),
            1 => (0..rect.height).for_each(|row| self.row(&rect.part(row, 0, 1, 1), put)),
            depth => (0..depth).for_each(|layer| self.aligned(&rect.part(0, layer, rect.height, 1), put)),
        }
    }

    fn row(&self, rect: &Rect, put: &mut impl FnMut(Packet)) {
        self.copy_linear(rect.target.start, rect.source.start, rect.width, put);
    }

    /// The packets that copy bytes.
    pub fn copy_linear(&self, target: u64, source: u64, bytes: u64, put: &mut impl FnMut(Packet)) {
        for at in (0..bytes).step_by(self.longest_copy() as usize) {
            let piece = (bytes - at).min(self.longest_copy());
            put(copy(target.wrapping_add(at), source.wrapping_add(at), piece));
        }
    }

    /// Copies a box in as many pieces as the fields for its sides ask for.
    fn tiles(&self, rect: &Rect, put: &mut impl FnMut(Packet)) {
        let (side, deep) = (1 << self.rect.side, 1 << self.rect.depth);
        for layer in (0..rect.depth).step_by(deep as usize) {
            for row in (0..rect.height).step_by(side as usize) {
                let height = side.min(rect.height - row);
                let part = rect.part(row, layer, height, deep.min(rect.depth - layer));
                self.columns(&part, rect.largest_element(), put);
            }
        }
    }

    /// Copies from left to right, in the largest elements that the place at hand allows.
    fn columns(&self, rect: &Rect, largest: u32, put: &mut impl FnMut(Packet)) {
        let most = 1 << self.rect.side;
        let mut rest = *rect;
        while rest.width > 0 {
            let aligned = largest.min(element(&[rest.source.start & 3, rest.target.start & 3]));
            let whole = aligned.min(element(&[rest.width]));
            // What is too wide for a packet may have a narrow rest: only that needs small elements.
            let shift = if rest.width >> whole > most { aligned } else { whole };
            let count = (rest.width >> shift).min(most);
            put(self.window(&rest, shift, count));
            let bytes = count << shift;
            rest.width -= bytes;
            rest.source.start = rest.source.start.wrapping_add(bytes);
            rest.target.start = rest.target.start.wrapping_add(bytes);
        }
    }

    /// The packet that copies the first `count` elements of each row.
    fn window(&self, rect: &Rect, shift: u32, count: u64) -> Packet {
        let side = |image: &Image| {
            let base = image.start & !3;
            // One row may be as long as it likes, and one layer as large.
            let pitch = if rect.height == 1 { 0 } else { image.pitch >> shift };
            let slice = if rect.depth == 1 { 1 } else { image.slice >> shift };
            let [pitch, slice] = [(pitch, self.rect.pitch), (slice, self.rect.slice)].map(one_less);
            let offset = low((image.start & 3) >> shift);
            [low(base), high(base), offset, pitch << self.rect.pitch_shift(), slice]
        };
        let (source, target) = (side(&rect.source), side(&rect.target));
        let mut words = [0; 13];
        words[0] = op::COPY_LINEAR_SUB_WINDOW | shift << 29;
        words[1..6].copy_from_slice(&source);
        words[6..11].copy_from_slice(&target);
        words[11] = low(count - 1) | low(rect.height - 1) << 16;
        words[12] = low(rect.depth - 1);
        Packet::new(words)
    }
}

/// A pitch or slice as its field of so many bits has it, one less than it means.
fn one_less((number, bits): (u64, u32)) -> u32 {
    low(number.wrapping_sub(1) & ((1 << bits) - 1))
}
