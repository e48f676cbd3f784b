//! Vendor packets of hsa_ext_amd.h and the metadata that the packet processor prefetches.

use core::ffi::c_void;

use crate::abi::*;

/// `hsa_signal_condition_t` with a fixed width.
pub type hsa_signal_condition32_t = u32;

c_enum! {
    /// Vendor packet formats.
    hsa_amd_packet_type_t: u32 {
        HSA_AMD_PACKET_TYPE_BARRIER_VALUE = 2,
        HSA_AMD_PACKET_TYPE_EXT_KERNEL_DISPATCH = 3,
        HSA_AMD_PACKET_TYPE_RESERVED200 = 200,
    }
}

/// `hsa_amd_packet_type_t` with a fixed width.
pub type hsa_amd_packet_type8_t = u8;

/// Head of each vendor packet.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_vendor_packet_header_t {
    pub header: u16,
    pub AmdFormat: hsa_amd_packet_type8_t,
    pub reserved: u8,
}

/// Vendor packet that waits until `(signal & mask) cond value`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_barrier_value_packet_t {
    pub header: hsa_amd_vendor_packet_header_t,
    pub reserved0: u32,
    pub signal: hsa_signal_t,
    pub value: hsa_signal_value_t,
    pub mask: hsa_signal_value_t,
    pub cond: hsa_signal_condition32_t,
    pub reserved1: u32,
    pub reserved2: u64,
    pub reserved3: u64,
    pub completion_signal: hsa_signal_t,
}

c_enum! {
    /// Bit positions in `hsa_amd_ext_perf_hint_t`.
    hsa_amd_ext_perf_hint_subfield_t: u32 {
        HSA_AMD_EXT_PERF_HINT_GROUP_MEM_CARVEOUT = 0,
        HSA_AMD_EXT_PERF_HINT_REVERSE_DISPATCH_ORDER = 7,
    }
}

c_enum! {
    /// Bit widths in `hsa_amd_ext_perf_hint_t`.
    hsa_amd_ext_perf_hint_subfield_width_t: u32 {
        HSA_AMD_EXT_PERF_HINT_WIDTH_GROUP_MEM_CARVEOUT = 7,
        HSA_AMD_EXT_PERF_HINT_WIDTH_REVERSE_DISPATCH_ORDER = 1,
    }
}

/// Performance hints of an extended dispatch: bits 0-6 share of group memory, bit 7 reverse order.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_ext_perf_hint_t {
    pub hint_val: u8,
}

/// Vendor packet that launches a kernel in clusters of work-groups.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct hsa_amd_ext_kernel_dispatch_packet_t {
    pub header: u16,
    pub amd_format: hsa_amd_packet_type8_t,
    pub setup: u8,
    pub workgroup_size_x: u16,
    pub workgroup_size_y: u16,
    pub workgroup_size_z: u16,
    pub reserved0: u16,
    pub cluster_count_x: u32,
    pub cluster_count_y: u16,
    pub cluster_count_z: u16,
    pub cluster_size_x: u8,
    pub cluster_size_y: u8,
    pub cluster_size_z: u8,
    pub perf_hint: hsa_amd_ext_perf_hint_t,
    pub private_segment_size: u32,
    pub group_segment_size: u32,
    pub kernel_object: u64,
    pub kernarg_address: *mut c_void,
    pub dep_signal: hsa_signal_t,
    pub completion_signal: hsa_signal_t,
}

c_enum! {
    /// Bit positions in the headers of prefetch metadata packets.
    hsa_amd_metadata_packet_header_t: u32 {
        HSA_AMD_METADATA_PACKET_HEADER_TYPE = 0,
        HSA_AMD_METADATA_PACKET_HEADER_RESERVED = 8,
        HSA_AMD_METADATA_PACKET_HEADER_VERSION_MAJOR = 24,
        HSA_AMD_METADATA_PACKET_HEADER_VERSION_MINOR = 27,
    }
}

c_enum! {
    /// Bit widths in the headers of prefetch metadata packets.
    hsa_amd_metadata_packet_header_width_t: u32 {
        HSA_AMD_METADATA_PACKET_HEADER_WIDTH_TYPE = 8,
        HSA_AMD_METADATA_PACKET_HEADER_WIDTH_RESERVED = 16,
        HSA_AMD_METADATA_PACKET_HEADER_WIDTH_VERSION_MAJOR = 3,
        HSA_AMD_METADATA_PACKET_HEADER_WIDTH_VERSION_MINOR = 5,
    }
}

/// Kernel argument preload: bits 0-6 length, bits 7-15 offset, in dwords.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_metadata_preload_t {
    pub bits: u16,
}

/// The part of a kernel descriptor that the packet processor needs.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_metadata_kernel_descriptor_t {
    pub kernel_code_entry_byte_offset: i64,
    pub reserved1: [u8; 20],
    pub compute_pgm_rsrc3: u32,
    pub compute_pgm_rsrc1: u32,
    pub compute_pgm_rsrc2: u32,
    pub kernel_code_properties: u16,
    pub kernarg_preload: hsa_amd_metadata_preload_t,
    pub reserved2: [u8; 4],
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_metadata_kernel_dispatch_packet_t_anonymous0 {
    pub reserved1: [u8; 52],
    pub launch_descriptor: amd_launch_descriptor_t,
}

/// Prefetch metadata that goes with a kernel dispatch packet.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct hsa_amd_metadata_kernel_dispatch_packet_t {
    pub header0: u32,
    pub event_id: u32,
    pub kernel_descriptor: hsa_amd_metadata_kernel_descriptor_t,
    pub reserved0: [u8; 8],
    pub header1: u32,
    pub kernarg_preload_0_14: [u32; 15],
    pub header2: u32,
    pub kernarg_preload_15_29: [u32; 15],
    pub header3: u32,
    pub kernarg_preload_30_31: [u32; 2],
    pub anonymous0: hsa_amd_metadata_kernel_dispatch_packet_t_anonymous0,
}

/// Prefetch metadata that goes with a barrier packet.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_metadata_barrier_packet_t {
    pub header0: u32,
    pub event_id: u32,
    pub reserved0: [u8; 56],
    pub header1: u32,
    pub reserved1: [u8; 60],
    pub header2: u32,
    pub reserved2: [u8; 60],
    pub header3: u32,
    pub reserved3: [u8; 60],
}
