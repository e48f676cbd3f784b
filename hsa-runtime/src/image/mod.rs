//! Images and samplers: descriptors that image instructions read, and texels copied and cleared.
//!
//! Touches `driver` for the memory that descriptors are in, and `copy`'s words for boxes. Answers to upstream's
//! `image_runtime.cpp` and its managers of gfx9 to gfx12; the descriptors of older generations are missing.
//!
//! A handle is the address of the descriptor, as programs expect: HIP copies it from there into its texture objects.
//! All images are linear, where upstream lets addrlib choose a tiling. A program cannot tell, since it gets the size from
//! here and reaches texels by instructions; it costs locality in the texture cache. So texels are copied as boxes of bytes
//! are, where upstream has kernels that read and write images. Levels are linear, too: the hardware has that since gfx9.
#![forbid(unsafe_code)]

mod descriptor;
mod format;
mod levels;
mod region;
mod shape;
mod slots;
mod texel;

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use parking_lot::Mutex;

pub use self::{
    descriptor::{Generation, laid_out, sampler},
    format::capability,
    levels::checked,
    region::Part,
    shape::Shape,
    texel::texel,
};
use self::{
    descriptor::{reformat, resource, show},
    slots::Slots,
};
use crate::{abi::*, boundary::Error, driver::Driver};

/// An image.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// The agent whose it is.
    pub gpu: usize,
    pub shape: Shape,
    /// The address of the first texel.
    pub data: u64,
    /// The first and the last of the levels that are shown.
    levels: [u32; 2],
}

impl Image {
    /// All levels of an image at an address.
    pub fn new(gpu: usize, shape: Shape, data: u64) -> Self {
        Self { gpu, shape, data, levels: [0, shape.levels - 1] }
    }

    /// One of the levels that there are in memory, whichever are shown, and in another format if that is asked for.
    fn level(mut self, number: u32, format: Option<hsa_ext_image_format_t>) -> Result<Self, Error> {
        if number >= self.shape.levels {
            return Err(Error::InvalidArgument);
        }
        self.levels = [number; 2];
        if let Some(told) = format {
            self.shape = self.shape.reformatted(told)?;
        }
        Ok(self)
    }

    fn words(&self) -> [u32; 12] {
        let mut words = resource(&self.shape, self.data);
        if self.shape.levels > 1 {
            show(self.shape.generation, &mut words, self.levels);
        }
        words
    }
}

/// An image of which only its words are known.
#[derive(Clone, Copy, Debug)]
pub struct LaidOut {
    /// The agent whose it is.
    pub gpu: usize,
    pub generation: Generation,
    pub geometry: hsa_ext_image_geometry_t,
    /// Levels in memory.
    pub levels: u32,
    pub words: [u32; 12],
}

impl LaidOut {
    /// As an [`Image`]'s.
    fn level(mut self, number: u32, format: Option<hsa_ext_image_format_t>) -> Result<Self, Error> {
        if number >= self.levels {
            return Err(Error::InvalidArgument);
        }
        if self.levels > 1 {
            show(self.generation, &mut self.words, [number; 2]);
        }
        if let Some(told) = format {
            let done = reformat(self.generation, &mut self.words, told, self.geometry);
            done.ok_or(Error::ImageFormatUnsupported)?;
        }
        Ok(self)
    }
}

/// What a handle stands for.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Image(Image),
    LaidOut(LaidOut),
    Sampler,
}

/// The images and samplers of a machine.
#[derive(Default)]
pub struct Images {
    slots: Slots,
    all: Mutex<HashMap<u64, Entry>>,
    /// Whether the program has asked for an image by the newest description.
    newest: AtomicBool,
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
        self.put(driver, Entry::Image(image), &image.words())
    }

    /// Makes an image of the words of its layout, and gives its handle; its texels are copied by nobody here.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn create_laid_out(&self, driver: &dyn Driver, image: LaidOut) -> Result<u64, Error> {
        self.put(driver, Entry::LaidOut(image), &image.words)
    }

    /// Makes an image of one level of another, of the same GPU, and gives its handle. It outlives the other.
    ///
    /// # Errors
    /// `InvalidArgument` for what is no image of the GPU's, or has no such level, `ImageFormatUnsupported` for a format that
    /// the hardware lacks or whose texels have another size, `OutOfResources`.
    pub fn create_level(
        &self,
        driver: &dyn Driver,
        gpu: usize,
        handle: u64,
        number: u32,
        format: Option<hsa_ext_image_format_t>,
    ) -> Result<u64, Error> {
        let entry = self.all.lock().get(&handle).copied();
        match entry {
            Some(Entry::Image(image)) if image.gpu == gpu => {
                self.create(driver, image.level(number, format)?)
            }
            Some(Entry::LaidOut(image)) if image.gpu == gpu => {
                self.create_laid_out(driver, image.level(number, format)?)
            }
            _ => Err(Error::InvalidArgument),
        }
    }

    /// Remembers that the program knows the newest descriptions.
    pub fn note_newest(&self) {
        self.newest.store(true, Relaxed);
    }

    /// Whether the program is known to know them.
    pub fn is_newest(&self) -> bool {
        self.newest.load(Relaxed)
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
        self.remove(handle, |entry| matches!(entry, Entry::Image(_) | Entry::LaidOut(_)))
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
