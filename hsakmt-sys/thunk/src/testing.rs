//! What the tests of several rooms share.
#![forbid(unsafe_code)]

/// How many steps a random test takes: a few under Miri, which is a thousand times as slow.
pub(crate) const fn steps(normal: u64) -> u64 {
    if cfg!(miri) { normal / 200 } else { normal }
}

/// Numbers that look random and are the same in every run of a seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`, which is below 2^31.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
