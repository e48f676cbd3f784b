//! AQL packets: 64 bytes, of which the first sixteen bits say what they are (hsa.h, and hsa_ven_amd's vendor packets).
//! Pure.
#![forbid(unsafe_code)]

use super::error::QueueError;
use crate::device::memory::{long, word};
use crate::device::signal::Signal;

/// Every packet's size.
pub const BYTES: u64 = 64;
/// Type of a packet that is not written yet, or done.
pub const INVALID: u32 = 1;

/// A packet that has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What it asks for.
    pub body: Body,
    /// Decremented when it is done.
    pub completion: Signal,
}

/// What a packet asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// HSA_PACKET_TYPE_KERNEL_DISPATCH
    Kernel(Kernel),
    /// HSA_PACKET_TYPE_BARRIER_AND and _OR
    Barrier {
        /// One signal at zero is enough.
        any: bool,
        /// The signals that are to become zero.
        signals: [Signal; 5],
    },
    /// Vendor packet 2 (`hsa_amd_barrier_value_packet_t`)
    BarrierValue {
        /// What is compared; none is always satisfied.
        signal: Signal,
        /// With what.
        value: i64,
        /// Bits of the signal that count.
        mask: i64,
        /// `hsa_signal_condition32_t`
        condition: u32,
    },
    /// Vendor packet 1: a PM4 packet of four words, that calls an indirect buffer.
    Pm4,
}

impl Body {
    /// The packet's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Kernel(_) => "KERNEL_DISPATCH",
            Self::Barrier { any: false, .. } => "BARRIER_AND",
            Self::Barrier { any: true, .. } => "BARRIER_OR",
            Self::BarrierValue { .. } => "BARRIER_VALUE",
            Self::Pm4 => "PM4_IB",
        }
    }
}

/// The fields of a dispatch packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Dimensions that the packet says it has.
    pub dimensions: u16,
    /// Work-items of a workgroup.
    pub workgroup: [u32; 3],
    /// Work-items of the grid.
    pub grid: [u32; 3],
    /// Scratch bytes of a work-item.
    pub private_bytes: u32,
    /// LDS bytes of a workgroup.
    pub group_bytes: u32,
    /// Address of the kernel's descriptor.
    pub object: u64,
    /// Address of the arguments.
    pub arguments: u64,
}

/// The type of a packet's first word. The barrier bit and the fence scopes beside it are satisfied by themselves:
/// packets of a queue are done one after the other, and memory has no caches here that could be stale.
pub fn kind(first_word: u32) -> u32 {
    first_word & 0xff
}

impl Packet {
    /// Reads a packet whose type is not [`INVALID`].
    pub fn decode(bytes: &[u8; BYTES as usize]) -> Result<Self, QueueError> {
        let first = word(bytes, 0);
        let body = match kind(first) {
            0 => vendor(bytes)?,
            2 => Body::Kernel(kernel(bytes)),
            3 | 5 => {
                let signals = [8, 16, 24, 32, 40].map(|offset| Signal(long(bytes, offset)));
                Body::Barrier { any: kind(first) == 5, signals }
            }
            // Agent dispatches are for queues that a program serves; the rest is reserved.
            _ => return Err(QueueError::Unsupported),
        };
        Ok(Self { body, completion: Signal(long(bytes, 56)) })
    }
}

fn kernel(bytes: &[u8; BYTES as usize]) -> Kernel {
    let half = |offset: usize| u16::from_le_bytes([bytes[offset], bytes[offset + 1]]).into();
    Kernel {
        dimensions: (word(bytes, 0) >> 16 & 3) as u16,
        workgroup: [4, 6, 8].map(half),
        grid: [12, 16, 20].map(|offset| word(bytes, offset)),
        private_bytes: word(bytes, 24),
        group_bytes: word(bytes, 28),
        object: long(bytes, 32),
        arguments: long(bytes, 40),
    }
}

/// `AmdFormat` is the byte behind the header.
fn vendor(bytes: &[u8; BYTES as usize]) -> Result<Body, QueueError> {
    match bytes[2] {
        1 => Ok(Body::Pm4),
        2 => {
            let [value, mask] = [16, 24].map(|offset| long(bytes, offset) as i64);
            let (signal, condition) = (Signal(long(bytes, 8)), word(bytes, 32));
            if condition > 3 {
                return Err(QueueError::UnsupportedVendor);
            }
            Ok(Body::BarrierValue { signal, value, mask, condition })
        }
        _ => Err(QueueError::UnsupportedVendor),
    }
}
