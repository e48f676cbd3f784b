//! Versions of the API tables: hsa_api_trace_version.h. A major version changes when a table does so
//! incompatibly, a step when functions are appended.

pub const HSA_API_TABLE_MAJOR_VERSION: u32 = 3;
pub const HSA_CORE_API_TABLE_MAJOR_VERSION: u32 = 2;
pub const HSA_AMD_EXT_API_TABLE_MAJOR_VERSION: u32 = 2;
pub const HSA_FINALIZER_API_TABLE_MAJOR_VERSION: u32 = 2;
pub const HSA_IMAGE_API_TABLE_MAJOR_VERSION: u32 = 2;
pub const HSA_AQLPROFILE_API_TABLE_MAJOR_VERSION: u32 = 1;
pub const HSA_TOOLS_API_TABLE_MAJOR_VERSION: u32 = 1;
pub const HSA_PC_SAMPLING_API_TABLE_MAJOR_VERSION: u32 = 1;

pub const HSA_API_TABLE_STEP_VERSION: u32 = 0x01;
pub const HSA_CORE_API_TABLE_STEP_VERSION: u32 = 0x00;
pub const HSA_AMD_EXT_API_TABLE_STEP_VERSION: u32 = 0x12;
pub const HSA_FINALIZER_API_TABLE_STEP_VERSION: u32 = 0x00;
pub const HSA_IMAGE_API_TABLE_STEP_VERSION: u32 = 0x01;
/// The name that rocprofiler looks for.
pub const HSA_IMAGE_EXT_API_TABLE_STEP_VERSION: u32 = HSA_IMAGE_API_TABLE_STEP_VERSION;
pub const HSA_AQLPROFILE_API_TABLE_STEP_VERSION: u32 = 0x00;
pub const HSA_TOOLS_API_TABLE_STEP_VERSION: u32 = 0x00;
pub const HSA_PC_SAMPLING_API_TABLE_STEP_VERSION: u32 = 0x00;
