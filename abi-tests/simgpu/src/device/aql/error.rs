//! What can be wrong with a queue's packets, and how the hardware says it: a bit that the firmware stores in
//! `queue_inactive_signal` (`DynamicQueueEventsHandler` of ROCr decodes it), and an exception code that the driver
//! hands on (`enum kfd_dbg_trap_exception_code`; `ExceptionHandler` of ROCr). Pure.
#![forbid(unsafe_code)]

/// An error that stops a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueError {
    /// No dimensions, or one without work-items.
    Dimensions,
    /// More LDS than a workgroup can have.
    GroupSegment,
    /// No kernel where the packet points to.
    Code,
    /// A packet of a type that the hardware does not do.
    Unsupported,
    /// A workgroup of too many work-items.
    WorkgroupSize,
    /// A workgroup whose waves need more registers than there are.
    Registers,
    /// A vendor packet of an unknown format, or whose content is refused.
    UnsupportedVendor,
    /// A wave used an address that belongs to no aperture.
    Aperture,
    /// A wave met what is no instruction.
    IllegalInstruction,
    /// A wave gave up by a trap.
    Abort,
}

impl QueueError {
    /// The bit in the value of `queue_inactive_signal`.
    pub fn inactive_bit(self) -> i64 {
        match self {
            Self::Dimensions => 2,
            Self::GroupSegment => 4,
            Self::Code => 8,
            Self::Unsupported => 0x20,
            Self::WorkgroupSize => 0x40,
            Self::Registers => 0x80,
            Self::UnsupportedVendor => 0x100,
            Self::Aperture => 0x2000_0000,
            Self::IllegalInstruction => 0x4000_0000,
            Self::Abort => 0x8000_0000,
        }
    }

    /// The exception code (`EC_QUEUE_*`).
    pub fn exception_code(self) -> u32 {
        match self {
            Self::Abort => 1,
            Self::IllegalInstruction => 4,
            Self::Aperture => 6,
            Self::Dimensions => 16,
            Self::GroupSegment => 17,
            Self::Code => 18,
            Self::Unsupported => 20,
            Self::WorkgroupSize => 21,
            Self::Registers => 22,
            Self::UnsupportedVendor => 23,
        }
    }
}
