//! The words that image instructions read: resources and samplers. Pure.
//!
//! A room of the hardware's numbers, and of nothing else.

mod layout;
mod levels;
mod number;
mod resource;
mod sampler;

pub use self::{
    layout::{laid_out, reformat},
    levels::show,
    resource::resource,
    sampler::sampler,
};
use crate::isa::Isa;

/// Hardware whose descriptors differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    Gfx9,
    /// gfx10.1: rows follow each other as closely as they may.
    Gfx10,
    /// gfx10.3.
    Gfx103,
    Gfx11,
    Gfx12,
}

impl Generation {
    /// That of an instruction set; none if its descriptors are not known here.
    pub fn new(isa: Isa) -> Option<Self> {
        let version = isa.version()?;
        match (version.major, version.minor) {
            (9, _) => Some(Self::Gfx9),
            (10, 0..=2) => Some(Self::Gfx10),
            (10, _) => Some(Self::Gfx103),
            (11, _) => Some(Self::Gfx11),
            (12, _) => Some(Self::Gfx12),
            _ => None,
        }
    }

    /// Whether descriptors hold the distance of rows: of single layers, or of several, too.
    pub fn has_pitch(self, is_flat: bool) -> bool {
        match self {
            Self::Gfx9 => true,
            Self::Gfx10 => false,
            Self::Gfx103 | Self::Gfx11 | Self::Gfx12 => is_flat,
        }
    }
}

#[cfg(test)]
mod tests;
