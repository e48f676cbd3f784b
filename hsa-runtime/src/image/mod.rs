//! Images and samplers: descriptors that image instructions read.
//!
//! Touches `driver` for the memory that descriptors are in. Answers to upstream's `image_runtime.cpp` and its managers of
//! gfx10 and gfx11; the descriptors of other generations are missing.
//!
//! A handle is the address of the descriptor, as programs expect: HIP copies it from there into its texture objects.
//! All images are linear, where upstream lets addrlib choose a tiling. A program cannot tell, since it gets the size from
//! here and reaches texels by instructions; it costs locality in the texture cache.
#![forbid(unsafe_code)]

mod format;
mod resource;
mod sampler;
mod shape;
mod slots;

use std::collections::HashMap;

use parking_lot::Mutex;

pub use self::{format::capability, resource::Generation, sampler::sampler, shape::Shape};
use self::{resource::resource, slots::Slots};
use crate::{boundary::Error, driver::Driver};

/// What a handle stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Image,
    Sampler,
}

/// The images and samplers of a machine.
#[derive(Default)]
pub struct Images {
    slots: Slots,
    all: Mutex<HashMap<u64, Kind>>,
}

impl Images {
    /// Makes the image that begins at `data`, and gives its handle.
    ///
    /// # Errors
    /// `InvalidArgument` for an address that is no multiple of the image's alignment, `OutOfResources`.
    pub fn create(&self, driver: &dyn Driver, shape: &Shape, data: u64) -> Result<u64, Error> {
        if data % shape.alignment() != 0 {
            return Err(Error::InvalidArgument);
        }
        self.put(driver, Kind::Image, &resource(shape, data))
    }

    /// Makes a sampler of its four words, and gives its handle.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn create_sampler(&self, driver: &dyn Driver, words: [u32; 4]) -> Result<u64, Error> {
        self.put(driver, Kind::Sampler, &words)
    }

    fn put(&self, driver: &dyn Driver, kind: Kind, words: &[u32]) -> Result<u64, Error> {
        let handle = self.slots.take(driver)?;
        let pairs: Vec<u64> =
            words.chunks(2).map(|pair| u64::from(pair[0]) | u64::from(pair[1]) << 32).collect();
        driver.store(handle, &pairs);
        self.all.lock().insert(handle, kind);
        Ok(handle)
    }

    /// Takes an image back.
    ///
    /// # Errors
    /// `InvalidArgument` if the handle is none of an image.
    pub fn destroy(&self, handle: u64) -> Result<(), Error> {
        self.remove(handle, Kind::Image)
    }

    /// Takes a sampler back.
    ///
    /// # Errors
    /// `InvalidArgument` if the handle is none of a sampler.
    pub fn destroy_sampler(&self, handle: u64) -> Result<(), Error> {
        self.remove(handle, Kind::Sampler)
    }

    fn remove(&self, handle: u64, kind: Kind) -> Result<(), Error> {
        let mut all = self.all.lock();
        if all.get(&handle) != Some(&kind) {
            return Err(Error::InvalidArgument);
        }
        all.remove(&handle);
        self.slots.give_back(handle);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
