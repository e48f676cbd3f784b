//! What is written of a fault: one line on standard error of words `key=value`, in this order, for people and for scripts
//! that look for it. Touches standard error by `log`.
//!
//! ```text
//! gpu-fault kind=memory agent=gfx1100 node=1 bdf=0000:03:00.0 queue=2 kernel=touch signals=3
//!     address=0x123456000 reason=not-present nearest=0x123440000 bytes=4096 distance=0x15000
//! gpu-fault kind=queue agent=gfx1100 node=1 bdf=0000:03:00.0 queue=2 kernel=touch signals=1
//!     status=0x2a name=HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION
//! ```
//!
//! * `queue`: ids of the queues that had something to do, and `kernel`: what each of them worked at, by its first packet
//!   that is not done and no barrier; `none` where that is no dispatch, `?` for a kernel of which no executable tells.
//! * `signals`: how many signals get an error value.
//! * `nearest`: the allocation that is nearest to the address, and how far the address is outside of it; 0 for inside.
#![forbid(unsafe_code)]

use std::fmt;

use super::{Left, event};
use crate::{
    abi::hsa_status_t,
    agent::{Agent, machine::Machine},
    driver::fault::Fault,
    log::complain,
    status,
};

/// What is wrong.
#[derive(Clone, Copy)]
pub enum Cause<'a> {
    /// The driver tells of a GPU.
    Fault(&'a Fault),
    /// A queue cannot go on.
    Queue(hsa_status_t),
}

/// A record.
pub struct Record<'a> {
    pub machine: &'a Machine,
    /// The GPU; none if it is none of the process's agents.
    pub agent: Option<&'a Agent>,
    pub cause: Cause<'a>,
    /// What the queues that stopped with it have left undone.
    pub left: &'a [Left],
}

impl Record<'_> {
    /// Writes it.
    pub fn write(&self) {
        complain(&self.to_string());
    }

    /// The name of what a queue worked at.
    fn kernel(&self, left: &Left) -> String {
        let Some(object) = left.kernel else { return "none".into() };
        let agent = self.agent.map_or(usize::MAX, |agent| agent.index);
        let name = self.machine.loader.kernel_at(agent, object);
        // Files name kernels as they like; a word stays a word.
        let graphic = |c: char| if c.is_ascii_graphic() && c != ',' { c } else { '?' };
        name.map_or_else(|| "?".into(), |name| name.chars().map(graphic).collect())
    }

    fn cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause {
            Cause::Queue(status) => {
                let described = status::describe(status.0).and_then(|text| text.to_str().ok());
                let name = described.and_then(|text| text.split(':').next()).unwrap_or("?");
                write!(f, " status={:#x} name={name}", status.0)
            }
            Cause::Fault(Fault::Hardware(exception)) => write!(f, " reason={}", event::word(exception)),
            Cause::Fault(Fault::Memory(fault)) => {
                write!(f, " address={:#x} reason={}", fault.address, event::words(fault))?;
                match self.machine.heap.nearest(fault.address) {
                    Some(near) => {
                        let (start, bytes) = (near.start, near.bytes);
                        let distance = near.distance(fault.address);
                        write!(f, " nearest={start:#x} bytes={bytes} distance={distance:#x}")
                    }
                    None => write!(f, " nearest=none"),
                }
            }
        }
    }
}

impl fmt::Display for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.cause {
            Cause::Queue(_) => "queue",
            Cause::Fault(Fault::Memory(_)) => "memory",
            Cause::Fault(Fault::Hardware(_)) => "hardware",
        };
        write!(f, "gpu-fault kind={kind}")?;
        match self.agent {
            Some(agent) => write!(f, " agent={} node={} bdf={}", agent.name(), agent.node.id.0, bdf(agent))?,
            None => write!(f, " agent=? node=? bdf=?")?,
        }
        let busy = || self.left.iter().filter(|left| left.busy);
        let list = |words: Vec<String>| if words.is_empty() { "none".into() } else { words.join(",") };
        let queues = list(busy().map(|left| left.queue.to_string()).collect());
        let kernels = list(busy().map(|left| self.kernel(left)).collect());
        let signals: usize = self.left.iter().map(|left| left.signals).sum();
        write!(f, " queue={queues} kernel={kernels} signals={signals}")?;
        self.cause(f)
    }
}

/// Where a GPU is on its bus: domain, and from the kernel's location_id bus, device and function.
fn bdf(agent: &Agent) -> String {
    let (domain, place) = (agent.node.properties.domain, agent.node.properties.location_id);
    format!("{domain:04x}:{:02x}:{:02x}.{}", place >> 8 & 0xff, place >> 3 & 0x1f, place & 7)
}
