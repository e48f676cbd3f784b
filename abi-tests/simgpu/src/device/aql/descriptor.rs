//! `amd_queue_t` and its second version: what ROCr and the packet processor tell each other beside the ring
//! (amd_hsa_queue.h). Touches memory by its trait.
#![forbid(unsafe_code)]

use crate::device::memory::Fault;
use crate::device::platform::Platform;
use crate::device::signal::Signal;

/// Byte offsets in `amd_queue_v2_t`.
mod offset {
    pub const CAPS: u64 = 40;
    pub const READ_DISPATCH_ID: u64 = 128;
    /// `read_dispatch_id_field_base_byte_offset`, counted from `read_dispatch_id`.
    pub const BASE_BEHIND_READ_ID: u64 = 8;
    pub const QUEUE_PROPERTIES: u64 = 180;
    pub const INACTIVE_SIGNAL: u64 = 192;
    pub const LAST_USED: u64 = 256;
}

/// Where the fields of one of the two scratch memories are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScratchFields {
    tmpring_size: u64,
    resource: u64,
    location: u64,
    wave64_lane_bytes: u64,
    max_use_index: u64,
    last_used: u64,
}

/// The scratch memory that every dispatch may use.
pub const MAIN: ScratchFields = ScratchFields {
    tmpring_size: 140,
    resource: 144,
    location: 160,
    wave64_lane_bytes: 176,
    max_use_index: 184,
    last_used: offset::LAST_USED,
};

/// The second one, for small grids.
pub const ALTERNATE: ScratchFields = ScratchFields {
    tmpring_size: 248,
    resource: 208,
    location: 224,
    wave64_lane_bytes: 244,
    max_use_index: 200,
    last_used: offset::LAST_USED + 8,
};

/// Byte offset of `alt_scratch_dispatch_limit_x`.
const ALTERNATE_LIMITS: u64 = 232;

/// AMD_QUEUE_CAPS_*
const CP_ASYNC_RECLAIM: u32 = 1 << 0;
const SW_ASYNC_RECLAIM: u32 = 1 << 1;
/// AMD_QUEUE_PROPERTIES_*
const PROFILING: u32 = 1 << 3;
const USE_SCRATCH_ONCE: u32 = 1 << 4;

/// A queue's descriptor in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueDescriptor {
    /// Its address.
    pub base: u64,
}

/// One scratch memory as the descriptor tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScratchState {
    /// COMPUTE_TMPRING_SIZE
    pub tmpring_size: u32,
    /// Buffer descriptor.
    pub resource: [u32; 4],
    /// Address of the memory.
    pub location: u64,
    /// Bytes that a lane of a 64-lane wave has.
    pub wave64_lane_bytes: u32,
    /// Last packet that may use it.
    pub max_use_index: u64,
}

impl QueueDescriptor {
    /// Finds the descriptor around `read_dispatch_id`, whose address is all that the driver was told.
    pub fn around_read_id(platform: &dyn Platform, read_id: u64) -> Result<Self, Fault> {
        let back = platform.memory().load32(read_id.wrapping_add(offset::BASE_BEHIND_READ_ID))?;
        Ok(Self { base: read_id.wrapping_sub(back.into()) })
    }

    /// Address of `read_dispatch_id`.
    pub fn read_id(self) -> u64 {
        self.at(offset::READ_DISPATCH_ID)
    }

    /// `queue_inactive_signal`
    pub fn inactive_signal(self, platform: &dyn Platform) -> Result<Signal, Fault> {
        platform.memory().load64(self.at(offset::INACTIVE_SIGNAL)).map(Signal)
    }

    /// Whether dispatches are to be timed.
    pub fn profiling(self, platform: &dyn Platform) -> Result<bool, Fault> {
        self.property(platform, PROFILING)
    }

    /// Whether scratch memory is to be given back after the next dispatch that uses it.
    pub fn scratch_once(self, platform: &dyn Platform) -> Result<bool, Fault> {
        self.property(platform, USE_SCRATCH_ONCE)
    }

    /// Whether the runtime knows the descriptor's second version.
    pub fn is_v2(self, platform: &dyn Platform) -> Result<bool, Fault> {
        Ok(platform.memory().load32(self.at(offset::CAPS))? & SW_ASYNC_RECLAIM != 0)
    }

    /// Tells the runtime that this firmware reclaims scratch memory at any time.
    pub fn announce_async_reclaim(self, platform: &dyn Platform) -> Result<(), Fault> {
        platform.memory().update32(self.at(offset::CAPS), &mut |caps| caps | CP_ASYNC_RECLAIM)?;
        Ok(())
    }

    /// Reads one of the scratch memories' state.
    pub fn scratch(self, platform: &dyn Platform, fields: ScratchFields) -> Result<ScratchState, Fault> {
        let memory = platform.memory();
        let mut resource = [0; 4];
        for (number, word) in resource.iter_mut().enumerate() {
            *word = memory.load32(self.at(fields.resource + 4 * number as u64))?;
        }
        Ok(ScratchState {
            tmpring_size: memory.load32(self.at(fields.tmpring_size))?,
            resource,
            location: memory.load64(self.at(fields.location))?,
            wave64_lane_bytes: memory.load32(self.at(fields.wave64_lane_bytes))?,
            max_use_index: memory.load64(self.at(fields.max_use_index))?,
        })
    }

    /// The largest grid that may use the second scratch memory.
    pub fn alternate_limits(self, platform: &dyn Platform) -> Result<[u32; 3], Fault> {
        let mut limits = [0; 3];
        for (axis, limit) in limits.iter_mut().enumerate() {
            *limit = platform.memory().load32(self.at(ALTERNATE_LIMITS + 4 * axis as u64))?;
        }
        Ok(limits)
    }

    /// Notes that a packet uses one of the scratch memories (`scratch_last_used_index`).
    pub fn scratch_used(
        self,
        platform: &dyn Platform,
        fields: ScratchFields,
        packet: u64,
    ) -> Result<(), Fault> {
        platform.memory().store64(self.at(fields.last_used), packet)
    }

    fn property(self, platform: &dyn Platform, bit: u32) -> Result<bool, Fault> {
        Ok(platform.memory().load32(self.at(offset::QUEUE_PROPERTIES))? & bit != 0)
    }

    fn at(self, offset: u64) -> u64 {
        self.base.wrapping_add(offset)
    }
}
