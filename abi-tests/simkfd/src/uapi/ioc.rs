//! Request numbers, composed as asm/ioctl.h composes them: powerpc, mips and sparc have a narrower size field and
//! other direction bits than asm-generic. Touches nothing.
#![forbid(unsafe_code)]

/// Bits of `_IOC_DIR`, as this architecture numbers them.
#[cfg(not(any(
    target_arch = "powerpc",
    target_arch = "powerpc64",
    target_arch = "mips",
    target_arch = "mips64",
    target_arch = "sparc",
    target_arch = "sparc64"
)))]
mod bits {
    pub const SIZE_BITS: u32 = 14;
    pub const NONE: u32 = 0;
    pub const WRITE: u32 = 1;
    pub const READ: u32 = 2;
}

#[cfg(any(
    target_arch = "powerpc",
    target_arch = "powerpc64",
    target_arch = "mips",
    target_arch = "mips64",
    target_arch = "sparc",
    target_arch = "sparc64"
))]
mod bits {
    pub const SIZE_BITS: u32 = 13;
    pub const NONE: u32 = 1;
    pub const READ: u32 = 2;
    pub const WRITE: u32 = 4;
}

const TYPE_SHIFT: u32 = 8;
const SIZE_SHIFT: u32 = 16;
const DIR_SHIFT: u32 = SIZE_SHIFT + bits::SIZE_BITS;

/// Which way an ioctl's argument is copied, seen from the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `_IO`: no argument.
    None,
    /// `_IOR`: the kernel writes it.
    Read,
    /// `_IOW`: the kernel reads it.
    Write,
    /// `_IOWR`: both.
    ReadWrite,
}

impl Direction {
    /// Whether the kernel copies the argument in.
    pub const fn copies_in(self) -> bool {
        matches!(self, Direction::Write | Direction::ReadWrite)
    }

    /// Whether the kernel copies the argument out.
    pub const fn copies_out(self) -> bool {
        matches!(self, Direction::Read | Direction::ReadWrite)
    }

    const fn encoded(self) -> u32 {
        match self {
            Direction::None => bits::NONE,
            Direction::Read => bits::READ,
            Direction::Write => bits::WRITE,
            Direction::ReadWrite => bits::READ | bits::WRITE,
        }
    }
}

/// `_IOC(dir, type, nr, size)`.
pub const fn request(direction: Direction, kind: u8, nr: u8, size: usize) -> u32 {
    (direction.encoded() << DIR_SHIFT)
        | ((size as u32) << SIZE_SHIFT)
        | ((kind as u32) << TYPE_SHIFT)
        | nr as u32
}

/// `_IOC_NR`.
pub const fn nr(request: u32) -> u8 {
    request as u8
}

/// `_IOC_TYPE`.
pub const fn kind(request: u32) -> u8 {
    (request >> TYPE_SHIFT) as u8
}

/// `_IOC_SIZE`, in bytes.
pub const fn size(request: u32) -> usize {
    ((request >> SIZE_SHIFT) & ((1 << bits::SIZE_BITS) - 1)) as usize
}

/// `cmd & IOC_IN`: the caller's own number says that the kernel may read the argument.
pub const fn caller_writes(request: u32) -> bool {
    request >> DIR_SHIFT & bits::WRITE != 0
}

/// `cmd & IOC_OUT`: the caller's own number says that the kernel may write the argument.
pub const fn caller_reads(request: u32) -> bool {
    request >> DIR_SHIFT & bits::READ != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_takes_apart_into_what_it_was_made_of() {
        let made = request(Direction::ReadWrite, b'K', 0x16, 40);
        assert_eq!((nr(made), kind(made), size(made)), (0x16, b'K', 40));
        assert!(caller_reads(made) && caller_writes(made));
        let none = request(Direction::None, b'K', 0x27, 0);
        assert!(!caller_reads(none) && !caller_writes(none));
    }

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
    fn asm_generic_numbers_are_the_published_ones() {
        assert_eq!(request(Direction::Read, b'K', 0x01, 8), 0x8008_4b01);
        assert_eq!(request(Direction::Write, b'K', 0x15, 8), 0x4008_4b15);
        assert_eq!(request(Direction::ReadWrite, b'K', 0x26, 32), 0xc020_4b26);
        assert_eq!(request(Direction::None, b'K', 0x27, 0), 0x4b27);
    }

    #[test]
    #[cfg(target_arch = "powerpc64")]
    fn powerpc_numbers_are_the_published_ones() {
        assert_eq!(request(Direction::Read, b'K', 0x01, 8), 0x4008_4b01);
        assert_eq!(request(Direction::None, b'K', 0x27, 0), 0x2000_4b27);
    }
}
