//! Copies and fills that the caller waits for. Answers to upstream's `hsa.cpp` and `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use crate::{
    boundary::{Bytes, BytesMut, Error},
    copy::{Rooms, wait::End},
    memory::transfer::Side,
    runtime,
};

/// From anywhere to anywhere.
pub fn copy(target: BytesMut, source: Bytes, size: usize) -> Result<(), Error> {
    let machine = runtime::machine()?;
    if target.address() == 0 || source.address() == 0 {
        return Err(Error::InvalidArgument);
    }
    let bytes = size as u64;
    let [to, from] = [target.address(), source.address()]
        .map(|address| End { side: machine.side(address, bytes), address });
    match (to.side, from.side) {
        _ if size == 0 => Ok(()),
        (Side::Gpu(_), _) | (_, Side::Gpu(_)) => {
            let (events, queues) = (runtime::events()?, runtime::queues()?);
            machine.copy_now(Rooms { events: &events, queues: &queues }, to, from, bytes)
        }
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
        Side::Gpu(gpu) => {
            let (events, queues) = (runtime::events()?, runtime::queues()?);
            let rooms = Rooms { events: &events, queues: &queues };
            machine.fill_now(rooms, gpu, target.address(), word, count as u64)
        }
        Side::Process => Err(Error::InvalidAllocation),
    }
}
