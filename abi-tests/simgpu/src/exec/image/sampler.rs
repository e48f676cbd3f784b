//! Samplers (S#): which texels a coordinate means, and how much of each. Answers to upstream's
//! image/resource_gfx11.h (`SQ_IMG_SAMP_*`); gfx10's are the same, but for a bias, which is not simulated. Touches nothing.
//!
//! How the hardware rounds coordinates is not documented. Here the nearest texel is exact, as OpenCL defines it, and
//! of linear filters the fraction has 8 bits.

/// What a coordinate outside the image means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outside {
    Wrap,
    Mirror,
    Last,
    MirrorLast,
    Border,
    MirrorBorder,
}

impl Outside {
    /// By the numbers of `SQ_TEX_CLAMP`; 4 and 5, which stop half-way into the border, are not simulated.
    fn new(number: u32) -> Option<Self> {
        use Outside::{Border, Last, Mirror, MirrorBorder, MirrorLast, Wrap};
        let all = [
            Some(Wrap),
            Some(Mirror),
            Some(Last),
            Some(MirrorLast),
            None,
            None,
            Some(Border),
            Some(MirrorBorder),
        ];
        all[number as usize & 7]
    }
}

/// How a level of detail, which is between levels, chooses among them (`SQ_TEX_MIP_FILTER`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Levels {
    First,
    Nearest,
    Blended,
}

/// A sampler.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampler {
    outside: [Outside; 3],
    /// Coordinates count texels, whatever the instruction says.
    pub unnormalized: bool,
    /// Texels are blended: where the image is enlarged, and where it is made smaller.
    linear: [bool; 2],
    levels: Levels,
    /// The least and the largest level of detail.
    detail: [f64; 2],
    /// Border: 0 nothing at all, 1 black, 2 white.
    pub border: u32,
}

/// A texel's place along one axis, or none on the border, and its share in 256ths.
pub type Tap = (Option<u32>, u32);

impl Sampler {
    /// From the four words. Nothing where the border's colour is in a table, or begins half-way.
    pub fn new(words: [u32; 4]) -> Option<Self> {
        let [x, y, z] = [0, 3, 6].map(|low| Outside::new(words[0] >> low));
        let outside = [x?, y?, z?];
        let border = words[3] >> 30;
        let linear = [20, 22].map(|low| words[2] >> low & 1 != 0);
        let levels = match words[2] >> 26 & 3 {
            0 => Levels::First,
            1 => Levels::Nearest,
            2 => Levels::Blended,
            _ => return None,
        };
        let detail = [0, 12].map(|low| f64::from(words[1] >> low & 0xfff) / 256.0);
        let unnormalized = words[0] >> 15 & 1 != 0;
        (border < 3).then_some(Self { outside, unnormalized, linear, levels, detail, border })
    }

    /// Whether texels are blended at a level of detail.
    pub fn linear(&self, detail: f64) -> bool {
        self.linear[usize::from(self.limited(detail) > 0.0)]
    }

    /// The level of detail within the sampler's limits; NaN becomes the least.
    fn limited(&self, detail: f64) -> f64 {
        detail.max(self.detail[0]).min(self.detail[1])
    }

    /// The levels of so many that a level of detail means, and the share of each in 256ths. Which of two nearest ones
    /// counts is not documented: here the smaller image does.
    pub fn levels(&self, detail: f64, count: u32, blend: bool) -> [(u32, u32); 2] {
        let last = count - 1;
        let fixed = (self.limited(detail).clamp(0.0, f64::from(last)) * 256.0).round_ties_even() as u32;
        match self.levels {
            Levels::First => [(0, 256), (0, 0)],
            Levels::Blended if blend => {
                let (first, share) = (fixed >> 8, fixed & 255);
                [(first, 256 - share), ((first + 1).min(last), share)]
            }
            _ => [((fixed + 128) >> 8, 256), (0, 0)],
        }
    }

    /// The texels along an axis of `size` texels that a coordinate means: one, or two to be blended.
    pub fn taps(&self, axis: usize, coordinate: f64, size: u32, linear: bool) -> [Tap; 2] {
        let outside = self.outside[axis];
        let folded = outside.fold(coordinate);
        if !linear {
            return [(outside.within(folded.floor() as i64, size), 256), (None, 0)];
        }
        let fixed = ((folded - 0.5) * 256.0).round_ties_even() as i64;
        let (first, share) = (fixed >> 8, (fixed & 255) as u32);
        [(outside.within(first, size), 256 - share), (outside.within(first + 1, size), share)]
    }
}

