//! Copies and fills that the caller waits for. Answers to upstream's `hsa.cpp` and `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use crate::{
    boundary::{Bytes, BytesMut, Error},
    memory::transfer::Side,
    runtime,
};

/// From anywhere to anywhere.
pub fn copy(target: BytesMut, source: Bytes, size: usize) -> Result<(), Error> {
    let machine = runtime::machine()?;
    if target.address() == 0 || source.address() == 0 {
        return Err(Error::InvalidArgument);
    }
    match (machine.side(target.address(), size as u64), machine.side(source.address(), size as u64)) {
        // No GPU copies yet.
        (Side::Gpu(_), _) | (_, Side::Gpu(_)) => Err(Error::Generic),
        _ => {
            target.copy_from(source, size);
            Ok(())
        }
    }
}

/// `count` words of memory that is allocated or locked.
pub fn fill(target: BytesMut, word: u32, count: usize) -> Result<(), Error> {
    let machine = runtime::machine()?;
    if target.address() == 0 || target.address() % 4 != 0 {
        return Err(Error::InvalidArgument);
    }
    let bytes = (count as u64).checked_mul(4).ok_or(Error::InvalidAllocation)?;
    match machine.side(target.address(), bytes) {
        _ if count == 0 => Ok(()),
        Side::Host => {
            target.fill(word, count);
            Ok(())
        }
        // No GPU fills yet.
        Side::Gpu(_) => Err(Error::Generic),
        Side::Process => Err(Error::InvalidAllocation),
    }
}
