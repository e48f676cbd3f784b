//! Semaphores of other interfaces, such as Vulkan's. Answers to upstream's `hsa_ext_amd.cpp`.
//!
//! Upstream has them on Windows only: no request of amdkfd lets a queue wait for one, so none can be opened.
#![forbid(unsafe_code)]

use crate::{
    abi::*,
    boundary::{Error, In, Out},
    runtime,
};

pub fn open(
    agent: hsa_agent_t,
    descriptor: In<hsa_amd_external_semaphore_handle_descriptor_t>,
    semaphore: Out<hsa_amd_external_semaphore_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    semaphore.check()?;
    descriptor.optional().ok_or(Error::InvalidArgument)?;
    machine.gpu(agent)?;
    Err(Error::NotSupported)
}

pub fn close(_semaphore: hsa_amd_external_semaphore_t) -> Result<(), Error> {
    runtime::machine()?;
    Err(Error::NotSupported)
}

pub fn signal(
    queue: *mut hsa_queue_t,
    _semaphore: hsa_amd_external_semaphore_t,
    _value: u64,
) -> Result<(), Error> {
    refuse(queue)
}

pub fn wait(
    queue: *mut hsa_queue_t,
    _semaphore: hsa_amd_external_semaphore_t,
    _value: u64,
) -> Result<(), Error> {
    refuse(queue)
}

fn refuse(queue: *mut hsa_queue_t) -> Result<(), Error> {
    runtime::queues()?.shared(super::queue::address(queue))?;
    Err(Error::NotSupported)
}
