//! Files that the driver reads into a GPU's memory and writes from it, past the processor. Answers to upstream's
//! `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use core::ffi::c_void;

use crate::{
    boundary::{Descriptor, Error, Out},
    driver::{Direction, FilePart},
    runtime,
};

/// How many bytes were copied, and what the file said, are told to whom they interest.
pub fn read(
    file: Descriptor,
    place: *mut c_void,
    bytes: u64,
    offset: i64,
    copied: Out<u64>,
    status: Out<i32>,
) -> Result<(), Error> {
    transfer(file, (place, bytes), offset, Direction::Read, (copied, status))
}

/// As [`read`].
pub fn write(
    file: Descriptor,
    place: *mut c_void,
    bytes: u64,
    offset: i64,
    copied: Out<u64>,
    status: Out<i32>,
) -> Result<(), Error> {
    transfer(file, (place, bytes), offset, Direction::Write, (copied, status))
}

fn transfer(
    file: Descriptor,
    (place, bytes): (*mut c_void, u64),
    offset: i64,
    direction: Direction,
    (copied, status): (Out<u64>, Out<i32>),
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    if place.is_null() || bytes == 0 {
        return Err(Error::InvalidArgument);
    }
    let part = FilePart { descriptor: file.number(), offset };
    let result = machine.driver.transfer(place.addr() as u64, bytes, part, direction);
    let told = result.as_ref().map_or((0, 0), |done| (done.bytes, done.status));
    copied.write_if_wanted(told.0);
    status.write_if_wanted(told.1);
    result.map(drop)
}
