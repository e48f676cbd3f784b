//! Kernel descriptors: the 64 bytes that `kernel_object` of a dispatch packet points to. Answers to "Kernel
//! Descriptor" of LLVM's AMDGPUUsage. Touches memory by its trait.
#![forbid(unsafe_code)]

use crate::device::memory::{Fault, Memory, long, read_array, word};

/// Descriptors are aligned to their size.
pub const BYTES: u64 = 64;

/// What a kernel says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// LDS that it declares, in bytes; a dispatch may give more.
    pub group_segment_bytes: u32,
    /// Scratch memory that it declares for each work-item.
    pub private_segment_bytes: u32,
    /// Address of its first instruction.
    pub entry: u64,
    /// COMPUTE_PGM_RSRC1 to 3.
    pub rsrc: [u32; 3],
    /// Which SGPRs are set (`kernel_code_properties`), and wave size and stack.
    pub properties: u16,
    /// `kernarg_preload`: how many words, and from which word of the arguments on.
    pub preload: u16,
}

/// Bits of `kernel_code_properties`, in the order in which they take user SGPRs.
pub mod properties {
    /// Four SGPRs: the scratch memory's buffer descriptor.
    pub const PRIVATE_SEGMENT_BUFFER: u16 = 1 << 0;
    /// Two: address of the packet.
    pub const DISPATCH_PTR: u16 = 1 << 1;
    /// Two: address of amd_queue_t.
    pub const QUEUE_PTR: u16 = 1 << 2;
    /// Two: address of the arguments.
    pub const KERNARG_SEGMENT_PTR: u16 = 1 << 3;
    /// Two: the packet's number.
    pub const DISPATCH_ID: u16 = 1 << 4;
    /// Two: the scratch memory's base.
    pub const FLAT_SCRATCH_INIT: u16 = 1 << 5;
    /// One: scratch bytes of a work-item.
    pub const PRIVATE_SEGMENT_SIZE: u16 = 1 << 6;
    /// Waves have 32 lanes.
    pub const WAVEFRONT_SIZE32: u16 = 1 << 10;
    /// How much scratch it needs is known only to who launches it.
    pub const DYNAMIC_STACK: u16 = 1 << 11;
}

impl Descriptor {
    /// Reads the descriptor at an address.
    pub fn read(memory: &dyn Memory, address: u64) -> Result<Self, Fault> {
        let bytes: [u8; BYTES as usize] = read_array(memory, address)?;
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        Ok(Self {
            group_segment_bytes: word(&bytes, 0),
            private_segment_bytes: word(&bytes, 4),
            entry: address.wrapping_add(long(&bytes, 16)),
            rsrc: [word(&bytes, 48), word(&bytes, 52), word(&bytes, 44)],
            properties: half(56),
            preload: half(58),
        })
    }

    /// Whether a bit of [`properties`] is set.
    pub fn has(&self, property: u16) -> bool {
        self.properties & property != 0
    }
}
