//! What a code object is: for which processor, what it defines, and how it becomes an image at an address.
//!
//! Pure. Answers to LLVM's `AMDGPUUsage.rst` ("Code Object", "Kernel Descriptor", "Relocation Records") and to LoadSegments,
//! LoadSymbol and ApplyRelocations of upstream's `loader/executable.cpp`. Versions 3 to 6; nothing has made version 2
//! since LLVM 17.
#![forbid(unsafe_code)]

use std::ops::Range;

use object::elf::{STB_GLOBAL, STT_COMMON, STT_OBJECT};

use super::{
    Refusal,
    elf::{Image, Malformed, Relocation, Segment, Symbol, Target},
};
use crate::{boundary::Error, isa::flags::Built};

/// R_AMDGPU_* that dynamic linking needs.
mod reloc {
    pub const ABS32_LO: u32 = 1;
    pub const ABS32_HI: u32 = 2;
    pub const ABS64: u32 = 3;
    pub const ABS32: u32 = 6;
    pub const RELATIVE64: u32 = 13;
}

/// Ends the names of kernel descriptors.
const DESCRIPTOR: &str = ".kd";

/// Bytes of a kernel descriptor.
const DESCRIPTOR_SIZE: usize = 64;

/// A code object that has been read; it borrows the file's bytes.
#[derive(Debug)]
pub struct CodeObject<'data> {
    /// What it is built for.
    pub built: Built,
    /// What it defines.
    pub definitions: Vec<Definition<'data>>,
    /// Names of variables that somebody else must have defined.
    pub declarations: Vec<&'data str>,
    /// Addresses that it was linked for, from the first to behind the last.
    pub extent: Range<u64>,
    /// Where the first segment stands in the file.
    pub offset: u64,
    segments: Vec<Segment<'data>>,
    relocations: Vec<Relocation<'data>>,
}

/// A symbol that programs can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition<'data> {
    /// Its name.
    pub name: &'data str,
    /// Its address, as linked.
    pub address: u64,
    /// Bytes.
    pub size: u64,
    /// Whether other code objects see it.
    pub global: bool,
    /// What it is.
    pub kind: Kind,
}

/// What a symbol is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The descriptor of a kernel.
    Kernel(Kernel),
    /// A variable.
    Variable {
        /// In bytes.
        alignment: u32,
        /// Whether kernels cannot write it.
        constant: bool,
    },
}

/// What a kernel descriptor says to who launches the kernel; sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Arguments; 0 where the compiler did not tell.
    pub kernarg: u32,
    /// LDS of a workgroup.
    pub group: u32,
    /// Scratch of a work-item.
    pub private: u32,
    /// Whether it needs more scratch than that, depending on what it calls.
    pub dynamic_stack: bool,
    /// Work-items of a wavefront.
    pub wavefront: u32,
}

impl Kernel {
    fn from_descriptor(bytes: &[u8; DESCRIPTOR_SIZE]) -> Self {
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let properties = u16::from_le_bytes([bytes[56], bytes[57]]);
        Self {
            group: word(0),
            private: word(4),
            kernarg: word(8),
            wavefront: if properties & 1 << 10 == 0 { 64 } else { 32 },
            dynamic_stack: properties & 1 << 11 != 0,
        }
    }
}

impl<'data> CodeObject<'data> {
    /// Reads a file.
    ///
    /// # Errors
    /// `InvalidCodeObject`; `InvalidIsaName` if its processor is unknown.
    pub fn parse(bytes: &'data [u8]) -> Result<Self, Refusal> {
        let image = Image::parse(bytes)?;
        let version = match image.abi_version() {
            abi @ 1..=4 => u32::from(abi) + 2,
            _ => return Err("its version is none of 3 to 6".into()),
        };
        let unknown = || Refusal::new(Error::InvalidIsaName, "its processor is unknown");
        let built = Built::from_flags(version, image.flags()).ok_or_else(unknown)?;
        let segments = image.segments()?;
        let mut code = Self {
            built,
            extent: extent(&segments)?,
            offset: segments.first().map_or(0, |first| first.offset),
            segments,
            definitions: Vec::new(),
            declarations: Vec::new(),
            relocations: image.relocations()?,
        };
        for symbol in image.symbols(false)? {
            match symbol.kind {
                STT_OBJECT => code.definitions.push(code.definition(&symbol)?),
                STT_COMMON => code.declarations.push(symbol.name),
                // Functions, sections and files: nothing that a program asks for.
                _ => {}
            }
        }
        Ok(code)
    }

