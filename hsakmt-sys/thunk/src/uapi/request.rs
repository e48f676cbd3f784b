//! Composition of ioctl request numbers.
//!
//! Touches core only. Answers to `include/uapi/asm-generic/ioctl.h` and its powerpc, mips and sparc variants, whose
//! direction and size fields differ.

/// Whether the kernel reads the argument, writes it, or both; names are those of the C macros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// No argument.
    Io,
    /// The kernel writes.
    Ior,
    /// The kernel reads.
    Iow,
    /// Both.
    Iowr,
}

/// An ioctl request number of this architecture.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Request(pub u32);

const OTHER_ENCODING: bool = cfg!(any(
    target_arch = "powerpc",
    target_arch = "powerpc64",
    target_arch = "mips",
    target_arch = "mips64",
    target_arch = "sparc",
    target_arch = "sparc64"
));
const SIZE_BITS: u32 = if OTHER_ENCODING { 13 } else { 14 };
const SIZE_SHIFT: u32 = 16;
const DIRECTION_SHIFT: u32 = SIZE_SHIFT + SIZE_BITS;
const NONE: u32 = if OTHER_ENCODING { 1 } else { 0 };
const READ: u32 = 2;
const WRITE: u32 = if OTHER_ENCODING { 4 } else { 1 };

impl Request {
    /// Composes a request.
    ///
    /// # Panics
    /// At compile time, when `size` does not fit its field.
    #[must_use]
    pub const fn new(direction: Direction, group: u8, number: u8, size: usize) -> Self {
        assert!(size < 1 << SIZE_BITS);
        let direction = match direction {
            Direction::Io => NONE,
            Direction::Ior => READ,
            Direction::Iow => WRITE,
            Direction::Iowr => READ | WRITE,
        };
        Self(
            (direction << DIRECTION_SHIFT)
                | ((size as u32) << SIZE_SHIFT)
                | ((group as u32) << 8)
                | number as u32,
        )
    }

    /// The same request for an argument with `bytes` more at its end (variable-length SVM attributes).
    #[must_use]
    pub const fn grown(self, bytes: usize) -> Option<Self> {
        let size = self.size() + bytes;
        if size >= 1 << SIZE_BITS {
            return None;
        }
        let mask = ((1 << SIZE_BITS) - 1) << SIZE_SHIFT;
        Some(Self((self.0 & !mask) | ((size as u32) << SIZE_SHIFT)))
    }

    /// Bytes of the argument.
    #[must_use]
    pub const fn size(self) -> usize {
        ((self.0 >> SIZE_SHIFT) & ((1 << SIZE_BITS) - 1)) as usize
    }

    /// Number within the group.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0 as u8
    }

    /// Letter of the group.
    #[must_use]
    pub const fn group(self) -> u8 {
        (self.0 >> 8) as u8
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#010x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, NONE, READ, Request, WRITE};
    use crate::uapi::{Argument, drm, kfd};

    #[test]
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"))]
    fn numbers_are_those_of_the_c_macros() {
        assert_eq!(kfd::kfd_ioctl_get_version_args::REQUEST.0, 0x8008_4b01);
        assert_eq!(kfd::kfd_ioctl_create_queue_args::REQUEST.0, 0xc060_4b02);
        assert_eq!(kfd::kfd_ioctl_set_memory_policy_args::REQUEST.0, 0x4020_4b04);
        assert_eq!(kfd::kfd_ioctl_svm_args::REQUEST.0, 0xc018_4b20);
        assert_eq!(drm::drm_amdgpu_info::REQUEST.0, 0x4020_6445);
        assert_eq!(drm::drm_version::REQUEST.0, 0xc040_6400);
        assert_eq!(drm::drm_prime_fd_to_handle::REQUEST.0, 0xc00c_642e);
        assert_eq!(drm::drm_amdgpu_gem_metadata::REQUEST.0, 0xc120_6446);
        assert_eq!(drm::drm_amdgpu_gem_va::REQUEST.0, 0x4040_6448);
        assert_eq!(drm::drm_syncobj_timeline_wait::REQUEST.0, 0xc028_64ca);
    }

    #[test]
    #[cfg(any(target_arch = "powerpc64", target_arch = "powerpc"))]
    fn numbers_are_those_of_the_powerpc_macros() {
        assert_eq!(kfd::kfd_ioctl_get_version_args::REQUEST.0, 0x4008_4b01);
        assert_eq!(kfd::kfd_ioctl_set_memory_policy_args::REQUEST.0, 0x8020_4b04);
        assert_eq!(drm::drm_amdgpu_info::REQUEST.0, 0x8020_6445);
    }

    #[test]
    fn a_request_has_direction_size_group_and_number() {
        for (direction, bits) in [
            (Direction::Io, NONE),
            (Direction::Ior, READ),
            (Direction::Iow, WRITE),
            (Direction::Iowr, READ | WRITE),
        ] {
            let request = Request::new(direction, b'K', 0x26, 32);
            assert_eq!((request.size(), request.group(), request.number()), (32, b'K', 0x26));
            assert_eq!(request.0 >> super::DIRECTION_SHIFT, bits, "{request:?}");
        }
        assert_eq!(format!("{:?}", Request(0x4b01)), "0x00004b01");
    }

    #[test]
    fn growing_changes_the_size_only() {
        let grown = kfd::kfd_ioctl_svm_args::REQUEST.grown(16).unwrap();
        assert_eq!(grown.size(), 24 + 16);
        assert_eq!(grown.number(), 0x20);
        assert_eq!(grown.group(), b'K');
        assert_eq!(kfd::kfd_ioctl_svm_args::REQUEST.grown(1 << 14), None);
    }
}
