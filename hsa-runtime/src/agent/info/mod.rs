//! Attributes of agents, `hsa_agent_get_info`.
//!
//! Touches the machine, and the driver for what changes. Answers to GetInfo of upstream's `amd_cpu_agent.cpp` and
//! `amd_gpu_agent.cpp`; types as in hsa.h and hsa_ext_amd.h.
#![forbid(unsafe_code)]

mod hardware;
mod identity;
mod image;
mod launch;
mod limits;
mod live;

use super::{Agent, Gpu, machine::Machine};
use crate::{
    abi::hsa_agent_info_t,
    boundary::{Error, Value},
};

/// An agent in its machine, about which something is asked.
#[derive(Clone, Copy)]
struct Subject<'a> {
    agent: &'a Agent,
    machine: &'a Machine,
}

/// Writes the value of an attribute.
///
/// # Errors
/// `InvalidArgument` for an attribute that is unknown or that this kind of agent lacks; the driver's failures.
pub fn get(machine: &Machine, agent: &Agent, attribute: hsa_agent_info_t, value: Value) -> Result<(), Error> {
    let subject = Subject { agent, machine };
    [identity::get, limits::get, launch::get, hardware::get, image::get, live::get]
        .iter()
        .find_map(|answer| answer(subject, attribute, value))
        .unwrap_or(Err(Error::InvalidArgument))
}

/// What a group of attributes answers; `None` if the attribute is not one of the group.
type Answer = Option<Result<(), Error>>;

impl Subject<'_> {
    /// The GPU, or the refusal of an attribute that processors lack.
    fn gpu(&self) -> Result<&Gpu, Error> {
        self.agent.gpu.as_ref().ok_or(Error::InvalidArgument)
    }

    /// `value` for a GPU, the zero of its type for processors.
    fn gpu_or_zero<T: Default>(&self, value: impl FnOnce(&Gpu) -> T) -> T {
        self.agent.gpu.as_ref().map(value).unwrap_or_default()
    }
}

/// The low half of a kernel property, as upstream's 32-bit fields keep it.
#[allow(clippy::cast_possible_truncation)]
fn low(property: u64) -> u32 {
    property as u32
}