impl Outside {
    /// What is folded before a texel is looked for. NaN becomes 0 in the end.
    fn fold(self, coordinate: f64) -> f64 {
        // Far away all is one; and integers stay exact.
        let far = coordinate.clamp(-1e9, 1e9);
        if matches!(self, Self::MirrorLast | Self::MirrorBorder) { far.abs() } else { far }
    }

    fn within(self, texel: i64, size: u32) -> Option<u32> {
        let size = i64::from(size);
        let inside = match self {
            Self::Wrap => texel.rem_euclid(size),
            Self::Mirror => {
                let twice = texel.rem_euclid(2 * size);
                twice.min(2 * size - 1 - twice)
            }
            Self::Last | Self::MirrorLast => texel.clamp(0, size - 1),
            _ => texel,
        };
        (0..size).contains(&inside).then_some(inside as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(outside: u32, linear: bool) -> Sampler {
        Sampler::new([outside, 0, u32::from(linear) << 20, 0]).expect("a border without table")
    }

    #[test]
    fn detail_chooses_levels() {
        let levels = |filter: u32, limits: [u32; 2], detail| {
            let words = [0, limits[0] | limits[1] << 12, filter << 26, 0];
            Sampler::new(words).expect("a filter").levels(detail, 4, true)
        };
        let (all, one) = ([0, 0xfff], |number| [(number, 256), (0, 0)]);
        assert_eq!([0.0, 2.0].map(|detail| levels(0, all, detail)), [one(0); 2]);
        let nearest = [-3.0, 0.49, 0.5, 1.75, 9.0, f64::NAN].map(|detail| levels(1, all, detail));
        assert_eq!(nearest, [0, 0, 1, 2, 3, 0].map(one));
        assert_eq!(levels(2, all, 1.25), [(1, 192), (2, 64)]);
        assert_eq!(levels(2, all, 7.0), [(3, 256), (3, 0)]);
        assert_eq!(levels(2, [0x180, 0xfff], 0.0), [(1, 128), (2, 128)]);
        assert_eq!(levels(2, [0, 0x100], 3.0), [(1, 256), (2, 0)]);
        let sampler = Sampler::new([0, 0xfff << 12, 1 << 22, 0]).expect("a filter");
        assert_eq!(
            [0.0, 0.1].map(|detail| sampler.linear(detail)),
            [false, true],
            "the second is the smaller one's"
        );
    }

    fn nearest(outside: u32, coordinate: f64) -> Option<u32> {
        sampler(outside, false).taps(0, coordinate, 4, false)[0].0
    }

    #[test]
    fn outside_of_four_texels() {
        let at = [-5.5, -0.5, 0.0, 3.999, 4.0, 9.5];
        let all = |outside| at.map(|coordinate| nearest(outside, coordinate));
        assert_eq!(all(0), [2, 3, 0, 3, 0, 1].map(Some), "wrap");
        assert_eq!(all(1), [2, 0, 0, 3, 3, 1].map(Some), "mirror");
        assert_eq!(all(2), [0, 0, 0, 3, 3, 3].map(Some), "last texel");
        assert_eq!(all(3), [3, 0, 0, 3, 3, 3].map(Some), "mirrored once");
        assert_eq!(all(6), [None, None, Some(0), Some(3), None, None], "border");
        assert_eq!(all(7), [None, Some(0), Some(0), Some(3), None, None], "mirrored once, then border");
    }

    #[test]
    fn two_texels_share_by_256ths() {
        let blend = |outside, coordinate| sampler(outside, true).taps(0, coordinate, 4, true);
        assert_eq!(blend(2, 1.0), [(Some(0), 128), (Some(1), 128)]);
        assert_eq!(blend(0, 0.25), [(Some(3), 64), (Some(0), 192)]);
        assert_eq!(blend(6, 4.0), [(Some(3), 128), (None, 128)]);
        assert_eq!(blend(2, f64::NAN)[0].0, Some(0));
    }
}
