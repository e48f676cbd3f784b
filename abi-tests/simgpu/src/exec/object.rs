//! Code objects: an ELF file of kernels goes to memory, and its kernels are found by name. For runs by hand; a
//! program's code objects are loaded by the runtime under test. Touches `device::memory` and `isa`'s targets.

use std::fmt;

use object::{FileFlags, Object, ObjectSegment, ObjectSymbol, RelocationFlags};

use crate::device::memory::{Fault, Memory};
use crate::isa::Target;

/// Why a file is no code object that can be loaded.
#[derive(Debug)]
pub enum ObjectError {
    /// Not an ELF file, or a broken one.
    File(object::Error),
    /// A relocation of this type.
    Relocation(u32),
    /// It does not fit where it should go.
    Memory(Fault),
    /// It is for another processor, of these `e_flags`.
    Target(u32),
    /// It has no kernel of this name.
    Kernel(String),
}

impl fmt::Display for ObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => write!(f, "{error}"),
            Self::Relocation(kind) => write!(f, "relocations of type {kind} are not known"),
            Self::Memory(fault) => write!(f, "{fault}"),
            Self::Target(flags) => {
                let names: Vec<_> = Target::ALL.iter().map(|target| target.name()).collect();
                write!(f, "processor {:#x} of e_flags is none of {}", flags & MACHINE, names.join(", "))
            }
            Self::Kernel(name) => write!(f, "no kernel {name}"),
        }
    }
}

impl std::error::Error for ObjectError {}

impl From<object::Error> for ObjectError {
    fn from(error: object::Error) -> Self {
        Self::File(error)
    }
}

impl From<Fault> for ObjectError {
    fn from(fault: Fault) -> Self {
        Self::Memory(fault)
    }
}

/// R_AMDGPU_RELATIVE64: the load address and an addend.
const RELATIVE64: u32 = 13;

/// Bits of `e_flags` that tell the processor (EF_AMDGPU_MACH).
const MACHINE: u32 = 0xff;

/// A code object, not yet loaded.
pub struct CodeObject<'a> {
    file: object::File<'a>,
}

impl<'a> CodeObject<'a> {
    /// Reads a file's headers.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ObjectError> {
        Ok(Self { file: object::File::parse(bytes)? })
    }

    /// The processor that it is for.
    pub fn target(&self) -> Result<Target, ObjectError> {
        let FileFlags::Elf { e_flags, .. } = self.file.flags() else { return Err(ObjectError::Target(0)) };
        match e_flags & MACHINE {
            0x33 => Ok(Target::Gfx1010),
            0x36 => Ok(Target::Gfx1030),
            0x41 => Ok(Target::Gfx1100),
            0x42 => Ok(Target::Gfx1013),
            _ => Err(ObjectError::Target(e_flags)),
        }
    }

    /// Bytes that it needs, from its load address on.
    pub fn bytes(&self) -> u64 {
        self.file.segments().map(|segment| segment.address() + segment.size()).max().unwrap_or(0)
    }

    /// Writes its segments to a load address and relocates them.
    pub fn load(&self, memory: &dyn Memory, base: u64) -> Result<(), ObjectError> {
        for segment in self.file.segments() {
            memory.write(base + segment.address(), segment.data()?)?;
        }
        for (offset, relocation) in self.file.dynamic_relocations().into_iter().flatten() {
            match relocation.flags() {
                RelocationFlags::Elf { r_type: RELATIVE64 } => {
                    let value = base.wrapping_add_signed(relocation.addend());
                    memory.write(base + offset, &value.to_le_bytes())?;
                }
                RelocationFlags::Elf { r_type } => return Err(ObjectError::Relocation(r_type)),
                _ => return Err(ObjectError::Relocation(0)),
            }
        }
        Ok(())
    }

    /// Where a kernel's descriptor is, from the load address on.
    pub fn descriptor(&self, kernel: &str) -> Result<u64, ObjectError> {
        let name = format!("{kernel}.kd");
        let found = self.file.dynamic_symbols().find(|symbol| symbol.name() == Ok(name.as_str()));
        found.map(|symbol| symbol.address()).ok_or_else(|| ObjectError::Kernel(kernel.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF header of AMD's GPUs, and nothing else.
    fn header(flags: u32) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01\x01\x40\x04".to_vec();
        bytes.resize(64, 0);
        (bytes[16], bytes[18], bytes[20], bytes[52]) = (3, 224, 1, 64);
        bytes[48..52].copy_from_slice(&flags.to_le_bytes());
        bytes
    }

    #[test]
    fn flags_tell_the_target_and_others_are_refused() {
        let target = |flags| {
            CodeObject::parse(&header(flags)).expect("a header").target().map_err(|error| error.to_string())
        };
        assert_eq!([0x33, 0x142, 0x36, 0x41].map(target), Target::ALL.map(Ok));
        let refused = target(0x53f).expect_err("gfx90a");
        assert_eq!(refused, "processor 0x3f of e_flags is none of gfx1010, gfx1013, gfx1030, gfx1100");
    }
}
