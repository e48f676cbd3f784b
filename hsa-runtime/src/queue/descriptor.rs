//! The descriptor of a queue: `amd_queue_v2_t` (amd_hsa_queue.h), which the packet processor reads and writes and which
//! programs see as `hsa_queue_t`; and a packet.
//!
//! Every field is an atomic: nobody here ever holds a plain reference to what a GPU may change.
#![forbid(unsafe_code)]

use std::{
    mem::offset_of,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
};

use super::{
    protocol,
    scratch::{need::Dispatch, registers::Registers},
};
use crate::{
    abi::{
        HSA_AMD_PACKET_TYPE_BARRIER_VALUE, HSA_PACKET_TYPE_BARRIER_AND, HSA_PACKET_TYPE_BARRIER_OR,
        HSA_PACKET_TYPE_INVALID, HSA_PACKET_TYPE_KERNEL_DISPATCH, HSA_PACKET_TYPE_VENDOR_SPECIFIC,
        amd_queue_properties_t, amd_queue_v2_t, hsa_agent_dispatch_packet_t, hsa_amd_barrier_value_packet_t,
        hsa_barrier_and_packet_t, hsa_kernel_dispatch_packet_t, hsa_queue_t, hsa_signal_condition_t,
        hsa_signal_t,
    },
    events::wait::Condition,
    signal::{self, Signal},
};

/// `amd_queue_v2_t`.
#[repr(C, align(64))]
pub struct Descriptor {
    pub kind: AtomicU32,
    pub features: AtomicU32,
    pub base_address: AtomicU64,
    pub doorbell_signal: AtomicU64,
    pub size: AtomicU32,
    reserved0: AtomicU32,
    pub id: AtomicU64,
    pub caps: AtomicU32,
    reserved1: AtomicU32,
    /// Reserved. In a handle of a shared queue, of which the hardware never hears: the address of the queue's descriptor,
    /// which has the indexes.
    pub indexes_at: AtomicU64,
    pub write_dispatch_id: AtomicU64,
    pub group_segment_aperture_base_hi: AtomicU32,
    pub private_segment_aperture_base_hi: AtomicU32,
    pub max_cu_id: AtomicU32,
    pub max_wave_id: AtomicU32,
    max_legacy_doorbell_dispatch_id_plus_1: AtomicU64,
    legacy_doorbell_lock: AtomicU32,
    reserved2: [AtomicU32; 9],
    pub read_dispatch_id: AtomicU64,
    pub read_dispatch_id_field_base_byte_offset: AtomicU32,
    pub compute_tmpring_size: AtomicU32,
    pub scratch_resource_descriptor: [AtomicU32; 4],
    pub scratch_backing_memory_location: AtomicU64,
    pub scratch_backing_memory_byte_size: AtomicU64,
    pub scratch_wave64_lane_byte_size: AtomicU32,
    pub queue_properties: AtomicU32,
    pub scratch_max_use_index: AtomicU64,
    pub queue_inactive_signal: AtomicU64,
    pub alt_scratch_max_use_index: AtomicU64,
    /// What belongs to the second scratch memory, which no queue of ours has.
    behind: [AtomicU64; 262],
}

impl Descriptor {
    /// Where the packet processor finds the read index, from which it finds the rest.
    pub const READ_INDEX: u64 = offset_of!(Self, read_dispatch_id) as u64;
    /// Where it finds the write index.
    pub const WRITE_INDEX: u64 = offset_of!(Self, write_dispatch_id) as u64;

    /// Says where scratch memory is. The packet processor does not look before it is told to go on.
    pub fn tell_scratch(&self, told: &Registers) {
        for (word, value) in self.scratch_resource_descriptor.iter().zip(told.resource) {
            word.store(value, Ordering::Relaxed);
        }
        self.compute_tmpring_size.store(told.tmpring_size, Ordering::Relaxed);
        self.scratch_backing_memory_location.store(told.location, Ordering::Relaxed);
        self.scratch_backing_memory_byte_size.store(told.bytes, Ordering::Relaxed);
        self.scratch_wave64_lane_byte_size.store(told.wave64_lane_bytes, Ordering::Relaxed);
    }

