//! AQL packets of hsa.h: 64 bytes each, little endian in memory.

use core::ffi::c_void;

use crate::abi::*;

c_enum! {
    /// Type field of an AQL packet header.
    hsa_packet_type_t: u32 {
        HSA_PACKET_TYPE_VENDOR_SPECIFIC = 0,
        HSA_PACKET_TYPE_INVALID = 1,
        HSA_PACKET_TYPE_KERNEL_DISPATCH = 2,
        HSA_PACKET_TYPE_BARRIER_AND = 3,
        HSA_PACKET_TYPE_AGENT_DISPATCH = 4,
        HSA_PACKET_TYPE_BARRIER_OR = 5,
    }
}

c_enum! {
    /// Scope of a packet's acquire and release fences.
    hsa_fence_scope_t: u32 {
        HSA_FENCE_SCOPE_NONE = 0,
        HSA_FENCE_SCOPE_AGENT = 1,
        HSA_FENCE_SCOPE_SYSTEM = 2,
    }
}

c_enum! {
    /// Bit positions in an AQL packet header.
    hsa_packet_header_t: u32 {
        HSA_PACKET_HEADER_TYPE = 0,
        HSA_PACKET_HEADER_BARRIER = 8,
        HSA_PACKET_HEADER_SCACQUIRE_FENCE_SCOPE = 9,
        HSA_PACKET_HEADER_ACQUIRE_FENCE_SCOPE = 9,
        HSA_PACKET_HEADER_SCRELEASE_FENCE_SCOPE = 11,
        HSA_PACKET_HEADER_RELEASE_FENCE_SCOPE = 11,
    }
}

c_enum! {
    /// Bit widths in an AQL packet header.
    hsa_packet_header_width_t: u32 {
        HSA_PACKET_HEADER_WIDTH_TYPE = 8,
        HSA_PACKET_HEADER_WIDTH_BARRIER = 1,
        HSA_PACKET_HEADER_WIDTH_SCACQUIRE_FENCE_SCOPE = 2,
        HSA_PACKET_HEADER_WIDTH_ACQUIRE_FENCE_SCOPE = 2,
        HSA_PACKET_HEADER_WIDTH_SCRELEASE_FENCE_SCOPE = 2,
        HSA_PACKET_HEADER_WIDTH_RELEASE_FENCE_SCOPE = 2,
    }
}

c_enum! {
    /// Bit positions in a dispatch packet's setup field.
    hsa_kernel_dispatch_packet_setup_t: u32 {
        HSA_KERNEL_DISPATCH_PACKET_SETUP_DIMENSIONS = 0,
    }
}

c_enum! {
    /// Bit widths in a dispatch packet's setup field.
    hsa_kernel_dispatch_packet_setup_width_t: u32 {
        HSA_KERNEL_DISPATCH_PACKET_SETUP_WIDTH_DIMENSIONS = 2,
    }
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_kernel_dispatch_packet_t_anonymous0_anonymous0 {
    pub header: u16,
    pub setup: u16,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_kernel_dispatch_packet_t_anonymous0 {
    pub anonymous0: hsa_kernel_dispatch_packet_t_anonymous0_anonymous0,
    pub full_header: u32,
}

/// AQL packet that launches a kernel; sizes in work-items and bytes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct hsa_kernel_dispatch_packet_t {
    pub anonymous0: hsa_kernel_dispatch_packet_t_anonymous0,
    pub workgroup_size_x: u16,
    pub workgroup_size_y: u16,
    pub workgroup_size_z: u16,
    pub reserved0: u16,
    pub grid_size_x: u32,
    pub grid_size_y: u32,
    pub grid_size_z: u32,
    pub private_segment_size: u32,
    pub group_segment_size: u32,
    pub kernel_object: u64,
    pub kernarg_address: *mut c_void,
    pub reserved2: u64,
    pub completion_signal: hsa_signal_t,
}

/// AQL packet that asks an agent for a service.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_agent_dispatch_packet_t {
    pub header: u16,
    pub r#type: u16,
    pub reserved0: u32,
    pub return_address: *mut c_void,
    pub arg: [u64; 4],
    pub reserved2: u64,
    pub completion_signal: hsa_signal_t,
}

/// AQL packet that waits for all of its signals to reach 0.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_barrier_and_packet_t {
    pub header: u16,
    pub reserved0: u16,
    pub reserved1: u32,
    pub dep_signal: [hsa_signal_t; 5],
    pub reserved2: u64,
    pub completion_signal: hsa_signal_t,
}

/// AQL packet that waits for one of its signals to reach 0.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_barrier_or_packet_t {
    pub header: u16,
    pub reserved0: u16,
    pub reserved1: u32,
    pub dep_signal: [hsa_signal_t; 5],
    pub reserved2: u64,
    pub completion_signal: hsa_signal_t,
}
