//! Images and samplers: descriptors that image instructions read, and texels copied and cleared.
//!
//! Touches `driver` for the memory that descriptors are in, and `copy`'s words for boxes. Answers to upstream's
//! `image_runtime.cpp` and its managers of gfx9 to gfx12; the descriptors of older generations are missing.
//!
//! A handle is the address of the descriptor, as programs expect: HIP copies it from there into its texture objects.
//! All images are linear, where upstream lets addrlib choose a tiling. A program cannot tell, since it gets the size from
//! here and reaches texels by instructions; it costs locality in the texture cache. So texels are copied as boxes of bytes
//! are, where upstream has kernels that read and write images.
#![forbid(unsafe_code)]

mod descriptor;
mod format;
mod region;
mod shape;
mod slots;
mod texel;

use std::collections::HashMap;

use parking_lot::Mutex;

use self::{descriptor::resource, slots::Slots};
pub use self::{
    descriptor::{Generation, laid_out, sampler},
    format::capability,
    region::Part,
    shape::Shape,
    texel::texel,
};
use crate::{boundary::Error, driver::Driver};

/// An image.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// The agent whose it is.
    pub gpu: usize,
    pub shape: Shape,
    /// The address of the first texel.
    pub data: u64,
}

/// What a handle stands for.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Image(Image),
    /// Of which only its descriptor is known.
    LaidOut,
    Sampler,
}

/// The images and samplers of a machine.
#[derive(Default)]
pub struct Images {
    slots: Slots,
    all: Mutex<HashMap<u64, Entry>>,
}

impl Images {
    /// Makes an image, and gives its handle.
    ///
    /// # Errors
    /// `InvalidArgument` for an address that is no multiple of the image's alignment, `OutOfResources`.
    pub fn create(&self, driver: &dyn Driver, image: Image) -> Result<u64, Error> {
        if image.data % image.shape.alignment() != 0 {
            return Err(Error::InvalidArgument);
        }
        self.put(driver, Entry::Image(image), &resource(&image.shape, image.data))
    }

    /// Makes an image of the words of its layout, and gives its handle; its texels are copied by nobody here.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn create_laid_out(&self, driver: &dyn Driver, words: [u32; 12]) -> Result<u64, Error> {
        self.put(driver, Entry::LaidOut, &words)
    }

    /// Makes a sampler of its four words, and gives its handle.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn create_sampler(&self, driver: &dyn Driver, words: [u32; 4]) -> Result<u64, Error> {
        self.put(driver, Entry::Sampler, &words)
    }

    fn put(&self, driver: &dyn Driver, entry: Entry, words: &[u32]) -> Result<u64, Error> {
        let handle = self.slots.take(driver)?;
        let pairs: Vec<u64> =
            words.chunks(2).map(|pair| u64::from(pair[0]) | u64::from(pair[1]) << 32).collect();
        driver.store(handle, &pairs);
        self.all.lock().insert(handle, entry);
        Ok(handle)
    }

    /// The image of a handle.
    ///
    /// # Errors
    /// `InvalidArgument` if the handle is none of an image, or of one that others have laid out.
    pub fn get(&self, handle: u64) -> Result<Image, Error> {
        match self.all.lock().get(&handle) {
            Some(Entry::Image(image)) => Ok(*image),
            _ => Err(Error::InvalidArgument),
        }
    }

    /// Takes an image back.
    ///
    /// # Errors
    /// `InvalidArgument` if the handle is none of an image.
    pub fn destroy(&self, handle: u64) -> Result<(), Error> {
        self.remove(handle, |entry| matches!(entry, Entry::Image(_) | Entry::LaidOut))
    }

    /// Takes a sampler back.
    ///
    /// # Errors
    /// `InvalidArgument` if the handle is none of a sampler.
    pub fn destroy_sampler(&self, handle: u64) -> Result<(), Error> {
        self.remove(handle, |entry| matches!(entry, Entry::Sampler))
    }

    fn remove(&self, handle: u64, is_right: impl Fn(&Entry) -> bool) -> Result<(), Error> {
        let mut all = self.all.lock();
        if !all.get(&handle).is_some_and(is_right) {
            return Err(Error::InvalidArgument);
        }
        all.remove(&handle);
        self.slots.give_back(handle);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