    /// Says what another one says of its queue, but for the ring, the doorbell, the indexes and scratch memory.
    pub fn describe_as(&self, other: &Self) {
        self.id.store(other.id.load(Ordering::Relaxed), Ordering::Relaxed);
        for (own, others) in self.facts().iter().zip(other.facts()) {
            own.store(others.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    fn facts(&self) -> [&AtomicU32; 10] {
        [
            &self.kind,
            &self.features,
            &self.size,
            &self.caps,
            &self.group_segment_aperture_base_hi,
            &self.private_segment_aperture_base_hi,
            &self.max_cu_id,
            &self.max_wave_id,
            &self.read_dispatch_id_field_base_byte_offset,
            &self.queue_properties,
        ]
    }

    /// Sets or clears a bit of `queue_properties`.
    pub fn set_property(&self, bit: amd_queue_properties_t, on: bool) {
        let bit = bit.0 as u32;
        if on {
            self.queue_properties.fetch_or(bit, Ordering::Release);
        } else {
            self.queue_properties.fetch_and(!bit, Ordering::Release);
        }
    }
}

macro_rules! same_places {
    ($($field:ident),*) => {
        $(const _: () = assert!(offset_of!(Descriptor, $field) == offset_of!(amd_queue_v2_t, $field));)*
    };
}

same_places!(
    caps,
    write_dispatch_id,
    group_segment_aperture_base_hi,
    private_segment_aperture_base_hi,
    max_cu_id,
    max_wave_id,
    read_dispatch_id,
    read_dispatch_id_field_base_byte_offset,
    compute_tmpring_size,
    scratch_resource_descriptor,
    scratch_backing_memory_location,
    scratch_backing_memory_byte_size,
    scratch_wave64_lane_byte_size,
    queue_properties,
    scratch_max_use_index,
    queue_inactive_signal,
    alt_scratch_max_use_index
);

const _: () = {
    assert!(offset_of!(Descriptor, indexes_at) == offset_of!(amd_queue_v2_t, reserved1) + 4);
    assert!(offset_of!(Descriptor, kind) == offset_of!(hsa_queue_t, r#type));
    assert!(offset_of!(Descriptor, base_address) == offset_of!(hsa_queue_t, base_address));
    assert!(offset_of!(Descriptor, doorbell_signal) == offset_of!(hsa_queue_t, doorbell_signal));
    assert!(offset_of!(Descriptor, size) == offset_of!(hsa_queue_t, size));
    assert!(offset_of!(Descriptor, id) == offset_of!(hsa_queue_t, id));
    assert!(size_of::<Descriptor>() == size_of::<amd_queue_v2_t>());
};

/// A packet of 64 bytes (hsa.h); the header is the lower half of the first word.
#[repr(C, align(64))]
pub struct Packet(pub [AtomicU32; 16]);

impl Packet {
    /// Bytes of one.
    pub const BYTES: u64 = size_of::<Self>() as u64;

    /// Whether its user has published it, as one of the kinds that there are. What was written into it before is visible
    /// then.
    pub fn is_valid(&self) -> bool {
        self.is_published() && self.kind() <= HSA_PACKET_TYPE_BARRIER_OR.0
    }

    /// Whether its user has published it, whatever it is, likewise.
    pub fn is_published(&self) -> bool {
        self.kind() != HSA_PACKET_TYPE_INVALID.0
    }

    /// Whether it only waits.
    pub fn is_barrier(&self) -> bool {
        [HSA_PACKET_TYPE_BARRIER_AND.0, HSA_PACKET_TYPE_BARRIER_OR.0].contains(&self.kind())
            || self.is_barrier_value()
    }

    fn is_barrier_value(&self) -> bool {
        let format = self.0[0].load(Ordering::Relaxed) >> 16 & 0xff;
        self.kind() == HSA_PACKET_TYPE_VENDOR_SPECIFIC.0 && format == HSA_AMD_PACKET_TYPE_BARRIER_VALUE.0
    }

    /// The error of what a barrier waits for, if that can never come any more.
    pub fn broken(&self) -> Option<i64> {
        if self.is_barrier_value() {
            return self.broken_value();
        }
        let waits_for = [2, 4, 6, 8, 10].map(|low| hsa_signal_t { handle: self.word64(low) });
        let mut errors = waits_for
            .into_iter()
            .filter(|signal| signal.handle != 0)
            .map(|signal| signal::find(signal).ok().and_then(Signal::error));
        match self.kind() {
            kind if kind == HSA_PACKET_TYPE_BARRIER_AND.0 => errors.flatten().next(),
            kind if kind == HSA_PACKET_TYPE_BARRIER_OR.0 => {
                errors.next().flatten().filter(|_| errors.all(|error| error.is_some()))
            }
            _ => None,
        }
    }

    /// The same of a packet that waits for a value. There are conditions that an error meets, which is then what was waited
    /// for; HIP's hides the sign, and does not.
    fn broken_value(&self) -> Option<i64> {
        let [signal, value, mask] = [2, 4, 6].map(|low| self.word64(low));
        let error = signal::find(hsa_signal_t { handle: signal }).ok().and_then(Signal::error)?;
        let condition = Condition::of(hsa_signal_condition_t(self.0[8].load(Ordering::Relaxed)))?;
        (!condition.holds(error & mask as i64, value as i64)).then_some(error)
    }

    /// The signal that its end changes, or nothing: it stands at the same place in packets of every kind.
    pub fn completion(&self) -> hsa_signal_t {
        hsa_signal_t { handle: self.word64(14) }
    }

    /// The kernel that a dispatch starts: the address of its descriptor.
    pub fn kernel(&self) -> Option<u64> {
        (self.kind() == HSA_PACKET_TYPE_KERNEL_DISPATCH.0).then(|| self.word64(8))
    }

    fn kind(&self) -> u32 {
        protocol::header(&self.0) & 0xff
    }

    fn word64(&self, low: usize) -> u64 {
        let word = |index: usize| u64::from(protocol::word(&self.0, index));
        word(low) | word(low + 1) << 32
    }

    /// What a kernel dispatch that waits for scratch memory says of it; `None` for a packet of another kind, or that
    /// needs none. Its user has published it, and changes it no more.
    pub fn scratch_dispatch(&self, lanes: u64) -> Option<Dispatch> {
        let word = |index| protocol::word(&self.0, index);
        let (low, high) = (|value: u32| value as u16, |value: u32| (value >> 16) as u16);
        let is_dispatch = self.kind() == HSA_PACKET_TYPE_KERNEL_DISPATCH.0;
        let private = word(6);
        (is_dispatch && private > 0).then(|| Dispatch {
            private,
            group: [low(word(1)), high(word(1)), low(word(2))],
            grid: [word(3), word(4), word(5)],
            lanes,
        })
    }
}

const _: () = {
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, workgroup_size_x) == 4);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, workgroup_size_z) == 8);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, grid_size_x) == 12);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, private_segment_size) == 24);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, kernel_object) == 32);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, completion_signal) == 56);
    assert!(offset_of!(hsa_agent_dispatch_packet_t, completion_signal) == 56);
    assert!(offset_of!(hsa_barrier_and_packet_t, completion_signal) == 56);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, signal) == 8);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, value) == 16);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, mask) == 24);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, cond) == 32);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, completion_signal) == 56);
};
