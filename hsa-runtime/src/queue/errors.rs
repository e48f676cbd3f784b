//! What packet processors and the driver say of queues, as statuses. Answers to DynamicQueueEventsHandler and
//! ExceptionHandler of upstream's `amd_aql_queue.cpp`.
#![forbid(unsafe_code)]

use crate::abi::*;

/// Bits of `queue_inactive_signal`, which the packet processor sets when it cannot go on.
pub mod inactive {
    /// A dispatch lacks scratch memory; its waves have 64 lanes, or 32.
    pub const NO_SCRATCH: i64 = 1;
    pub const NO_SCRATCH_WAVE32: i64 = 0x400;
    /// Scratch memory that was given for one dispatch is free again.
    pub const SCRATCH_FREE: i64 = 0x200;
}

/// The statuses of other bits, the first one that is set counts. Drivers since interface 1.13 tell the same by
/// [`of_exception`].
const INACTIVE: [(i64, hsa_status_t); 10] = [
    (2, HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS),
    (4, HSA_STATUS_ERROR_INVALID_ALLOCATION),
    (8, HSA_STATUS_ERROR_INVALID_CODE_OBJECT),
    (0x20, HSA_STATUS_ERROR_INVALID_PACKET_FORMAT),
    (0x100, HSA_STATUS_ERROR_INVALID_PACKET_FORMAT),
    (0x40, HSA_STATUS_ERROR_INVALID_ARGUMENT),
    (0x80, HSA_STATUS_ERROR_OUT_OF_REGISTERS),
    (0x2000_0000, HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION),
    (0x4000_0000, HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION),
    (0x8000_0000, HSA_STATUS_ERROR_EXCEPTION),
];

/// The status of what `queue_inactive_signal` says.
pub fn of_inactive(code: i64) -> hsa_status_t {
    first(&INACTIVE, |bits| code & bits != 0)
}

/// Numbers of `enum kfd_dbg_trap_exception_code` (kfd_ioctl.h).
const EXCEPTIONS: [(u32, hsa_status_t); 14] = [
    (1, HSA_STATUS_ERROR_EXCEPTION),
    (2, HSA_STATUS_ERROR_EXCEPTION),
    (3, HSA_STATUS_ERROR_EXCEPTION),
    (4, HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION),
    (5, HSA_STATUS_ERROR_MEMORY_FAULT),
    (6, HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION),
    (16, HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS),
    (17, HSA_STATUS_ERROR_INVALID_ALLOCATION),
    (18, HSA_STATUS_ERROR_INVALID_CODE_OBJECT),
    (20, HSA_STATUS_ERROR_INVALID_PACKET_FORMAT),
    (21, HSA_STATUS_ERROR_INVALID_ARGUMENT),
    (22, HSA_STATUS_ERROR_INVALID_ISA),
    (23, HSA_STATUS_ERROR_INVALID_PACKET_FORMAT),
    (33, HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION),
];

/// The status of what the driver found: a set of exceptions, the lowest number counts. Exceptions that are nobody's
/// mistake, such as that of a GPU which went away, are errors without a closer name.
pub fn of_exception(set: i64) -> hsa_status_t {
    first(&EXCEPTIONS, |number| set >> (number - 1) & 1 != 0)
}

fn first<T: Copy>(table: &[(T, hsa_status_t)], is_set: impl Fn(T) -> bool) -> hsa_status_t {
    table.iter().find(|(key, _)| is_set(*key)).map_or(HSA_STATUS_ERROR, |(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_causes_counts() {
        assert_eq!(of_inactive(0x20), HSA_STATUS_ERROR_INVALID_PACKET_FORMAT);
        assert_eq!(of_inactive(0x4000_0004), HSA_STATUS_ERROR_INVALID_ALLOCATION);
        assert_eq!(of_inactive(0x10), HSA_STATUS_ERROR);
        assert_eq!(of_exception(1 << 3 | 1 << 19), HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION);
        assert_eq!(of_exception(1 << 34), HSA_STATUS_ERROR);
    }
}