    fn definition(&self, symbol: &Symbol<'data>) -> Result<Definition<'data>, Malformed> {
        let outside = "a symbol is outside of the segments";
        let end = symbol.address.checked_add(symbol.size).ok_or(outside)?;
        if symbol.address < self.extent.start || end > self.extent.end {
            return Err(outside);
        }
        let kind = if symbol.name.ends_with(DESCRIPTOR) {
            let bytes = self.bytes_at(symbol.address).ok_or("a kernel descriptor is not in the file")?;
            Kind::Kernel(Kernel::from_descriptor(bytes))
        } else {
            let alignment =
                u32::try_from(symbol.alignment).map_err(|_| "a section's alignment is too large")?;
            Kind::Variable { alignment, constant: !symbol.writable }
        };
        let global = symbol.binding == STB_GLOBAL;
        Ok(Definition { name: symbol.name, address: symbol.address, size: symbol.size, global, kind })
    }

    /// The file's bytes at an address as linked.
    fn bytes_at(&self, address: u64) -> Option<&'data [u8; DESCRIPTOR_SIZE]> {
        self.segments.iter().find_map(|segment| {
            let start = usize::try_from(address.checked_sub(segment.address)?).ok()?;
            segment.bytes.get(start..)?.first_chunk()
        })
    }

    /// Bytes in memory.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.extent.end - self.extent.start
    }

    /// What has to stand in memory when the code is loaded at `base`. `defined` tells the address of a variable of
    /// another code object or of the program.
    ///
    /// # Errors
    /// `OutOfResources`; `VariableUndefined` if nobody defined a variable; `InvalidCodeObject` for a relocation that is
    /// out of bounds or of an unknown kind.
    pub fn image(&self, base: u64, defined: impl Fn(&str) -> Option<u64>) -> Result<Vec<u8>, Refusal> {
        let too_large = || Refusal::new(Error::OutOfResources, "there is no memory for it");
        let size = usize::try_from(self.size()).map_err(|_| too_large())?;
        let mut image = Vec::new();
        image.try_reserve_exact(size).map_err(|_| too_large())?;
        image.resize(size, 0);
        for segment in &self.segments {
            // In bounds: the extent is that of all the segments, and `elf` saw to it that the bytes are not more.
            let start = (segment.address - self.extent.start) as usize;
            image[start..start + segment.bytes.len()].copy_from_slice(segment.bytes);
        }
        let moved = base.wrapping_sub(self.extent.start);
        for relocation in &self.relocations {
            let value = value(relocation, moved, &defined)?;
            let bytes = encode(relocation.kind, &value)?;
            self.place(&mut image, relocation.place, bytes.len())?.copy_from_slice(bytes);
        }
        Ok(image)
    }

    fn place<'image>(
        &self,
        image: &'image mut [u8],
        at: u64,
        size: usize,
    ) -> Result<&'image mut [u8], Malformed> {
        let start = at.checked_sub(self.extent.start).and_then(|start| usize::try_from(start).ok());
        start
            .and_then(|start| image.get_mut(start..)?.get_mut(..size))
            .ok_or("a relocation is outside of the segments")
    }
}

/// What a relocation puts into its place, as the bytes of 64 bits.
fn value(
    relocation: &Relocation<'_>,
    moved: u64,
    defined: &impl Fn(&str) -> Option<u64>,
) -> Result<[u8; 8], Refusal> {
    let base = match &relocation.target {
        _ if relocation.kind == reloc::RELATIVE64 => moved,
        None => return Err("a relocation names no symbol".into()),
        Some(Target { address: Some(address), .. }) => address.wrapping_add(moved),
        Some(Target { name, address: None }) => defined(name).ok_or_else(|| undefined(name))?,
    };
    Ok(base.wrapping_add_signed(relocation.addend).to_le_bytes())
}

/// The refusal for a variable that nobody defined.
pub fn undefined(name: &str) -> Refusal {
    Refusal::new(Error::VariableUndefined, format!("nobody defined {name:?}, which it needs"))
}

/// The part of the value that a kind of relocation takes.
fn encode(kind: u32, value: &[u8; 8]) -> Result<&[u8], Malformed> {
    match kind {
        reloc::ABS64 | reloc::RELATIVE64 => Ok(value),
        reloc::ABS32 | reloc::ABS32_LO => Ok(&value[..4]),
        reloc::ABS32_HI => Ok(&value[4..]),
        _ => Err("it has a relocation of a kind that loading does not know"),
    }
}

/// From the lowest address of the segments to behind the highest.
fn extent(segments: &[Segment<'_>]) -> Result<Range<u64>, Malformed> {
    let start = segments.iter().map(|segment| segment.address).min().ok_or("it has nothing to load")?;
    let mut end = start;
    for segment in segments {
        let behind =
            segment.address.checked_add(segment.size).ok_or("a segment ends behind all addresses")?;
        end = end.max(behind);
    }
    if start == end { Err("it has nothing to load") } else { Ok(start..end) }
}

#[cfg(any(test, fuzzing))]
#[cfg_attr(fuzzing, allow(dead_code, reason = "fuzz targets use a part of it"))]
pub mod fixture;
#[cfg(test)]
mod tests;
