//! Files read to and written from GPU memory by the kernel, past the CPU.
//!
//! Touches `driver`. Answers to upstream's `ais.c` (AMD Infinity Storage). The request is of AMD's own kernel, whose
//! header is not public beside its source; Linux answers ENOTTY, told as `Error`.

use super::Memory;
use crate::{
    driver::failed,
    error::{Error, Result, Status},
    uapi::kfd::{ais_op, kfd_ioctl_ais_args},
};

/// Most bytes of one request (`MAX_RW_COUNT` of Linux on 4 KiB pages); the caller hears how many were copied.
const MOST_BYTES: u64 = 0x7fff_f000;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the file to memory.
    Read,
    /// From memory to the file.
    Write,
}

/// A part of a file.
#[derive(Clone, Copy, Debug)]
pub struct FilePart {
    /// Its descriptor.
    pub descriptor: i32,
    /// Where, bytes.
    pub offset: i64,
}

/// What came of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transferred {
    /// Bytes.
    pub bytes: u64,
    /// 0, or a negative errno of the file.
    pub status: i32,
}

impl Memory {
    /// Copies between a file and an allocation, at most `size` bytes from `address` on.
    ///
    /// # Errors
    /// `InvalidParameter` for memory that is not all in one allocation, `Error` when the driver refuses.
    pub fn transfer(
        &self,
        address: u64,
        size: u64,
        file: FilePart,
        direction: Direction,
    ) -> Result<Transferred> {
        let size = size.min(MOST_BYTES);
        let outside = || {
            Error::new(Status::InvalidParameter, format!("{size} bytes at {address:#x} are no allocation"))
        };
        let (handle, handle_offset) = self.buffer_at(address, size).ok_or_else(outside)?;
        let mut arguments = kfd_ioctl_ais_args {
            handle,
            handle_offset,
            file_offset: file.offset,
            size,
            op: match direction {
                Direction::Read => ais_op::READ,
                Direction::Write => ais_op::WRITE,
            },
            fd: file.descriptor,
        };
        self.driver.call(&mut arguments).map_err(|errno| failed("AIS_OP", errno))?;
        // The answer lies over the question: size_copied, then status.
        let status = arguments.handle_offset.to_ne_bytes();
        let status = i32::from_ne_bytes([status[0], status[1], status[2], status[3]]);
        Ok(Transferred { bytes: arguments.handle, status })
    }
}
