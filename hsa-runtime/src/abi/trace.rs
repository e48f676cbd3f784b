//! What tool libraries see of the API tables: hsa_api_trace.h and its version header. The tables themselves
//! are made from the lists in `table`.

use core::ffi::c_void;

use crate::abi::*;

/// Head of each table. `minor_id` is the table's size in bytes, so that a tool built against a longer or a
/// shorter table knows what it may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct ApiTableVersion {
    pub major_id: u32,
    pub minor_id: u32,
    pub step_id: u32,
    pub reserved: u32,
}

/// Vendor packet format that calls back instead of going to the hardware queue.
pub const AMD_AQL_FORMAT_INTERCEPT_MARKER: u32 = 0xFE;

/// Called when an intercept queue meets a marker packet.
pub type amd_intercept_marker_handler = Option<
    unsafe extern "C-unwind" fn(
        packet: *const amd_aql_intercept_marker_t,
        queue: *mut hsa_queue_t,
        packet_id: u64,
    ),
>;

/// Marker packet of an intercept queue.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct amd_aql_intercept_marker_t {
    pub header: u16,
    pub format: u8,
    pub reserved: [u8; 5],
    pub callback: Option<
        unsafe extern "C-unwind" fn(
            packet: *const amd_aql_intercept_marker_t,
            queue: *mut hsa_queue_t,
            packet_id: u64,
        ),
    >,
    pub user_data: [u64; 6],
}

/// Given to an intercept handler: writes packets on to the next handler or the hardware queue.
pub type hsa_amd_queue_intercept_packet_writer =
    Option<unsafe extern "C-unwind" fn(pkts: *const c_void, pkt_count: u64)>;

/// Called with the packets that a client submitted; `user_pkt_index` is the first one's index in its queue.
pub type hsa_amd_queue_intercept_handler = Option<
    unsafe extern "C-unwind" fn(
        pkts: *const c_void,
        pkt_count: u64,
        user_pkt_index: u64,
        data: *mut c_void,
        writer: hsa_amd_queue_intercept_packet_writer,
    ),
>;

/// Called when the runtime itself creates a queue.
pub type hsa_amd_runtime_queue_notifier =
    Option<unsafe extern "C-unwind" fn(queue: *const hsa_queue_t, agent: hsa_agent_t, data: *mut c_void)>;
