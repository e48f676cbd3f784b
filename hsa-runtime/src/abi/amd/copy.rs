//! Copies of hsa_ext_amd.h: batches and rectangles.

use core::ffi::c_void;

use crate::abi::*;

c_enum! {
    /// Kind of one operation of `hsa_amd_memory_async_batch_copy`.
    hsa_amd_memory_copy_op_type_t: u32 {
        HSA_AMD_MEMORY_COPY_OP_LINEAR = 0,
        HSA_AMD_MEMORY_COPY_OP_LINEAR_BROADCAST = 1,
        HSA_AMD_MEMORY_COPY_OP_LINEAR_SWAP = 2,
        HSA_AMD_MEMORY_COPY_OP_LINEAR_INDIRECT_SRC = 3,
        HSA_AMD_MEMORY_COPY_OP_LINEAR_INDIRECT_DST = 4,
        HSA_AMD_MEMORY_COPY_OP_LINEAR_INDIRECT_SRCDST = 5,
    }
}

c_enum! {
    /// Comparison that a copy waits for.
    hsa_amd_memory_copy_wait_function_t: u32 {
        HSA_AMD_MEMORY_COPY_WAIT_ALWAYS = 0,
        HSA_AMD_MEMORY_COPY_WAIT_LT = 1,
        HSA_AMD_MEMORY_COPY_WAIT_LE = 2,
        HSA_AMD_MEMORY_COPY_WAIT_EQ = 3,
        HSA_AMD_MEMORY_COPY_WAIT_NE = 4,
        HSA_AMD_MEMORY_COPY_WAIT_GE = 5,
        HSA_AMD_MEMORY_COPY_WAIT_GT = 6,
    }
}

c_enum! {
    /// What a finished copy does to a memory location.
    hsa_amd_memory_copy_signal_op_t: u32 {
        HSA_AMD_MEMORY_COPY_SIGNAL_NONE = 0,
        HSA_AMD_MEMORY_COPY_SIGNAL_WRITE = 1,
        HSA_AMD_MEMORY_COPY_SIGNAL_ADD = 2,
        HSA_AMD_MEMORY_COPY_SIGNAL_SUB = 3,
    }
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_memory_copy_op_t_anonymous0 {
    pub src: *mut c_void,
    pub src_list: *mut *mut c_void,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_memory_copy_op_t_anonymous1 {
    pub src_agent: hsa_agent_t,
    pub src_agent_list: *mut hsa_agent_t,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_memory_copy_op_t_anonymous2 {
    pub dst_agent: hsa_agent_t,
    pub dst_agent_list: *mut hsa_agent_t,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_memory_copy_op_t_anonymous3 {
    pub dst: *mut c_void,
    pub dst_list: *mut *mut c_void,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_memory_copy_op_t_anonymous4_anonymous0 {
    pub size: usize,
    pub unused_size: usize,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_memory_copy_op_t_anonymous4_anonymous1 {
    pub src_size: usize,
    pub dst_size: usize,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_memory_copy_op_t_anonymous4_anonymous2 {
    pub size_list: *mut usize,
    pub reserved0: usize,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_memory_copy_op_t_anonymous4 {
    pub anonymous0: hsa_amd_memory_copy_op_t_anonymous4_anonymous0,
    pub anonymous1: hsa_amd_memory_copy_op_t_anonymous4_anonymous1,
    pub anonymous2: hsa_amd_memory_copy_op_t_anonymous4_anonymous2,
}

/// Condition on memory that a copy waits for.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_memory_copy_op_t_wait {
    pub function: u16,
    pub scope: u16,
    pub reserved: u32,
    pub addr: *mut c_void,
    pub value: u64,
    pub mask: u64,
}

/// Memory that a finished copy writes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_memory_copy_op_t_signal {
    pub operation: u16,
    pub scope: u16,
    pub reserved: u32,
    pub addr: *mut c_void,
    pub data: u64,
}

/// One operation of `hsa_amd_memory_async_batch_copy`; sizes in bytes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct hsa_amd_memory_copy_op_t {
    pub version: u16,
    pub r#type: u16,
    pub num_entries: u16,
    pub traffic_class: u16,
    pub completion_signal: hsa_signal_t,
    pub anonymous0: hsa_amd_memory_copy_op_t_anonymous0,
    pub anonymous1: hsa_amd_memory_copy_op_t_anonymous1,
    pub anonymous2: hsa_amd_memory_copy_op_t_anonymous2,
    pub anonymous3: hsa_amd_memory_copy_op_t_anonymous3,
    pub anonymous4: hsa_amd_memory_copy_op_t_anonymous4,
    pub wait: hsa_amd_memory_copy_op_t_wait,
    pub signal: hsa_amd_memory_copy_op_t_signal,
    pub reserved1: [u64; 1],
}

/// Base of a rectangle; pitch and slice in bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_pitched_ptr_t {
    pub base: *mut c_void,
    pub pitch: usize,
    pub slice: usize,
}

c_enum! {
    /// Where a rectangle copy comes from and goes to.
    hsa_amd_copy_direction_t: u32 {
        hsaHostToHost = 0,
        hsaHostToDevice = 1,
        hsaDeviceToHost = 2,
        hsaDeviceToDevice = 3,
    }
}

/// `version` of `hsa_amd_memory_copy_op_t`.
pub const HSA_AMD_MEMORY_COPY_OP_VERSION: u16 = 1;
