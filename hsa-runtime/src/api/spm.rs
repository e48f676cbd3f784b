//! The streaming performance monitor of a GPU. Answers to hsa_amd_spm_* of upstream's `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use std::ffi::c_void;

use crate::{
    abi::hsa_agent_t,
    boundary::{Error, Out},
    driver::profiling::Destination,
    runtime,
};

pub fn acquire(agent: hsa_agent_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    machine.driver.acquire_monitor(&machine.gpu(agent)?.node)
}

pub fn release(agent: hsa_agent_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    machine.driver.release_monitor(&machine.gpu(agent)?.node)
}

pub fn set_destination(
    agent: hsa_agent_t,
    bytes: usize,
    timeout: Out<u32>,
    copied: Out<u32>,
    place: *mut c_void,
    lost: Out<bool>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let gpu = machine.gpu(agent)?;
    copied.check()?;
    lost.check()?;
    let size = u32::try_from(bytes).map_err(|_| Error::InvalidArgument)?;
    let destination = Destination { address: place.addr() as u64, size, timeout: timeout.read()? };
    let filled = machine.driver.set_monitor_destination(&gpu.node, destination)?;
    copied.write(filled.bytes)?;
    lost.write(filled.lost)?;
    timeout.write(filled.timeout)
}
